#include "engine/plugin/launch/order.hpp"

#include <charconv>

namespace zoe::launch {
namespace {

template <typename Number>
bool read_number(const std::string& text, Number& out) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && rest == text.data() + text.size();
}

bool take(Order& order, const std::string& flag, const std::string& value) {
  if (flag == "--folder") return order.folder = value, true;
  if (flag == "--user") return order.user = value, true;
  if (flag == "--readable") return order.readable.push_back(value), true;
  if (flag == "--memory") return read_number(value, order.memory_bytes);
  if (flag == "--file") return read_number(value, order.file_bytes);
  if (flag == "--cpu") return read_number(value, order.cpu_seconds);
  if (flag == "--processes") return read_number(value, order.processes);
  if (flag == "--nice") return read_number(value, order.nice);
  return false;
}

}  // namespace

std::optional<Order> parse_order(const std::vector<std::string>& words) {
  Order order;
  std::size_t at = 0;
  for (; at < words.size() && words[at] != "--"; at += 2)
    if (at + 1 == words.size() || !take(order, words[at], words[at + 1])) return std::nullopt;
  if (at < words.size()) order.command.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
  if (order.command.empty() || order.folder.empty()) return std::nullopt;
  return order;
}

}  // namespace zoe::launch
