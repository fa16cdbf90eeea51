// The ABI's C types as a plugin author meets them; what is declared there can be named as zoe::sdk::... too.
#pragma once

#include "engine/plugin/bridge/status.hpp"

namespace zoe::sdk {
using namespace zoe::abi;
}
