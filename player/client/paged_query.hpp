// A list that is fetched page by page.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/net/json.hpp"
#include "player/client/query.hpp"

namespace zoe::player {

// What is there of it. Cheap to copy.
template <typename T>
struct Listed {
  std::shared_ptr<const std::vector<T>> items;  // null: nothing is known yet
  std::int64_t total = 0;
  std::int64_t end = 0;  // of what was asked for: a page may hold less, since not all of it is for everybody's eyes
  std::string error;
  bool is_loading = false;
};

template <typename T>
class PagedQuery : public QueryBase<Listed<T>> {
 public:
  using Parse = Result<Page<T>> (*)(const nlohmann::json&);
  static constexpr std::int64_t kPage = 100;
  static constexpr std::int64_t kMostPage = 500;

  PagedQuery(ServerLink& link, std::string method, Parse parse, std::function<void()> wake)
      : QueryBase<Listed<T>>(link, std::move(method), std::move(wake)), parse_(parse) {}

  // Asks for what is there anew when that is older than `period_ns`. Returns when to call again.
  std::int64_t keep_fresh(std::int64_t now_ns, std::int64_t period_ns) {
    std::int64_t limit = kPage;
    {
      auto& shared = *this->shared_;
      const MutexLock lock(shared.mutex);
      if (shared.now.is_loading) return now_ns + period_ns;
      if (now_ns < shared.due_ns) return shared.due_ns;
      shared.due_ns = now_ns + period_ns;
      limit = std::clamp(shared.now.end, kPage, kMostPage);
    }
    ask_page(0, limit);
    return now_ns + period_ns;
  }
  // The next page; nothing while one is under way or all is there.
  void more() {
    std::int64_t offset = 0;
    {
      auto& shared = *this->shared_;
      const MutexLock lock(shared.mutex);
      offset = shared.now.end;
      if (!shared.now.items || shared.now.is_loading || offset >= shared.now.total) return;
    }
    ask_page(offset, kPage);
  }

  Listed<T> listed() const { return this->state(); }

 private:
  void ask_page(std::int64_t offset, std::int64_t limit) {
    std::uint64_t ticket = 0;
    {
      auto& shared = *this->shared_;
      const MutexLock lock(shared.mutex);
      shared.now.is_loading = true;
      ticket = ++shared.ticket;
    }
    this->ask(net::to_text({{"offset", offset}, {"limit", limit}}), ticket, parse_,
              [offset, limit](Listed<T>& now, Result<Page<T>> page) {
                now.is_loading = false;
                now.error = page ? std::string() : shown_text(page.error());
                if (!page) return;
                std::vector<T> items;
                if (offset > 0 && now.items) items = *now.items;
                std::move(page->items.begin(), page->items.end(), std::back_inserter(items));
                const auto count = static_cast<std::int64_t>(items.size());
                now.end = offset + limit;
                // A page without items ends the list, whatever the total says.
                now.total = page->items.empty() ? count : std::max(page->total, count);
                now.items = std::make_shared<const std::vector<T>>(std::move(items));
              });
  }

  const Parse parse_;
};

}  // namespace zoe::player
