#include "player/client/personal_feed.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"
#include "engine/net/json.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
constexpr std::size_t kMostOutcomes = 64;

// What is said where the server's doing does not show by itself.
std::string done_text(const PersonalCommand& command) {
  switch (command.verb) {
    case PersonalVerb::kCreatePlaylist:
      return fmt::format("The playlist \u201C{}\u201D was made.", command.name);
    case PersonalVerb::kDeletePlaylist:
      return "The playlist was deleted.";
    case PersonalVerb::kAddToPlaylist:
      return fmt::format("Added to \u201C{}\u201D.", command.name);
    case PersonalVerb::kShareWith:
      return fmt::format("Shared with {}.", command.name);
    case PersonalVerb::kClearHistory:
      return "Your history is empty.";
    case PersonalVerb::kChangePassword:
      return "Your password was changed. Other devices have to sign in again.";
    case PersonalVerb::kRevokeSession:
      return "That device was signed out.";
    case PersonalVerb::kDeleteAccount:
      return "Your account was deleted.";
    default:
      return {};
  }
}

std::string export_name(std::int64_t utc_ns) {
  const std::time_t time = static_cast<std::time_t>(utc_ns / kNsPerS);
  std::tm parts{};
  if (localtime_r(&time, &parts) == nullptr) return "zoetrope-export.json";
  return fmt::format("zoetrope-export-{:04}-{:02}-{:02}-{:02}{:02}{:02}.json", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

struct PersonalFeed::Shared {
  Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 1;
  int running ZOE_GUARDED_BY(mutex) = 0;
  std::uint64_t changes ZOE_GUARDED_BY(mutex) = 0;  // commands that have ended: what is known is old
  std::vector<PersonalOutcome> outcomes ZOE_GUARDED_BY(mutex);
  // The last reference may go on the pool's own thread, which cannot join itself: the feed stops it before.
  WorkerPool disk{"personal", 1, 4};

  void end(std::uint64_t its_epoch, PersonalOutcome outcome) {
    const MutexLock lock(mutex);
    if (is_over || its_epoch != epoch) return;
    --running;
    ++changes;
    if (outcomes.size() < kMostOutcomes) outcomes.push_back(std::move(outcome));
    if (wake) wake();
  }
  void end(std::uint64_t its_epoch, const PersonalCommand& command, const Result<json>& result) {
    end(its_epoch, {.verb = command.verb,
                    .is_done = result.has_value(),
                    .message = result ? done_text(command) : shown_text(result.error()),
                    .playlist = command.playlist});
  }
};

PersonalFeed::PersonalFeed(ServerLink& link, const Clock& clock, const std::function<void()>& wake)
    : link_(link),
      clock_(clock),
      shared_(std::make_shared<Shared>()),
      favourites_(link, "favourites.list", parse_favourites, wake),
      playlists_(link, "playlists.list", parse_playlists, wake),
      playlist_(link, "playlists.get", parse_playlist, wake),
      history_(link, "history.list", parse_history, wake),
      sessions_(link, "auth.sessions", parse_sessions, wake),
      settings_(link, "settings.get", parse_settings, wake) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = wake;
}

PersonalFeed::~PersonalFeed() {
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_over = true;
    shared_->wake = nullptr;
  }
  shared_->disk.stop();
}

std::int64_t PersonalFeed::update(const PersonalNeeds& needs, std::int64_t now_ns) {
  std::uint64_t changes = 0;
  {
    const MutexLock lock(shared_->mutex);
    changes = shared_->changes;
  }
  if (std::exchange(seen_changes_, changes) != changes) refresh();
  std::int64_t at_ns = settings_.keep_fresh({}, now_ns, kEveryNs);
  const auto keep = [&](bool is_needed, auto& query) {
    if (is_needed) at_ns = std::min(at_ns, query.keep_fresh({}, now_ns, kEveryNs));
  };
  keep(needs.favourites, favourites_);
  keep(needs.playlists, playlists_);
  keep(needs.sessions, sessions_);
  if (needs.history) at_ns = std::min(at_ns, history_.keep_fresh(now_ns, kEveryNs));
  if (needs.playlist != 0)
    at_ns =
        std::min(at_ns, playlist_.keep_fresh(fmt::format(R"({{"playlist":{}}})", needs.playlist), now_ns, kEveryNs));
  return at_ns;
}

