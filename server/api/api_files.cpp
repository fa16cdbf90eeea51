#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/library/library.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostId = 64;

std::string file_name(const std::string& path) { return printable_utf8(path.substr(path.find_last_of('/') + 1)); }

}  // namespace

Answer file_open(const Call& call) {
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, std::numeric_limits<std::int64_t>::max(), 0));
  ZOE_TRY(const std::int64_t chunk_bytes, call.params.integer("chunk_bytes", 512, 1 << 20, 8192));
  const MediaEntryPtr entry = call.library().find(id);
  if (!entry) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");
  if (static_cast<std::uint64_t>(offset) > entry->size_bytes)
    return fail(Errc::kInvalidArgument, "params.offset: " + std::to_string(offset) + " lies behind the end, " +
                                            std::to_string(entry->size_bytes));
  ZOE_TRY(UniqueFd fd, open_media_file(*entry));
  ZOE_TRY(const auto reservation, call.session.reserve_file());
  ZOE_CHECK(call.session.add_file(reservation, std::move(fd), entry->size_bytes));
  return json{{"file", reservation.handle},
              {"size_bytes", entry->size_bytes},
              {"name", file_name(entry->path)},
              {"version", entry->version()},
              {"offset", offset},
              {"chunk_bytes", chunk_bytes}};
}

Answer file_close(const Call& call) {
  ZOE_TRY(const std::uint32_t handle, call.params.number32("file"));
  ZOE_CHECK(call.session.close_file(handle));
  return json::object();
}

}  // namespace zoe::server::handlers
