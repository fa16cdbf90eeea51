#include "engine/render/frame_uploader.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "engine/core/threads.hpp"
#include "engine/core/triple_slot.hpp"
#include "engine/media/screen_writer.hpp"
#include "engine/render/framing.hpp"
#include "engine/render/texture_slot.hpp"

namespace zoe::render {
namespace {

// Between the writer, which asks and then leaves its slot alone, and the render thread, which serves.
enum class Request : int { kNone = 0, kPending, kFailed };

// What any thread may see of a slot.
struct SlotMirror {
  std::atomic<bool> has_frame{false};
  std::atomic<std::int64_t> pts_us{0};
  std::atomic<std::uint64_t> number{0};
  std::atomic<std::size_t> size_bytes{0};
};

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

struct FrameUploader::Impl {
  Config config;
  GLint most_texels = 0;  // of a side

  TripleSlot<TextureSlot> slots;
  std::array<SlotMirror, 3> mirrors;
  std::atomic<int> writer_index{0};
  std::atomic<int> reader_index{2};

  std::atomic<Request> request{Request::kNone};
  std::size_t wanted_bytes = 0;  // written by the writer before kPending, then read by the render thread
  std::atomic<bool> is_writer_waiting{false};

  Mutex wake_mutex;
  std::function<void()> wake_writer ZOE_GUARDED_BY(wake_mutex);

  struct Place {
    Rect area;
    Framing framing;

    friend bool operator==(const Place&, const Place&) = default;
  };
  Mutex place_mutex;
  Place place ZOE_GUARDED_BY(place_mutex);
  Place told_place;            // render thread: the same
  media::ScreenWriter screen;  // the writer's

  bool has_front = false;       // render thread
  std::size_t least_bytes = 0;  // render thread: what a slot given back must have room for

  struct {
    std::atomic<std::uint64_t> written{0};
    std::atomic<std::uint64_t> replaced{0};
    std::atomic<std::uint64_t> uploaded{0};
    std::atomic<std::uint64_t> uploaded_bytes{0};
    std::atomic<std::uint64_t> reallocations{0};
    std::atomic<std::uint64_t> busy_maps{0};
  } counts;

  void wake_the_writer() {
    MutexLock lock(wake_mutex);
    if (wake_writer) wake_writer();
  }

