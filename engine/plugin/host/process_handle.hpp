// The other side of a zoe_process*.
#pragma once

#include "engine/plugin/host/process_service.hpp"

namespace zoe::plugin {
class HostContext;
}

struct zoe_process {
  zoe::plugin::HostContext* context = nullptr;
  zoe::plugin::ProcessService::Id id = 0;
};
