#include "engine/render/picture_cache.hpp"

#include <iterator>
#include <utility>

namespace zoe::render {

void PictureCache::put(const std::string& key, const Image& image, Minified minified) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
  const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  if (pixels == 0 || image.rgb.size() != pixels * 3) return;
  Entry entry{.key = key, .texture = make_texture()};
  glBindTexture(GL_TEXTURE_2D, entry.texture.get());
  const bool has_mipmaps = minified == Minified::kYes;
  if (!has_mipmaps) glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, has_mipmaps ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, image.width, image.height, 0, GL_RGB, GL_UNSIGNED_BYTE, image.rgb.data());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  if (has_mipmaps) glGenerateMipmap(GL_TEXTURE_2D);
  glBindTexture(GL_TEXTURE_2D, 0);
  entry.view = {entry.texture.get(), image.width, image.height};
  entry.bytes = pixels * 4 * (has_mipmaps ? 4 : 3) / 3;  // drivers keep RGB as RGBA; smaller levels are a third more
  entry.turn = turn_;
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > budget_bytes_ && entries_.back().turn != turn_) drop(std::prev(entries_.end()));
}

const PictureTexture* PictureCache::find(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  found->second->turn = turn_;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->view;
}

void PictureCache::drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void PictureCache::clear() {
  by_key_.clear();
  entries_.clear();
  bytes_ = 0;
}

}  // namespace zoe::render
