// Draws a picture from its planes: colour conversion, rotation, sample aspect ratio, letterbox.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "engine/core/result.hpp"
#include "engine/render/frame_uploader.hpp"

namespace zoe::render {

// In pixels of the drawable, (0, 0) at the top left.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  friend bool operator==(const Rect&, const Rect&) = default;
};

// Where the picture lies in `area`: whole, centred, in its proportions. Empty for an empty picture or area.
Rect fit_picture(const TexturedFrame& frame, const Rect& area);

// Rows of a 3x4 matrix that takes normalised texture values (Y, U, V, 1) to R'G'B'. The fourth column is the offset.
// Matrices: H.273 code points; 0 is identity (G, B, R planes), 2 (unspecified) is BT.709 from 720 lines on, else
// BT.601.
std::array<float, 12> color_matrix(const TexturedFrame& frame);

// Render thread, with the GL context current.
//
// What is drawn is the stream's own R'G'B': no conversion of primaries or gamma, except that PQ and HLG are tone-mapped
// (engine/media/tone_map.hpp).
class VideoPass {
 public:
  // `asset_folder` holds shaders/video.vert and shaders/video.frag. Errors carry the file and the compiler's lines.
  static Result<std::unique_ptr<VideoPass>> create(const std::string& asset_folder);

  ~VideoPass();
  VideoPass(const VideoPass&) = delete;
  VideoPass& operator=(const VideoPass&) = delete;

  // Draws the picture into `area` of a framebuffer `framebuffer_height` pixels high and blackens the rest of `area`.
  // Returns where the picture lies. Leaves blending off and the viewport changed.
  Rect draw(const TexturedFrame& frame, const Rect& area, int framebuffer_height);

  // Blackens `area`.
  void draw_nothing(const Rect& area, int framebuffer_height);

 private:
  struct Impl;
  explicit VideoPass(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::render
