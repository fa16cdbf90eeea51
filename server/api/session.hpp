// What one client of the server has: who it is, its streams, its open files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/api/identity.hpp"
#include "server/library/media_entry.hpp"
#include "server/streams/stream.hpp"

namespace zoe::server {

// What administrators see of a client. It goes over to the connection that takes this one's place.
struct ClientFacts {
  std::uint64_t number = 0;         // names the client
  std::int64_t since_utc_ns = 0;    // when its first connection began
  std::uint64_t earlier_bytes = 0;  // of media that its earlier connections were sent
  std::string program;              // what it called itself; empty: it has not
};

// Thread-safe: one short lock, under which nothing outside is called.
//
// A sign-in or its end closes every stream and file and begins a new epoch; what was being opened in the old one is
// closed as soon as it is handed over. Handles of streams and files come from one count, so no number means both.
class Session {
 public:
  // Transfers end in the transport, which has a descriptor of its own, and nobody has to say so: beyond this many, the
  // oldest file that was fetched is forgotten.
  static constexpr std::size_t kMostFiles = 16;

  Session(std::string peer_address, std::size_t most_streams);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::string& peer_address() const { return peer_address_; }

  ClientFacts facts() const;
  void set_facts(ClientFacts facts);
  void set_program(std::string program);

  // Null: nobody is signed in.
  IdentityPtr identity() const;

  // Signs in (null: out): ends the epoch. kUnavailable after `close`.
  Status sign_in(IdentityPtr identity);

  // The same person with another role or time: the epoch goes on. Nothing happens when `before` is no longer signed in.
  void replace_identity(const IdentityPtr& before, IdentityPtr now);

  // A place for a stream or file that is being opened; it counts until it is filled or dropped.
  struct Reservation {
    std::uint32_t handle = 0;
    std::uint64_t epoch = 0;
    std::stop_token stop;  // of the epoch
  };
  // kTooLarge when there are as many as a client may have; kUnavailable after `close`.
  Result<Reservation> reserve_stream();
  Result<Reservation> reserve_file();
  void drop(const Reservation& reservation);
  struct OpenStream {
    std::shared_ptr<Stream> stream;
    MediaEntryPtr media;
    std::optional<int> track;  // as it was asked for
    std::stop_token stop;      // of the epoch
  };
  // kCancelled (and the stream is closed) when the epoch has ended.
  Status add_stream(const Reservation& reservation, std::shared_ptr<Stream> stream, MediaEntryPtr media,
                    std::optional<int> track);
  Status add_file(const Reservation& reservation, UniqueFd fd, std::uint64_t size_bytes);

  // kNotFound: "stream 7 is not open".
  Result<OpenStream> stream(std::uint32_t handle) const;
  Status close_stream(std::uint32_t handle);

  struct FileCopy {
    UniqueFd fd;
    std::uint64_t size_bytes = 0;
  };
  Result<FileCopy> file(std::uint32_t handle);
  Status close_file(std::uint32_t handle);
  bool has_files() const;

  // The next run of any stream, fairly among them. One thread at a time.
  zoe_status pull(std::size_t most_bytes, zoe_run& out);

  std::size_t open_streams() const;
  // All that are open, by handle.
  std::vector<OpenStream> streams() const;

  // For good: closes everything, signs out; nothing can be opened any more.
  void close();

 private:
  struct Entry {
    std::shared_ptr<Stream> stream;  // null while it is being opened
    MediaEntryPtr media;
    std::optional<int> track;
  };
  struct File {
    UniqueFd fd;  // none while it is being opened
    std::uint64_t size_bytes = 0;
    bool is_fetched = false;
  };
  struct Closing;

  Closing end_epoch() ZOE_REQUIRES(mutex_);
  std::uint32_t next_handle() ZOE_REQUIRES(mutex_);

  const std::string peer_address_;
  const std::size_t most_streams_;

  mutable Mutex mutex_;
  ClientFacts facts_ ZOE_GUARDED_BY(mutex_);
  IdentityPtr identity_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint32_t, Entry> streams_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint32_t, File> files_ ZOE_GUARDED_BY(mutex_);
  std::stop_source epoch_stop_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t epoch_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint32_t last_handle_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint32_t last_pulled_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_closed_ ZOE_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Stream>> pulling_;  // the pulling thread's own, kept for its memory
};

}  // namespace zoe::server
