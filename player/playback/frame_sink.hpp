// Where the feeder puts the frames that are due: render::FrameUploader in the player, a list in tests.
#pragma once

#include <functional>

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"
#include "engine/render/frame_uploader.hpp"

namespace zoe::player {

// `write`: the feeder's thread. What it returns and what `wake` promises is said at render::FrameUploader.
class FrameSink {
 public:
  virtual ~FrameSink() = default;

  virtual Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                           const render::FrameTag& tag, render::WritePolicy policy) = 0;
  // While no write is in progress; null takes it away.
  virtual void set_wake_writer(std::function<void()> wake) = 0;
};

class UploaderSink final : public FrameSink {
 public:
  explicit UploaderSink(render::FrameUploader& uploader) : uploader_(uploader) {}

  Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                   const render::FrameTag& tag, render::WritePolicy policy) override {
    return uploader_.write(frame, presentation, tag, policy);
  }
  void set_wake_writer(std::function<void()> wake) override { uploader_.set_wake_writer(std::move(wake)); }

 private:
  render::FrameUploader& uploader_;
};

}  // namespace zoe::player
