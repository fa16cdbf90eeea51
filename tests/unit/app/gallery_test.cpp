// Pictures of every panel in every state, for looking at: ZOE_GALLERY=FOLDER test_app --gtest_filter='Gallery*'
// ZOE_GALLERY_FRAME may name 1280x720 raw yuv420p bytes to put behind the panels.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/unit/app/made_up_admin.hpp"
#include "tests/unit/app/made_up_analysis.hpp"
#include "tests/unit/app/made_up_artwork.hpp"
#include "tests/unit/app/made_up_data.hpp"
#include "tests/unit/app/made_up_personal.hpp"
#include "tests/unit/app/player_stage.hpp"

namespace zoe::player {
namespace {

using test::PlayerStage;
using test::StageSize;

std::shared_ptr<media::Frame> backdrop_frame() {
  const test::PictureSpec spec{.width = 1280, .height = 720};
  if (const char* path = std::getenv("ZOE_GALLERY_FRAME")) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    auto frame = *media::Frame::create(spec.format, spec.width, spec.height);
    frame->set_color(spec.color);
    std::size_t at = 0;
    for (int i = 0; i < 3; ++i) {
      const media::PlaneView plane = frame->plane(i);
      for (int y = 0; y < plane.height && at + plane.row_bytes() <= bytes.size(); ++y, at += plane.row_bytes())
        std::memcpy(frame->writable_plane(i) + y * plane.stride, bytes.data() + at, plane.row_bytes());
    }
    return frame;
  }
  return test::make_picture(spec, [](int x, int y) { return test::Rgb{40 + x / 8, 60 + y / 6, 160 - x / 16}; });
}

struct Shot {
  const char* name;
  std::function<void(PlayerStage&)> prepare;  // before the interface is built
  std::function<void(PlayerStage&)> act = {};
};

void library(PlayerStage& stage) {
  stage.link.shown = test::signed_in_link();
  *stage.link.listing = test::full_library();
  stage.link.on_file = test::made_up_artwork;
}

using nlohmann::json;

void answer(const net::Completion& done, json value) {
  Result<json> result = std::move(value);
  done(result);
}

// Folders of which some have names that are too long.
void answer_folders(std::string_view method, const net::Completion& done, int roots = 1) {
  if (method == "library.roots") {
    json list = json::array({{{"root", "Training"}, {"media", 214}}});
    if (roots > 1) {
      list.push_back({{"root", "\u6620\u50CF\u30A2\u30FC\u30AB\u30A4\u30D6"}, {"media", 1}});
      list.push_back(
          {{"root", "Footage of the laboratory, all years, all cameras, uncut and unsorted"}, {"media", 10'412}});
    }
    answer(done, {{"roots", std::move(list)}});
  }
  if (method == "library.folders") {
    json list = json::array();
    for (const char* name :
         {"2023", "2024", "Away games", "A folder whose name is longer than any card could ever hold",
          "\u5C71\u306E\u671D", "Youth"})
      list.push_back({{"name", name}, {"folder", name}, {"media", list.size() * 17 + 1}});
    answer(done, {{"folders", std::move(list)}});
  }
}

// Somebody with a past: the server suggests what it would.
void home(PlayerStage& stage) {
  library(stage);
  auto& items = stage.link.listing->items;
  items[0].progress_us = items[0].resume_us = items[0].duration_us / 3;
  items[2].is_watched = items[2].is_favourite = true;
  stage.link.on_request = [](std::string_view method, const std::string&, net::Completion done) {
    answer_folders(method, done);
    if (method != "home.get") return;
    const auto media = [](const char* title, std::int64_t seconds, std::int64_t at_s) {
      return json{{"media", title},
                  {"title", title},
                  {"path", title},
                  {"size_bytes", 700'000'000},
                  {"duration_us", seconds * 1'000'000},
                  {"width", 1920},
                  {"height", 1080},
                  {"codec", "h264"},
                  {"frame_rate", {25, 1}},
                  {"added_utc_ns", 1},
                  {"has_audio", true},
                  {"is_hdr", false},
                  {"progress",
                   {{"position_us", at_s * 1'000'000},
                    {"resume_us", at_s * 1'000'000},
                    {"is_watched", false},
                    {"updated_utc_ns", 1}}}};
    };
    const auto suggestion = [&](const char* title, const char* reason) {
      return json{{"media", media(title, 2700, 0)}, {"reason", {{"kind", "because_watched"}, {"text", reason}}}};
    };
    Result<json> answer = json::parse(json{
        {"continue", {media("Autumn training, first half", 2714, 905), media("Tour of the old town", 1840, 120)}},
        {"recommended",
         {suggestion("Autumn training, second half", "Next after \u201CAutumn training, first half\u201D"),
          suggestion("Sintel", "Others who watched \u201CBig Buck Bunny\u201D watched this"),
          suggestion("Spring training", "Because you watched \u201CAutumn training, first half\u201D"),
          suggestion("Harbour at night", "New in the library"), suggestion("Derby", "Popular on this server"),
          suggestion("Gala", "Popular on this server")}},
        {"recent", json::array()},
        {"favourites", json::array()}}.dump());
    done(answer);
  };
}

// Somebody with lists of their own.
void person(PlayerStage& stage) {
  library(stage);
  stage.link.on_request = [&stage](std::string_view method, const std::string& params, const net::Completion& done) {
    test::answer_as_person(stage, method, params, done);
  };
}

// A page, and then what is pressed on it.
std::function<void(PlayerStage&)> page(const char* name, std::vector<std::string> presses = {}) {
  return [name, presses = std::move(presses)](PlayerStage& stage) {
    stage.click_on(name);
    stage.settle();
    for (const std::string& press : presses) {
      if (!stage.click_on(press)) ADD_FAILURE() << name << ": nothing is called " << press;
      stage.settle();
    }
    test::wait_for_artwork(stage);
  };
}

void person_answers(PlayerStage& stage, const char* method, json value) {
  person(stage);
  stage.link.on_request = [&stage, method, value](std::string_view asked, const std::string& params,
                                                  const net::Completion& done) {
    if (asked != method) return test::answer_as_person(stage, asked, params, done);
    if (value.is_null()) {
      Result<json> error = fail(Errc::kIo, "The database of the server cannot be read; its operator has to look.");
      return done(error);
    }
    if (!value.empty()) answer(done, value);  // an empty object: never
  };
}

void playing(PlayerStage& stage) {
  library(stage);
  stage.playback.shown = test::playing_snapshot();
}

void moved(PlayerStage& stage) { stage.move(600, 300); }

// Frames as they would come, thirty a second, with a hole where `is_stalled` says.
void feed_history(PlayerStage& stage, const std::function<bool(int)>& is_stalled) {
  const auto frame = backdrop_frame();
  for (int i = 0; i < 360; ++i) {
    PlaybackSnapshot& playback = stage.playback.shown;
    ++playback.revision;
    const bool is_stall = is_stalled(i);
    playback.state = is_stall ? PlayState::kBuffering : PlayState::kPlaying;
    if (!is_stall && i % 15 < 9) playback.network.received_bytes += 14'000 + static_cast<std::uint64_t>(i * 37 % 9000);
    playback.packets.ahead_us = is_stall ? 0 : 10'000'000 - (i % 30) * 60'000;
    playback.ring.ahead = is_stall ? 0 : 140U + static_cast<std::uint32_t>(i % 20);
    if (!is_stall) stage.show(*frame, static_cast<std::uint64_t>(i));
    if (i % 8 == 0) stage.move(640.0F + static_cast<float>(i % 3), 300);
    stage.round(33);
  }
}

void server(PlayerStage& stage) {
  library(stage);
  test::answer_as_admin(stage);
}

std::function<void(PlayerStage&)> server_tab(AdminTab tab) {
  return [tab](PlayerStage& stage) {
    stage.overlay->act(Action::kToggleServer);
    stage.overlay->server_panel().show(tab);
    for (int i = 0; i < (tab == AdminTab::kOverview ? 280 : 6); ++i) stage.round(1000);
  };
}

std::function<void(PlayerStage&)> analysed(test::MadeUpAnalysis analysis = {}) {
  return [analysis](PlayerStage& stage) {
    playing(stage);
    test::answer_with_analysis(stage, analysis);
  };
}

// The panel, and then what is pressed in it.
std::function<void(PlayerStage&)> analysis_page(std::vector<std::string> presses = {}) {
  return [presses = std::move(presses)](PlayerStage& stage) {
    stage.press(app::Key::kA);
    stage.settle();
    for (const std::string& press : presses) {
      if (!stage.click_on(press)) ADD_FAILURE() << "nothing is called " << press;
      stage.settle();
    }
    moved(stage);
  };
}

const std::vector<Shot>& shots() {
  static const std::vector<Shot> all{
      {"login-first", [](PlayerStage& s) { s.link.memory = {}; }},
      {"login-connecting",
       [](PlayerStage& s) {
         s.link.shown.state = LinkState::kConnecting;
         s.link.shown.address = "studio.lan";
       }},
      {"login-sign-in", [](PlayerStage& s) { s.link.shown = test::connected_link(); }},
      {"login-first-visit",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.is_key_new = true;
       }},
      {"login-wrong-password",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.error = "The name or the password is wrong.";
       }},
      {"login-failed",
       [](PlayerStage& s) {
         s.link.shown.state = LinkState::kFailed;
         s.link.shown.address = "studio.lan";
         s.link.shown.error =
             "connect to studio.lan:7340: Connection refused. Is the server running there, and is the port right?";
       }},
      {"login-register-code",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.auth.code_makes_admin = true;
       },
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().login;
         const float scale = s.application->window().scale();
         s.click(box.x + box.w * 0.75F, box.y + 210 * scale);
         s.settle();
       }},
      {"login-register-invite",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.auth.needs_invite = true;
       },
       [](PlayerStage& s) {
         const auto mode = s.landmark("login.mode").box;
         s.click(mode.right() - 20, mode.center().y);
         s.settle();
       }},
      {"login-key-changed",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.state = LinkState::kKeyChanged;
         s.link.shown.former_key_pin = "9a01c4d5e6f73f2a91bc77d0e85a1c4b6f9920d3a8e5b7c6154f8e2d90a1b3c4";
       }},
      {"login-guests-only",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.auth = {.is_guest = true};
       }},
      {"login-closed",
       [](PlayerStage& s) {
         s.link.shown = test::connected_link();
         s.link.shown.auth = {};
         s.link.shown.is_encrypted = false;
       }},
      {"library", library, moved},
      {"library-home", home, [](PlayerStage& s) { s.settle(); }},
      {"library-hover", library,
       [](PlayerStage& s) {
         s.move_to("card.0");
         s.settle();
       }},
      {"library-menu", library,
       [](PlayerStage& s) {
         s.move_to("card.1");
         s.settle();
         s.click_on("card.1.more");
         s.settle();
       }},
      {"library-keyboard", library,
       [](PlayerStage& s) {
         for (int i = 0; i < 8; ++i) s.press(app::Key::kTab);
         s.press(app::Key::kDown);
         s.settle();
       }},
      {"library-folders", home,
       [](PlayerStage& s) {
         s.click_on("page.library");
         s.settle();
       }},
      {"library-folder", [](PlayerStage& s) { home(s); },
       [](PlayerStage& s) {
         s.click_on("page.library");
         s.settle();
         s.click_on("folder.3");
         s.settle();
       }},
      {"library-roots",
       [](PlayerStage& s) {
         library(s);
         s.link.on_request = [](std::string_view method, const std::string&, const net::Completion& done) {
           answer_folders(method, done, 3);
         };
       },
       [](PlayerStage& s) {
         s.click_on("page.library");
         s.settle();
       }},
      {"library-account", library,
       [](PlayerStage& s) {
         s.click_on("account");
         s.settle();
       }},
      {"library-sort", library,
       [](PlayerStage& s) {
         const float w = static_cast<float>(s.application->window().width());
         const float k = s.application->window().scale();
         s.click(w - 80 * k, 94 * k);
         s.settle();
       }},
      {"library-loading",
       [](PlayerStage& s) {
         library(s);
         s.link.listing->items.clear();
         s.link.listing->is_loading = true;
       }},
      {"library-empty",
       [](PlayerStage& s) {
         library(s);
         s.link.listing->items.clear();
         s.link.listing->total = 0;
       }},
      {"library-scanning",
       [](PlayerStage& s) {
         library(s);
         s.link.listing->items.resize(3);
         s.link.listing->total = 3;
         s.link.listing->is_scanning = true;
         s.link.listing->scan_done = 57;
         s.link.listing->scan_total = 1203;
       }},
      {"library-no-match",
       [](PlayerStage& s) {
         library(s);
         s.link.listing->items.clear();
         s.link.listing->total = 0;
         s.link.listing->query.search = "zebra";
       }},
      {"library-error",
       [](PlayerStage& s) {
         library(s);
         s.link.listing->items.clear();
         s.link.listing->error = "The server did not answer within 10 seconds.";
       }},
      {"library-offline",
       [](PlayerStage& s) {
         library(s);
         s.link.shown.state = LinkState::kReconnecting;
         s.link.shown.attempt = 3;
       }},
      {"favourites", person, page("page.favourites")},
      {"favourites-empty",
       [](PlayerStage& s) {
         person_answers(s, "favourites.list", {{"items", json::array()}});
       },
       page("page.favourites")},
      {"favourites-error", [](PlayerStage& s) { person_answers(s, "favourites.list", nullptr); },
       page("page.favourites")},
      {"favourites-loading", [](PlayerStage& s) { person_answers(s, "favourites.list", json::object()); },
       page("page.favourites")},
      {"playlists", person, page("page.playlists")},
      {"playlists-empty",
       [](PlayerStage& s) {
         person_answers(s, "playlists.list", {{"playlists", json::array()}});
       },
       page("page.playlists")},
      {"playlists-new", person, page("page.playlists", {"playlists.new"})},
      {"playlist", person, page("page.playlists", {"playlist.0"})},
      {"playlist-delete", person, page("page.playlists", {"playlist.0", "playlist.delete"})},
      {"playlist-share", person, page("page.playlists", {"playlist.0", "playlist.share"})},
      {"playlist-drag", person,
       [](PlayerStage& s) {
         page("page.playlists", {"playlist.0"})(s);
         const auto from = s.landmark("entry.1.grip").box.center();
         const auto to = s.landmark("entry.4").box;
         s.move(from.x, from.y);
         s.application->post(app::PointerPress{.x = from.x, .y = from.y});
         s.round();
         s.move(from.x, from.y + 20);
         s.move(from.x, to.y + 4);
         s.round();
       }},
      {"playlist-pick", person,
       [](PlayerStage& s) {
         s.move_to("card.0");
         s.settle();
         s.click_on("card.0.more");
         s.settle();
         s.click_on("menu.3");
         s.settle();
       }},
      {"history", person, page("page.history")},
      {"history-clear", person, page("page.history", {"history.clear"})},
      {"history-empty",
       [](PlayerStage& s) {
         person_answers(s, "history.list", {{"viewings", json::array()}, {"total", 0}});
       },
       page("page.history")},
      {"profile", person, page("page.profile")},
      {"profile-language", person, page("page.profile", {"subtitle_language"})},
      {"profile-password", person, page("page.profile", {"profile.password"})},
      {"profile-delete", person,
       [](PlayerStage& s) {
         page("page.profile")(s);
         s.move_to("profile.name");
         for (int i = 0; i < 20; ++i) {
           s.application->post(app::PointerWheel{.dy = -1});
           s.round();
         }
         s.click_on("profile.delete");
         s.settle();
       }},
      {"server-overview", server, server_tab(AdminTab::kOverview)},
      {"server-plugins", server, server_tab(AdminTab::kPlugins)},
      {"server-clients", server, server_tab(AdminTab::kClients)},
      {"server-store", server, server_tab(AdminTab::kStore)},
      {"server-log", server, server_tab(AdminTab::kLog)},
      {"server-users", server, server_tab(AdminTab::kUsers)},
      {"video-playing", playing, moved},
      {"analysis-glass", analysed(),
       [](PlayerStage& s) {
         for (int i = 0; i < 10; ++i) s.round(500);
       }},
      {"analysis-timeline", analysed(),
       [](PlayerStage& s) {
         s.move(600, 300);
         s.settle();
         s.move_to("seek.event.5");
         for (int i = 0; i < 4; ++i) s.round(300);
       }},
      {"analysis-none", analysed({.state = "", .has_analysers = false}), analysis_page()},
      {"analysis-error", analysed({.state = "", .analysers_error = "The server did not answer within 10 seconds."}),
       analysis_page()},
      {"analysis-first", analysed({.state = ""}), analysis_page()},
      {"analysis-settings", analysed({.state = ""}), analysis_page({"analyser.football.settings"})},
      {"analysis-running",
       analysed({.state = "running", .fraction = 0.4, .message = "Following the players", .analysed_us = 230'000'000}),
       analysis_page()},
      {"analysis-running-events", analysed({.state = "running", .fraction = 0.01, .analysed_us = 0}),
       analysis_page({"analysis.tab.events"})},
      {"analysis-partial",
       analysed({.state = "partial", .error = "The script was ended: it used more than 2048 MiB of memory."}),
       analysis_page()},
      {"analysis-failed",
       analysed({.state = "failed",
                 .error = "python3 ended with exit status 1: ModuleNotFoundError: No module named 'cv2'",
                 .analysed_us = 0}),
       analysis_page()},
      {"analysis-done", analysed(), analysis_page()},
      {"analysis-events", analysed(), analysis_page({"analysis.tab.events"})},
      {"analysis-charts", analysed(), analysis_page({"analysis.tab.charts"})},
      {"analysis-tables", analysed(), analysis_page({"analysis.tab.tables"})},
      {"video-in-playlist", person,
       [](PlayerStage& s) {
         page("page.playlists", {"playlist.0", "entry.1"})(s);
         s.playback.shown = test::playing_snapshot();
         s.playback.shown.media = s.playback.shown.title = "Autumn training, second half";
         s.show(*backdrop_frame());
         s.overlay->act(Action::kTogglePlaylist);
         s.settle();
         s.move(600, 300);
         s.round(150);
         test::wait_for_artwork(s);
       }},
      {"video-paused",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.is_paused = true;
         s.playback.shown.state = PlayState::kPaused;
       },
       moved},
      {"video-bare", playing,
       [](PlayerStage& s) {
         s.settle();
         for (int i = 0; i < 8; ++i) s.round(500);
       }},
      {"video-hover-seek", playing,
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().transport;
         const float k = s.application->window().scale();
         s.move(box.x + box.w * 0.7F, box.y + 24 * k);
         s.settle();
       }},
      {"video-hover-preview",
       [](PlayerStage& s) {
         playing(s);
         s.link.on_request = [](std::string_view method, const std::string&, const net::Completion& done) {
           if (method == "library.get") answer(done, test::made_up_details());
         };
       },
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().transport;
         const float k = s.application->window().scale();
         s.move(box.x + box.w * 0.7F, box.y + 24 * k);
         s.settle();
         test::wait_for_artwork(s);
       }},
      {"video-tooltip", playing,
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().transport;
         const float k = s.application->window().scale();
         s.move(box.right() - 30 * k, box.bottom() - 36 * k);
         for (int i = 0; i < 4; ++i) s.round(300);
       }},
      {"video-speed-menu", playing,
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().transport;
         const float k = s.application->window().scale();
         s.click(box.x + 128 * k, box.bottom() - 36 * k);
         s.settle();
       }},
      {"video-rendition-menu",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.rendition = "jpeg@q80";
       },
       [](PlayerStage& s) {
         const auto box = s.overlay->boxes().transport;
         const float k = s.application->window().scale();
         s.click(box.right() - 150 * k, box.bottom() - 36 * k);
         s.settle();
       }},
      {"video-buffers", playing,
       [](PlayerStage& s) {
         s.overlay->act(Action::kToggleBuffers);
         feed_history(s, [](int) { return false; });
         s.settle();
         s.move(500, 300);
       }},
      {"video-buffers-stall",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.counters.late = 4;
         s.playback.shown.counters.stalls = 1;
       },
       [](PlayerStage& s) {
         s.overlay->act(Action::kToggleBuffers);
         feed_history(s, [](int i) { return i > 180 && i < 225; });
         s.move(500, 300);
         s.round();
         s.round();
       }},
      {"video-all-panels",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.rate = {-2, 1};
         s.playback.shown.is_looping = true;
       },
       [](PlayerStage& s) {
         s.overlay->act(Action::kToggleBuffers);
         s.overlay->act(Action::kTogglePlaylist);
         feed_history(s, [](int) { return false; });
         s.move(420, 600);
         s.settle();
         s.move(421, 600);
       }},
      {"video-flash", playing,
       [](PlayerStage& s) {
         s.overlay->act(Action::kSeekForward);
         s.move(500, 300);
         s.round(120);
         s.round(120);
       }},
      {"video-messages", playing,
       [](PlayerStage& s) {
         s.overlay->show_message(ui::ToastKind::kWarning, "The connection was lost. Trying again.");
         s.overlay->show_message(
             ui::ToastKind::kError,
             "This video was removed from the server while it played. What is buffered here plays to its end.");
         s.overlay->show_message(ui::ToastKind::kGood, "Connected again.");
         s.move(500, 300);
         s.round(150);
         s.round(150);
       }},
      {"video-buffering",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.state = PlayState::kBuffering;
       },
       [](PlayerStage& s) {
         s.settle();
         moved(s);
       }},
      {"video-failed",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.state = PlayState::kFailed;
         s.playback.shown.error =
             "\u201Cbroken.mp4\u201D cannot be read: the file ends in the middle of its index. Copy it to the server "
             "again.";
       },
       moved},
      {"video-ended",
       [](PlayerStage& s) {
         playing(s);
         s.playback.shown.state = PlayState::kEnded;
         s.playback.shown.position_us = s.playback.shown.duration_us;
       },
       moved},
  };
  return all;
}

