#include "engine/net/trust_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"

namespace zoe::net {
namespace {

constexpr std::size_t kMostFileBytes = 1U << 20;
constexpr std::size_t kPinDigits = 64;

// Host names are told apart without case; a trailing dot means nothing.
std::string key_of(std::string_view host, std::uint16_t port) {
  std::string name(host);
  if (!name.empty() && name.back() == '.') name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return fmt::format("{}:{}", name, port);
}

bool is_pin(std::string_view text) {
  return text.size() == kPinDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<std::unique_ptr<TrustStore>> TrustStore::load(std::string path) {
  auto store = std::make_unique<TrustStore>();
  store->path_ = std::move(path);
  auto content = read_file(store->path_, kMostFileBytes);
  if (!content) {
    if (content.error().code == Errc::kNotFound) return store;
    return fail(std::move(content).error().with("the list of known servers"));
  }
  std::string_view rest = as_text(*content);
  MutexLock lock(store->mutex_);
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || space == 0 || !is_pin(line.substr(space + 1))) {
      return fail(Errc::kMalformed,
                  fmt::format("{}:{}: not \"host:port pin\"; repair the line, or remove it to meet that server anew",
                              store->path_, number));
    }
    store->pins_.insert_or_assign(std::string(line.substr(0, space)), std::string(line.substr(space + 1)));
  }
  lock.unlock();
  return store;
}

Trust TrustStore::check(std::string_view host, std::uint16_t port, std::string_view pin) const {
  const std::string known = pin_of(host, port);
  if (known.empty()) return Trust::kFirstSeen;
  return known == pin ? Trust::kMatches : Trust::kChanged;
}

std::string TrustStore::pin_of(std::string_view host, std::uint16_t port) const {
  MutexLock lock(mutex_);
  const auto found = pins_.find(key_of(host, port));
  return found != pins_.end() ? found->second : std::string();
}

Status TrustStore::remember(std::string_view host, std::uint16_t port, std::string_view pin) {
  if (!is_pin(pin)) return fail(Errc::kInvalidArgument, "a pin has 64 lower-case hexadecimal digits");
  if (host.empty() || host.find_first_of(" \n\r#") != std::string_view::npos)
    return fail(Errc::kInvalidArgument, "a host name has no spaces");
  MutexLock lock(mutex_);
  pins_.insert_or_assign(key_of(host, port), std::string(pin));
  return write();
}

Status TrustStore::forget(std::string_view host, std::uint16_t port) {
  MutexLock lock(mutex_);
  if (pins_.erase(key_of(host, port)) == 0) return {};
  return write();
}

Status TrustStore::write() const {
  if (path_.empty()) return {};
  std::string text = "# Keys of Zoetrope servers as they were first seen: host:port, SHA-256 of the key\n";
  for (const auto& [server, pin] : pins_) text += fmt::format("{} {}\n", server, pin);
  return write_file_atomic(path_, as_bytes(text), 0600);
}

}  // namespace zoe::net
