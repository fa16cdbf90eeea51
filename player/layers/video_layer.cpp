#include "player/layers/video_layer.hpp"

#include <utility>

#include "engine/app/application.hpp"

namespace zoe::player {

Result<std::unique_ptr<VideoLayer>> VideoLayer::create(app::Application& application, const std::string& asset_folder) {
  ZOE_TRY(auto pass, render::VideoPass::create(asset_folder));
  ZOE_TRY(auto uploader, render::FrameUploader::create({.interleaves_chroma = application.window().is_software_gl(),
                                                        .wake_reader = [&application] { application.wake(); }}));
  return std::unique_ptr<VideoLayer>(new VideoLayer(std::move(pass), std::move(uploader)));
}

app::Wish VideoLayer::on_update(const app::UpdateContext&) {
  bool is_dirty = false;
  // The picture of a media that was left goes with it.
  if (playback_ != nullptr && playback_->snapshot().state == PlayState::kIdle && uploader_->front() != nullptr) {
    uploader_->clear();
    is_dirty = true;
  }
  if (uploader_->update()) is_dirty = is_new_ = true;
  return {.is_dirty = is_dirty};
}

void VideoLayer::on_render(const app::RenderContext& context) {
  const render::Rect area{0, 0, context.width, context.height};
  if (const render::TexturedFrame* frame = uploader_->front()) {
    picture_ = pass_->draw(*frame, area, context.height);
    is_drawn_ = std::exchange(is_new_, false) || is_drawn_;
    return;
  }
  picture_ = {};
  pass_->draw_nothing(area, context.height);
}

void VideoLayer::on_presented(std::int64_t now_ns) {
  const render::TexturedFrame* frame = uploader_->front();
  if (!std::exchange(is_drawn_, false) || frame == nullptr) return;
  if (playback_ != nullptr) playback_->on_presented(frame->tag, now_ns);
  if (on_shown_) on_shown_(frame->tag, now_ns);
}

}  // namespace zoe::player
