// What the panels draw from and what they ask for. Plain values, so that a panel can be drawn with made-up ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/app/input_map.hpp"
#include "engine/net/lan_search.hpp"
#include "engine/render/frame_uploader.hpp"
#include "engine/ui/toasts.hpp"
#include "engine/ui/ui.hpp"
#include "player/client/analysis_feed.hpp"
#include "player/client/channel_feed.hpp"
#include "player/client/download_queue.hpp"
#include "player/client/home_feed.hpp"
#include "player/client/library_feed.hpp"
#include "player/client/note_types.hpp"
#include "player/client/personal_feed.hpp"
#include "player/client/play_queue.hpp"
#include "player/client/room_feed.hpp"
#include "player/client/server_link.hpp"
#include "player/panels/artwork.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/draw_tools.hpp"
#include "player/panels/overlay_choice.hpp"
#include "player/panels/pipeline_history.hpp"
#include "player/playback/playback.hpp"
#include "player/subtitles/subtitle_deck.hpp"

namespace zoe::player {

enum class BrowserPage : std::uint8_t {
  kHome = 1,
  kLibrary,
  kRooms,
  kChannels,
  kFavourites,
  kPlaylists,
  kHistory,
  kDownloads,
  kProfile
};

// What the player keeps on this computer.
struct DownloadsScene {
  bool is_possible = false;
  Downloads list = std::make_shared<const std::vector<DownloadInfo>>();
  std::string folder;
  int most_at_once = 1;
};

// Drawings on what plays.
struct DrawingsScene {
  NotesSnapshot known;
  DrawTools tools;
  bool may_draw = false;      // one sits in a room that lets one
  bool is_list_open = false;  // the panel
  bool are_shown = true;      // on the picture
  std::size_t on_frame = 0;   // how many of them are on the frame on the screen
};

// Servers that say on this network that they are there. What they say is their word alone.
struct LanScene {
  std::span<const net::FoundServer> found = {};
  bool is_on = false;       // it is looked for them
  bool has_looked = false;  // for long enough that who is there has answered
};

// Borrowed for one frame of the interface.
struct Scene {
  const LinkSnapshot& link;
  const LibraryListing& library;
  const HomeSnapshot& home;
  const LibrarySnapshot& folders;
  const PersonalSnapshot& personal;
  const PlayQueue& queue;
  const AnalysisSnapshot& analysis;
  const OverlayChoice& overlays;
  const PlaybackSnapshot& playback;
  const RoomSnapshot& room;
  const ChannelSnapshot& channel;
  const std::array<render::SlotState, 3>& slots;
  const PipelineHistory& history;
  std::int64_t utc_ns = 0;
  bool is_fullscreen = false;
  bool is_playlist_open = false;  // as a drawer beside the picture
  bool is_buffers_open = false;
  bool is_room_open = false;
  bool is_analysis_open = false;
  std::span<const media::Chapter> chapters = {};   // of what plays
  std::optional<TimeSpan> section = std::nullopt;  // that is repeated; one edge alone is both
  bool are_words_shown = false;                    // there are subtitles over the frame on the screen
  DownloadsScene downloads = {};
  DrawingsScene drawings = {};
  LanScene lan = {};
};

// What to play one after another.
struct PlayOrder {
  std::string name;
  std::vector<LibraryItem> items;
  std::size_t index = 0;  // with which to begin

  static PlayOrder of(const PlaylistDetails& details, std::size_t index);
};

// What is to be done about analyses; empty texts ask for nothing.
struct AnalysisRequests {
  std::string start;  // as start_params made it
  std::string cancel;
  std::string remove;
  std::string choose;  // a job to look at
  std::optional<Overlay> toggle;
  bool toggle_all = false;
  bool refresh = false;

  bool is_any() const {
    return !start.empty() || !cancel.empty() || !remove.empty() || !choose.empty() || toggle || toggle_all || refresh;
  }
};

// What is to be done about drawings.
struct DrawingRequests {
  std::optional<DrawTools> tools;  // to draw with from now on
  bool toggle_list = false;
  bool toggle_shown = false;
  bool undo = false;
  bool save = false;         // all of the video's as a file
  std::uint64_t remove = 0;  // a note
};

// What a panel wants done that is not a command to playback or to the server.
struct PanelRequests {
  bool toggle_fullscreen = false;
  bool toggle_playlist = false;
  bool toggle_buffers = false;
  bool save_trace = false;  // of the pipeline
  bool toggle_room = false;
  bool toggle_analysis = false;
  bool toggle_server = false;  // the control panel
  bool leave_media = false;    // back to the library
  std::optional<LibraryItem> open;
  std::optional<LibraryItem> toggle_favourite;
  std::optional<LibraryItem> add_to_playlist;  // asks into which
  std::optional<PlayOrder> play;
  int play_step = 0;  // on in what plays one after another, or back
  std::vector<PersonalCommand> commands;
  std::uint64_t tune_in = 0;  // to that channel
  std::optional<LibraryItem> download;
  bool download_playing = false;
  std::vector<DownloadCommand> download_commands;
  bool refresh_personal = false;
  bool more_history = false;
  std::optional<BrowserPage> page;
  AnalysisRequests analysis;
  DrawingRequests drawing;
  std::optional<bool> look_for_servers;
};

// Names of the keys that do what a button does, for its tooltip.
struct KeyLabels {
  std::string play;
  std::string rewind;
  std::string forward;
  std::string step_back;
  std::string step_forward;
  std::string loop;
  std::string playlist;
  std::string buffers;
  std::string save_trace;
  std::string room;
  std::string live;
  std::string fullscreen;
  std::string back;
  std::string server;
  std::string next;
  std::string previous;
  std::string subtitles;
  std::string second_subtitles;
  std::string subtitles_earlier;
  std::string subtitles_later;
  std::string subtitles_smaller;
  std::string subtitles_larger;
  std::string mute;
  std::string analysis;
  std::string overlays;
  std::string download;
  std::string draw;
  std::string drawings;
  std::string draw_undo;
  std::string draw_color;
  std::string draw_width;
  std::array<std::string, kDrawToolCount> draw_tools;
};

struct PanelContext {
  ui::Ui& ui;
  const Scene& scene;
  Artwork& artwork;
  DialogHost& dialogs;
  ServerLink& link;
  Playback& playback;
  RoomFeed& room;
  ChannelFeed& channel;
  ui::Toasts& toasts;
  PanelRequests& requests;
  const KeyLabels& keys;
  SubtitleDeck& subtitles;
};

}  // namespace zoe::player
