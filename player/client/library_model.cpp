#include "player/client/library_model.hpp"

#include <algorithm>
#include <utility>

namespace zoe::player {

LibraryModel::Request LibraryModel::begin(LibraryQuery query, std::int64_t offset, std::int64_t limit) {
  query_ = std::move(query);
  auto next = std::make_shared<LibraryListing>(*listing_);
  next->is_loading = true;
  next->error.clear();
  listing_ = std::move(next);
  return {.ticket = ++newest_, .query = query_, .offset = offset, .limit = limit};
}

LibraryModel::Request LibraryModel::ask(LibraryQuery query) {
  fresh_wanted_ = 0;
  return begin(std::move(query), 0, kPage);
}

LibraryModel::Request LibraryModel::refresh() {
  const auto held = static_cast<std::int64_t>(listing_->items.size());
  fresh_.clear();
  fresh_wanted_ = std::max(held, kPage);
  Request request = begin(query_, 0, std::min(fresh_wanted_, kMostPage));
  request.is_refresh = true;
  return request;
}

std::optional<LibraryModel::Request> LibraryModel::follow_up() {
  if (fresh_wanted_ == 0 || fresh_.empty()) return std::nullopt;
  const auto offset = static_cast<std::int64_t>(fresh_.size());
  Request request = begin(query_, offset, std::min(fresh_wanted_ - offset, kMostPage));
  request.is_refresh = true;
  return request;
}

std::optional<LibraryModel::Request> LibraryModel::more() {
  const auto held = static_cast<std::int64_t>(listing_->items.size());
  if (listing_->is_loading || held >= listing_->total) return std::nullopt;
  return begin(query_, held, kPage);
}

bool LibraryModel::answer(const Request& request, Result<LibraryPage> page) {
  if (request.ticket != newest_) return false;
  auto next = std::make_shared<LibraryListing>(*listing_);
  next->is_loading = false;
  next->query = request.query;
  if (!page) {
    fresh_wanted_ = 0;
    next->error = page.error().message;
    listing_ = std::move(next);
    return true;
  }
  const bool is_last_page = page->items.empty();
  if (request.is_refresh) {
    std::move(page->items.begin(), page->items.end(), std::back_inserter(fresh_));
    const auto count = static_cast<std::int64_t>(fresh_.size());
    if (!is_last_page && count < std::min(fresh_wanted_, page->total)) return false;  // `follow_up` goes on
    next->items = std::exchange(fresh_, {});
    fresh_wanted_ = 0;
  } else {
    if (request.offset == 0) next->items.clear();
    std::move(page->items.begin(), page->items.end(), std::back_inserter(next->items));
  }
  next->total = std::max(page->total, static_cast<std::int64_t>(next->items.size()));
  // A page without items ends the listing, whatever the total says.
  if (is_last_page) next->total = static_cast<std::int64_t>(next->items.size());
  next->is_scanning = page->is_scanning;
  next->scan_done = page->scan_done;
  next->scan_total = page->scan_total;
  listing_ = std::move(next);
  return true;
}

void LibraryModel::clear() {
  ++newest_;
  fresh_wanted_ = 0;
  listing_ = std::make_shared<LibraryListing>();
}

}  // namespace zoe::player
