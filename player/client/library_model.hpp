// The listing of the library as it is fetched page by page.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

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
  };

  std::shared_ptr<const LibraryListing> listing() const { return listing_; }

  // Another question: begins anew; what was listed stays until the answer is there.
  Request ask(LibraryQuery query);
  // The same again, as many items as are there: after a change.
  Request refresh();
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
};

}  // namespace zoe::player
