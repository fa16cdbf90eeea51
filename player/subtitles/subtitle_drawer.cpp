#include "player/subtitles/subtitle_drawer.hpp"

#include <algorithm>
#include <utility>

#include "player/subtitles/ass_handles.hpp"
#include "player/subtitles/subtitle_regions.hpp"
#include "player/subtitles/subtitle_scaler.hpp"

namespace zoe::player {
namespace {

constexpr int kMostGlyphs = 2000;  // in libass's cache
constexpr int kMostCacheMib = 32;
constexpr const char* kDefaultFamily = "Inter";

// Two scripts would lie on each other: what stands at the foot of the second goes to the top.
constexpr int kAlignTop = 4;
constexpr int kAlignCenter = 8;

void quiet(int, const char*, va_list, void*) {}

}  // namespace

// One script with what draws it.
struct SubtitleDrawer::Voice {
  SubtitleScriptPtr script;
  SubtitleTimes times;
  PicturePlace place = PicturePlace::kAsAuthored;
  AssPtr<ASS_Renderer> renderer;  // of texts
  AssPtr<ASS_Track> track;

  explicit Voice(SubtitleScriptPtr its_script)
      : script(std::move(its_script)), times(script->events, script->pictures) {}

  bool prepare(ASS_Library* library) {
    if (script->events.empty()) return true;
    renderer.reset(ass_renderer_init(library));
    track.reset(ass_new_track(library));
    if (!renderer || !track) return false;
    ass_set_fonts(renderer.get(), nullptr, kDefaultFamily, ASS_FONTPROVIDER_AUTODETECT, nullptr, 1);
    ass_set_cache_limits(renderer.get(), kMostGlyphs, kMostCacheMib);
    ass_set_check_readorder(track.get(), 0);
    // libass takes what it is only read from as mutable.
    std::string header = script->header;
    ass_process_codec_private(track.get(), header.data(), static_cast<int>(header.size()));
    std::string text;
    for (const media::SubtitleEvent& event : script->events) {
      text = event.text;
      ass_process_chunk(track.get(), text.data(), static_cast<int>(text.size()), subtitle_ms(event.start_us),
                        subtitle_ms(event.duration_us));
    }
    return true;
  }

  void move_to_top() {
    place = PicturePlace::kAtTop;
    if (!track) return;
    for (int i = 0; i < track->n_styles; ++i) {
      int& alignment = track->styles[i].Alignment;
      if ((alignment & (kAlignTop | kAlignCenter)) == 0) alignment |= kAlignTop;
    }
  }

  // The pictures are told apart by their times: none is shown together with another.
  void add_pictures(std::int64_t ms, const SubtitleGeometry& geometry, std::vector<SubtitleRegion>& out) const {
    const auto next = std::upper_bound(
        script->pictures.begin(), script->pictures.end(), ms,
        [](std::int64_t at, const media::SubtitlePictureEvent& each) { return at < subtitle_ms(each.start_us); });
    if (next == script->pictures.begin()) return;
    const media::SubtitlePictureEvent& event = *std::prev(next);
    if (ms >= subtitle_ms(event.start_us) + subtitle_ms(event.duration_us)) return;
    for (SubtitleRegion& region : scale_pictures(event, geometry, place)) out.push_back(std::move(region));
  }

  const ASS_Image* render(std::int64_t ms, const SubtitleGeometry& geometry, double size) {
    if (!renderer) return nullptr;
    ass_set_frame_size(renderer.get(), geometry.width, geometry.height);
    ass_set_storage_size(renderer.get(), geometry.video_width, geometry.video_height);
    ass_set_font_scale(renderer.get(), std::clamp(size, kLeastSubtitleSize, kMostSubtitleSize));
    int changed = 0;
    return ass_render_frame(renderer.get(), track.get(), ms, &changed);
  }
};

struct SubtitleDrawer::Impl {
  AssPtr<ASS_Library> library;  // outlives the voices
  std::vector<Voice> voices;
};

SubtitleDrawer::SubtitleDrawer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SubtitleDrawer::~SubtitleDrawer() = default;

Result<std::unique_ptr<SubtitleDrawer>> SubtitleDrawer::create(std::array<SubtitleScriptPtr, 2> scripts,
                                                               const std::string& font_folder) {
  auto impl = std::make_unique<Impl>();
  impl->library.reset(ass_library_init());
  if (!impl->library) return fail(Errc::kNoMemory, "no memory to draw subtitles");
  ass_set_message_cb(impl->library.get(), quiet, nullptr);
  ass_set_fonts_dir(impl->library.get(), font_folder.c_str());
  ass_set_extract_fonts(impl->library.get(), 1);
  for (const SubtitleScriptPtr& script : scripts) {
    if (!script) continue;
    for (const media::SubtitleFont& font : script->fonts)
      ass_add_font(impl->library.get(), font.name.c_str(), reinterpret_cast<const char*>(font.data.data()),
                   static_cast<int>(font.data.size()));
  }
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (!scripts[i]) continue;
    Voice voice(scripts[i]);
    if (!voice.prepare(impl->library.get())) return fail(Errc::kNoMemory, "no memory to draw subtitles");
    if (i > 0) voice.move_to_top();
    impl->voices.push_back(std::move(voice));
  }
  return std::unique_ptr<SubtitleDrawer>(new SubtitleDrawer(std::move(impl)));
}

SubtitlePicture SubtitleDrawer::draw(std::int64_t ms, const SubtitleGeometry& geometry, double size) {
  SubtitlePicture picture{.geometry = geometry, .span = SubtitleTimes({}).span_at(ms), .regions = {}};
  std::vector<const ASS_Image*> lists;
  std::vector<SubtitleRegion> pictures;
  for (Voice& voice : impl_->voices) {
    const SubtitleSpan span = voice.times.span_at(ms);
    picture.span.from_ms = std::max(picture.span.from_ms, span.from_ms);
    picture.span.to_ms = std::min(picture.span.to_ms, span.to_ms);
    if (voice.times.is_empty_at(ms) || geometry.is_empty()) continue;
    if (const ASS_Image* images = voice.render(ms, geometry, size)) lists.push_back(images);
    voice.add_pictures(ms, geometry, pictures);
  }
  picture.regions = compose_regions(lists, pictures, geometry);
  return picture;
}

}  // namespace zoe::player
