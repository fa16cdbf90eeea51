#include "player/playback/frame_trace.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>

namespace zoe::player {

struct FrameTrace::Impl {
  std::ofstream file;
  fmt::memory_buffer line;
};

FrameTrace::FrameTrace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrameTrace::~FrameTrace() = default;

Result<std::unique_ptr<FrameTrace>> FrameTrace::create(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->file.open(path, std::ios::trunc);
  if (!impl->file) return fail(errno_error("write the trace to " + path, errno));
  return std::unique_ptr<FrameTrace>(new FrameTrace(std::move(impl)));
}

void FrameTrace::write(const TraceEntry& entry) {
  impl_->line.clear();
  fmt::format_to(std::back_inserter(impl_->line),
                 R"({{"pts":{},"pts_us":{},"segment":{},"ordinal":{},"direction":{},"kind":"{}","hash":"{:016x}",)"
                 R"("shown_us":{},"deadline_us":{}}})"
                 "\n",
                 entry.pts, entry.pts_us, entry.segment, entry.ordinal, entry.direction, entry.kind, entry.hash,
                 entry.shown_ns / 1000, entry.deadline_ns / 1000);
  impl_->file.write(impl_->line.data(), static_cast<std::streamsize>(impl_->line.size()));
}

void FrameTrace::flush() { impl_->file.flush(); }

}  // namespace zoe::player
