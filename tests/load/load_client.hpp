// One client: connects, signs in, opens a stream, and plays it in real time without showing it. When the server asks it
// to go on elsewhere, it does so over a new connection, from what it holds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/programme.hpp"
#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "engine/net/tls.hpp"
#include "tests/load/continuity.hpp"
#include "tests/load/load_figures.hpp"
#include "tests/load/message_skimmer.hpp"
#include "tests/load/playhead.hpp"

namespace zoe::load {

enum class Role { kWatch = 1, kReverse, kFast, kScrub, kStalled, kLibrarian };

// A channel as the librarian found it.
struct OnAir {
  Programme programme;
  std::vector<std::string> media;  // of its items
  std::int64_t begins_ns = 0;      // on the clock of this machine
};

// What all clients of a run share. One thread.
struct Run {
  const Options& options;
  const Clock& clock;
  Figures& figures;
  std::shared_ptr<const net::TlsContext> tls;  // null: plain
  std::string token;                           // of the first client's log-in; empty: guests
  std::string media;                           // chosen by the librarian
  std::int64_t duration_us = 0;
  std::optional<OnAir> channel;       // found by the librarian, where one was asked for
  std::vector<std::uint8_t> scratch;  // what a socket is read into
};

// One thread. Non-blocking: `on_ready` when the socket is readable or writable, `on_tick` now and then.
class LoadClient final : private SkimmerSink {
 public:
  LoadClient(Run& run, Role role, unsigned seed);
  ~LoadClient() override;

  Status connect();

  // Another one after each move; `connection` counts them.
  int fd() const { return fd_.get(); }
  unsigned connection() const { return connection_; }
  bool wants_to_write() const { return !output_.empty() || state_ == State::kConnecting; }
  bool wants_to_read() const { return !(role_ == Role::kStalled && state_ == State::kPlaying); }
  bool is_done() const { return state_ == State::kDone; }  // a librarian who has found the media
  bool is_playing() const {
    const bool is_going_over = run_.channel && state_ == State::kOpening;  // what is buffered plays meanwhile
    return (state_ == State::kPlaying || is_going_over) && playhead_.is_running();
  }
  bool has_failed() const { return failure_.code != Errc{}; }
  const Error& failure() const { return failure_; }

  void on_ready(bool can_read, bool can_write);
  void on_tick();

  // Frames that are due now and have not come count as late.
  void count_missing(std::initializer_list<Window*> windows);

 private:
  enum class State { kConnecting = 1, kTakingOver, kSigningIn, kListing, kOpening, kPlaying, kDone, kFailed };

  void on_text(net::Kind kind, std::string_view json) override;
  void on_run(const net::Header& header, const net::RunHeader& run) override;
  void on_packet(const net::Header& header, const media::PacketRecord& record) override;
  void on_run_end(const net::Header& header) override;

  void on_event(std::string_view json);
  void on_goodbye(std::string_view json);
  void on_response(std::string_view json);
  void on_listing(const nlohmann::json& result);
  void on_channels(const nlohmann::json& result);
  void on_channel(const nlohmann::json& result);
  void tune_in();
  void go_over();
  void on_tuned_in(std::int64_t start_us);
  void on_opened(const nlohmann::json& result);
  void on_sought(const nlohmann::json& result);
  void sign_in();
  void list();
  void open_stream();
  void reopen_stream();
  void start_playhead();
  nlohmann::json open_params() const;
  void move();
  void take_over();
  void note_moved();
  void report_continuity();
  void seek();
  void grant();
  void frame_came(std::int64_t position_us);
  std::int64_t random_position_us();
  double rate() const { return role_ == Role::kReverse ? -1 : role_ == Role::kFast ? 2 : 1; }
  Continuity::Heading heading() const {
    return rate() < 0 ? Continuity::Heading::kReverse : Continuity::Heading::kForward;
  }
  std::uint64_t ahead_us() const;
  std::uint64_t wanted_us() const;

  std::uint64_t request(std::string_view method, const nlohmann::json& params);
  void send(std::vector<std::uint8_t> message);
  void give_up(Error error);
  void read_some();
  void write_some();
  Status take(Bytes bytes);

  Run& run_;
  const Role role_;
  std::mt19937 random_;
  UniqueFd fd_;
  std::unique_ptr<net::TlsEngine> tls_;
  std::optional<MessageSkimmer> skimmer_;
  State state_ = State::kConnecting;
  Error failure_{Errc{}, ""};
  std::vector<std::uint8_t> output_;   // to the socket
  std::vector<std::uint8_t> waiting_;  // plain bytes until TLS is open
  std::uint64_t next_id_ = 1;

  // Moving.
  unsigned connection_ = 0;
  bool is_told_to_move_ = false;  // by server.resume, or sent away before it had signed in
  bool must_move_ = false;        // the connection has ended, and another one is to take its place
  unsigned moves_in_a_row_ = 0;   // without a packet in between
  std::string ticket_;
  std::int64_t moved_ns_ = 0;  // 0: no move whose first packet has not come

  // On a channel: which of its showings is open, and when that began, counted from the channel's beginning. Positions
  // are counted from there too.
  std::int64_t number_ = 0;
  std::int64_t base_us_ = 0;
  std::int64_t live_from_us_ = 0;  // what is before it was over when this viewer came
  std::int64_t list_sent_ns_ = 0;
  std::uint64_t closing_id_ = 0;  // the request that closes the stream before: its answer tells nothing

  std::uint32_t stream_ = 0;
  std::uint32_t serial_ = 1;
  bool has_opened_ = false;        // a stream, on whichever connection
  std::int64_t begin_us_ = 0;      // the position last asked for
  std::int64_t sent_base_us_ = 0;  // media between the first picture and where this connection's credit begins to count
  Continuity continuity_;
  std::uint64_t lost_told_ = 0;
  std::uint64_t repeated_told_ = 0;
  Rational time_base_{1, 1};
  std::int64_t start_pts_ = 0;
  std::int64_t frame_us_ = 33'333;
  std::int64_t segment_us_ = 2'000'000;  // on average
  Playhead playhead_;
  std::int64_t connect_ns_ = 0;
  std::int64_t seek_sent_ns_ = 0;
  std::int64_t seek_target_us_ = -1;  // -1: no seek under way
  std::int64_t next_seek_ns_ = 0;
  std::int64_t list_again_ns_ = 0;  // 0: no need
  std::uint64_t granted_us_ = 0;
  std::uint64_t preroll_us_ = 0;  // before the frame sought, from its segment's start
  std::int64_t newest_us_ = 0;    // unrolled, the furthest in the direction of play
  std::int64_t last_deadline_ns_ = 0;
  std::vector<std::int64_t> held_back_;  // reverse: frames of the segment that is not whole yet
  bool has_first_frame_ = false;
};

}  // namespace zoe::load
