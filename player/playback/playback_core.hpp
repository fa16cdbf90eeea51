// What the threads of playback share: one lock, and everything behind it.
//
// Threads: the decode thread (DecodeWorker), the feeder (Feeder) and the fetcher (FetchWorker) each own an object of
// their own and meet here; commands come from any thread, packets from the connection's. The lock is held for moments
// only: decoding, copying pictures and talking to the server happen outside. No function called under it may call
// StreamLink requests, FrameSink or foreign callbacks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "player/playback/adaptation.hpp"
#include "player/playback/fetch_planner.hpp"
#include "player/playback/frame_ring.hpp"
#include "player/playback/packet_store.hpp"
#include "player/playback/playback.hpp"
#include "player/playback/sound_state.hpp"
#include "player/playback/timeline_follower.hpp"

namespace zoe::player {

// A seek whose exact frame is not on the screen yet.
struct PendingSeek {
  std::int64_t target_us = 0;  // since the media's first frame
  std::int64_t began_ns = 0;
  bool is_placed = false;     // the ring has been set up at the target's segment: decoding can begin
  bool is_requested = false;  // asked of the server, whose answer will say where
  media::FramePtr preview;    // the first frame decoded on the way
  std::int64_t preview_us = 0;
  std::int64_t preview_since_ns = 0;
  bool is_preview_shown = false;
};

// The room that playback follows, instead of the viewer's own commands.
struct Following {
  TimelineFollower follower;
  std::optional<RoomTimelines::Preparation> preparation;
  std::optional<Timeline> applied;  // that playback goes by
  bool is_preparing = false;        // the jump's frame is sought, or there and kept from the screen
  std::uint64_t prepared = 0;       // the newest preparation whose frame is there
  bool is_buffering = false;
  std::int64_t skew_us = 0;         // smoothed: how far ahead of the timeline frames are seen
  std::int64_t lead_ns = 0;         // how long it takes here to get somewhere
  std::int64_t chased_ns = 0;       // when the place was last looked for
  std::int64_t chase_began_ns = 0;  // of the seek under way for it; 0: none

  // Nothing that was commanded is still to come.
  bool is_at_rest(std::int64_t now_ns) const {
    return applied && !preparation && follower.has_clock() && now_ns >= follower.last_change_ns() &&
           *applied == follower.current(now_ns);
  }
};

// How a frame came onto the screen.
enum class ShowKind { kPlayed = 1, kSought, kStepped, kPreview, kAgain };

struct PlaybackCore {
  PlaybackCore(const PlaybackOptions& playback_options, const Clock& its_clock, Log& its_log);

  const PlaybackOptions options;
  const Clock& clock;
  Log& log;

  Mutex mutex;
  CondVar decode_wake;
  CondVar feed_wake;
  CondVar fetch_wake;
  CondVar sound_wake;
  bool is_stopping ZOE_GUARDED_BY(mutex) = false;

  // --- what the viewer wants
  bool has_media ZOE_GUARDED_BY(mutex) = false;
  OpenMedia media ZOE_GUARDED_BY(mutex);                            // rate, is_looping and is_paused are kept current
  Direction direction ZOE_GUARDED_BY(mutex) = Direction::kForward;  // of the last motion
  int pending_steps ZOE_GUARDED_BY(mutex) = 0;
  std::optional<PendingSeek> seek ZOE_GUARDED_BY(mutex);
  std::int64_t seek_began_ns ZOE_GUARDED_BY(mutex) = 0;  // of the seek whose frame is being shown; 0 for none

  std::optional<Following> following ZOE_GUARDED_BY(mutex);

  // --- the stream
  bool is_link_ready ZOE_GUARDED_BY(mutex) = false;
  bool is_opening ZOE_GUARDED_BY(mutex) = false;
  std::uint64_t stream_epoch ZOE_GUARDED_BY(mutex) = 0;   // counts up whenever streams and answers become worthless
  std::uint64_t decoder_epoch ZOE_GUARDED_BY(mutex) = 0;  // counts up whenever another decoder is needed
  std::uint32_t stream ZOE_GUARDED_BY(mutex) = 0;         // 0: none
  std::uint32_t stale_stream ZOE_GUARDED_BY(mutex) = 0;   // to be closed
  std::uint32_t serial ZOE_GUARDED_BY(mutex) = 0;
  bool has_info ZOE_GUARDED_BY(mutex) = false;
  StreamInfo info ZOE_GUARDED_BY(mutex);
  std::shared_ptr<const media::TrackInfo> shared_track ZOE_GUARDED_BY(mutex);  // info's, shared with what decodes to it
  Adaptation adaptation ZOE_GUARDED_BY(mutex);
  StreamCursor cursor ZOE_GUARDED_BY(mutex);
  std::int64_t last_arrival_ns ZOE_GUARDED_BY(mutex) = 0;
  bool is_rate_stale ZOE_GUARDED_BY(mutex) = false;     // the server has not heard of the rate
  bool is_looping_stale ZOE_GUARDED_BY(mutex) = false;  // nor of looping
  std::optional<Error> stream_error ZOE_GUARDED_BY(mutex);
  std::int64_t open_after_ns ZOE_GUARDED_BY(mutex) = 0;   // not before: the server was not ready for it
  int unready_answers ZOE_GUARDED_BY(mutex) = 0;          // in a row
  bool is_segment_refused ZOE_GUARDED_BY(mutex) = false;  // there is no such segment any more: by position
  std::string note ZOE_GUARDED_BY(mutex);                 // "connection lost, …"
  std::int64_t lost_ns ZOE_GUARDED_BY(mutex) = 0;         // when the connection went that `note` speaks of
  std::uint32_t reconnects ZOE_GUARDED_BY(mutex) = 0;

