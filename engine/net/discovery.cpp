#include "engine/net/discovery.hpp"

#include <algorithm>
#include <cstring>

namespace zoe::net {
namespace {

constexpr std::string_view kAskMagic = "ZOE?";
constexpr std::string_view kAnswerMagic = "ZOE!";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHead = 4 + 1 + 8;  // magic, version, nonce
constexpr std::size_t kMostAnswer = kHead + 2 + 1 + kMostServerName;
static_assert(kMostAnswer <= kAskBytes);

void put_head(std::uint8_t* to, std::string_view magic, std::uint64_t nonce) {
  std::memcpy(to, magic.data(), magic.size());
  to[4] = kVersion;
  store_le(to + 5, nonce);
}

bool has_head(Bytes datagram, std::string_view magic) {
  return datagram.size() >= kHead && std::memcmp(datagram.data(), magic.data(), magic.size()) == 0 &&
         datagram[4] == kVersion;
}

// The length of the UTF-8 sequence that begins at `at`; 0 where there is none. Overlong forms, surrogates and what lies
// beyond Unicode are none (RFC 3629).
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || text.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Fit to be shown in a line: nothing that moves the cursor, and no marks that turn text round (U+202A to U+202E, U+2066
// to U+2069), with which a name could look like another one.
std::string shown_name(std::string_view raw) {
  std::string name;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t length = sequence_at(raw, at);
    const std::string_view letter = raw.substr(at, std::max<std::size_t>(length, 1));
    at += letter.size();
    const bool is_control = length == 1 && (static_cast<std::uint8_t>(letter[0]) < 0x20 || letter[0] == 0x7F);
    const bool is_c1 = length == 2 && letter[0] == '\xC2' && static_cast<std::uint8_t>(letter[1]) < 0xA0;
    const bool is_turn = length == 3 && ((letter >= "\xE2\x80\xAA" && letter <= "\xE2\x80\xAE") ||
                                         (letter >= "\xE2\x81\xA6" && letter <= "\xE2\x81\xA9"));
    name += length == 0 || is_control || is_c1 || is_turn ? std::string_view("?") : letter;
  }
  return name;
}

std::string_view cut_name(std::string_view name) {
  if (name.size() <= kMostServerName) return name;
  std::size_t end = kMostServerName;
  while (end > 0 && (static_cast<std::uint8_t>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end);
}

}  // namespace

std::array<std::uint8_t, kAskBytes> encode_ask(std::uint64_t nonce) {
  std::array<std::uint8_t, kAskBytes> ask{};
  put_head(ask.data(), kAskMagic, nonce);
  return ask;
}

std::vector<std::uint8_t> encode_answer(const ServerAnswer& answer) {
  const std::string_view name = cut_name(answer.name);
  std::vector<std::uint8_t> datagram(kHead + 3 + name.size());
  put_head(datagram.data(), kAnswerMagic, answer.nonce);
  store_le(datagram.data() + kHead, answer.port);
  datagram[kHead + 2] = static_cast<std::uint8_t>(name.size());
  std::copy(name.begin(), name.end(), datagram.begin() + kHead + 3);
  return datagram;
}

std::optional<std::uint64_t> parse_ask(Bytes datagram) {
  if (datagram.size() != kAskBytes || !has_head(datagram, kAskMagic)) return std::nullopt;
  return load_le<std::uint64_t>(datagram.data() + 5);
}

std::optional<ServerAnswer> parse_answer(Bytes datagram) {
  if (!has_head(datagram, kAnswerMagic) || datagram.size() < kHead + 3) return std::nullopt;
  ServerAnswer answer;
  answer.nonce = load_le<std::uint64_t>(datagram.data() + 5);
  answer.port = load_le<std::uint16_t>(datagram.data() + kHead);
  const std::size_t size = datagram[kHead + 2];
  if (answer.port == 0 || size == 0 || size > kMostServerName || datagram.size() != kHead + 3 + size)
    return std::nullopt;
  const Bytes name = datagram.subspan(kHead + 3);
  answer.name = shown_name({reinterpret_cast<const char*>(name.data()), name.size()});
  return answer;
}

bool is_near(std::uint32_t address) {
  struct Net {
    std::uint32_t address;
    int bits;
  };
  constexpr std::array<Net, 6> kNets{{{0x0A000000, 8},    // 10/8
                                      {0xAC100000, 12},   // 172.16/12
                                      {0xC0A80000, 16},   // 192.168/16
                                      {0xA9FE0000, 16},   // 169.254/16, without a DHCP server
                                      {0x64400000, 10},   // 100.64/10, shared
                                      {0x7F000000, 8}}};  // 127/8
  return std::any_of(kNets.begin(), kNets.end(),
                     [&](const Net& net) { return (address >> (32 - net.bits)) == (net.address >> (32 - net.bits)); });
}

}  // namespace zoe::net
