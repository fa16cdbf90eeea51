// A playback of a clip for tests: the whole player between a scripted server and a screen that takes notes.
#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "player/playback/playback.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/player/clip_link.hpp"
#include "tests/unit/player/screen.hpp"

namespace zoe::test {

using player::OpenMedia;
using player::Playback;
using player::PlaybackOptions;
using player::PlaybackSnapshot;
using player::PlayState;

inline constexpr std::int64_t kFrameUs = 33'333;  // of a clip's 30 frames a second

// A playback of one clip on a screen, every frame shown.
class Player {
 public:
  explicit Player(const ClipSpec& spec, PlaybackOptions options = untimed()) : link(test::make_clip(spec)) {
    playback = Playback::create(options, link, screen, clock, Log::null());
    screen.attach(*playback);
  }
  ~Player() {
    screen.detach();
    playback.reset();
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  static PlaybackOptions untimed() {
    PlaybackOptions options;
    options.is_untimed = true;
    options.decoder_threads = 2;
    return options;
  }

  void open(OpenMedia media = {}) {
    media.media = "clip";
    playback->open(media);
  }
  bool reaches(PlayState state) {
    return wait_until([&] {
      const PlaybackSnapshot now = screen.snapshot();
      return now.state == state && now.is_settled;
    });
  }
  bool shows(std::size_t frames) {
    return wait_until([&] { return screen.count() >= frames; });
  }

  SystemClock clock;
  ClipLink link;
  Screen screen{clock};
  std::unique_ptr<Playback> playback;
};

inline std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t last) {
  std::vector<std::uint32_t> numbers(last - first);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace zoe::test
