// Posters and preview pictures, ready to be drawn.
#pragma once

#include <optional>
#include <vector>

#include "engine/render/picture_cache.hpp"
#include "engine/ui/ui.hpp"
#include "player/client/artwork_feed.hpp"
#include "player/client/library_messages.hpp"

namespace zoe::player {

// A part of a texture.
struct PicturePart {
  ImTextureID texture = nullptr;
  ImVec2 uv_min{0, 0};
  ImVec2 uv_max{1, 1};
  float aspect = 16.0F / 9.0F;  // width by height of the part
};

// Render thread. What a frame asks for and is not there is fetched; the frame in which it has come is drawn by the
// feed's waking.
class Artwork {
 public:
  static constexpr std::size_t kPosterBudgetBytes = 128U << 20;
  static constexpr std::size_t kPreviewBudgetBytes = 64U << 20;
  static constexpr std::size_t kMostTakenInAFrame = 4;

  Artwork(ServerLink& link, std::function<void()> wake) : feed_(link, std::move(wake)) {}

  // Around the drawing of a frame.
  void begin_frame();
  void end_frame(std::int64_t now_ns);

  // Nothing while it is not there yet, or where there is none.
  std::optional<PicturePart> poster(const LibraryItem& item);
  std::optional<PicturePart> preview(const std::string& media, const PreviewInfo& info, std::int64_t time_us);

  // All that the last frame asked for was there.
  bool is_complete() const { return wanted_.empty(); }
  // Another frame is needed for what has come already.
  bool has_more() const { return feed_.has_more(); }
  // Another server: its pictures are others, even under the same names.
  void clear();
  // The connection is there again: what failed may come now.
  void try_again() { feed_.clear(); }

 private:
  const render::PictureTexture* find(render::PictureCache& cache, const ArtworkKey& key);

  ArtworkFeed feed_;
  render::PictureCache posters_{kPosterBudgetBytes};
  render::PictureCache previews_{kPreviewBudgetBytes};
  std::vector<ArtworkKey> wanted_;  // in this frame, in the order of drawing
};

// `part` over the whole of `box`, what sticks out cut off.
void draw_picture(ui::Ui& ui, const ui::Box& box, const PicturePart& part, float rounding, float alpha = 1);

}  // namespace zoe::player
