// A child process of a plugin, run by the host. The contract is written in abi/host.h, at ZOE_PROCESSES_V1.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plugin/sdk/host.hpp"

namespace zoe::sdk {

struct ProcessOptions {
  std::vector<std::string> arguments;    // [0]: an absolute path
  std::vector<std::string> environment;  // "NAME=value": all of it
  std::vector<std::string> readable;     // it runs as `user` only where that may read these
  std::string folder;
  std::string user;          // where the host runs as root; empty: the host's own
  std::int64_t time_ns = 0;  // 0 in these: no limit
  std::uint64_t memory_bytes = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t output_bytes = 0;
  std::uint32_t processes = 0;
  std::uint64_t line_bytes = 65'536;
  int nice = 0;
};

// Called on one thread of the host's; must return soon, must not throw. Not to destroy the Process in.
class ProcessEvents {
 public:
  virtual ~ProcessEvents() = default;
  enum class Stream { kOutput = ZOE_PROCESS_OUTPUT, kErrors = ZOE_PROCESS_ERRORS };
  virtual void line(Stream stream, std::string_view line, bool is_cut) = 0;
  virtual void ended(const zoe_process_end& end) = 0;  // the last call, exactly once
};

// The destructor kills what still runs, and returns when `ended` has returned. One thread, but `kill`: any.
class Process {
 public:
  Process() = default;

  // `events` must outlive the Process. Errors as those of zoe_processes_v1.start; kUnsupported where the host has no
  // such service.
  static Result<Process> start(const Host& host, const ProcessOptions& options, ProcessEvents& events) {
    ZOE_TRY(const zoe_processes_v1* service, host.service<zoe_processes_v1>(ZOE_PROCESSES_V1));
    const std::vector<zoe_str> arguments = views_of(options.arguments);
    const std::vector<zoe_str> environment = views_of(options.environment);
    const std::vector<zoe_str> readable = views_of(options.readable);
    const zoe_process_options wish{
        .struct_size = sizeof(zoe_process_options),
        .nice = options.nice,
        .arguments = arguments.data(),
        .environment = environment.data(),
        .readable = readable.data(),
        .argument_count = static_cast<std::uint32_t>(arguments.size()),
        .environment_count = static_cast<std::uint32_t>(environment.size()),
        .readable_count = static_cast<std::uint32_t>(readable.size()),
        .processes = options.processes,
        .folder = to_abi(options.folder),
        .user = to_abi(options.user),
        .time_ns = options.time_ns,
        .memory_bytes = options.memory_bytes,
        .file_bytes = options.file_bytes,
        .output_bytes = options.output_bytes,
        .line_bytes = options.line_bytes,
    };
    const zoe_process_callbacks callbacks = callbacks_table();
    zoe_error error = empty_error();
    Process process;
    process.service_ = service;
    const zoe_status status = service->start(host.raw(), &wish, &callbacks, &events, &process.process_, &error);
    if (status != ZOE_OK) return fail(read_error(status, error));
    return process;
  }

  Process(Process&& other) noexcept { *this = std::move(other); }
  Process& operator=(Process&& other) noexcept {
    if (this == &other) return *this;
    reset();
    service_ = other.service_;
    process_ = std::exchange(other.process_, nullptr);
    return *this;
  }
  ~Process() { reset(); }

  void kill() const {
    if (process_) service_->kill(process_);
  }

 private:
  void reset() {
    if (process_) service_->release(std::exchange(process_, nullptr));
  }

  static std::vector<zoe_str> views_of(const std::vector<std::string>& texts) {
    std::vector<zoe_str> views;
    views.reserve(texts.size());
    for (const std::string& text : texts) views.push_back(to_abi(text));
    return views;
  }

  static zoe_process_callbacks callbacks_table() {
    return {
        .struct_size = sizeof(zoe_process_callbacks),
        .reserved = 0,
        .line =
            [](void* user, std::uint32_t stream, zoe_str line, std::uint32_t flags) noexcept {
              static_cast<ProcessEvents*>(user)->line(static_cast<ProcessEvents::Stream>(stream), to_view(line),
                                                      (flags & ZOE_PROCESS_LINE_CUT) != 0);
            },
        .end = [](void* user, const zoe_process_end* end) noexcept { static_cast<ProcessEvents*>(user)->ended(*end); },
    };
  }

  const zoe_processes_v1* service_ = nullptr;
  zoe_process* process_ = nullptr;
};

}  // namespace zoe::sdk
