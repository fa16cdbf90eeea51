#include "engine/render/screenshot.hpp"

#include <epoxy/gl.h>
#include <stb_image_write.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"

namespace zoe::render {

Image read_framebuffer(int width, int height) {
  Image image{.width = width, .height = height};
  const std::size_t row_bytes = static_cast<std::size_t>(width) * 3;
  std::vector<std::uint8_t> upwards(row_bytes * static_cast<std::size_t>(height));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, upwards.data());
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  image.rgb.resize(upwards.size());
  for (std::size_t row = 0; row < static_cast<std::size_t>(height); ++row)
    std::memcpy(&image.rgb[row * row_bytes], &upwards[(static_cast<std::size_t>(height) - 1 - row) * row_bytes],
                row_bytes);
  return image;
}

Status write_png(const Image& image, const std::string& path) {
  const std::size_t expected = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3;
  if (image.width <= 0 || image.height <= 0 || image.rgb.size() != expected)
    return fail(Errc::kInvalidArgument, path + ": an image of " + std::to_string(image.width) + "x" +
                                            std::to_string(image.height) + " has no such pixels");
  std::vector<std::uint8_t> png;
  const auto append = [](void* context, void* data, int size) {
    auto& out = *static_cast<std::vector<std::uint8_t>*>(context);
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    out.insert(out.end(), bytes, bytes + size);
  };
  if (stbi_write_png_to_func(append, &png, image.width, image.height, 3, image.rgb.data(), image.width * 3) == 0)
    return fail(Errc::kNoMemory, path + ": the image could not be compressed");
  return write_file_atomic(path, png);
}

ScreenshotWriter::~ScreenshotWriter() { flush(); }

Status ScreenshotWriter::save(Image image, std::string path, std::function<void(Status)> on_done) {
  return pool_.post(
      [image = std::make_shared<Image>(std::move(image)), path = std::move(path), on_done = std::move(on_done)] {
        Status status = write_png(*image, path);
        if (on_done) on_done(std::move(status));
      });
}

void ScreenshotWriter::flush() {
  struct Done {
    Mutex mutex;
    CondVar changed;
    bool is_done ZOE_GUARDED_BY(mutex) = false;
  };
  const auto done = std::make_shared<Done>();
  const auto signal = [done] {
    MutexLock lock(done->mutex);
    done->is_done = true;
    done->changed.notify_all();
  };
  // Full: the queue is at its bound, and the one thread empties it, so try until there is room for this last job.
  while (true) {
    const Status posted = pool_.post(signal);
    if (posted) break;
    if (posted.error().code != Errc::kTooLarge) return;
    std::this_thread::yield();
  }
  MutexLock lock(done->mutex);
  while (!done->is_done) done->changed.wait(done->mutex);
}

}  // namespace zoe::render
