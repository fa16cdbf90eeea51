#include "player/client/note_feed.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/core/file.hpp"
#include "engine/net/json.hpp"
#include "player/client/note_feed_shared.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
// 2000 drawings of 256 points each, as text with an indent.
constexpr std::size_t kMostExportBytes = 64U << 20;

}  // namespace

NoteFeed::NoteFeed(ServerLink& link, RoomFeed& room, const Clock& clock, std::function<void()> wake)
    : link_(link), room_(room), clock_(clock), shared_(std::make_shared<Shared>()) {
  {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  const auto listener = [shared = shared_, &its_room = room_, &its_clock = clock_](std::string_view event,
                                                                                   const json& body) {
    shared->on_event(event, body, its_room.place().member, its_clock.now_ns());
  };
  link_.listen("room.note", listener);
  link_.listen("room.pointer", listener);
}

NoteFeed::~NoteFeed() {
  link_.listen("room.note", nullptr);
  link_.listen("room.pointer", nullptr);
  {
    const MutexLock lock(shared_->mutex);
    shared_->wake = nullptr;
    shared_->forget();
  }
  shared_->disk.stop();
}

std::int64_t NoteFeed::update(const Needs& needs, std::int64_t now_ns) {
  std::uint64_t ticket = 0;
  const std::uint64_t epoch = link_.epoch();
  {
    const MutexLock lock(shared_->mutex);
    Shared& shared = *shared_;
    shared.may_delete_own = needs.may_delete_own;
    if (shared.now.media != needs.media) {
      shared.forget();
      shared.now.media = needs.media;
      shared.stir();
    }
    // What was under way on a former connection is not answered; what was drawn meanwhile nobody told.
    if (std::exchange(link_epoch_, epoch) != epoch) {
      shared.is_reading = false;
      shared.due_ns = 0;
      ++shared.ticket;
    }
    const std::size_t pointing = shared.pointers.size();
    std::erase_if(shared.pointers, [&](const NotePointer& each) { return now_ns - each.heard_ns >= kPointerNs; });
    if (shared.pointers.size() != pointing) ++shared.revision;
    std::int64_t at_ns = needs.media.empty() || shared.is_reading ? INT64_MAX : shared.due_ns;
    for (const NotePointer& each : shared.pointers) at_ns = std::min(at_ns, each.heard_ns + kPointerNs);
    if (needs.media.empty() || shared.is_reading || now_ns < shared.due_ns) return at_ns;
    shared.is_reading = true;
    shared.told.clear();
    shared.gone.clear();
    shared.due_ns = now_ns + kEveryNs;
    ticket = ++shared.ticket;
  }
  Shared::read(link_, clock_, shared_, needs.media, ticket, 0);
  return now_ns + kEveryNs;
}

std::uint64_t NoteFeed::revision() const {
  const MutexLock lock(shared_->mutex);
  return shared_->revision;
}

NotesSnapshot NoteFeed::snapshot() const {
  const MutexLock lock(shared_->mutex);
  return shared_->now;
}

std::vector<NotePointer> NoteFeed::pointers(std::int64_t now_ns) const {
  const MutexLock lock(shared_->mutex);
  std::vector<NotePointer> pointers = shared_->pointers;
  std::erase_if(pointers, [&](const NotePointer& each) { return now_ns - each.heard_ns >= kPointerNs; });
  return pointers;
}

bool NoteFeed::is_anybody_pointing() const {
  const MutexLock lock(shared_->mutex);
  return !shared_->pointers.empty();
}

std::vector<NoteFeed::Outcome> NoteFeed::take_outcomes() {
  const MutexLock lock(shared_->mutex);
  return std::exchange(shared_->outcomes, {});
}

// It comes on the connection's thread and is written on another one.
void NoteFeed::save(const std::string& path) {
  std::string media;
  {
    const MutexLock lock(shared_->mutex);
    media = shared_->now.media;
  }
  link_.fetch_file(
      "notes.export", net::to_text(json{{"media", media}}), kMostExportBytes,
      [shared = shared_, path](Result<std::vector<std::uint8_t>>& file) {
        const auto end = [shared, path](const Status& saved) {
          const MutexLock lock(shared->mutex);
          shared->tell(saved.has_value(), saved ? "Drawings saved as " + path
                                                : "The drawings could not be saved: " + saved.error().message);
          shared->stir();
        };
        if (!file) return end(fail(file.error()));
        const auto bytes = std::make_shared<const std::vector<std::uint8_t>>(std::move(*file));
        const Status posted = shared->disk.post([bytes, path, end] { end(write_file_atomic(path, *bytes)); });
        if (!posted) end(posted);
      });
}

void NoteFeed::draw(std::int64_t time_us, NoteShape shape) {
  std::uint64_t number = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->now.media.empty()) return;
    if (shared_->pending.size() >= Shared::kMostPending)
      return shared_->complain("The server does not answer: nothing more can be drawn until it does.");
    number = shared_->next_pending++;
    shared_->pending[number] = {.time_us = time_us, .name = {}, .created_utc_ns = clock_.utc_ns(), .shape = shape};
    shared_->publish();
  }
  room_.draw(time_us, shape, [shared = shared_, number, &its_clock = clock_](Result<std::uint64_t> note) {
    shared->on_drawn(number, std::move(note), its_clock.now_ns());
  });
}

void NoteFeed::remove(std::uint64_t note) {
  link_.request("notes.delete", net::to_text(json{{"note", note}}), [shared = shared_, note](Result<json>& result) {
    const MutexLock lock(shared->mutex);
    if (!result && result.error().code != Errc::kNotFound) {
      shared->complain(shown_text(result.error()));
      return shared->stir();
    }
    shared->erase(note);
    shared->publish();
  });
}

bool NoteFeed::undo() {
  std::uint64_t note = 0;
  {
    const MutexLock lock(shared_->mutex);
    note = shared_->own_newest();
    // The next undo means the one before it, whether the server has answered or not.
    std::erase(shared_->own, note);
  }
  if (note != 0) remove(note);
  return note != 0;
}

void NoteFeed::clear() {
  const MutexLock lock(shared_->mutex);
  shared_->forget();
  shared_->outcomes.clear();
  shared_->stir();
}

}  // namespace zoe::player