  // --- buffers
  PacketStore store ZOE_GUARDED_BY(mutex);
  FrameRing ring ZOE_GUARDED_BY(mutex);
  std::size_t frame_bytes ZOE_GUARDED_BY(mutex) = 1;  // of a decoded frame, as far as is known
  std::uint64_t decode_epoch ZOE_GUARDED_BY(mutex) =
      0;  // counts up whenever what is being decoded is not wanted any more
  std::size_t staged_frames ZOE_GUARDED_BY(mutex) = 0;
  std::optional<Error> decode_error ZOE_GUARDED_BY(mutex);
  FrameRing::Garbage garbage ZOE_GUARDED_BY(mutex);  // freed by the decode thread
  std::int64_t packets_ahead_us ZOE_GUARDED_BY(mutex) = 0;

  // --- sound
  SoundState sound ZOE_GUARDED_BY(mutex);
  bool may_open_device ZOE_GUARDED_BY(mutex) = false;  // by Playback::allow_sound

  // --- the screen
  bool must_show ZOE_GUARDED_BY(mutex) = false;  // the playhead's frame, at once
  ShowKind show_kind ZOE_GUARDED_BY(mutex) = ShowKind::kPlayed;
  bool is_clock_stale ZOE_GUARDED_BY(mutex) = false;   // the pacer's: direction or place changed
  bool is_clock_held ZOE_GUARDED_BY(mutex) = false;    // by Playback::set_clock_held
  bool is_rate_changed ZOE_GUARDED_BY(mutex) = false;  // the pacer goes on at another rate
  bool is_buffering ZOE_GUARDED_BY(mutex) = false;
  bool is_ended ZOE_GUARDED_BY(mutex) = false;
  std::int64_t refresh_period_ns ZOE_GUARDED_BY(mutex) = 0;
  std::int64_t shown_us ZOE_GUARDED_BY(mutex) = 0;  // position of what was shown last, also when the ring was emptied

  // --- counted
  struct FirstTimes {  // 0: not yet
    std::int64_t link_ready_ns = 0;
    std::int64_t opened_ns = 0;
    std::int64_t packet_ns = 0;
    std::int64_t decoded_ns = 0;
  };
  FirstTimes first ZOE_GUARDED_BY(mutex);
  PlaybackSnapshot::Counters counters ZOE_GUARDED_BY(mutex);
  double decode_ns_per_frame ZOE_GUARDED_BY(mutex) = 0;
  std::uint64_t commands ZOE_GUARDED_BY(mutex) = 0;
  std::uint64_t changes ZOE_GUARDED_BY(mutex) = 0;  // of anything that a snapshot shows

  // --- commands (playback_commands.cpp)
  void open(const OpenMedia& request) ZOE_REQUIRES(mutex);
  void close() ZOE_REQUIRES(mutex);
  void play() ZOE_REQUIRES(mutex);
  void pause() ZOE_REQUIRES(mutex);
  void set_rate(Rational rate) ZOE_REQUIRES(mutex);
  void seek_to(std::int64_t position_us) ZOE_REQUIRES(mutex);
  void step(int count) ZOE_REQUIRES(mutex);
  void set_looping(bool is_looping) ZOE_REQUIRES(mutex);
  void show_again() ZOE_REQUIRES(mutex);
  void set_rendition(const std::string& rendition) ZOE_REQUIRES(mutex);
  void choose_sound(std::optional<int> track) ZOE_REQUIRES(mutex);
  void set_volume(float volume) ZOE_REQUIRES(mutex);
  void set_muted(bool is_muted) ZOE_REQUIRES(mutex);

