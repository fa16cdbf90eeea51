// The listing of the library as it is fetched page by page.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "player/client/server_link.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {

// Pure logic; guarded by its owner. Asks for one page at a time and believes only the answer to the newest question.
class LibraryModel {
 public:
  static constexpr std::int64_t kPage = 200;
  static constexpr std::int64_t kMostPage = 500;

  struct Request {
    std::uint64_t ticket = 0;
    LibraryQuery query;
    std::int64_t offset = 0;
    std::int64_t limit = kPage;
    bool is_refresh = false;
  };

  std::shared_ptr<const LibraryListing> listing() const { return listing_; }

  // Another question: begins anew; what was listed stays until the answer is there.
  Request ask(LibraryQuery query);
  // The same again, as many items as are there: after a change. What is listed stays until all of it has come, page by
  // page (`follow_up`), so that nothing moves under who has scrolled far down.
  Request refresh();
  // After an answer: the next page of a refresh that is not complete.
  std::optional<Request> follow_up();
  // The next page; nothing while a page is under way or all is there.
  std::optional<Request> more();

  // True when the listing changed.
  bool answer(const Request& request, Result<LibraryPage> page);

  // Signed out: nothing is listed.
  void clear();

 private:
  Request begin(LibraryQuery query, std::int64_t offset, std::int64_t limit);

  std::shared_ptr<const LibraryListing> listing_ = std::make_shared<LibraryListing>();
  LibraryQuery query_;
  std::uint64_t newest_ = 0;
  std::vector<LibraryItem> fresh_;  // of a refresh under way
  std::int64_t fresh_wanted_ = 0;   // how many it is to have; 0: none is under way
};

}  // namespace zoe::player
