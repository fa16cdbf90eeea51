// Between the feeder and the screen: interlaced pictures become whole ones.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "player/playback/frame_sink.hpp"

namespace zoe::player {

enum class Deinterlacing : std::uint8_t { kAuto = 1, kOff, kAlways };

// "auto", "off", "always", and back; kAuto for anything else.
std::string_view to_string(Deinterlacing mode);
Deinterlacing deinterlacing_of(std::string_view name);

// Auto goes by what the decoder says of each picture. `write`: the feeder's thread; the mode: any thread, and holds for
// what is written from then on. A picture for which there is no memory is passed on as it is.
class DeinterlacingSink final : public FrameSink {
 public:
  // `next` outlives it.
  explicit DeinterlacingSink(FrameSink& next) : next_(next) {}

  Deinterlacing mode() const { return mode_.load(); }
  void set_mode(Deinterlacing mode) { mode_.store(mode); }

  Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                   const render::FrameTag& tag, render::WritePolicy policy) override;
  void set_wake_writer(std::function<void()> wake) override { next_.set_wake_writer(std::move(wake)); }

 private:
  FrameSink& next_;
  std::atomic<Deinterlacing> mode_{Deinterlacing::kAuto};
  // What had to wait is written again.
  media::FramePtr made_;
  std::uint64_t made_number_ = 0;
};

}  // namespace zoe::player
