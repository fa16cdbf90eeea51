// The service of child processes, as a generation uses it.
#include <utility>

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/process_handle.hpp"
#include "engine/plugin/host/service_tables.hpp"

namespace zoe::plugin {

Result<zoe_process*> HostContext::start_process(ProcessOrder order, ProcessEvents events) {
  auto process = std::make_unique<zoe_process>();
  process->context = this;
  zoe_process* raw = process.get();
  ZOE_TRY(raw->id, services_.processes().start(std::move(order), std::move(events)));
  MutexLock lock(mutex_);
  processes_.emplace(raw, std::move(process));
  return raw;
}

void HostContext::release_process(zoe_process* process) {
  services_.processes().release(process->id);
  MutexLock lock(mutex_);
  processes_.erase(process);
}

std::size_t HostContext::release_processes() {
  std::map<zoe_process*, std::unique_ptr<zoe_process>> left;
  {
    MutexLock lock(mutex_);
    left.swap(processes_);
  }
  for (const auto& [raw, process] : left) services_.processes().release(raw->id);
  return left.size();
}

namespace {

constexpr std::uint32_t kMostWords = 4096;

Result<std::vector<std::string>> texts(const zoe_str* first, std::uint32_t count) {
  if (count > kMostWords || (count > 0 && !first))
    return fail(Errc::kInvalidArgument, "a process cannot be given so many words");
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < count; ++i) all.emplace_back(abi::to_view(first[i]));
  return all;
}

Result<ProcessOrder> order_of(const zoe_process_options& options) {
  ProcessOrder order;
  ZOE_TRY(order.arguments, texts(options.arguments, options.argument_count));
  ZOE_TRY(order.environment, texts(options.environment, options.environment_count));
  ZOE_TRY(order.readable, texts(options.readable, options.readable_count));
  order.folder = abi::to_view(options.folder);
  order.user = abi::to_view(options.user);
  order.time = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(options.time_ns));
  order.memory_bytes = options.memory_bytes;
  order.file_bytes = options.file_bytes;
  order.output_bytes = options.output_bytes;
  order.processes = options.processes;
  order.line_bytes = options.line_bytes;
  order.nice = options.nice;
  return order;
}

constexpr std::uint32_t to_abi(ProcessEndReason reason) { return static_cast<std::uint32_t>(reason); }
static_assert(to_abi(ProcessEndReason::kExited) == ZOE_PROCESS_EXITED &&
              to_abi(ProcessEndReason::kSignalled) == ZOE_PROCESS_SIGNALLED &&
              to_abi(ProcessEndReason::kKilled) == ZOE_PROCESS_KILLED &&
              to_abi(ProcessEndReason::kTimeout) == ZOE_PROCESS_OUT_OF_TIME &&
              to_abi(ProcessEndReason::kMemory) == ZOE_PROCESS_OUT_OF_MEMORY &&
              to_abi(ProcessEndReason::kOutput) == ZOE_PROCESS_OUT_OF_OUTPUT &&
              to_abi(ProcessEndReason::kNotStarted) == ZOE_PROCESS_NOT_STARTED &&
              to_abi(ProcessEndReason::kLost) == ZOE_PROCESS_LOST);
static_assert(static_cast<int>(ProcessStream::kOutput) == ZOE_PROCESS_OUTPUT &&
              static_cast<int>(ProcessStream::kErrors) == ZOE_PROCESS_ERRORS);

ProcessEvents events_of(const zoe_process_callbacks& callbacks, void* user) {
  return {.line =
              [line = callbacks.line, user](ProcessStream stream, std::string_view text, bool is_cut) {
                line(user, static_cast<std::uint32_t>(stream), abi::to_abi(text), is_cut ? ZOE_PROCESS_LINE_CUT : 0);
              },
          .end =
              [end = callbacks.end, user](const ProcessEnd& facts) {
                const zoe_process_end told{sizeof(zoe_process_end), to_abi(facts.reason), facts.code, facts.left,
                                           abi::to_abi(facts.words)};
                end(user, &told);
              }};
}

zoe_status start(const zoe_host* host, const zoe_process_options* options, const zoe_process_callbacks* callbacks,
                 void* user, zoe_process** out, zoe_error* error) noexcept {
  return abi::guarded(error, [&]() -> Status {
    if (!abi::has_all_of(options) || !abi::has_all_of(callbacks) || !callbacks->line || !callbacks->end || !out)
      return fail(Errc::kInvalidArgument, "the options of a process are incomplete");
    ZOE_TRY(ProcessOrder order, order_of(*options));
    ZOE_TRY(*out, HostContext::of(host).start_process(std::move(order), events_of(*callbacks, user)));
    return {};
  });
}

}  // namespace

const zoe_processes_v1& processes_table() {
  static constexpr zoe_processes_v1 kTable{
      .struct_size = sizeof(zoe_processes_v1),
      .start = start,
      .kill =
          [](zoe_process* process) noexcept {
            abi::guarded(nullptr, [&]() -> Status {
              return process->context->services().processes().kill(process->id), Status();
            });
          },
      .release =
          [](zoe_process* process) noexcept {
            if (!process) return;
            abi::guarded(nullptr, [&]() -> Status { return process->context->release_process(process), Status(); });
          },
  };
  return kTable;
}

}  // namespace zoe::plugin
