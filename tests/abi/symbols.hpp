// What a shared library exports, needs and asks of the loader, as readelf (binutils) tells it. Thread: the test's.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace zoe::test {

// What keeps a plugin from being loaded and unloaded cleanly, in words; empty for a good one:
//   - an exported symbol besides zoe_plugin_entry, or none
//   - a unique symbol (STB_GNU_UNIQUE): the loader never removes its library
//   - a symbol that none of the libraries it names (DT_NEEDED) defines: only the host could
//   - a thread-local object with a destructor, which pins the library
//   - relocations in its code, or the flag that it must not be unloaded
std::vector<std::string> faults_of_plugin(const std::string& file);

}  // namespace zoe::test
