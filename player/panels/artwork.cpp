#include "player/panels/artwork.hpp"

#include <cmath>
#include <cstdint>

namespace zoe::player {
namespace {

ImTextureID id_of(const render::PictureTexture& texture) {
  return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture.texture));
}

}  // namespace

void Artwork::begin_frame() {
  wanted_.clear();
  posters_.next_turn();
  previews_.next_turn();
  for (const ArtworkFeed::Picture& each : feed_.take(kMostTakenInAFrame)) {
    const bool is_poster = each.key.kind == ArtworkKind::kPoster;
    (is_poster ? posters_ : previews_)
        .put(each.key.text(), each.image, is_poster ? render::Minified::kYes : render::Minified::kNo);
  }
}

void Artwork::end_frame(std::int64_t now_ns) { feed_.want(wanted_, now_ns); }

const render::PictureTexture* Artwork::find(render::PictureCache& cache, const ArtworkKey& key) {
  const render::PictureTexture* found = cache.find(key.text());
  if (found == nullptr) wanted_.push_back(key);
  return found;
}

std::optional<PicturePart> Artwork::poster(const LibraryItem& item) {
  if (item.poster.empty()) return std::nullopt;
  const auto* texture = find(posters_, {.media = item.media, .version = item.poster});
  if (texture == nullptr) return std::nullopt;
  return PicturePart{.texture = id_of(*texture),
                     .aspect = static_cast<float>(texture->width) / static_cast<float>(texture->height)};
}

std::optional<PicturePart> Artwork::preview(const std::string& media, const PreviewInfo& info, std::int64_t time_us) {
  const PreviewInfo::Place place = info.place_of(time_us);
  const auto* texture =
      find(previews_, {.media = media, .version = info.version, .kind = ArtworkKind::kPreview, .sheet = place.sheet});
  if (texture == nullptr) return std::nullopt;
  const int left = place.column * info.tile_width;
  const int top = place.row * info.tile_height;
  // The last sheet may hold fewer rows, and a sheet may be other than was said.
  if (left + info.tile_width > texture->width || top + info.tile_height > texture->height) return std::nullopt;
  const auto width = static_cast<float>(texture->width);
  const auto height = static_cast<float>(texture->height);
  // Half a pixel inside, so that the neighbours do not bleed in.
  return PicturePart{.texture = id_of(*texture),
                     .uv_min = {(static_cast<float>(left) + 0.5F) / width, (static_cast<float>(top) + 0.5F) / height},
                     .uv_max = {(static_cast<float>(left + info.tile_width) - 0.5F) / width,
                                (static_cast<float>(top + info.tile_height) - 0.5F) / height},
                     .aspect = static_cast<float>(info.tile_width) / static_cast<float>(info.tile_height)};
}

void Artwork::clear() {
  feed_.clear();
  posters_.clear();
  previews_.clear();
}

void draw_picture(ui::Ui& ui, const ui::Box& box, const PicturePart& part, float rounding, float alpha) {
  if (box.w < 1 || box.h < 1) return;
  ImVec2 low = part.uv_min;
  ImVec2 high = part.uv_max;
  const float wanted = box.w / box.h;
  if (part.aspect > wanted) {
    const float cut = (high.x - low.x) * (1 - wanted / part.aspect) / 2;
    low.x += cut;
    high.x -= cut;
  } else {
    const float cut = (high.y - low.y) * (1 - part.aspect / wanted) / 2;
    low.y += cut;
    high.y -= cut;
  }
  const ImU32 tint = ui.color(ui::Color{255, 255, 255, 255}.with_alpha(alpha));
  ui.list().AddImageRounded(part.texture, box.min(), box.max(), low, high, tint, rounding);
}

}  // namespace zoe::player