  BufferLayout layout_of(const media::Frame& frame, const Presentation& presentation);
  bool prepare(int index, std::size_t bytes);
  void serve_request();
  bool take_newest();
};

BufferLayout FrameUploader::Impl::layout_of(const media::Frame& frame, const Presentation& presentation) {
  if (!config.converts || !media::ScreenWriter::can_write(frame.format(), frame.color()))
    return BufferLayout::of(frame, config.interleaves_chroma);
  const MutexLock lock(place_mutex);
  return BufferLayout::of_rgb(texture_size(
      {.presentation = presentation, .width = frame.width(), .height = frame.height()}, place.area, place.framing));
}

// Gives the slot, which the render thread holds or may touch, a mapped buffer.
bool FrameUploader::Impl::prepare(int index, std::size_t bytes) {
  const auto at = static_cast<std::size_t>(index);
  TextureSlot& slot = slots.slots()[at];
  const std::size_t capacity_before = slot.capacity();
  bool was_busy = false;
  const bool is_mapped = slot.map(bytes, was_busy);
  if (slot.capacity() != capacity_before) counts.reallocations.fetch_add(1, kRelaxed);
  if (was_busy) counts.busy_maps.fetch_add(1, kRelaxed);
  mirrors[at].size_bytes.store(slot.capacity(), kRelaxed);
  return is_mapped;
}

// While a request is pending the writer touches neither its slot nor the exchange, so the middle slot stands still too
// and, unless it holds a frame to be shown, is prepared in the same go.
void FrameUploader::Impl::serve_request() {
  if (request.load(std::memory_order_acquire) != Request::kPending) return;
  least_bytes = wanted_bytes;
  const int back = writer_index.load(kRelaxed);
  const int middle = 3 - back - slots.front_index();
  bool is_served = prepare(back, least_bytes);
  if (is_served && !slots.is_fresh()) is_served = prepare(middle, least_bytes);
  request.store(is_served ? Request::kNone : Request::kFailed, std::memory_order_release);
  wake_the_writer();
}

bool FrameUploader::Impl::take_newest() {
  if (!slots.is_fresh()) return false;
  // A slot that cannot be prepared goes back without a buffer: the writer will ask for one and be told.
  prepare(slots.front_index(), least_bytes);
  mirrors[static_cast<std::size_t>(slots.front_index())].has_frame.store(false, kRelaxed);
  slots.acquire();
  reader_index.store(slots.front_index(), kRelaxed);
  has_front = slots.front().upload();
  if (has_front) {
    counts.uploaded.fetch_add(1, kRelaxed);
    counts.uploaded_bytes.fetch_add(slots.front().filled_bytes(), kRelaxed);
  }
  if (is_writer_waiting.exchange(false)) wake_the_writer();
  return true;
}

Result<std::unique_ptr<FrameUploader>> FrameUploader::create(Config config) {
  auto impl = std::make_unique<Impl>();
  impl->config = std::move(config);
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &impl->most_texels);
  if (impl->most_texels <= 0) return fail(Errc::kInternal, "the frame uploader needs a current OpenGL context");
  return std::unique_ptr<FrameUploader>(new FrameUploader(std::move(impl)));
}

FrameUploader::FrameUploader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

FrameUploader::~FrameUploader() = default;

void FrameUploader::set_wake_writer(std::function<void()> wake_writer) {
  MutexLock lock(impl_->wake_mutex);
  impl_->wake_writer = std::move(wake_writer);
}

Result<WriteState> FrameUploader::write(const media::Frame& frame, const Presentation& presentation,
                                        const FrameTag& tag, WritePolicy policy) {
  Impl& self = *impl_;
  const auto size_text = [&] { return std::to_string(frame.width()) + "x" + std::to_string(frame.height()); };
  if (frame.width() > self.most_texels || frame.height() > self.most_texels)
    return fail(Errc::kTooLarge, "a picture of " + size_text() + " is larger than this graphics driver takes (" +
                                     std::to_string(self.most_texels) + " a side)");
  const Request request = self.request.load(std::memory_order_acquire);
  if (request == Request::kPending) return WriteState::kWait;
  if (request == Request::kFailed) {
    self.request.store(Request::kNone, kRelaxed);
    return fail(Errc::kNoMemory, "no graphics memory for pictures of " + size_text());
  }
  if (policy == WritePolicy::kKeepUnread && self.slots.is_fresh()) {
    self.is_writer_waiting.store(true);
    if (self.slots.is_fresh()) return WriteState::kWait;
    self.is_writer_waiting.store(false);
  }
  const BufferLayout layout = self.layout_of(frame, presentation);
  TextureSlot& slot = self.slots.back();
  if (!slot.has_room(layout.total_bytes)) {
    self.wanted_bytes = layout.total_bytes;
    self.request.store(Request::kPending, std::memory_order_release);
    if (self.config.wake_reader) self.config.wake_reader();
    return WriteState::kWait;
  }
  ZOE_CHECK(slot.fill(frame, layout, self.screen));
  slot.frame().tag = tag;
  slot.frame().presentation = presentation;
  SlotMirror& mirror = self.mirrors[static_cast<std::size_t>(self.slots.back_index())];
  mirror.pts_us.store(tag.pts_us, kRelaxed);
  mirror.number.store(tag.number, kRelaxed);
  mirror.has_frame.store(true, kRelaxed);
  const bool has_replaced = self.slots.publish();
  self.writer_index.store(self.slots.back_index(), kRelaxed);
  self.counts.written.fetch_add(1, kRelaxed);
  if (has_replaced) self.counts.replaced.fetch_add(1, kRelaxed);
  if (self.config.wake_reader) self.config.wake_reader();
  return has_replaced ? WriteState::kReplaced : WriteState::kWritten;
}

bool FrameUploader::update() {
  impl_->serve_request();
  return impl_->take_newest();
}

bool FrameUploader::has_work() const {
  return impl_->slots.is_fresh() || impl_->request.load(std::memory_order_acquire) == Request::kPending;
}

void FrameUploader::set_place(const Rect& area, const Framing& framing) {
  const Impl::Place place{area, framing};
  if (place == impl_->told_place) return;
  impl_->told_place = place;
  const MutexLock lock(impl_->place_mutex);
  impl_->place = place;
}

bool FrameUploader::is_front_misfit() const {
  const TexturedFrame* frame = front();
  if (frame == nullptr || !frame->is_rgb) return false;
  const Size wanted = texture_size(*frame, impl_->told_place.area, impl_->told_place.framing);
  return wanted != Size{frame->plane_widths[0], frame->plane_heights[0]};
}

const TexturedFrame* FrameUploader::front() const { return impl_->has_front ? &impl_->slots.front().frame() : nullptr; }

void FrameUploader::clear() {
  impl_->has_front = false;
  impl_->mirrors[static_cast<std::size_t>(impl_->slots.front_index())].has_frame.store(false, kRelaxed);
}

std::array<SlotState, 3> FrameUploader::slots() const {
  const int writer = impl_->writer_index.load(kRelaxed);
  const int reader = impl_->reader_index.load(kRelaxed);
  const bool is_ready = impl_->slots.is_fresh();
  std::array<SlotState, 3> states;
  for (int i = 0; i < 3; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const SlotMirror& mirror = impl_->mirrors[at];
    SlotState& state = states[at];
    state.has_frame = mirror.has_frame.load(kRelaxed);
    state.pts_us = mirror.pts_us.load(kRelaxed);
    state.number = mirror.number.load(kRelaxed);
    state.size_bytes = mirror.size_bytes.load(kRelaxed);
    state.holder = is_ready ? SlotHolder::kReady : SlotHolder::kFree;
    if (i == writer) state.holder = SlotHolder::kWriter;
    if (i == reader) state.holder = SlotHolder::kReader;
  }
  return states;
}

UploaderCounts FrameUploader::counts() const {
  const auto& counts = impl_->counts;
  return {.written = counts.written.load(kRelaxed),
          .replaced = counts.replaced.load(kRelaxed),
          .uploaded = counts.uploaded.load(kRelaxed),
          .uploaded_bytes = counts.uploaded_bytes.load(kRelaxed),
          .reallocations = counts.reallocations.load(kRelaxed),
          .busy_maps = counts.busy_maps.load(kRelaxed)};
}

}  // namespace zoe::render
