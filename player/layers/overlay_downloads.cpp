// The overlay layer's side of downloads.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "player/layers/overlay_layer.hpp"
#include "player/local/local_media.hpp"
#include "player/panels/downloads_page.hpp"

namespace zoe::player {
namespace {

// "~/Videos" as a shell would have it.
std::string expanded(const std::string& folder) {
  const char* home = std::getenv("HOME");
  const bool is_of_home = folder == "~" || folder.starts_with("~/");
  return is_of_home && home != nullptr ? home + folder.substr(1) : folder;
}

DownloadPace pace_for(const PlaybackSnapshot& playback) {
  switch (playback.state) {
    case PlayState::kIdle:
    case PlayState::kFailed:
      return DownloadPace::kFull;
    case PlayState::kOpening:
    case PlayState::kBuffering:
      return DownloadPace::kTrickle;
    default:
      return playback.is_seeking ? DownloadPace::kTrickle : DownloadPace::kBeside;
  }
}

}  // namespace

DownloadsScene OverlayLayer::downloads_scene() const {
  if (options_.downloads == nullptr) return {.folder = user_download_folder()};
  return {.is_possible = true,
          .list = downloads_,
          .folder = options_.downloads->folder(),
          .most_at_once = options_.downloads->most_at_once()};
}

void OverlayLayer::follow_downloads(const PlaybackSnapshot& playback) {
  if (options_.downloads == nullptr) return;
  options_.downloads->set_pace(pace_for(playback));
  const std::uint64_t revision = options_.downloads->revision();
  if (std::exchange(downloads_revision_, revision) == revision) return;
  const Downloads before = std::exchange(downloads_, options_.downloads->downloads());
  const auto was = [&](const DownloadInfo& download) {
    const auto found =
        std::find_if(before->begin(), before->end(), [&](const DownloadInfo& each) { return each.id == download.id; });
    return found == before->end() ? download.stage : found->stage;  // from the run before: nothing new
  };
  bool is_other_stage = before->size() != downloads_->size();
  for (const DownloadInfo& each : *downloads_) {
    if (was(each) == each.stage) continue;
    is_other_stage = true;
    tell_of_download(each);
  }
  // Progress is drawn where it is seen.
  const bool is_seen = page_of(playback) == Page::kLibrary && browser_.page() == BrowserPage::kDownloads;
  if (is_seen || is_other_stage) frames_wanted_ = std::max(frames_wanted_, 1);
}

void OverlayLayer::tell_of_download(const DownloadInfo& download) {
  if (download.stage == DownloadStage::kDone)
    toasts_.add(ui::ToastKind::kGood, fmt::format("Downloaded: {}", download.path()));
  if (download.stage == DownloadStage::kFailed)
    toasts_.add(ui::ToastKind::kError, fmt::format("{} was not downloaded: {}", download.name, download.note));
  if (download.stage == DownloadStage::kPaused && !download.note.empty())
    toasts_.add(ui::ToastKind::kWarning, download.note);
}

void OverlayLayer::carry_out_downloads(const PanelRequests& requests) {
  if (options_.downloads == nullptr) return;
  if (requests.download) download(*requests.download);
  if (requests.download_playing) download_playing();
  for (const DownloadCommand& command : requests.download_commands) carry_out(command);
}

void OverlayLayer::carry_out(const DownloadCommand& command) {
  DownloadQueue& queue = *options_.downloads;
  frames_wanted_ = kFramesAfterEvent;
  switch (command.verb) {
    case DownloadVerb::kPause:
      return queue.pause(command.id);
    case DownloadVerb::kResume:
      return queue.resume(command.id);
    case DownloadVerb::kRemove:
      return queue.remove(command.id);
    case DownloadVerb::kClearDone:
      return queue.clear_done();
    case DownloadVerb::kSetMostAtOnce:
      return queue.set_most_at_once(command.count);
    case DownloadVerb::kSetFolder:
      break;
  }
  const std::string folder = expanded(command.folder);
  if (!folder.starts_with('/'))
    return toasts_.add(ui::ToastKind::kError, "Name the whole path of the folder, from / or ~ on.");
  queue.set_folder(folder);
}

// One that waits or stands still goes on; what is on its way already is shown.
void OverlayLayer::download(const LibraryItem& item) {
  if (options_.downloads == nullptr) return;
  const DownloadInfo* there = find_download(downloads_, item.media);
  const bool is_on_its_way = there != nullptr && (is_under_way(there->stage) || there->stage == DownloadStage::kQueued);
  if (is_on_its_way) return toasts_.add(ui::ToastKind::kNote, download_tip(there));
  options_.downloads->add({.source = {.media = item.media, .root = item.root, .path = item.path, .title = item.title},
                           .size_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(item.size_bytes, 0))});
  toasts_.add(ui::ToastKind::kNote, fmt::format("Downloading \u201C{}\u201D", item.title));
  frames_wanted_ = kFramesAfterEvent;
}

void OverlayLayer::download_playing() {
  const PlaybackSnapshot playback = playback_.snapshot();
  if (playback.media.empty()) return;
  if (is_local_media(playback.media))
    return toasts_.add(ui::ToastKind::kNote, "This file lies on this computer already.");
  const std::shared_ptr<const MediaDetails> details = details_of(playback);
  if (!details)
    return toasts_.add(ui::ToastKind::kNote, "The server has not told about this video yet; try again in a moment.");
  LibraryItem item;
  item.media = playback.media;
  item.title = details->title;
  item.root = details->root;
  item.path = details->path;
  download(item);
}

}  // namespace zoe::player
