// From a decoded frame in memory to textures: three slots, filled on the decoding side, uploaded on the render thread.
//
// Each slot is a pixel buffer object and one texture per plane; the slots change hands by a TripleSlot. The writer
// copies a frame into the mapped buffer of its slot and publishes it: no GL call, so no context. The render thread
// takes the newest slot, unmaps the buffer, has GL copy it into the slot's textures, sets a fence behind the copy, and
// maps the buffer of the slot that it gives back before it does so: the old memory where the fence has passed, fresh
// memory where it has not. Neither waits for the other.
//
// Where drawing runs on the processor the writer does not copy but converts, to the display's R, G, B at the size at
// which the picture is drawn: one read a pixel is left of the drawing, less than half of the whole work.
//
// Only when the size or the pixel format changes must the render thread (re)allocate the buffers: `write` then asks for
// them and returns kWait, the render thread is woken, and when they are there the writer is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {
class Frame;
}

namespace zoe::render {

// What travels with a picture from the writer to the screen; the uploader itself reads none of it.
struct FrameTag {
  std::int64_t pts = 0;          // ticks
  std::int64_t pts_us = 0;       // since the media's first frame
  std::uint32_t segment = 0;     // of the stream
  std::uint32_t ordinal = 0;     // in its segment, in display order
  std::uint32_t serial = 0;      // of the stream
  std::uint64_t number = 0;      // of frames written in this run of the program
  std::uint64_t hash = 0;        // Frame::hash() where somebody asked for it, else 0
  std::int64_t deadline_ns = 0;  // when it was due on the screen; 0 when that does not matter (a step, a seek)
};

// How the picture lies on the screen, from the track.
struct Presentation {
  Rational sample_aspect_ratio{1, 1};
  int rotation_degrees = 0;  // clockwise: 0, 90, 180, 270

  friend bool operator==(const Presentation&, const Presentation&) = default;
};

enum class WriteState : std::uint8_t {
  kWritten = 1,   // published
  kReplaced = 2,  // published, over a frame that the render thread had not taken: that one was never shown
  kWait = 3,      // nothing was done; write again after the writer's wake-up
};

enum class WritePolicy : std::uint8_t {
  kReplaceUnread = 1,  // real time: the newest frame counts
  kKeepUnread = 2,     // every frame must be shown: kWait while the one before has not been taken
};

enum class SlotHolder : std::uint8_t { kFree = 1, kWriter, kReady, kReader };

// One of the three slots, for the buffers panel.
struct SlotState {
  SlotHolder holder = SlotHolder::kFree;
  bool has_frame = false;
  std::int64_t pts_us = 0;
  std::uint64_t number = 0;
  std::size_t size_bytes = 0;  // of its pixel buffer
};

struct UploaderCounts {
  std::uint64_t written = 0;
  std::uint64_t replaced = 0;  // published frames that were overwritten unread
  std::uint64_t uploaded = 0;
  std::uint64_t uploaded_bytes = 0;
  std::uint64_t reallocations = 0;  // of a slot
  std::uint64_t busy_maps = 0;      // the fence had not passed: fresh memory was taken
};

struct Rect;
struct Framing;

// A picture in textures, as the render thread holds it. Planes: Y, U, V or Y, UV or Y or G, B, R; or one of R, G, B as
// it is shown, which may be smaller than the coded picture.
struct TexturedFrame {
  static constexpr int kMostPlanes = 3;

  FrameTag tag;
  Presentation presentation;
  media::ColorInfo color;
  int width = 0;  // coded size in pixels
  int height = 0;
  int planes = 0;
  bool is_semi_planar = false;
  bool is_rgb = false;
  int bit_depth = 8;
  int bit_shift = 0;  // empty low bits of a sample (6 for P010)
  int bytes_per_sample = 1;
  int chroma_shift_x = 0;
  int chroma_shift_y = 0;
  std::array<unsigned, kMostPlanes> textures{};
  std::array<int, kMostPlanes> plane_widths{};
  std::array<int, kMostPlanes> plane_heights{};
};

class FrameUploader {
 public:
  struct Config {
    // U and V in three-plane pictures are put together into one texture: one read less for each pixel, which is a
    // quarter of the work where drawing runs on the processor, for half a copy more on the writer's thread.
    bool interleaves_chroma = false;
    // The writer converts pictures in the display's own colours (HDR is left to the shader).
    bool converts = false;
    // Called on the writer's thread after a publish or a request for buffers: wakes the render thread
    // (Application::wake).
    std::function<void()> wake_reader;
  };

  // Render thread, with the GL context current, which must outlive the uploader.
  static Result<std::unique_ptr<FrameUploader>> create(Config config);

  // Render thread. The writer must have stopped.
  ~FrameUploader();
  FrameUploader(const FrameUploader&) = delete;
  FrameUploader& operator=(const FrameUploader&) = delete;

  // Before the writer starts (or while it stands still): what wakes a writer that got kWait. Called on the render
  // thread; must only wake, may come without need. Null takes it away.
  void set_wake_writer(std::function<void()> wake_writer);

  // --- Writer's thread
  // -------------------------------------------------------------------------------------------------

  // Copies the frame's planes and publishes them under `tag`. kTooLarge when the picture exceeds what GL takes,
  // kNoMemory when buffers for it could not be had; both name the size.
  Result<WriteState> write(const media::Frame& frame, const Presentation& presentation, const FrameTag& tag,
                           WritePolicy policy);

  // --- Render thread
  // ---------------------------------------------------------------------------------------------------

  // Serves a request for buffers and takes the newest frame: true when `front` changed. Cheap when nothing is new.
  bool update();

  // True when `update` has something to do. Any thread.
  bool has_work() const;

  // Where pictures are drawn, for a writer that converts. Cheap where nothing has changed.
  void set_place(const Rect& area, const Framing& framing);

  // True where the picture to draw was made for another size than that at which it is drawn now: writing it again is
  // worth the while.
  bool is_front_misfit() const;

  // The picture to draw; null before the first one and after `clear`.
  const TexturedFrame* front() const;

  // Forgets the picture that is shown (another media begins, or none).
  void clear();

  // --- Any thread
  // ------------------------------------------------------------------------------------------------------

  std::array<SlotState, 3> slots() const;
  UploaderCounts counts() const;

 private:
  struct Impl;
  explicit FrameUploader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::render
