#include "player/fetch/fetch_catalog.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/download_names.hpp"
#include "player/client/media_names.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kPage = 500;
constexpr std::size_t kMostNamed = 5;  // in a message

std::string lines_of(const std::vector<const LibraryItem*>& items) {
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), kMostNamed); ++i) text += "\n  " + full_path(*items[i]);
  if (items.size() > kMostNamed) text += "\n  …";
  return text;
}

Result<LibraryItem> only_one(const std::vector<const LibraryItem*>& found, const std::string& wanted) {
  if (found.size() == 1) return *found.front();
  return fail(Errc::kConflict, "\"" + wanted + "\" could be any of these; name one by its path:" + lines_of(found));
}

}  // namespace

Result<nlohmann::json> ask_and_wait(ServerLink& link, std::string_view method, std::string params) {
  // Shared: the completion may come after the link has told somebody else of its end.
  const auto promise = std::make_shared<std::promise<Result<nlohmann::json>>>();
  std::future<Result<nlohmann::json>> answer = promise->get_future();
  link.request(method, std::move(params),
               [promise](Result<nlohmann::json>& result) { promise->set_value(std::move(result)); });
  return answer.get();
}

Result<std::vector<LibraryItem>> list_all(ServerLink& link, const std::string& search) {
  std::vector<LibraryItem> items;
  const LibraryQuery query{.search = search};
  for (;;) {
    const auto offset = static_cast<std::int64_t>(items.size());
    ZOE_TRY(const nlohmann::json answer, ask_and_wait(link, "library.list", library_params(query, offset, kPage)));
    ZOE_TRY(LibraryPage page, parse_library_page(answer));
    if (page.items.empty()) return items;
    std::move(page.items.begin(), page.items.end(), std::back_inserter(items));
    if (static_cast<std::int64_t>(items.size()) >= page.total || items.size() >= kMostCatalog) return items;
  }
}

Result<LibraryItem> look_up(ServerLink& link, const std::string& wanted) {
  // An id is in no listing's search.
  if (const auto answer = ask_and_wait(link, "library.get", net::to_text({{"media", wanted}}))) {
    if (auto item = parse_library_item(*answer)) return item;
  } else if (answer.error().code != Errc::kNotFound && answer.error().code != Errc::kInvalidArgument) {
    return fail(answer.error());
  }
  ZOE_TRY(const auto likely, list_all(link, std::string(last_part(wanted))));
  if (const auto found = find_items(likely, wanted); !found.empty()) return only_one(found, wanted);
  ZOE_TRY(const auto all, list_all(link, {}));
  if (const auto found = find_items(all, wanted); !found.empty()) return only_one(found, wanted);
  const auto close = close_matches(all, wanted, kMostNamed);
  std::string message = "There is no video \"" + wanted + "\".";
  message += close.empty() ? " Try --list." : " Did you mean:" + lines_of(close);
  return fail(Errc::kNotFound, message);
}

}  // namespace zoe::player
