#include "player/subtitles/subtitle_painter.hpp"

#include <utility>

namespace zoe::player {
namespace {

constexpr std::int64_t kAheadMs = 10'000;  // what comes later is not drawn yet

}  // namespace

SubtitlePainter::SubtitlePainter(std::string font_folder, std::function<void()> wake)
    : font_folder_(std::move(font_folder)), wake_(std::move(wake)), thread_([this] { run(); }) {}

SubtitlePainter::~SubtitlePainter() {
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
    woken_.notify_all();
  }
  thread_.join();
}

void SubtitlePainter::set_look(Look look) {
  const MutexLock lock(mutex_);
  if (look == look_) return;
  if (look.scripts != look_.scripts) ++script_revision_;
  look_ = std::move(look);
  ++revision_;
  kept_.clear();
  woken_.notify_all();
}

bool SubtitlePainter::is_idle() const {
  const MutexLock lock(mutex_);
  return look_.is_empty();
}

std::uint64_t SubtitlePainter::finished() const {
  const MutexLock lock(mutex_);
  return finished_;
}

SubtitlePicturePtr SubtitlePainter::find(std::int64_t ms, const SubtitleGeometry& geometry) const {
  for (const SubtitlePicturePtr& picture : kept_)
    if (picture->geometry == geometry && picture->span.holds(ms)) return picture;
  return nullptr;
}

SubtitlePicturePtr SubtitlePainter::picture(std::int64_t time_us, std::int64_t step_us,
                                            const SubtitleGeometry& geometry) {
  const MutexLock lock(mutex_);
  if (look_.is_empty() || geometry.is_empty()) return nullptr;
  const std::int64_t ms = subtitle_ms(time_us - look_.delay_us);
  const bool is_same = has_wish_ && wish_.ms == ms && wish_.geometry == geometry;
  wish_ = {.ms = ms, .step_ms = subtitle_ms(step_us), .geometry = geometry};
  has_wish_ = true;
  if (!is_same) woken_.notify_all();
  return find(ms, geometry);
}

bool SubtitlePainter::next_wish(Wish& out, bool& is_wanted_now) const {
  if (!has_wish_ || look_.is_empty()) return false;
  out = wish_;
  is_wanted_now = true;
  const SubtitlePicturePtr now = find(wish_.ms, wish_.geometry);
  if (!now) return true;
  if (wish_.step_ms == 0) return false;
  is_wanted_now = false;
  // The next frame, or where the picture that is shown stops holding.
  out.ms = wish_.ms + wish_.step_ms;
  if (now->span.holds(out.ms)) out.ms = wish_.step_ms > 0 ? now->span.to_ms : now->span.from_ms - 1;
  const std::int64_t away = out.ms > wish_.ms ? out.ms - wish_.ms : wish_.ms - out.ms;
  return away <= kAheadMs && !find(out.ms, wish_.geometry);
}

void SubtitlePainter::run() {
  set_thread_name("zoe-words");
  std::unique_ptr<SubtitleDrawer> drawer;
  std::uint64_t drawn_scripts = 0;
  const MutexLock lock(mutex_);
  while (!is_stopping_) {
    Wish wish;
    bool is_wanted_now = false;
    if (!next_wish(wish, is_wanted_now)) {
      woken_.wait(mutex_);
      continue;
    }
    const Look look = look_;
    const std::uint64_t revision = revision_;
    const bool is_other = !drawer || drawn_scripts != script_revision_;
    drawn_scripts = script_revision_;
    mutex_.unlock();
    if (is_other) {
      drawer.reset();
      if (auto made = SubtitleDrawer::create(look.scripts, font_folder_)) drawer = std::move(*made);
    }
    SubtitlePicture picture{.geometry = wish.geometry, .span = {wish.ms, wish.ms + 1}, .regions = {}};
    if (drawer) picture = drawer->draw(wish.ms, wish.geometry, look.size);
    auto shared = std::make_shared<const SubtitlePicture>(std::move(picture));
    mutex_.lock();
    if (revision != revision_) continue;
    kept_.push_front(std::move(shared));
    if (kept_.size() > kKept) kept_.pop_back();
    if (!is_wanted_now) continue;
    ++finished_;
    mutex_.unlock();
    wake_();
    mutex_.lock();
  }
}

}  // namespace zoe::player
