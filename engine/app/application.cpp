#include "engine/app/application.hpp"

#include <SDL.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/app/sdl_events.hpp"
#include "engine/app/sdl_handles.hpp"

namespace zoe::app {
namespace {

constexpr std::int64_t kLongestSleepNs = 60 * kNsPerS;
constexpr std::int64_t kLongestDeltaNs = 100 * kNsPerMs;  // an animation does not jump after a sleep

}  // namespace

Result<std::unique_ptr<Application>> Application::create(const WindowConfig& config, Clock& clock, Log& log) {
  ZOE_TRY(auto window, Window::create(config));
  log.info("app", "{}x{} pixels at scale {:.2f} by {}", window->width(), window->height(), window->scale(),
           window->gl_renderer());
  std::unique_ptr<Application> application(new Application(std::move(window), clock, log));
  if (application->wake_event_type_ == static_cast<std::uint32_t>(-1))
    return fail(Errc::kInternal, "SDL has no user event left to wake the main loop with");
  return application;
}

Application::Application(std::unique_ptr<Window> window, Clock& clock, Log& log)
    : clock_(clock),
      log_(log),
      window_(std::move(window)),
      layers_(std::make_unique<LayerStack>(*this)),
      wake_event_type_(SDL_RegisterEvents(1)),
      last_update_ns_(clock.now_ns()) {}

// The layers go first: what they own needs the window's GL context.
Application::~Application() { layers_.reset(); }

int Application::run() {
  while (run_once(kLongestSleepNs)) {
  }
  log_.debug("app", "{} frames drawn", costs_.count());
  return exit_code_.load();
}

bool Application::run_once(std::int64_t most_wait_ns) {
  if (is_quitting_.load()) return false;
  wait(is_redraw_wanted_ ? 0 : most_wait_ns);
  handle_system_events();
  handle_posted();
  if (is_quitting_.load()) return false;

  const std::int64_t now_ns = clock_.now_ns();
  const UpdateContext context{.now_ns = now_ns,
                              .delta_ns = std::clamp<std::int64_t>(now_ns - last_update_ns_, 0, kLongestDeltaNs)};
  last_update_ns_ = now_ns;
  const Wish wish = layers_->update(context);
  wake_at_ns_ = wish.wake_at_ns;
  const bool is_redraw_wanted = std::exchange(is_redraw_wanted_, false);
  if ((wish.is_dirty || is_redraw_wanted) && !window_->is_minimized()) draw();
  return !is_quitting_.load();
}

void Application::quit(int exit_code) {
  exit_code_.store(exit_code);
  is_quitting_.store(true);
  wake();
}

void Application::wake() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(is_wake_pending_, true)) return;
  }
  if (window_->is_offscreen()) {
    woken_.notify_one();
    return;
  }
  SDL_Event event{};
  event.type = wake_event_type_;
  SDL_PushEvent(&event);
}

void Application::post(Event event) {
  {
    MutexLock lock(mutex_);
    events_.push_back(std::move(event));
  }
  wake();
}

void Application::post_task(std::function<void()> task) {
  {
    MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake();
}

// Off screen no event comes but those posted, so the thread sleeps on our own condition: SDL's wait would poll there.
void Application::wait(std::int64_t most_wait_ns) {
  const std::int64_t now_ns = clock_.now_ns();
  const std::int64_t until_deadline = wake_at_ns_ == kNever ? kLongestSleepNs : wake_at_ns_ - now_ns;
  const std::int64_t wait_ns = std::clamp<std::int64_t>(std::min(most_wait_ns, until_deadline), 0, kLongestSleepNs);
  if (window_->is_offscreen()) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(wait_ns);
    MutexLock lock(mutex_);
    while (!is_wake_pending_ && woken_.wait_until(mutex_, deadline)) {
    }
    is_wake_pending_ = false;
    return;
  }
  if (wait_ns > 0) SDL_WaitEventTimeout(nullptr, static_cast<int>((wait_ns + kNsPerMs - 1) / kNsPerMs));
  MutexLock lock(mutex_);
  is_wake_pending_ = false;
}

void Application::handle_posted() {
  std::vector<Event> events;
  std::vector<std::function<void()>> tasks;
  {
    MutexLock lock(mutex_);
    events.swap(events_);
    tasks.swap(tasks_);
  }
  for (const Event& event : events) handle(event);
  for (const auto& task : tasks) task();
}

void Application::handle_system_events() {
  SDL_Event event;
  while (SDL_PollEvent(&event) != 0) {
    if (event.type == SDL_WINDOWEVENT &&
        (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED || event.window.event == SDL_WINDOWEVENT_DISPLAY_CHANGED)) {
      window_->refresh_scale();
      handle(WindowResized{.width = window_->width(), .height = window_->height(), .scale = window_->scale()});
      continue;
    }
    if (event.type == SDL_DROPBEGIN || event.type == SDL_DROPFILE || event.type == SDL_DROPCOMPLETE) {
      collect_dropped(event.drop);
      continue;
    }
    if (const auto translated = translate_sdl_event(event, window_->pixel_ratio())) handle(*translated);
  }
}

// SDL tells of each file by itself, between a beginning and an end.
void Application::collect_dropped(const SDL_DropEvent& event) {
  constexpr std::size_t kMostDropped = 10'000;
  if (event.type == SDL_DROPFILE) {
    const SdlText path(event.file);
    if (path && dropped_.size() < kMostDropped) dropped_.emplace_back(path.get());
    return;
  }
  if (event.type == SDL_DROPCOMPLETE && !dropped_.empty()) handle(FilesDropped{std::move(dropped_)});
  dropped_.clear();
}

void Application::handle(const Event& event) {
  if (std::holds_alternative<WindowResized>(event) || std::holds_alternative<WindowExposed>(event))
    is_redraw_wanted_ = true;
  const bool is_consumed = layers_->dispatch(event);
  if (!is_consumed && std::holds_alternative<CloseRequested>(event)) quit();
}

void Application::draw() {
  const std::int64_t start_ns = clock_.now_ns();
  layers_->render(
      {.now_ns = start_ns, .width = window_->width(), .height = window_->height(), .scale = window_->scale()});
  const std::int64_t rendered_ns = clock_.now_ns();
  window_->swap();
  const std::int64_t swapped_ns = clock_.now_ns();
  costs_.add({.start_ns = start_ns, .render_ns = rendered_ns - start_ns, .swap_ns = swapped_ns - rendered_ns});
  layers_->presented(swapped_ns);
}

}  // namespace zoe::app
