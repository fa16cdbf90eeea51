// The framebuffer as an image, and images as PNG files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/worker_pool.hpp"

namespace zoe::render {

// RGB, 8 bits each, rows from the top, without padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// What the current framebuffer holds in its lower left width x height pixels. Render thread, before the swap.
Image read_framebuffer(int width, int height);

// Replaces `path`. Any thread. kIo, kDenied.
Status write_png(const Image& image, const std::string& path);

// Writes PNG files on a thread of its own, in order. `save` from any thread; the destructor finishes what waits.
class ScreenshotWriter {
 public:
  ScreenshotWriter() = default;
  ~ScreenshotWriter();

  // `on_done` runs on the writer's thread. kTooLarge when 64 images wait already.
  Status save(Image image, std::string path, std::function<void(Status)> on_done);

  // Waits until everything handed over so far is written.
  void flush();

 private:
  WorkerPool pool_{"screenshots", 1, 64};
};

}  // namespace zoe::render
