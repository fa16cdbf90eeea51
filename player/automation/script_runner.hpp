// Carries an input script out, a little at each turn of the program's loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/events.hpp"
#include "engine/ui/ui.hpp"
#include "player/automation/script.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// What a script acts on. Main thread.
class ScriptHost {
 public:
  virtual ~ScriptHost() = default;

  virtual void post(app::Event event) = 0;  // handled in the next turn
  virtual int width() const = 0;
  virtual int height() const = 0;
  virtual void resize(int width, int height) = 0;
  virtual std::uint64_t pictures_drawn() const = 0;
  virtual void request_redraw() = 0;

  virtual Playback& playback() = 0;
  virtual LinkState link_state() const = 0;
  virtual std::int64_t library_items() const = 0;
  virtual void open(const std::string& media) = 0;
  virtual void analyse(const std::string& analyser) = 0;
  // What the last picture showed under that name; null where nothing is.
  virtual const ui::Landmark* landmark(const std::string& name) const = 0;
  virtual bool is_media_missing() const = 0;  // what was to be opened is not in the library

  virtual void mark(const std::string& name) = 0;
  virtual void screenshot(const std::string& path) = 0;
  // Nothing while the last screenshot is not written yet.
  virtual std::optional<Status> screenshot_outcome() = 0;
};

// Main thread.
class ScriptRunner {
 public:
  ScriptRunner(std::vector<script::Step> steps, std::string name, ScriptHost& host);

  struct Turn {
    std::optional<int> exit_code;  // the script asks to leave, or failed (kFailedCode)
    std::int64_t wake_at_ns = 0;   // look again no later than this
  };
  static constexpr int kFailedCode = 3;

  // Goes on as far as it can at `now_ns`.
  Turn turn(std::int64_t now_ns);

  bool is_done() const { return next_ == steps_.size(); }
  // Why it failed: "keys.txt:12: wait-state playing: …".
  const std::string& failure() const { return failure_; }

 private:
  enum class Outcome { kDone = 1, kAgain };

  // One for each action; what is left out waits.
  Outcome act(const script::Press& press);
  Outcome act(const script::Type& type);
  Outcome act(const script::Move& move);
  Outcome act(const script::Click& click);
  Outcome act(const script::OnControl& control);
  Outcome act(const script::Hold& hold);
  Outcome act(const script::Wheel& wheel);
  Outcome act(const script::Resize& size);
  Outcome act(const script::Drop& drop);
  Outcome act(const script::Timeout& timeout);
  Outcome act(const script::Open& open);
  Outcome act(const script::Play&);
  Outcome act(const script::Pause&);
  Outcome act(const script::Seek& seek);
  Outcome act(const script::Rate& rate);
  Outcome act(const script::Steps& steps);
  Outcome act(const script::Loop& loop);
  Outcome act(const script::Rendition& rendition);
  Outcome act(const script::Analyse& what);
  Outcome act(const script::Screenshot& shot);
  Outcome act(const script::Mark& mark);
  Outcome act(const script::Quit& quit);
  template <typename Waiting>
  Outcome act(const Waiting& waiting);

  bool is_reached(const script::Wait& wait);
  bool is_reached(const script::WaitFrame& wait);
  bool is_reached(const script::WaitShown& wait);
  bool is_reached(const script::WaitState& wait);
  bool is_reached(const script::WaitFor& wait);
  bool is_reached(const script::WaitLink& wait);
  bool is_reached(const script::WaitLibrary& wait);
  std::string situation();
  void fail_with(const std::string& why);
  void let_it_be_handled(int turns, int pictures);
  float x_of(const script::Place& place) const;
  float y_of(const script::Place& place) const;

  const std::vector<script::Step> steps_;
  const std::string name_;
  ScriptHost& host_;
  std::size_t next_ = 0;
  std::int64_t began_ns_ = -1;  // when the step under way was first tried
  std::int64_t timeout_ns_ = 0;
  int turns_left_ = 0;                // that pass before the script goes on
  std::uint64_t pictures_until_ = 0;  // so many must have been drawn before it goes on
  std::int64_t pictures_by_ns_ = 0;   // but no later than this
  std::int64_t now_ns_ = 0;
  bool is_shot_taken_ = false;
  std::optional<int> exit_code_;
  std::string failure_;
};

}  // namespace zoe::player
