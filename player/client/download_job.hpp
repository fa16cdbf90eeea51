// One download from its beginning to its end, over as many connections as it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "player/client/download_disk.hpp"
#include "player/client/download_part.hpp"
#include "player/client/download_types.hpp"
#include "player/client/rate_meter.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// What came from the server, on its way to the thread of the downloads. Of an attempt that is over it means nothing.
struct DownloadEvent {
  std::uint64_t job = 0;
  std::uint64_t attempt = 0;
  std::variant<FileInfo, net::FileChunk, Status> what;
};

// What all of them use; outlives them.
struct DownloadTools {
  ServerLink& link;
  DownloadDisk& disk;
  const Clock& clock;
  Log& log;
  std::uint32_t chunk_bytes = FileIntake::kChunkBytes;
  std::int64_t first_backoff_ns = kNsPerS;
  // Turns what is said to it into events.
  std::function<std::shared_ptr<FileReceiver>(std::uint64_t job, std::uint64_t attempt)> receiver;
};

// One thread: that of the downloads. Nothing fails: what goes wrong is in the stage and the note.
class DownloadJob {
 public:
  static constexpr std::int64_t kSaveNs = 2 * kNsPerS;  // what is written meanwhile may come twice
  static constexpr std::int64_t kMostBackoffNs = 30 * kNsPerS;
  static constexpr int kMostTries = 6;  // of what may pass by itself, without anything having come between

  DownloadJob(DownloadTools& tools, std::uint64_t id, SavedDownload saved);

  std::uint64_t id() const { return id_; }
  DownloadStage stage() const { return stage_; }
  const SavedDownload& saved() const { return saved_; }
  bool is_active() const { return is_under_way(stage_); }
  // For the next run of the program.
  SavedDownload to_be_saved() const;
  DownloadInfo info() const;

  // --- what the person wants
  void pause();
  void resume();  // and try again; begins when its turn comes
  // Removes what is there, unless it is done.
  void discard();

  // --- what the queue tells
  void begin();                    // its turn has come
  void give_way(std::string why);  // its turn is over: queued again
  void on_link_ready();            // the connection is there (again)
  void on_event(DownloadEvent& event);
  void set_window(std::uint64_t bytes);  // that may be on their way
  // Compares a block, or asks again when that is due. True when there is more to do at once.
  bool step();
  std::int64_t due_ns() const;  // when `step` is next needed; kNeverNs
  // The program ends.
  void close();

  static constexpr std::int64_t kNeverNs = INT64_MAX;

 private:
  void ask();
  void drop();
  void on_opened(const FileInfo& info);
  void on_piece(const net::FileChunk& piece);
  void on_ended(const Status& outcome);
  void on_refused(const Error& error);
  void on_missing(const Error& error);
  void finish();
  void try_again(const Error& error);  // a few times
  void wait_for_link(std::string why);
  void stop_for_disk(const Error& error);
  void fail_with(std::string why);
  void keep();  // saves what is written
  void grant();

  DownloadTools& tools_;
  const std::uint64_t id_;
  SavedDownload saved_;
  DownloadStage stage_;
  std::string note_;
  std::string change_note_;  // is told as long as it runs
  std::unique_ptr<DownloadPart> part_;
  bool is_checked_ = false;
  std::uint64_t peeked_bytes_ = 0;  // of a part that is not open

  std::uint64_t attempt_ = 0;
  std::uint64_t transfer_ = 0;  // 0: none
  bool is_by_path_ = false;     // its number is unknown to the server: asked by its place
  bool is_from_start_ = false;  // the server has less than we: asked from the beginning, to hear what it has
  std::uint64_t asked_offset_ = 0;
  std::uint64_t window_ = FileIntake::kWindowBytes;
  std::uint64_t received_ = 0;  // of this attempt
  std::uint64_t granted_ = 0;
  int tries_ = 0;
  std::int64_t again_ns_ = kNeverNs;
  std::int64_t saved_ns_ = 0;
  RateMeter rate_;
};

}  // namespace zoe::player
