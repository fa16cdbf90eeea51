// Downloads of the library's files: one after another, over as many connections and runs of the program as it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "player/client/download_disk.hpp"
#include "player/client/download_job.hpp"
#include "player/client/download_types.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// What is known now. Immutable, cheap to copy; the oldest first.
using Downloads = std::shared_ptr<const std::vector<DownloadInfo>>;

// Thread-safe; nothing here waits for the disk or the network, but the destructor, which keeps what was written. A
// thread of its own ("zoe-download") does all that waits. What came and is not written yet is bounded by what the
// server was granted: kFullWindow and a chunk.
class DownloadQueue {
 public:
  static constexpr std::uint64_t kFullWindow = 4U << 20;
  static constexpr std::uint64_t kBesideWindow = 256U << 10;  // as pictures have: a seek has little to wait behind
  static constexpr std::int64_t kTellNs = 100 * kNsPerMs;     // between two tellings of progress

  struct Options {
    std::string folder;     // where what is downloaded goes; empty: as the list says, else user_download_folder()
    std::string list_path;  // keeps the list between two runs; empty: nothing is kept
    std::uint32_t chunk_bytes = FileIntake::kChunkBytes;
    std::int64_t first_backoff_ns = kNsPerS;
    // Called (on any thread) after `revision` changed; must only wake.
    std::function<void()> wake;
  };

  // `link`, `clock` and `log` outlive it.
  DownloadQueue(ServerLink& link, Options options, const Clock& clock, Log& log,
                std::unique_ptr<DownloadDisk> disk = DownloadDisk::system());
  ~DownloadQueue();
  DownloadQueue(const DownloadQueue&) = delete;
  DownloadQueue& operator=(const DownloadQueue&) = delete;

  // Something about the link has changed.
  void notify();

  // From the server that is connected. What is in the list already goes on instead.
  void add(DownloadRequest request);
  void pause(std::uint64_t id);
  void resume(std::uint64_t id);  // or tries again
  // With what is there of it; one that is done leaves the list only.
  void remove(std::uint64_t id);
  void clear_done();

  void set_pace(DownloadPace pace);
  void set_most_at_once(int count);  // from 1 to kMostAtOnce
  void set_folder(std::string folder);

  Downloads downloads() const;
  std::string folder() const;
  int most_at_once() const;
  std::uint64_t revision() const;

 private:
  struct Command {
    enum class Verb : std::uint8_t { kAdd = 1, kPause, kResume, kRemove, kClearDone } verb = Verb::kAdd;
    std::uint64_t id = 0;
    DownloadRequest request = {};
  };
  static constexpr std::size_t kMostCommands = 1024;  // that wait; more are a person's who holds a key down

  // What other threads touch. Receivers may outlive the queue.
  struct Shared;
  class Receiver;

  // --- the thread
  void run();
  void load();
  void carry_out(Command& command);
  void add_job(DownloadRequest& request);
  void look_at_link();
  void schedule();
  void share_window();
  bool step_all();
  std::int64_t due_ns() const;
  void publish();
  void save_list();
  DownloadJob* find(std::uint64_t id);
  void push(Command command);

  ServerLink& link_;
  const Options options_;
  const Clock& clock_;
  Log& log_;
  const std::unique_ptr<DownloadDisk> disk_;
  const std::shared_ptr<Shared> shared_;

  // Of the thread:
  DownloadTools tools_;
  std::list<DownloadJob> jobs_;
  std::uint64_t newest_id_ = 0;
  std::string server_;   // the key of the one that is connected; kept while it is away
  std::string address_;  // as typed
  bool is_ready_ = false;
  DownloadList saved_list_;
  std::int64_t told_ns_ = 0;
  std::vector<DownloadStage> told_stages_;

  std::jthread thread_;
};

// By which a server is known: its key, or where it is where it has none.
std::string server_key_of(const LinkSnapshot& link);

}  // namespace zoe::player
