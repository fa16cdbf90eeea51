#include "player/layers/video_layer.hpp"

#include <utility>

#include "engine/app/application.hpp"

namespace zoe::player {

Result<std::unique_ptr<VideoLayer>> VideoLayer::create(app::Application& application, const std::string& asset_folder) {
  ZOE_TRY(auto pass, render::VideoPass::create(asset_folder));
  const bool is_software = application.window().is_software_gl();
  ZOE_TRY(auto uploader, render::FrameUploader::create({.interleaves_chroma = is_software,
                                                        .converts = is_software,
                                                        .wake_reader = [&application] { application.wake(); }}));
  return std::unique_ptr<VideoLayer>(new VideoLayer(std::move(pass), std::move(uploader)));
}

app::Wish VideoLayer::on_update(const app::UpdateContext&) {
  bool is_dirty = std::exchange(is_reframed_, false);
  // The picture of a media that was left goes with it.
  if (playback_ != nullptr && playback_->snapshot().state == PlayState::kIdle && uploader_->front() != nullptr) {
    uploader_->clear();
    is_dirty = true;
  }
  if (uploader_->update()) is_dirty = is_new_ = true;
  look_at_fit();
  return {.is_dirty = is_dirty};
}

void VideoLayer::on_render(const app::RenderContext& context) {
  area_ = {0, 0, context.width, context.height};
  uploader_->set_place(area_, framing_);
  if (const render::TexturedFrame* frame = uploader_->front()) {
    framing_ = render::clamp_framing(*frame, area_, framing_);
    picture_ = pass_->draw(*frame, area_, context.height, framing_);
    whole_picture_ = render::place_picture(*frame, area_, {.aspect = framing_.aspect});
    is_drawn_ = std::exchange(is_new_, false) || is_drawn_;
    uploader_->set_place(area_, framing_);
    return;
  }
  picture_ = whole_picture_ = {};
  pass_->draw_nothing(area_, context.height);
}

// What plays brings a picture of the right size by itself.
void VideoLayer::look_at_fit() {
  if (playback_ == nullptr || !uploader_->is_front_misfit()) return;
  const PlayState state = playback_->snapshot().state;
  if (state == PlayState::kPaused || state == PlayState::kEnded) playback_->show_again();
}

void VideoLayer::set_framing(const render::Framing& framing) {
  const render::TexturedFrame* frame = uploader_->front();
  const render::Framing wanted = frame != nullptr ? render::clamp_framing(*frame, area_, framing) : framing;
  is_reframed_ = is_reframed_ || wanted != framing_;
  framing_ = wanted;
}

void VideoLayer::on_presented(std::int64_t now_ns) {
  const render::TexturedFrame* frame = uploader_->front();
  if (!std::exchange(is_drawn_, false) || frame == nullptr) return;
  if (playback_ != nullptr) playback_->on_presented(frame->tag, now_ns);
  if (on_shown_) on_shown_(frame->tag, now_ns);
}

}  // namespace zoe::player
