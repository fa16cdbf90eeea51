#include "plugins/transport_http/target.hpp"

#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::size_t kMostParts = 64;
constexpr std::size_t kMostQueries = 64;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { kIsPlus = 1, kIsSpace };

Result<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::kIsSpace) c = ' ';
    if (c == '%') {
      const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
      const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
      if (low < 0) return fail(Errc::kMalformed, "the address has a % without two digits behind it");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return fail(Errc::kMalformed, "the address has a control character");
    out.push_back(c);
  }
  if (!is_utf8(out)) return fail(Errc::kMalformed, "the address is not UTF-8");
  return out;
}

Status add_part(Target& target, std::string_view raw) {
  ZOE_TRY(std::string part, decode(raw, Plus::kIsPlus));
  const bool is_step = part == "." || part == "..";
  if (is_step || part.find_first_of("/\\") != std::string::npos)
    return fail(Errc::kMalformed, "the address leads out of its folder");
  if (part.empty()) return {};
  if (target.path.size() >= kMostParts) return fail(Errc::kTooLarge, "the address has too many parts");
  target.path.push_back(std::move(part));
  return {};
}

Status add_query(Target& target, std::string_view raw) {
  if (raw.empty()) return {};
  if (target.query.size() >= kMostQueries) return fail(Errc::kTooLarge, "the address asks for too much");
  const auto equals = raw.find('=');
  ZOE_TRY(std::string name, decode(raw.substr(0, equals), Plus::kIsSpace));
  std::string value;
  if (equals != std::string_view::npos) {
    ZOE_TRY(value, decode(raw.substr(equals + 1), Plus::kIsSpace));
  }
  target.query.insert_or_assign(std::move(name), std::move(value));
  return {};
}

template <typename Add>
Status split(std::string_view text, char separator, Add&& add) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    ZOE_CHECK(add(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return {};
}

}  // namespace

std::string Target::rest(std::size_t from) const {
  std::string out;
  for (std::size_t i = from; i < path.size(); ++i) out += (i > from ? "/" : "") + path[i];
  return out;
}

Result<Target> parse_target(std::string_view text) {
  Target target;
  text = text.substr(0, text.find('#'));
  if (text.empty() || text.front() != '/') return fail(Errc::kMalformed, "the address has no path");
  const auto mark = text.find('?');
  ZOE_CHECK(split(text.substr(1, mark == std::string_view::npos ? mark : mark - 1), '/',
                  [&](std::string_view part) { return add_part(target, part); }));
  if (mark != std::string_view::npos)
    ZOE_CHECK(split(text.substr(mark + 1), '&', [&](std::string_view part) { return add_query(target, part); }));
  return target;
}

}  // namespace zoe::transport_http
