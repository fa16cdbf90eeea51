// Pictures as textures, as many as fit into a budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/render/gl_handles.hpp"
#include "engine/render/screenshot.hpp"

namespace zoe::render {

struct PictureTexture {
  GLuint texture = 0;
  int width = 0;
  int height = 0;
};

enum class Minified : std::uint8_t {
  kNo = 1,  // drawn about as large as it is
  kYes,     // drawn much smaller too: with mipmaps
};

// Render thread, with the GL context current. The least recently used picture goes first when the budget is exceeded,
// but none that was asked for since the last `next_turn`: what one frame shows is never thrown out by itself.
class PictureCache {
 public:
  explicit PictureCache(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // Replaces what had that key.
  void put(const std::string& key, const Image& image, Minified minified);
  // Null where it is not there. Counts as a use; valid until the next `put` or `clear`.
  const PictureTexture* find(std::string_view key);
  void next_turn() { ++turn_; }
  void clear();

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    GlTexture texture;
    PictureTexture view;
    std::size_t bytes = 0;
    std::uint64_t turn = 0;
  };
  void drop(std::list<Entry>::iterator entry);

  const std::size_t budget_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t turn_ = 1;
  std::list<Entry> entries_;                                                 // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;  // keys are the entries' own
};

}  // namespace zoe::render
