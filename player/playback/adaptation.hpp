// A rendition that changes with the line: which rung of a family's ladder is played, and what is known of the line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "player/client/stream_link.hpp"
#include "player/playback/ladder_rule.hpp"
#include "player/playback/line_meter.hpp"
#include "player/playback/packet_store.hpp"

namespace zoe::player {

// "h264@auto" is the family "h264"; empty for a rendition that stays what it is.
std::string_view adaptive_family(std::string_view rendition);

// Guarded by whatever guards its playback.
class Adaptation {
 public:
  enum class Stage {
    kFixed = 1,  // the rendition is one
    kUnasked,    // the ladder is to be asked for
    kAsked,
    kReady,
  };

  // A media is opened; `buffer_us` is how much playback buffers. What is known of the line stays.
  void begin(std::string_view rendition, std::int64_t buffer_us);
  void on_asked() { stage_ = Stage::kAsked; }
  // The server was not reached: asked again once it is.
  void on_unanswered();
  // False where the media has no such ladder.
  bool on_ladder(const std::vector<RenditionOffer>& offers);

  Stage stage() const { return stage_; }
  bool is_ready() const { return stage_ == Stage::kReady; }
  // What is asked of the server; only when ready.
  const std::string& rendition() const { return rule_->rungs()[current_].rendition; }
  std::size_t rung() const { return current_; }
  std::size_t rungs() const { return rule_ ? rule_->rungs().size() : 0; }
  std::uint64_t changes() const { return changes_; }
  std::int64_t line_bits_per_s() const { return meter_.bits_per_s(); }

  // Something was asked for, packets came, and all that was asked for has come or nothing is asked for any more.
  void on_asked_for(std::int64_t now_ns);
  void on_received(std::size_t bytes, bool is_more_to_come, std::int64_t now_ns);
  void on_idle() { busy_since_ns_ = 0; }
  // A segment of the current rung is whole: the choice is open again.
  void on_segment(std::size_t bytes, std::int64_t media_us);

  struct Moment {
    std::int64_t buffer_us = 0;               // until the screen runs dry, at the rate of play
    double speed = 1;                         // of play
    const PacketSegment* arriving = nullptr;  // part of a segment
    std::int64_t arrived_us = 0;              // media time of that part
  };
  // True when another rung is the current one from now on.
  bool choose(const Moment& moment);

 private:
  LadderView view(const Moment& moment) const;
  bool move_to(std::size_t rung);

  Stage stage_ = Stage::kFixed;
  std::string family_;
  std::int64_t buffer_us_ = 0;
  std::optional<LadderRule> rule_;
  std::size_t current_ = 0;
  bool is_at_border_ = false;
  std::int64_t segment_us_ = 2'000'000;
  double real_share_ = 1;  // of what a rung's bit rate says: what comes of it
  LineMeter meter_;
  std::int64_t busy_since_ns_ = 0;  // 0: nothing is on its way
  std::uint64_t changes_ = 0;
};

}  // namespace zoe::player
