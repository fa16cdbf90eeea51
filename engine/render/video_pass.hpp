// Draws a picture from its planes: colour conversion, rotation, sample aspect ratio, letterbox.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "engine/core/result.hpp"
#include "engine/render/frame_uploader.hpp"
#include "engine/render/framing.hpp"

namespace zoe::render {

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

  // Draws the picture into `area` of a framebuffer `framebuffer_height` pixels high and blackens the rest of `area`;
  // what lies outside of it is not drawn. Returns where the picture lies. Leaves blending off and the viewport changed.
  Rect draw(const TexturedFrame& frame, const Rect& area, int framebuffer_height, const Framing& framing = {});

  // Blackens `area`.
  void draw_nothing(const Rect& area, int framebuffer_height);

 private:
  struct Impl;
  explicit VideoPass(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::render
