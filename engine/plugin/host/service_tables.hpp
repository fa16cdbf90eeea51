// The C tables of the services that every host offers. They find their context by the zoe_host they are given.
#pragma once

#include "engine/plugin/abi/host.h"

namespace zoe::plugin {

const zoe_log_v1& log_table();
const zoe_config_v1& config_table();
const zoe_clock_v1& clock_table();
const zoe_metrics_v1& metrics_table();
const zoe_buffers_v1& buffers_table();
const zoe_workers_v1& workers_table();
const zoe_timers_v1& timers_table();
const zoe_processes_v1& processes_table();

}  // namespace zoe::plugin
