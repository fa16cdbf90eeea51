#include "player/client/lan_feed.hpp"

#include <charconv>
#include <optional>
#include <string>

#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kAskEveryNs = 2 * kNsPerS;
constexpr std::int64_t kReadEveryNs = kNsPerS / 5;
constexpr std::int64_t kLookedNs = 1500 * kNsPerMs;

// The number at the front of `text`, which is cut by it.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number > most) return {};
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

}  // namespace

Result<LanTarget> LanTarget::parse(std::string_view text) {
  if (text == "off") return LanTarget{.is_off = true, .hosts = {}};
  const auto bad = [&] {
    return fail(Errc::kInvalidArgument, "\"" + std::string(text.substr(0, 60)) +
                                            "\" is neither off nor an IPv4 address like 192.168.1.255:7340");
  };
  std::string_view rest = text;
  std::uint32_t host = 0;
  for (int i = 0; i < 4; ++i) {
    const auto part = take_number(rest, 255);
    if (!part || (i < 3 && !rest.starts_with('.'))) return bad();
    if (i < 3) rest.remove_prefix(1);
    host = host << 8U | *part;
  }
  LanTarget target{.hosts = {host}};
  if (rest.empty()) return target;
  if (!rest.starts_with(':')) return bad();
  rest.remove_prefix(1);
  const auto port = take_number(rest, 65535);
  if (!port || *port == 0 || !rest.empty()) return bad();
  target.port = static_cast<std::uint16_t>(*port);
  return target;
}

const std::vector<net::FoundServer>& LanFeed::found() const {
  static const std::vector<net::FoundServer> kNone;
  return search_ ? search_->found() : kNone;
}

std::int64_t LanFeed::update(bool is_wanted, std::int64_t now_ns) {
  if (!is_wanted || target_.is_off) {
    has_news_ = has_news_ || search_ != nullptr;
    search_.reset();
    has_looked_ = false;
    ask_at_ns_ = 0;
    return INT64_MAX;
  }
  if (!search_) {
    if (now_ns < ask_at_ns_) return ask_at_ns_;
    began_ns_ = now_ns;
    auto made = net::LanSearch::create(target_.hosts, target_.port);
    ask_at_ns_ = now_ns + (made ? 0 : kAskEveryNs);
    if (!made) return ask_at_ns_;
    search_ = std::move(*made);
  }
  if (now_ns >= ask_at_ns_) {
    search_->ask();
    ask_at_ns_ = now_ns + kAskEveryNs;
  }
  has_news_ = search_->take(now_ns) || has_news_;
  if (!has_looked_ && now_ns - began_ns_ >= kLookedNs) has_looked_ = has_news_ = true;
  return now_ns + kReadEveryNs;
}

}  // namespace zoe::player
