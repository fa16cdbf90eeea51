#include "tests/support/picture_subtitles.hpp"

#include <algorithm>

namespace zoe::test {
namespace {

constexpr int kTicksPerMs = 90;
constexpr int kLongestRun = 0x3FFF;

// Types of segments and states of a composition, as the format numbers them.
constexpr int kPalette = 0x14;
constexpr int kObject = 0x15;
constexpr int kComposition = 0x16;
constexpr int kWindows = 0x17;
constexpr int kEnd = 0x80;
constexpr int kEpochStart = 0x80;
constexpr int kNormal = 0;

void put(std::string& to, std::uint32_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) to += static_cast<char>((value >> shift) & 0xFFU);
}

class Writer {
 public:
  Writer(int width, int height) : width_(width), height_(height) {}

  void show(const SubtitleBox& box) {
    composition(box.start_ms, kEpochStart, &box);
    windows(box);
    palette(box);
    object(box);
    segment(box.start_ms, kEnd, {});
  }

  void hide(const SubtitleBox& box) {
    composition(box.end_ms, kNormal, nullptr);
    windows(box);
    segment(box.end_ms, kEnd, {});
  }

  std::string take() { return std::move(bytes_); }

 private:
  void segment(int ms, int type, const std::string& body) {
    ms_ = ms;
    bytes_ += "PG";
    put(bytes_, static_cast<std::uint32_t>(ms * kTicksPerMs), 4);
    put(bytes_, 0, 4);
    put(bytes_, static_cast<std::uint32_t>(type), 1);
    put(bytes_, static_cast<std::uint32_t>(body.size()), 2);
    bytes_ += body;
  }

  void composition(int ms, int state, const SubtitleBox* box) {
    std::string body;
    put(body, static_cast<std::uint32_t>(width_), 2);
    put(body, static_cast<std::uint32_t>(height_), 2);
    put(body, 0x10, 1);  // the frame rate, which nobody reads
    put(body, number_++, 2);
    put(body, static_cast<std::uint32_t>(state), 1);
    put(body, 0, 2);  // no palette alone, palette 0
    put(body, box ? 1 : 0, 1);
    if (box) {
      put(body, 0, 4);  // object 0 in window 0, not cropped
      put(body, static_cast<std::uint32_t>(box->x), 2);
      put(body, static_cast<std::uint32_t>(box->y), 2);
    }
    segment(ms, kComposition, body);
  }

  void windows(const SubtitleBox& box) {
    std::string body;
    put(body, 1, 1);
    put(body, 0, 1);
    for (const int value : {box.x, box.y, box.width, box.height}) put(body, static_cast<std::uint32_t>(value), 2);
    segment(ms_, kWindows, body);
  }

  void palette(const SubtitleBox& box) {
    std::string body;
    put(body, 0, 2);
    for (const int value : {1, int{box.luma}, int{box.cr}, int{box.cb}, int{box.alpha}})
      put(body, static_cast<std::uint32_t>(value), 1);
    segment(ms_, kPalette, body);
  }

  void object(const SubtitleBox& box) {
    std::string rows;
    for (int y = 0; y < box.height; ++y) {
      for (int left = box.width; left > 0;) {
        const int run = std::min(left, kLongestRun);
        put(rows, 0, 1);
        put(rows, static_cast<std::uint32_t>(0xC000 | run), 2);
        put(rows, 1, 1);
        left -= run;
      }
      put(rows, 0, 2);
    }
    std::string body;
    put(body, 0, 3);     // object 0, version 0
    put(body, 0xC0, 1);  // the first piece and the last
    put(body, static_cast<std::uint32_t>(rows.size() + 4), 3);
    put(body, static_cast<std::uint32_t>(box.width), 2);
    put(body, static_cast<std::uint32_t>(box.height), 2);
    segment(ms_, kObject, body + rows);
  }

  int width_;
  int height_;
  int ms_ = 0;
  std::uint32_t number_ = 0;
  std::string bytes_;
};

}  // namespace

std::string make_sup(int canvas_width, int canvas_height, const std::vector<SubtitleBox>& boxes) {
  Writer writer(canvas_width, canvas_height);
  for (const SubtitleBox& box : boxes) {
    writer.show(box);
    writer.hide(box);
  }
  return writer.take();
}

}  // namespace zoe::test
