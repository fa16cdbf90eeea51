// Subtitles over the picture, for the very frame that is shown: forwards, backwards, paused and while seeking alike.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/app/layer.hpp"
#include "engine/render/image_pass.hpp"
#include "player/layers/video_layer.hpp"
#include "player/subtitles/subtitle_painter.hpp"

namespace zoe::player {

// Main thread. Lies between the picture and the interface.
class SubtitleLayer final : public app::Layer {
 public:
  // With the application's GL context current. What it is given outlives it.
  static Result<std::unique_ptr<SubtitleLayer>> create(app::Application& application, VideoLayer& video,
                                                       Playback& playback, const std::string& asset_folder);

  SubtitlePainter& painter() { return painter_; }

  // What lies below this row of the drawable is covered: subtitles that reach into it move up. Below 0: nothing is.
  void set_covered_from(int y) { covered_from_ = y; }

  // What was drawn last, for tests; empty where nothing was.
  SubtitlePicturePtr shown() const { return shown_; }

  app::Wish on_update(const app::UpdateContext& context) override;
  void on_render(const app::RenderContext& context) override;

 private:
  struct Piece {
    render::GlTexture texture;
    render::Rect place;  // in the picture
  };

  SubtitleLayer(app::Application& application, VideoLayer& video, Playback& playback, render::ImagePass pass,
                const std::string& asset_folder);
  SubtitlePicturePtr pick(const render::TexturedFrame& frame, const SubtitleGeometry& geometry);
  void take(SubtitlePicturePtr picture);

  VideoLayer& video_;
  Playback& playback_;
  render::ImagePass pass_;
  SubtitlePainter painter_;
  SubtitlePicturePtr shown_;
  std::int64_t shown_at_us_ = 0;  // the frame that it was drawn over
  std::vector<Piece> pieces_;
  std::uint64_t finished_ = 0;
  bool was_idle_ = true;
  int covered_from_ = -1;
};

}  // namespace zoe::player
