#include "player/playback/playback.hpp"

namespace zoe::player {

std::string_view to_string(PlayState state) {
  switch (state) {
    case PlayState::kIdle:
      return "idle";
    case PlayState::kOpening:
      return "opening";
    case PlayState::kBuffering:
      return "buffering";
    case PlayState::kPlaying:
      return "playing";
    case PlayState::kPaused:
      return "paused";
    case PlayState::kEnded:
      return "ended";
    case PlayState::kFailed:
      return "failed";
  }
  return "?";
}

}  // namespace zoe::player
