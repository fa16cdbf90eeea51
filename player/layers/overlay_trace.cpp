// The overlay layer's side of traces of the pipeline.
#include <memory>
#include <string>
#include <utility>

#include "engine/core/file.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/layers/saved_files.hpp"
#include "player/panels/pipeline_trace.hpp"

namespace zoe::player {

// Made and written on a thread of its own: it is hundreds of kilobytes of text.
void OverlayLayer::save_trace() {
  const PlaybackSnapshot& playback = playback_.snapshot();
  if (playback.state == PlayState::kIdle) return;
  const std::string path = free_path(downloads_scene().folder, file_name_of(playback.title + " trace"), ".json");
  const auto tell = [this, path, &application = application_](Status saved) {
    application.post_task([this, path, saved = std::move(saved)] {
      frames_wanted_ = kFramesAfterEvent;
      toasts_.add(saved ? ui::ToastKind::kGood : ui::ToastKind::kError,
                  saved ? "Trace saved as " + path : "The trace could not be saved: " + saved.error().message);
    });
  };
  struct Seen {
    PipelineHistory history;
    PlaybackSnapshot playback;
  };
  auto seen = std::make_shared<const Seen>(Seen{buffers_.history(history_), buffers_.playback(playback)});
  Status posted = traces_.post([seen = std::move(seen), path, tell] {
    tell(write_file_atomic(path, as_bytes(chrome_trace(seen->history, seen->playback))));
  });
  if (!posted) tell(std::move(posted));
}

}  // namespace zoe::player
