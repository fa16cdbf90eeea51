// The hand that moves the player where nobody sits: input script, statistics, screenshots, and the moment to leave.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/application.hpp"
#include "engine/app/layer.hpp"
#include "engine/render/screenshot.hpp"
#include "player/automation/script_runner.hpp"
#include "player/automation/stats.hpp"
#include "player/options.hpp"
#include "player/shell/media_opener.hpp"

namespace zoe::player {

// Main thread. The top layer: what it reads back from the framebuffer is the whole picture.
class AutomationLayer final : public app::Layer, private ScriptHost {
 public:
  struct Options {
    std::vector<script::Step> steps;
    std::string script_name;
    std::string stats_file;
    std::string screenshot_file;
    double seconds = 0;
    bool exits_at_end = false;
    bool is_alone = false;  // nobody sits here: what only a person could mend ends the program
    OpenMedia how;          // for what a script opens
    std::int64_t program_start_ns = 0;
    std::int64_t window_ms = -1;
    std::function<const std::vector<ui::Landmark>&()> landmarks;  // of the last frame; may be empty
    std::function<void(const std::string& analyser)> analyse;     // may be empty
    const CostRing* overlay_costs = nullptr;                      // borrowed; of drawing on the picture; may be null
    const DrawnAnalysis* overlay = nullptr;                       // borrowed; what lies on it; may be null
  };
  // What it is given outlives it.
  AutomationLayer(app::Application& application, ServerLink& link, Playback& playback, render::FrameUploader& uploader,
                  MediaOpener& opener, Log& log, Options options);
  ~AutomationLayer() override;

  // Why the program leaves, for standard error; empty when all is well.
  const std::string& failure() const { return failure_; }

  app::Wish on_update(const app::UpdateContext& context) override;
  void on_render(const app::RenderContext& context) override;
  // After the loop: the last figures.
  void write_stats();

 private:
  enum ExitCode { kWell = 0, kNotStarted = 1, kScriptFailed = 3, kMediaFailed = 4 };

  void check_script(std::int64_t now_ns, std::int64_t& wake_at_ns);
  void check_end(std::int64_t now_ns, std::int64_t& wake_at_ns);
  void check_trouble();
  void check_stats(std::int64_t now_ns, std::int64_t& wake_at_ns);
  void leave(int code, std::string why = {});

  void post(app::Event event) override { application_.post(std::move(event)); }
  int width() const override { return application_.window().width(); }
  int height() const override { return application_.window().height(); }
  void resize(int width, int height) override;
  std::uint64_t pictures_drawn() const override { return application_.frame_costs().count(); }
  void request_redraw() override { application_.request_redraw(); }
  Playback& playback() override { return playback_; }
  LinkState link_state() const override { return link_.snapshot().state; }
  std::int64_t library_items() const override;
  const ui::Landmark* landmark(const std::string& name) const override;
  void open(const std::string& media) override { opener_.open(media, options_.how); }
  void analyse(const std::string& analyser) override {
    if (options_.analyse) options_.analyse(analyser);
  }
  bool is_media_missing() const override { return opener_.state() == MediaOpener::State::kNotFound; }
  void mark(const std::string& name) override;
  void screenshot(const std::string& path) override;
  std::optional<Status> screenshot_outcome() override;

  app::Application& application_;
  ServerLink& link_;
  Playback& playback_;
  render::FrameUploader& uploader_;
  MediaOpener& opener_;
  Log& log_;
  Options options_;

  std::optional<ScriptRunner> script_;
  std::unique_ptr<StatsFile> stats_;
  std::vector<MarkedMoment> marks_;
  std::int64_t stats_at_ns_ = 0;
  std::int64_t first_shown_ns_ = 0;

  std::string wanted_shot_;  // to be read in the next picture
  struct Shot {
    Mutex mutex;
    std::optional<Status> outcome ZOE_GUARDED_BY(mutex);
  };
  std::shared_ptr<Shot> shot_;
  std::optional<int> leaving_;  // with the last screenshot under way
  bool is_gone_ = false;
  std::string failure_;
  std::unique_ptr<render::ScreenshotWriter> shots_;  // first to go: it may call back
};

}  // namespace zoe::player
