// Downloads as the rest of the player sees them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "player/client/download_state.hpp"

namespace zoe::player {

enum class DownloadStage : std::uint8_t {
  kQueued = 1,  // its turn has not come, or another server's
  kWaiting,     // for the connection, or until the server is asked again
  kChecking,    // what is there from before is compared with its digests
  kRunning,
  kPaused,
  kFailed,  // `note` says why
  kDone,
};

// It has its turn.
inline bool is_under_way(DownloadStage stage) {
  return stage == DownloadStage::kWaiting || stage == DownloadStage::kChecking || stage == DownloadStage::kRunning;
}

struct DownloadInfo {
  std::uint64_t id = 0;
  DownloadStage stage = DownloadStage::kQueued;
  DownloadSource source;
  std::string address;  // of the server, as typed
  std::string folder;
  std::string name;  // in the folder; with kDone it lies there
  std::uint64_t size_bytes = 0;
  std::uint64_t done_bytes = 0;  // with kChecking: as far as it is compared
  double bytes_per_s = 0;        // while it runs
  std::int64_t left_s = -1;      // -1: cannot be told
  std::string note;              // a sentence for a person; empty where all is as expected

  std::string path() const { return folder + '/' + name; }
};

// What is asked for.
struct DownloadRequest {
  DownloadSource source;
  std::string folder;  // empty: the queue's
  std::string name;    // empty: the last part of the path
  std::uint64_t size_bytes = 0;
};

// How much may be on its way to us, so that what plays has the line when it needs it.
enum class DownloadPace : std::uint8_t {
  kFull = 1,  // nothing plays
  kBeside,    // something plays and has enough
  kTrickle,   // something plays and waits for data
};

// What a person wants done about downloads, as the interface asks for it.
enum class DownloadVerb : std::uint8_t { kPause = 1, kResume, kRemove, kClearDone, kSetFolder, kSetMostAtOnce };

struct DownloadCommand {
  DownloadVerb verb = DownloadVerb::kPause;
  std::uint64_t id = 0;
  std::string folder = {};
  int count = 0;  // at once
};

// What is kept of a download between two runs of the program.
struct SavedDownload {
  DownloadSource source;
  std::string address;
  std::string folder;
  std::string wanted_name;
  std::string name;  // that was chosen; empty where it has not begun
  std::uint64_t size_bytes = 0;
  DownloadStage stage = DownloadStage::kQueued;  // kQueued, kPaused, kFailed or kDone
  std::string note;

  friend bool operator==(const SavedDownload&, const SavedDownload&) = default;
};

struct DownloadList {
  std::string folder;  // where new ones go; empty: the default
  int most_at_once = 1;
  std::vector<SavedDownload> downloads;

  friend bool operator==(const DownloadList&, const DownloadList&) = default;
};

inline constexpr std::size_t kMostDownloads = 200;
inline constexpr int kMostAtOnce = 4;
inline constexpr std::size_t kMostListBytes = 4U << 20;

// The list's file and back; `parse_download_list` takes any bytes. kMalformed, kTooLarge.
std::string to_text(const DownloadList& list);
Result<DownloadList> parse_download_list(Bytes text);

}  // namespace zoe::player
