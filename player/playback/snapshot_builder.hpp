// Puts together what the panels show.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "player/client/stream_link.hpp"
#include "player/playback/playback_core.hpp"

namespace zoe::player {

// The feeder's. Remembers what was shown and received of late.
class SnapshotBuilder {
 public:
  void note_shown(ShownFrame frame, std::int64_t now_ns);
  void note_seek(std::int64_t took_ns);
  // Ten times a second; true when a snapshot would show something new of it.
  bool beat(const StreamLink::Traffic& traffic, std::int64_t now_ns);

  // What somebody waits for has changed since the last `build`.
  bool state_differs(const PlaybackCore& core, bool is_all_presented) const ZOE_REQUIRES(core.mutex);

  // Overwrites `out`, whose vectors keep their memory.
  void build(const PlaybackCore& core, bool is_all_presented, PlaybackSnapshot& out) ZOE_REQUIRES(core.mutex);

 private:
  static PlayState state_of(const PlaybackCore& core) ZOE_REQUIRES(core.mutex);
  static bool has_more_to_decode(const PlaybackCore& core) ZOE_REQUIRES(core.mutex);
  static bool is_settled(const PlaybackCore& core, bool is_all_presented) ZOE_REQUIRES(core.mutex);
  bool is_room_changed(const PlaybackCore& core) const ZOE_REQUIRES(core.mutex);
  static const Error* error_of(const PlaybackCore& core) ZOE_REQUIRES(core.mutex);

  void put_media(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);
  void put_packets(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);
  void put_ring(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);
  void put_network(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);
  void put_sound(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);
  void put_recent(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);

  void put_start(const PlaybackCore& core, PlaybackSnapshot& out) const ZOE_REQUIRES(core.mutex);

  std::array<ShownFrame, PlaybackSnapshot::kRecentFrames> recent_{};
  std::array<std::int64_t, PlaybackSnapshot::kRecentFrames> recent_ns_{};
  std::size_t shown_ = 0;
  std::int64_t first_shown_ns_ = 0;
  std::array<float, PlaybackSnapshot::kRecentSeeks> seeks_ms_{};
  std::size_t seeks_ = 0;

  std::array<float, 120> throughput_{};
  StreamLink::Traffic traffic_;
  std::int64_t beat_ns_ = 0;

  std::uint64_t revision_ = 0;
  PlayState built_state_ = PlayState::kIdle;
  bool built_settled_ = false;
  bool built_seeking_ = false;
  std::uint64_t built_commands_ = 0;
  std::string built_note_;
  PlaybackSnapshot::Room built_room_;
};

}  // namespace zoe::player
