// Decoded sound laid out along the line on which playback runs.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/media/sound_decoder.hpp"

namespace zoe::player {

// Pure logic, not thread-safe. Places are samples of the output on the line: media time as it runs, unrolled over the
// laps of a loop, 0 where the media's first frame lies. From a start the line is taken piece by piece in the direction
// of play; backwards the last sample comes first. What is known to hold no sound is silence, so every piece joins the
// one before.
class SoundLine {
 public:
  enum class Way : std::int8_t { kForward = 1, kBackward = -1 };

  // Forgets everything; the next piece begins (backwards: ends) at `place`.
  void start(std::int64_t place, Way way, int channels);

  // What was decoded at [place, place + frames). Of sounds that lie over each other the one added first counts.
  void add(std::int64_t place, const float* frames, std::int64_t count);

  // Everything up to `place` (backwards: down to it) has been added.
  void know_to(std::int64_t place);

  std::int64_t place() const { return place_; }  // of the next piece
  std::int64_t known() const { return known_; }  // as far as know_to has come
  bool has_more() const { return is_forward() ? place_ < known_ : place_ > known_; }

  // Appends at most `most` frames of what is known, in the order of play; how many.
  std::int64_t take(std::int64_t most, std::vector<float>& out);

 private:
  struct Block {
    std::int64_t place = 0;
    std::vector<float> frames;
  };

  bool is_forward() const { return way_ == Way::kForward; }
  std::int64_t frames_of(const Block& block) const {
    return static_cast<std::int64_t>(block.frames.size() / channels_);
  }
  void copy(std::int64_t from, std::int64_t to, float* out) const;
  void drop_taken();

  Way way_ = Way::kForward;
  std::size_t channels_ = 2;
  std::int64_t place_ = 0;
  std::int64_t known_ = 0;
  std::deque<Block> blocks_;  // by place, none over another
};

}  // namespace zoe::player
