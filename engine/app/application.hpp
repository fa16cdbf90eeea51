// The program's main loop: events, layers, drawing only when something changed, sleep otherwise.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/app/events.hpp"
#include "engine/app/layer.hpp"
#include "engine/app/window.hpp"
#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

struct SDL_DropEvent;

namespace zoe::app {

// What one drawn frame cost.
struct FrameCost {
  std::int64_t start_ns = 0;   // when drawing began
  std::int64_t render_ns = 0;  // all layers' on_render
  std::int64_t swap_ns = 0;    // the swap, with what it waited
};

// Frames drawn so far, and the newest of them in a ring.
class FrameCosts {
 public:
  static constexpr std::size_t kKept = 512;

  void add(const FrameCost& cost) { ring_[count_++ % kKept] = cost; }
  std::uint64_t count() const { return count_; }
  std::size_t kept() const { return count_ < kKept ? static_cast<std::size_t>(count_) : kKept; }
  // 0 is the newest, kept() - 1 the oldest.
  const FrameCost& newest(std::size_t age) const { return ring_[(count_ - 1 - age) % kKept]; }

 private:
  std::array<FrameCost, kKept> ring_{};
  std::uint64_t count_ = 0;
};

// Owns the window and the layers. Main thread, except where a function says otherwise.
class Application {
 public:
  // As Window::create. The clock and the log outlive the application.
  static Result<std::unique_ptr<Application>> create(const WindowConfig& config, Clock& clock, Log& log);

  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  Window& window() { return *window_; }
  LayerStack& layers() { return *layers_; }
  Clock& clock() { return clock_; }
  const FrameCosts& frame_costs() const { return costs_; }

  // Runs until `quit`; returns the code given to it.
  int run();

  // One round: waits for an event, a wake-up or the layers' next deadline, at most `most_wait_ns`; handles what came,
  // updates the layers and draws if one is dirty. False after `quit`.
  bool run_once(std::int64_t most_wait_ns);

  // Any thread, and from signal watchers' threads: ends `run` after the round in progress.
  void quit(int exit_code = 0);

  // Any thread: makes the loop go round once. Cheap when a wake-up is pending already.
  void wake();

  // Any thread: the event is handled as if the window system had sent it, in order of posting.
  void post(Event event);

  // Any thread: runs `task` on the main thread in the next round. Dropped when the program ends first.
  void post_task(std::function<void()> task);

  // Draw in the next round whatever the layers say.
  void request_redraw() { is_redraw_wanted_ = true; }

 private:
  Application(std::unique_ptr<Window> window, Clock& clock, Log& log);
  void wait(std::int64_t most_wait_ns);
  void handle_posted();
  void handle_system_events();
  void collect_dropped(const SDL_DropEvent& event);
  void handle(const Event& event);
  void draw();

  Clock& clock_;
  Log& log_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<LayerStack> layers_;
  FrameCosts costs_;
  std::uint32_t wake_event_type_ = 0;
  bool is_redraw_wanted_ = true;
  std::int64_t last_update_ns_ = 0;
  std::int64_t wake_at_ns_ = 0;
  std::vector<std::string> dropped_;  // of a drop that has not ended yet

  std::atomic<bool> is_quitting_{false};
  std::atomic<int> exit_code_{0};

  Mutex mutex_;
  CondVar woken_;
  bool is_wake_pending_ ZOE_GUARDED_BY(mutex_) = false;
  std::vector<Event> events_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> tasks_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::app
