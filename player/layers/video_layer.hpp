// The picture: takes the newest frame from the uploader and draws it.
#pragma once

#include <memory>
#include <string>

#include "engine/app/layer.hpp"
#include "engine/render/frame_uploader.hpp"
#include "engine/render/video_pass.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// Main thread. Owns the uploader that playback writes into, so it must outlive the playback; tells the playback when a
// frame has been presented.
class VideoLayer final : public app::Layer {
 public:
  // With the application's GL context current. As VideoPass::create.
  static Result<std::unique_ptr<VideoLayer>> create(app::Application& application, const std::string& asset_folder);

  render::FrameUploader& uploader() { return *uploader_; }

  // Before the first frame; null before the playback goes.
  void set_playback(Playback* playback) { playback_ = playback; }

  // Called on the main thread right after each frame was first presented.
  void set_on_shown(std::function<void(const render::FrameTag&, std::int64_t now_ns)> on_shown) {
    on_shown_ = std::move(on_shown);
  }

  // The frame on the screen, null where there is none.
  const render::TexturedFrame* frame() const { return uploader_->front(); }
  // Where it was drawn last; partly outside of the window where it is larger.
  const render::Rect& picture() const { return picture_; }
  // Where it would lie whole: words keep to that, however near the picture is looked at.
  const render::Rect& whole_picture() const { return whole_picture_; }

  // How it is to be drawn from now on, within bounds.
  const render::Framing& framing() const { return framing_; }
  void set_framing(const render::Framing& framing);

  app::Wish on_update(const app::UpdateContext& context) override;
  void on_render(const app::RenderContext& context) override;
  void on_presented(std::int64_t now_ns) override;

 private:
  VideoLayer(std::unique_ptr<render::VideoPass> pass, std::unique_ptr<render::FrameUploader> uploader)
      : pass_(std::move(pass)), uploader_(std::move(uploader)) {}

  void look_at_fit();

  std::unique_ptr<render::VideoPass> pass_;
  std::unique_ptr<render::FrameUploader> uploader_;
  Playback* playback_ = nullptr;
  std::function<void(const render::FrameTag&, std::int64_t)> on_shown_;
  render::Rect picture_;
  render::Rect whole_picture_;
  render::Rect area_;
  render::Framing framing_;
  bool is_reframed_ = false;
  bool is_new_ = false;    // taken and not drawn yet
  bool is_drawn_ = false;  // drawn and not presented yet
};

}  // namespace zoe::player