// The list as it will be, so that a drag does not jump back for the time of a round trip.
void PersonalFeed::foresee(const PersonalCommand& command) {
  const bool is_move = command.verb == PersonalVerb::kMoveEntry;
  if (!is_move && command.verb != PersonalVerb::kRemoveEntry) return;
  const Answer<PlaylistDetails> now = playlist_.answer();
  if (!now.value || now.value->info.playlist != command.playlist) return;
  PlaylistDetails next = *now.value;
  const auto found = std::find_if(next.entries.begin(), next.entries.end(),
                                  [&](const PlaylistEntry& each) { return each.entry == command.number; });
  if (found == next.entries.end()) return;
  PlaylistEntry entry = std::move(*found);
  next.entries.erase(found);
  if (is_move) {
    const auto to = std::clamp<std::int64_t>(command.to, 0, static_cast<std::int64_t>(next.entries.size()));
    next.entries.insert(next.entries.begin() + to, std::move(entry));
  }
  playlist_.foresee(std::make_shared<const PlaylistDetails>(std::move(next)));
}

void PersonalFeed::run(const PersonalCommand& command) {
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(shared_->mutex);
    ++shared_->running;
    epoch = shared_->epoch;
  }
  foresee(command);
  if (command.verb == PersonalVerb::kExport) return export_all(command, epoch);
  if (command.verb == PersonalVerb::kCreatePlaylist && !command.media.empty()) return create_playlist(command, epoch);
  const bool is_unfavourite = command.verb == PersonalVerb::kSetFavourite && !command.is_on;
  link_.request(is_unfavourite ? "favourites.remove" : method_of(command.verb), params_of(command),
                [shared = shared_, command, epoch](Result<json>& result) { shared->end(epoch, command, result); });
}

// Makes the playlist, then puts the media into it. The link outlives what it answers.
void PersonalFeed::create_playlist(const PersonalCommand& command, std::uint64_t epoch) {
  link_.request(method_of(command.verb), params_of(command),
                [shared = shared_, &link = link_, command, epoch](Result<json>& result) {
                  const auto made = result ? parse_playlist_info(*result) : Result<PlaylistInfo>(fail(result.error()));
                  if (!made) return shared->end(epoch, command, fail(made.error()));
                  PersonalCommand add{.verb = PersonalVerb::kAddToPlaylist,
                                      .playlist = made->playlist,
                                      .name = command.name,
                                      .media = command.media};
                  link.request(method_of(add.verb), params_of(add),
                               [shared, add, epoch](Result<json>& added) { shared->end(epoch, add, added); });
                });
}

void PersonalFeed::export_all(const PersonalCommand& command, std::uint64_t epoch) {
  const std::string path = std::filesystem::path(command.text) / export_name(clock_.utc_ns());
  link_.fetch_file(
      "account.export", {}, kMostExportBytes, [shared = shared_, path, epoch](Result<std::vector<std::uint8_t>>& file) {
        const auto end = [shared, epoch](bool is_done, std::string message) {
          shared->end(epoch, {.verb = PersonalVerb::kExport, .is_done = is_done, .message = std::move(message)});
        };
        if (!file) return end(false, shown_text(file.error()));
        const auto bytes = std::make_shared<std::vector<std::uint8_t>>(std::move(*file));
        const Status posted = shared->disk.post([bytes, path, end] {
          const Status written = write_file_atomic(path, *bytes, 0600);
          end(written.has_value(), written ? "Your data was saved as " + path + "." : written.error().message);
        });
        if (!posted) end(false, "Too much is being saved; try again in a moment.");
      });
}

std::vector<PersonalOutcome> PersonalFeed::take_outcomes() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->outcomes, {});
}

void PersonalFeed::refresh() {
  favourites_.refresh();
  playlists_.refresh();
  playlist_.refresh();
  history_.refresh();
  sessions_.refresh();
  settings_.refresh();
}

void PersonalFeed::clear() {
  {
    const MutexLock lock(shared_->mutex);
    ++shared_->epoch;
    shared_->running = 0;
    shared_->outcomes.clear();
  }
  favourites_.clear();
  playlists_.clear();
  playlist_.clear();
  history_.clear();
  sessions_.clear();
  settings_.clear();
}

PersonalSnapshot PersonalFeed::snapshot() const {
  bool is_busy = false;
  {
    const MutexLock lock(shared_->mutex);
    is_busy = shared_->running > 0;
  }
  return {.favourites = favourites_.answer(),
          .playlists = playlists_.answer(),
          .playlist = playlist_.answer(),
          .history = history_.listed(),
          .sessions = sessions_.answer(),
          .settings = settings_.answer(),
          .is_busy = is_busy};
}

}  // namespace zoe::player
