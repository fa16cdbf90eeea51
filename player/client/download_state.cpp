#include "player/client/download_state.hpp"

#include <fmt/core.h>
#define XXH_STATIC_LINKING_ONLY  // XXH3_state_t as a member
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kFormat = 1;
constexpr std::uint64_t kLeastBlockBytes = 4U << 20;
constexpr std::size_t kMostPath = 16'384;
constexpr std::size_t kDigits = 16;  // of a digest

// All digests as one text, sixteen digits each.
std::string digests_text(const std::vector<std::uint64_t>& digests) {
  std::string text;
  text.reserve(digests.size() * kDigits);
  for (const std::uint64_t digest : digests) text += fmt::format("{:016x}", digest);
  return text;
}

bool read_digests(const std::string& text, std::vector<std::uint64_t>& digests) {
  if (text.size() % kDigits != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += kDigits) {
    std::uint64_t digest = 0;
    const char* const end = text.data() + at + kDigits;
    const auto read = std::from_chars(text.data() + at, end, digest, 16);
    if (read.ec != std::errc() || read.ptr != end) return false;
    digests.push_back(digest);
  }
  return true;
}

std::uint64_t blocks_of(std::uint64_t bytes, std::uint64_t block_bytes) {
  return bytes / block_bytes + (bytes % block_bytes == 0 ? 0 : 1);
}

}  // namespace

bool DownloadSource::is_same_file(const DownloadSource& other) const {
  if (server != other.server) return false;
  if (!media.empty() && media == other.media) return true;
  return !path.empty() && path == other.path && root == other.root;
}

std::uint64_t block_bytes_of(std::uint64_t file_bytes) {
  std::uint64_t block_bytes = kLeastBlockBytes;
  while (blocks_of(file_bytes, block_bytes) > kMostBlocks) block_bytes *= 2;
  return block_bytes;
}

std::string to_text(const PartState& state) {
  const json root = {{"format", kFormat},
                     {"server", state.source.server},
                     {"media", state.source.media},
                     {"root", state.source.root},
                     {"path", state.source.path},
                     {"title", state.source.title},
                     {"version", state.version},
                     {"size_bytes", state.size_bytes},
                     {"verified_bytes", state.verified_bytes},
                     {"digests", digests_text(state.digests)}};
  return root.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<PartState> parse_part_state(Bytes text) {
  ZOE_TRY(const json root, net::parse_json_object(as_text(text), kMostStateBytes));
  Fields fields(root, "state");
  PartState state;
  fields.integer("format", kFormat, kFormat);
  state.source = {.server = fields.text("server", 1024),
                  .media = fields.text("media", 256),
                  .root = fields.text("root"),
                  .path = fields.text("path", kMostPath),
                  .title = fields.text("title")};
  state.version = fields.text("version", 256);
  state.size_bytes = static_cast<std::uint64_t>(fields.integer("size_bytes", 0, INT64_MAX));
  state.verified_bytes =
      static_cast<std::uint64_t>(fields.integer("verified_bytes", 0, static_cast<std::int64_t>(state.size_bytes)));
  const std::string digests = fields.text("digests", kMostBlocks * kDigits);
  const bool fits = read_digests(digests, state.digests) &&
                    state.digests.size() == blocks_of(state.verified_bytes, block_bytes_of(state.size_bytes));
  if (!fields.is_ok() || !fits)
    return fail(Errc::kMalformed, "what is known of the part of a download cannot be understood");
  return state;
}

struct BlockDigests::Open {
  XXH3_state_t state;
  Open() {
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
  }
};

BlockDigests::BlockDigests(std::uint64_t block_bytes)
    : block_bytes_(std::max<std::uint64_t>(block_bytes, 1)), open_(std::make_unique<Open>()) {}
BlockDigests::~BlockDigests() = default;
BlockDigests::BlockDigests(BlockDigests&&) noexcept = default;
BlockDigests& BlockDigests::operator=(BlockDigests&&) noexcept = default;

void BlockDigests::add(Bytes bytes) {
  while (!bytes.empty()) {
    const std::uint64_t rest = block_bytes_ - size_bytes_ % block_bytes_;
    const Bytes part = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest, bytes.size())));
    XXH3_64bits_update(&open_->state, part.data(), part.size());
    size_bytes_ += part.size();
    bytes = bytes.subspan(part.size());
    if (size_bytes_ % block_bytes_ != 0) continue;
    whole_.push_back(XXH3_64bits_digest(&open_->state));
    XXH3_64bits_reset(&open_->state);
  }
}

std::vector<std::uint64_t> BlockDigests::all() const {
  std::vector<std::uint64_t> digests = whole_;
  if (size_bytes_ % block_bytes_ != 0) digests.push_back(XXH3_64bits_digest(&open_->state));
  return digests;
}

}  // namespace zoe::player
