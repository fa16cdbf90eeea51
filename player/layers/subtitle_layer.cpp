#include "player/layers/subtitle_layer.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/app/application.hpp"

namespace zoe::player {
namespace {

// While the picture for a frame is on its way the one before stays, unless that frame is far from it.
constexpr std::int64_t kNearUs = 100'000;

}  // namespace

Result<std::unique_ptr<SubtitleLayer>> SubtitleLayer::create(app::Application& application, VideoLayer& video,
                                                             Playback& playback, const std::string& asset_folder) {
  ZOE_TRY(auto pass, render::ImagePass::create(asset_folder));
  return std::unique_ptr<SubtitleLayer>(new SubtitleLayer(application, video, playback, std::move(pass), asset_folder));
}

SubtitleLayer::SubtitleLayer(app::Application& application, VideoLayer& video, Playback& playback,
                             render::ImagePass pass, const std::string& asset_folder)
    : video_(video),
      playback_(playback),
      pass_(std::move(pass)),
      painter_(asset_folder + "/fonts", [&application] { application.wake(); }) {}

app::Wish SubtitleLayer::on_update(const app::UpdateContext&) {
  const bool is_idle = painter_.is_idle();
  const bool is_switched = std::exchange(was_idle_, is_idle) != is_idle;
  const std::uint64_t finished = painter_.finished();
  return {.is_dirty = std::exchange(finished_, finished) != finished || is_switched};
}

// Drawing asks, so that what is asked for is what the frame on the screen needs.
SubtitlePicturePtr SubtitleLayer::pick(const render::TexturedFrame& frame, const SubtitleGeometry& geometry) {
  const PlaybackSnapshot& playback = playback_.snapshot();
  const std::int64_t time_us = frame.tag.pts_us;
  const bool is_moving = playback.state == PlayState::kPlaying;
  const auto step_us =
      static_cast<std::int64_t>(static_cast<double>(playback.frame_us) * (playback.rate.is_negative() ? -1 : 1));
  if (painter_.is_idle()) return nullptr;
  SubtitlePicturePtr picture = painter_.picture(time_us, is_moving ? step_us : 0, geometry);
  const bool is_near = shown_ && shown_->geometry == geometry && std::abs(time_us - shown_at_us_) <= kNearUs;
  if (!picture) return is_near ? shown_ : nullptr;
  shown_at_us_ = time_us;
  return picture;
}

void SubtitleLayer::take(SubtitlePicturePtr picture) {
  if (picture == shown_) return;
  pieces_.clear();
  shown_ = std::move(picture);
  if (!shown_) return;
  for (const SubtitleRegion& region : shown_->regions)
    pieces_.push_back({render::make_image_texture(region.rgba, region.width, region.height),
                       {region.x, region.y, region.width, region.height}});
}

void SubtitleLayer::on_render(const app::RenderContext& context) {
  const render::TexturedFrame* frame = video_.frame();
  const render::Rect picture = video_.whole_picture();
  if (frame == nullptr || picture.width <= 0) return take(nullptr);
  take(pick(
      *frame,
      {.width = picture.width, .height = picture.height, .video_width = frame->width, .video_height = frame->height}));
  for (const Piece& piece : pieces_) {
    render::Rect place{picture.x + piece.place.x, picture.y + piece.place.y, piece.place.width, piece.place.height};
    const bool is_in_lower_half = piece.place.y > picture.height / 2;
    if (covered_from_ >= 0 && is_in_lower_half) place.y -= std::max(place.y + place.height - covered_from_, 0);
    pass_.draw(piece.texture.get(), place, context.height);
  }
}

}  // namespace zoe::player
