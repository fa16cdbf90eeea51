// Draws subtitles on a thread of its own, ahead of the frames that they belong to.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/threads.hpp"
#include "player/subtitles/subtitle_drawer.hpp"
#include "player/subtitles/subtitle_picture.hpp"

namespace zoe::player {

// Thread-safe. Keeps the few pictures around the frame that is shown; the one that follows in the direction of play is
// drawn before it is due, so that the render thread finds it ready. Nothing here waits for the drawing.
class SubtitlePainter {
 public:
  // What to draw; the same value keeps what was drawn.
  struct Look {
    std::array<SubtitleScriptPtr, 2> scripts;  // the second one at the top; null for none
    double size = 1;
    std::int64_t delay_us = 0;  // later

    bool is_empty() const { return !scripts[0] && !scripts[1]; }
    friend bool operator==(const Look&, const Look&) = default;
  };

  // `wake` is called on the painter's thread when a picture that was asked for is there; must only wake.
  SubtitlePainter(std::string font_folder, std::function<void()> wake);
  ~SubtitlePainter();
  SubtitlePainter(const SubtitlePainter&) = delete;
  SubtitlePainter& operator=(const SubtitlePainter&) = delete;

  void set_look(Look look);
  bool is_idle() const;  // there is nothing to draw

  // For the frame of this time, the next one being `step_us` later (below 0: playing backwards). Null while it is being
  // drawn.
  SubtitlePicturePtr picture(std::int64_t time_us, std::int64_t step_us, const SubtitleGeometry& geometry);

  // Counts up with each picture that was asked for and has come.
  std::uint64_t finished() const;

 private:
  static constexpr std::size_t kKept = 8;

  struct Wish {
    std::int64_t ms = 0;
    std::int64_t step_ms = 0;
    SubtitleGeometry geometry;
  };

  void run();
  SubtitlePicturePtr find(std::int64_t ms, const SubtitleGeometry& geometry) const ZOE_REQUIRES(mutex_);
  // The next time to draw; nothing where all is there.
  bool next_wish(Wish& out, bool& is_wanted_now) const ZOE_REQUIRES(mutex_);

  const std::string font_folder_;
  const std::function<void()> wake_;

  mutable Mutex mutex_;
  CondVar woken_;
  bool is_stopping_ ZOE_GUARDED_BY(mutex_) = false;
  Look look_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t revision_ ZOE_GUARDED_BY(mutex_) = 0;         // of what the pictures look like
  std::uint64_t script_revision_ ZOE_GUARDED_BY(mutex_) = 0;  // of the scripts alone
  bool has_wish_ ZOE_GUARDED_BY(mutex_) = false;
  Wish wish_ ZOE_GUARDED_BY(mutex_);
  std::deque<SubtitlePicturePtr> kept_ ZOE_GUARDED_BY(mutex_);  // newest first
  std::uint64_t finished_ ZOE_GUARDED_BY(mutex_) = 0;
  std::jthread thread_;
};

}  // namespace zoe::player
