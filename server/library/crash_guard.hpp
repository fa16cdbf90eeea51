// Says which media a thread has in hand, so that a crash in a demuxer or decoder can be laid at a file's door.
#pragma once

#include "engine/core/result.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server {

// While it lives, the calling thread works on bytes of this media (probe, index, decode, encode). Costs a copy of the
// path. Guards may be nested; they end in the reverse order, on the thread that made them. Beyond kMostGuards at once a
// guard records nothing.
//
// Threads that libraries start (FFmpeg's own) carry no guard: a crash there makes suspects of all media in hand.
class CrashGuard {
 public:
  static constexpr int kMostGuards = 256;

  explicit CrashGuard(const MediaEntry& entry);
  CrashGuard(const std::string& path, std::uint64_t size_bytes, std::int64_t mtime_ns);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

 private:
  int slot_ = -1;
  int outer_ = -1;
};

// Takes SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT for the whole process: the handler appends the suspects to the file
// at `path` (Quarantine reads it at the next start), then lets the signal take its course. Call once, early in main.
// kInvalidArgument for a path that is too long.
Status install_crash_handler(const std::string& path);

}  // namespace zoe::server
