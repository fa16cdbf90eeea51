// The overlay layer's side of this machine's own files.
#include <filesystem>
#include <utility>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

std::shared_ptr<const MediaDetails> OverlayLayer::details_of(const PlaybackSnapshot& playback) {
  if (playback.state == PlayState::kIdle || playback.media.empty()) return nullptr;
  if (is_local_media(playback.media)) {
    const std::shared_ptr<const LocalMedia> local = local_.get(playback.media);
    return local ? std::shared_ptr<const MediaDetails>(local, &local->details) : nullptr;
  }
  std::shared_ptr<const MediaDetails> details = folders_.details();
  return details && details->media == playback.media ? details : nullptr;
}

void OverlayLayer::queue_files(const std::vector<std::string>& files) {
  std::vector<LibraryItem> items;
  items.reserve(files.size());
  for (const std::string& file : files) items.push_back(local_item_of(file));
  queue_.clear();
  application_.window().set_title(items.front().title + " \u2013 Zoetrope");
  if (items.size() < 2) return;
  std::string name = std::filesystem::path(files.front()).parent_path().filename().string();
  queue_.start(name.empty() ? "files" : std::move(name), std::move(items), 0);
}

void OverlayLayer::open_files(const std::vector<std::string>& paths) {
  frames_wanted_ = kFramesAfterEvent;
  const auto files = local_files_of(paths);
  if (!files || files->empty()) {
    toasts_.add(ui::ToastKind::kError, files ? "Nothing was dropped that could be played." : files.error().message);
    return;
  }
  queue_files(*files);
  open(local_item_of(files->front()));
}

}  // namespace zoe::player
