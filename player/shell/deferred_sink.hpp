// A frame sink that is there before the window is, so that the first frames are fetched and decoded meanwhile.
#pragma once

#include <utility>

#include "engine/core/threads.hpp"
#include "player/playback/frame_sink.hpp"

namespace zoe::player {

// Until an uploader is bound a write has to wait. `bind`: the render thread; the uploader outlives the sink's use.
class DeferredSink final : public FrameSink {
 public:
  void bind(render::FrameUploader& uploader) {
    std::function<void()> wake;
    {
      const MutexLock lock(mutex_);
      uploader_ = &uploader;
      uploader_->set_wake_writer(wake_);
      wake = wake_;
    }
    if (wake) wake();
  }

  Result<render::WriteState> write(const media::Frame& frame, const render::Presentation& presentation,
                                   const render::FrameTag& tag, render::WritePolicy policy) override {
    render::FrameUploader* uploader = nullptr;
    {
      const MutexLock lock(mutex_);
      uploader = uploader_;
    }
    if (uploader == nullptr) return render::WriteState::kWait;
    return uploader->write(frame, presentation, tag, policy);
  }

  void set_wake_writer(std::function<void()> wake) override {
    const MutexLock lock(mutex_);
    wake_ = std::move(wake);
    if (uploader_ != nullptr) uploader_->set_wake_writer(wake_);
  }

 private:
  Mutex mutex_;
  render::FrameUploader* uploader_ ZOE_GUARDED_BY(mutex_) = nullptr;
  std::function<void()> wake_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::player
