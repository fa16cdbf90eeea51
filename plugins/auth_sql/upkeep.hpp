// What happens once a minute: the times of last use are written down, and expired sessions are deleted.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "engine/core/threads.hpp"
#include "engine/plugin/sdk/host.hpp"
#include "plugins/auth_sql/database.hpp"

namespace zoe::plugins::auth_sql {

// Thread-safe. Works on the host's pool; the destructor waits for that work and writes down what is left.
//
// Times of use are gathered here and written in one transaction, so that hundreds of clients that show their tokens do
// not cost hundreds of disk flushes. A crash loses the last minute of them, and nothing else.
class Upkeep {
 public:
  // `database` outlives this. kNoMemory.
  static Result<std::unique_ptr<Upkeep>> start(const sdk::Host& host, Database& database);
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  void note_use(std::uint64_t session_id, std::int64_t utc_ns);

  // The later of `stored_ns` and what is noted but not yet written.
  std::int64_t last_used_ns(std::uint64_t session_id, std::int64_t stored_ns) const;

 private:
  // Beyond this the times wait for the next minute.
  static constexpr std::size_t kMostNotes = 65'536;

  // Outlives this where a posted job has not begun yet.
  struct Gate {
    Mutex mutex;
    Upkeep* owner ZOE_GUARDED_BY(mutex) = nullptr;
  };

  Upkeep(const sdk::Host& host, Database& database);
  void post();
  void run();

  const sdk::Host host_;
  Database& database_;
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::atomic<bool> is_posted_{false};
  mutable Mutex mutex_;
  std::map<std::uint64_t, std::int64_t> notes_ ZOE_GUARDED_BY(mutex_);
  sdk::Timer timer_;
};

}  // namespace zoe::plugins::auth_sql
