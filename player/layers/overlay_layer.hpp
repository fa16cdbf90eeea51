// Everything that floats above the picture: login, library, transport bar, buffers, messages. And the keys.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/application.hpp"
#include "engine/app/input_map.hpp"
#include "engine/app/layer.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/render/screenshot.hpp"
#include "engine/ui/backdrop.hpp"
#include "engine/ui/imgui_host.hpp"
#include "player/automation/cost_ring.hpp"
#include "player/client/download_queue.hpp"
#include "player/client/home_feed.hpp"
#include "player/client/lan_feed.hpp"
#include "player/client/progress_reporter.hpp"
#include "player/client/user_folders.hpp"
#include "player/client/viewing_store.hpp"
#include "player/layers/actions.hpp"
#include "player/layers/analysis_layer.hpp"
#include "player/layers/subtitle_layer.hpp"
#include "player/layers/telestration.hpp"
#include "player/layers/video_layer.hpp"
#include "player/local/local_feed.hpp"
#include "player/panels/analysis_panel.hpp"
#include "player/panels/browser_panel.hpp"
#include "player/panels/buffers_panel.hpp"
#include "player/panels/key_sheet.hpp"
#include "player/panels/login_panel.hpp"
#include "player/panels/notes_panel.hpp"
#include "player/panels/playlist_picker.hpp"
#include "player/panels/room_panel.hpp"
#include "player/panels/server_panel.hpp"
#include "player/panels/transport_bar.hpp"
#include "player/playback/deinterlacing_sink.hpp"

namespace zoe::player {

// Main thread. The controls fade when the pointer has rested over the picture for a while, and come back when it moves;
// panels that the viewer opened stay. Tab takes everything away and brings it back.
class OverlayLayer final : public app::Layer {
 public:
  struct Options {
    std::string asset_folder;
    ui::Scheme scheme = ui::Scheme::kDark;
    ui::Motion motion = ui::Motion::kFull;
    bool is_buffers_open = false;
    bool is_playlist_open = false;
    std::string rendition = "copy";  // what an opened video is asked for as
    bool is_looping = false;
    DownloadQueue* downloads = nullptr;          // outlives the layer; null: nothing can be downloaded
    ViewingStore* viewing = nullptr;             // outlives the layer; null: nothing is remembered
    DeinterlacingSink* deinterlacing = nullptr;  // the same; null: pictures are shown as they are
    LanTarget lan{.is_off = true, .hosts = {}};  // where servers are looked for while nobody is signed in
    bool is_control_panel = false;               // nothing but the login card and the control panel
    bool expects_media = false;  // one will be opened without the viewer's doing: the library need not be shown before
  };
  // As ImGuiHost::create. What it is given outlives it.
  static Result<std::unique_ptr<OverlayLayer>> create(app::Application& application, ServerLink& link,
                                                      Playback& playback, RoomFeed& room, ChannelFeed& channel,
                                                      VideoLayer& video, SubtitleLayer& words, Options options);

  // Where a video goes on that was left there; nothing for 0.
  void tell_place(std::int64_t position_us);

  // A line for the viewer.
  void show_message(ui::ToastKind kind, std::string text) { toasts_.add(kind, std::move(text)); }

  // These files of this machine play one after another; the first one is being opened already.
  void queue_files(const std::vector<std::string>& files);

  // What a key press would do; for input scripts and tests.
  void act(Action action);

  bool is_buffers_open() const { return is_buffers_open_; }
  bool is_playlist_open() const { return is_playlist_open_; }
  bool is_notes_open() const { return is_notes_open_; }
  bool is_analysis_open() const { return is_analysis_open_; }
  bool is_server_open() const;
  ServerPanel& server_panel() { return server_; }
  BrowserPanel& browser() { return browser_; }
  const Artwork& artwork() const { return artwork_; }
  SubtitleDeck& subtitles() { return subtitles_; }
  // Where the named controls of the last frame lie, for input scripts.
  const std::vector<ui::Landmark>& landmarks() const { return host_->ui().landmarks(); }
  // The landmark that has the keyboard; empty where none has.
  std::string focused_mark() const;
  bool are_controls_visible() const { return controls_alpha_ > 0; }
  bool is_hidden() const { return is_hidden_; }
  // Where the panels lie, as drawn last; empty boxes for those that are not shown.
  struct Boxes {
    ui::Box login;
    ui::Box playlist;
    ui::Box transport;
    ui::Box buffers;
    ui::Box analysis;
  };
  Boxes boxes() const;
  // What drawing on the picture took in each of the last pictures that it was drawn in.
  const CostRing& glass_costs() const { return glass_costs_; }
  // What lies on the picture since it was drawn last.
  const DrawnAnalysis& drawn_analysis() const { return glass_.drawn(); }
  // Opens the panel and starts `analyser` (empty: the first that can) on the video that is shown, as soon as the server
  // has said who can.
  void analyse(std::string analyser);
  // Texts that the last frame had to cut.
  const std::vector<std::string>& cut_texts() const { return host_->ui().cut_texts(); }