  // --- a room's timeline (playback_room.cpp)
  void follow(RoomTimelines room) ZOE_REQUIRES(mutex);
  void set_room_clock(const net::ClockEstimate& estimate) ZOE_REQUIRES(mutex);
  void unfollow() ZOE_REQUIRES(mutex);
  std::int64_t follow_turn(std::int64_t now_ns) ZOE_REQUIRES(mutex);
  std::int64_t held_ns(std::int64_t now_ns, std::int64_t lead_ns) const ZOE_REQUIRES(mutex);
  std::int64_t room_position_us(std::int64_t now_ns) const ZOE_REQUIRES(mutex);
  void take_timeline(const Timeline& timeline, std::int64_t now_ns) ZOE_REQUIRES(mutex);
  bool is_far(std::int64_t now_ns) const ZOE_REQUIRES(mutex);
  bool is_at(std::int64_t media_us) const ZOE_REQUIRES(mutex);
  void stand_at(std::int64_t media_us) ZOE_REQUIRES(mutex);
  void prepare_jump(std::int64_t now_ns) ZOE_REQUIRES(mutex);
  void chase(std::int64_t now_ns) ZOE_REQUIRES(mutex);
  void chase_place(const Timeline& timeline, std::int64_t now_ns) ZOE_REQUIRES(mutex);

  // --- the server's side (playback_stream.cpp)
  void on_opened(Result<StreamInfo> result) ZOE_REQUIRES(mutex);
  void on_sought(std::uint32_t its_serial, const Result<SeekReply>& reply) ZOE_REQUIRES(mutex);
  void on_media(net::MediaRun&& run) ZOE_REQUIRES(mutex);
  void on_stream_failed(std::uint32_t its_stream, std::uint32_t its_serial, Error error) ZOE_REQUIRES(mutex);
  void on_renditions(Result<std::vector<RenditionOffer>> offers) ZOE_REQUIRES(mutex);
  void on_sounds(Result<std::vector<SoundTrack>> tracks) ZOE_REQUIRES(mutex);
  void on_link_ready() ZOE_REQUIRES(mutex);
  void on_link_lost(const Error& error) ZOE_REQUIRES(mutex);
  void forget_stream() ZOE_REQUIRES(mutex);
  // As the server knows it: of an adaptive one the rung that is played.
  const std::string& wire_rendition() const ZOE_REQUIRES(mutex) {
    return adaptation.is_ready() ? adaptation.rendition() : media.rendition;
  }
  // True when the stream is to be opened anew, in another rung.
  bool change_rung() ZOE_REQUIRES(mutex);
  // True when the server only has to be asked again in a moment.
  bool is_to_be_asked_again(const Error& error) ZOE_REQUIRES(mutex);

  // --- shared questions
  // It plays so fast that more frames come than the display shows: an even subset of them will do.
  bool is_thinned() const ZOE_REQUIRES(mutex);
  Need need() const ZOE_REQUIRES(mutex) { return is_thinned() ? Need::kSubset : Need::kEvery; }
  int most_fps() const ZOE_REQUIRES(mutex);  // as stream.open takes it; 0: every frame
  std::int64_t frame_us() const ZOE_REQUIRES(mutex);
  std::int64_t lap_us() const ZOE_REQUIRES(mutex);
  // The time stamp of the media's first frame: where time 0 lies in all of its tracks.
  std::int64_t origin_us() const ZOE_REQUIRES(mutex);
  // The note, once the viewer has reason to hear it: the buffer is dry, or the connection is gone for long.
  std::string_view told_note() const ZOE_REQUIRES(mutex);
  std::int64_t position_us() const ZOE_REQUIRES(mutex);  // of the frame on screen, or where it soon is
  // No more frames will come in the direction of play.
  bool is_at_end() const ZOE_REQUIRES(mutex);
  FetchView fetch_view() const ZOE_REQUIRES(mutex);

  // The ring begins anew at a segment; decoding finds the seek's frame from there.
  void place_seek(std::uint32_t segment) ZOE_REQUIRES(mutex);
  // After a frame was pushed or a segment closed: shows the seek's frame once it is certain.
  void settle_seek(const PacketSegment& segment, bool is_segment_over) ZOE_REQUIRES(mutex);
  // Something to look at until the frame that is sought is there. With a seek under way.
  void offer_preview(const media::FramePtr& frame) ZOE_REQUIRES(mutex);
  void show_playhead(ShowKind kind) ZOE_REQUIRES(mutex);
  void drop_buffers() ZOE_REQUIRES(mutex);
  void retry() ZOE_REQUIRES(mutex);  // what failed is tried again
  // After a command: frames that were left out for a fast rate are wanted again, or not wanted any more.
  void follow_thinning(bool was_thinned) ZOE_REQUIRES(mutex);

  void wake_all() ZOE_REQUIRES(mutex);
  void wake_sound() ZOE_REQUIRES(mutex);
};

}  // namespace zoe::player