class Gallery : public testing::TestWithParam<StageSize> {};

TEST_P(Gallery, Draw) {
  const char* folder = std::getenv("ZOE_GALLERY");
  if (folder == nullptr) GTEST_SKIP() << "ZOE_GALLERY does not name a folder for the pictures";
  const char* only = std::getenv("ZOE_GALLERY_ONLY");
  const StageSize size = GetParam();
  const bool is_light = std::getenv("ZOE_GALLERY_LIGHT") != nullptr;
  const auto frame = backdrop_frame();
  for (const Shot& shot : shots()) {
    if (only != nullptr && std::string(shot.name).find(only) == std::string::npos) continue;
    PlayerStage stage(size, {.scheme = is_light ? ui::Scheme::kLight : ui::Scheme::kDark});
    shot.prepare(stage);
    stage.build();
    if (stage.playback.shown.state != PlayState::kIdle) stage.show(*frame);
    test::wait_for_artwork(stage);
    if (shot.act) shot.act(stage);
    if (std::string(shot.name).rfind("library", 0) == 0) test::wait_for_artwork(stage);
    if (std::string(shot.name).rfind("video-bare", 0) != 0) stage.round(120);
    const std::string path = std::string(folder) + "/" + shot.name + "-" + std::to_string(size.width) + ".png";
    ASSERT_TRUE(render::write_png(stage.picture(), path));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Gallery,
                         testing::Values(StageSize{1280, 720, 1}, StageSize{1920, 1080, 1}, StageSize{3840, 2160, 2},
                                         StageSize{640, 480, 1}),
                         [](const auto& each) { return std::to_string(each.param.width); });

}  // namespace
}  // namespace zoe::player