  void on_attach(app::Application& application) override;
  void on_detach() override;
  bool on_event(const app::Event& event) override;
  app::Wish on_update(const app::UpdateContext& context) override;
  void on_render(const app::RenderContext& context) override;

 private:
  static constexpr int kFramesAfterEvent = 2;                   // ImGui settles after an event only in the frame after
  static constexpr std::int64_t kWaitShownNs = 300 * kNsPerMs;  // a wait shorter than this shows no spinner

  OverlayLayer(app::Application& application, std::unique_ptr<ui::ImGuiHost> host, ServerLink& link, Playback& playback,
               RoomFeed& room, ChannelFeed& channel, VideoLayer& video, SubtitleLayer& words, Options options);

  // kNothing: at the start, while the answer to what comes next is on its way.
  enum class Page { kNothing, kLogin, kLibrary, kVideo, kServer };
  Page page_of(const PlaybackSnapshot& playback) const;

  bool on_key(const app::KeyEvent& event);
  bool on_server_key(const app::KeyEvent& event);
  bool on_browser_key(const app::KeyEvent& event);
  bool on_modal_key(const app::KeyEvent& event);
  bool on_focus_key(const app::KeyEvent& event);
  bool is_modal_open() const { return dialogs_.is_open() || picker_.is_open(); }
  bool on_press(const app::PointerPress& press);
  void on_pointer(float x, float y);
  void toggle_pause(const PlaybackSnapshot& playback);
  void seek_by(std::int64_t delta_us);
  void change_rate(Rational rate);
  void leave();
  void toggle_fullscreen();
  void change_volume(int steps);
  void toggle_playlist();
  void toggle_buffers();
  void save_trace();
  void toggle_room();
  void toggle_analysis();
  void toggle_glass();
  void open(const LibraryItem& item);
  void play(const PlayOrder& order);
  void go_in_queue(int step);
  void open_files(const std::vector<std::string>& paths);
  std::shared_ptr<const MediaDetails> details_of(const PlaybackSnapshot& playback);
  void act_on_subtitles(Action action);
  void act_on_framing(Action action);
  void follow_framing(const PlaybackSnapshot& playback);
  void change_deinterlacing(const PlaybackSnapshot& playback);
  // The languages that are wished: the account's, else those that were chosen last.
  std::string sound_wish() const;
  std::string subtitle_wish() const;
  // Keeps how and where the viewer watches. Returns when to look again.
  std::int64_t follow_habits(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void keep_place(std::int64_t now_ns);
  void act_on_viewing(Action action, const PlaybackSnapshot& playback);
  void set_section(Action edge, std::int64_t position_us);
  void follow_section(const PlaybackSnapshot& playback);
  void go_to_chapter(int direction, const PlaybackSnapshot& playback);
  void take_shot(const app::RenderContext& context);
  void follow_subtitles(const PlaybackSnapshot& playback);

  // Returns when to look again.
  std::int64_t follow_analysis(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void start_wanted_analysis();
  void carry_out_analysis(const AnalysisRequests& requests);
  bool needs_glass() const;
  void draw_glass(ui::Ui& ui);

  // Returns when to look again.
  std::int64_t follow_drawings(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void toggle_notes();
  void carry_out_drawings(const DrawingRequests& requests);

  void toggle_server();
  void follow_server();
  void draw_server(ui::Ui& ui, float alpha);
  void toggle_favourite(const LibraryItem& item);
  // Returns when to look again.
  void follow_queue(const PlaybackSnapshot& playback);
  void follow_personal();
  void carry_out_personal(const PanelRequests& requests);
  void follow_downloads(const PlaybackSnapshot& playback);
  void tell_of_download(const DownloadInfo& download);
  void carry_out_downloads(const PanelRequests& requests);
  void carry_out(const DownloadCommand& command);
  void download(const LibraryItem& item);
  void download_playing();
  DownloadsScene downloads_scene() const;
  std::int64_t follow_browser(const PlaybackSnapshot& playback, std::int64_t now_ns);
  std::int64_t follow_progress(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void follow_link();
  // Returns when to look again.
  std::int64_t follow_lan(const PlaybackSnapshot& playback, std::int64_t now_ns);
  bool looks_for_servers() const;
  void look_for_servers(bool is_on);
  std::int64_t follow_room(const PlaybackSnapshot& playback, std::int64_t now_ns);
  std::int64_t follow_channel(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void tune_in(std::uint64_t channel);
  // What shares the place at the right.
  bool is_right_open() const { return is_buffers_open_ || is_analysis_open_ || is_notes_open_; }
  bool is_room_shown() const { return was_in_room_ && is_room_open_; }
  void draw_room(const PanelContext& context, float right, float top, float bottom);
  void follow_playback(const PlaybackSnapshot& playback);
  void follow_start(const PlaybackSnapshot& playback, std::int64_t now_ns);
  void update_visibility(const PlaybackSnapshot& playback, std::int64_t now_ns);
  bool needs_panels() const;
  void draw(ui::Ui& ui);
  void draw_video_page(const PanelContext& context);
  void draw_waiting(const PanelContext& context);
  void draw_failure(const PanelContext& context);
  void carry_out(const PanelRequests& requests);

  app::Application& application_;
  ServerLink& link_;
  Playback& playback_;
  RoomFeed& room_;
  ChannelFeed& channel_;
  VideoLayer& video_;
  SubtitleLayer& words_;
  Options options_;
  std::unique_ptr<ui::ImGuiHost> host_;
  app::InputMap keys_ = default_input_map();
  KeyLabels labels_ = labels_of(keys_);

  LoginPanel login_;
  BrowserPanel browser_;
  TransportBar transport_;
  BuffersPanel buffers_;
  RoomPanel room_panel_;
  AnalysisPanel analysis_panel_;
  NotesPanel notes_panel_;
  Telestration telestration_;
  AnalysisLayer glass_;
  CostRing glass_costs_;
  ServerPanel server_;
  AdminFeed feed_;
  HomeFeed home_;
  LanFeed lan_;
  bool is_lan_off_ = false;  // where there is no store to keep it in
  LibraryFeed folders_;
  PersonalFeed personal_;
  LocalFeed local_;
  SubtitleFeed subtitle_feed_;
  SubtitleDeck subtitles_;
  AnalysisFeed analysis_;
  PlayQueue queue_;
  std::string queue_media_;  // that played when it was looked at last
  DialogHost dialogs_;
  PlaylistPicker picker_;
  Artwork artwork_;
  ProgressReporter progress_;
  WorkerPool traces_{"zoe-traces", 1, 4};
  render::ScreenshotWriter shots_;  // whose answers are dropped once the application has ended
  bool is_shot_wanted_ = false;
  std::optional<TimeSpan> section_;  // that is repeated
  std::string section_media_;
  std::string framed_media_;
  // What was seen last of what is kept.
  struct Watched {
    std::string media;
    std::optional<int> sound;
    std::int64_t position_us = 0;
    std::int64_t duration_us = 0;
    bool is_resting = false;
  };
  Watched watched_;
  std::int64_t kept_ns_ = 0;
  std::vector<KeyHelp> key_helps_ = zoe::player::key_helps();
  bool are_keys_shown_ = false;
  ui::Toasts toasts_;
  ui::Backdrop backdrop_;
  PipelineHistory history_;

  Downloads downloads_ = std::make_shared<const std::vector<DownloadInfo>>();  // as they were looked at last
  std::uint64_t downloads_revision_ = 0;

  LinkSnapshot link_snapshot_;
  OverlayChoice overlays_;
  std::uint64_t analysis_revision_ = 0;
  std::string glass_job_;                       // that was drawn last
  std::optional<std::string> wanted_analyser_;  // to be started as soon as it is known
  bool is_away_told_ = false;
  std::shared_ptr<const LibraryListing> library_;
  std::uint64_t link_revision_ = 0;
  std::uint64_t playback_revision_ = 0;
  PlayState playback_state_ = PlayState::kIdle;
  std::uint64_t feed_revision_ = 0;
  std::uint64_t told_action_ = 0;  // the newest whose outcome was said
  std::int64_t feed_at_ns_ = 0;
  bool is_server_open_ = false;
  bool was_library_ = true;
  std::string playback_note_;  // what PlaybackSnapshot::error said last

  bool is_playlist_open_ = false;
  bool is_buffers_open_ = false;
  bool is_analysis_open_ = false;
  bool is_notes_open_ = false;
  bool is_room_open_ = true;
  bool was_in_room_ = false;
  RoomSnapshot room_snapshot_;        // as drawn last
  ChannelSnapshot channel_snapshot_;  // as drawn last
  bool was_tuned_ = false;
  bool is_right_newer_ = true;  // what is at the right was opened after the library: stays where there is room for one
  bool is_hidden_ = false;      // by Tab
  bool wants_controls_ = true;
  float controls_alpha_ = 0;
  float pointer_x_ = -1;
  float pointer_y_ = -1;
  std::int64_t started_ns_ = 0;
  bool is_starting_ = true;
  std::int64_t moved_ns_ = 0;    // when the pointer last moved
  std::int64_t waiting_ns_ = 0;  // since when playback has had no frame to show; 0 when it has
  int frames_wanted_ = kFramesAfterEvent;
  bool is_moving_ = false;
  std::int64_t wake_at_ns_ = app::kNever;
  std::int64_t drawn_ns_ = 0;
};

}  // namespace zoe::player
