// A room's timeline on this machine's clock: pure logic over times it is told.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/timeline.hpp"
#include "engine/net/clock_estimator.hpp"

namespace zoe::player {

// What a room says of where it is.
struct RoomTimelines {
  // The first holds now, the others from their moments on (the server's clock), in order.
  std::vector<Timeline> timelines;
  // A jump that comes: the frame to have ready, and the number by which to say that it is.
  struct Preparation {
    std::uint64_t number = 0;
    std::int64_t position_us = 0;
  };
  std::optional<Preparation> preparation;
};

// Holds the server's clock as it is believed here, and tells from it where the media is. What is learned of the clock
// changes no time at once: it is made up for by running up to kMostTrim faster or slower, which nobody hears (the ear
// notices a change of pitch from about 0.5 % on), and only what is further off than kFarNs is taken over in a step. Not
// thread-safe.
class TimelineFollower {
 public:
  static constexpr double kMostTrim = 0.005;
  static constexpr std::int64_t kFarNs = 60'000'000;

  void set_clock(const net::ClockEstimate& clock, std::int64_t now_ns);
  bool has_clock() const { return has_clock_; }

  // kMost of them are kept. An empty list is none.
  void set_timelines(std::vector<Timeline> timelines);
  bool has_timeline() const { return !timelines_.empty(); }

  // The server's clock at a moment of ours, and back.
  std::int64_t server_ns(std::int64_t now_ns) const;
  std::int64_t local_ns(std::int64_t server_ns) const;
  // By how much the believed clock runs faster than ours at this moment: what sound has to be played faster by.
  double trim(std::int64_t now_ns) const;

  // The timeline that holds now. There must be one.
  const Timeline& current(std::int64_t now_ns) const;
  // The one after it, and when it begins, on our clock.
  struct Next {
    Timeline timeline;
    std::int64_t at_ns = 0;
  };
  std::optional<Next> next(std::int64_t now_ns) const;
  // When the last one begins, on our clock.
  std::int64_t last_change_ns() const { return local_ns(timelines_.back().from_ns); }
  std::int64_t position_us(std::int64_t now_ns) const { return current(now_ns).position_us(server_ns(now_ns)); }
  // When `timeline`, that runs, reaches a media time, on our clock.
  std::int64_t due_ns(const Timeline& timeline, std::int64_t media_us) const;

 private:
  static constexpr std::size_t kMost = 16;

  // server = local + offset; beginning at from_ns_ with offset_ns_, the drift, and rest_ns_ that is made up for at
  // kMostTrim.
  std::int64_t offset_ns(std::int64_t now_ns) const;

  std::vector<Timeline> timelines_;
  bool has_clock_ = false;
  std::int64_t from_ns_ = 0;
  std::int64_t offset_ns_ = 0;
  std::int64_t rest_ns_ = 0;
  double drift_ = 0;
};

}  // namespace zoe::player
