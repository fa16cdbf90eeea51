#include "plugins/transport_http/annex_b.hpp"

#include <cstdint>
#include <cstring>

namespace zoe::transport_http {

std::vector<Unit> units_of(Bytes data) {
  std::vector<Unit> units;
  const std::size_t size = data.size();
  for (std::size_t i = 0; i + 3 <= size;) {
    const auto* zero = static_cast<const std::uint8_t*>(std::memchr(data.data() + i, 1, size - i));
    if (!zero) break;
    const auto at = static_cast<std::size_t>(zero - data.data());
    if (at >= 2 && data[at - 1] == 0 && data[at - 2] == 0) {
      if (!units.empty()) units.back().end = at - 2;
      units.push_back({at + 1, size});
    }
    i = at + 1;
  }
  for (Unit& unit : units)
    while (unit.end > unit.begin && data[unit.end - 1] == 0) --unit.end;  // zeros in front of the next start code
  return units;
}

bool begins_with_start_code(Bytes data) {
  return data.size() >= 4 && data[0] == 0 && data[1] == 0 && (data[2] == 1 || (data[2] == 0 && data[3] == 1));
}

}  // namespace zoe::transport_http
