#include "player/client/note_feed_shared.hpp"

#include <algorithm>
#include <utility>

#include "engine/net/json.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kRetryNs = 5 * kNsPerS;
// What an event leaves open (who may delete it) the list says: soon, but once for many.
constexpr std::int64_t kSoonNs = kNsPerS;
constexpr std::size_t kMostOwn = 256;
constexpr std::size_t kMostGone = 4096;

}  // namespace

void NoteFeed::Shared::stir() {
  ++revision;
  if (wake) wake();
}

void NoteFeed::Shared::publish() {
  std::vector<Note> list;
  list.reserve(notes.size() + pending.size());
  for (const auto& [number, note] : notes) list.push_back(note);
  for (const auto& [number, note] : pending) list.push_back(note);
  // Those that are on their way are the newest of their time.
  std::stable_sort(list.begin(), list.end(), [](const Note& a, const Note& b) { return a.time_us < b.time_us; });
  now.notes = std::make_shared<const std::vector<Note>>(std::move(list));
  now.is_undoable = own_newest() != 0;
  stir();
}

void NoteFeed::Shared::tell(bool is_done, std::string message) {
  if (outcomes.size() < kMostOutcomes) outcomes.push_back({is_done, std::move(message)});
}

void NoteFeed::Shared::forget() {
  ++ticket;
  notes.clear();
  pending.clear();
  own.clear();
  pointers.clear();
  told.clear();
  gone.clear();
  is_reading = false;
  due_ns = 0;
  now = {};
}

void NoteFeed::Shared::add(Note note) {
  const std::uint64_t number = note.note;
  if (gone.count(number) != 0) return;
  if (is_reading) told.insert(number);
  const auto [found, is_new] = notes.try_emplace(number);
  note.may_delete = note.may_delete || (!is_new && found->second.may_delete);
  found->second = std::move(note);
  // The server has no more than that: of one that tells more, the oldest numbers stay.
  if (notes.size() > kMostVideoNotes) notes.erase(std::prev(notes.end()));
}

void NoteFeed::Shared::erase(std::uint64_t note) {
  notes.erase(note);
  std::erase(own, note);
  if (gone.size() < kMostGone) gone.insert(note);
}

std::uint64_t NoteFeed::Shared::own_newest() const {
  for (auto each = own.rbegin(); each != own.rend(); ++each) {
    const auto note = notes.find(*each);
    if (note != notes.end() && note->second.may_delete) return *each;
  }
  return 0;
}

void NoteFeed::Shared::on_event(std::string_view event, const json& body, std::uint64_t self, std::int64_t now_ns) {
  const auto number = [&](const char* key) -> std::uint64_t {
    const auto found = body.find(key);
    const bool is_number = found != body.end() && found->is_number_integer() && *found > 0;
    return is_number ? found->get<std::uint64_t>() : 0;
  };
  const MutexLock lock(mutex);
  if (now.media.empty()) return;
  if (event == "room.note") {
    const auto note = body.find("note");
    auto read = note == body.end() ? Result<NoteOf>(fail(Errc::kMalformed, "")) : parse_note(*note);
    if (!read || read->media != now.media) return;
    add(std::move(read->note));
    due_ns = std::min(due_ns, now_ns + kSoonNs);
    return publish();
  }
  if (event == "room.note_deleted") {
    const auto media = body.find("media");
    if (media == body.end() || *media != now.media || number("note") == 0) return;
    erase(number("note"));
    return publish();
  }
  if (event != "room.pointer") return;
  const std::uint64_t member = number("member");
  if (member == self || member == 0) return;
  std::erase_if(pointers, [&](const NotePointer& each) { return each.member == member; });
  const auto part = [&](const char* key) {
    const auto found = body.find(key);
    return found != body.end() && found->is_number() ? found->get<float>() : -1.0F;
  };
  const auto name = body.find("name");
  const NotePoint at{part("x"), part("y")};
  const bool is_inside = at.x >= 0 && at.x <= 1 && at.y >= 0 && at.y <= 1;
  const bool is_told = name != body.end() && name->is_string() && name->get_ref<const std::string&>().size() <= 256;
  if (is_inside && is_told && pointers.size() < kMostPointers)
    pointers.push_back({member, name->get<std::string>(), at, now_ns});
  stir();
}

std::int64_t NoteFeed::Shared::on_page(std::uint64_t its_ticket, std::int64_t offset, const Result<json>& result,
                                       std::int64_t now_ns) {
  auto page = result ? parse_notes(*result) : Result<NotePage>(fail(result.error()));
  const MutexLock lock(mutex);
  if (its_ticket != ticket) return -1;
  if (!page) {
    is_reading = false;
    due_ns = now_ns + kRetryNs;
    now.error = shown_text(page.error());
    stir();
    return -1;
  }
  for (Note& each : page->notes) add(std::move(each));
  const std::int64_t next = offset + kPage;
  if (!page->is_last && next < std::min<std::int64_t>(page->total, kMostVideoNotes)) {
    publish();
    return next;
  }
  // What the list did not tell is not there any more.
  const std::set<std::uint64_t>& there = told;
  std::erase_if(notes, [&there](const auto& each) { return there.count(each.first) == 0; });
  is_reading = false;
  told.clear();
  gone.clear();
  now.is_known = true;
  now.error.clear();
  publish();
  return -1;
}

void NoteFeed::Shared::on_drawn(std::uint64_t its_pending, Result<std::uint64_t> note, std::int64_t now_ns) {
  const MutexLock lock(mutex);
  if (!note) complain(shown_text(note.error()));
  const auto found = pending.find(its_pending);
  if (found == pending.end()) return stir();  // another video is shown
  Note drawn = std::move(found->second);
  pending.erase(found);
  if (note && *note != 0) {
    drawn.note = *note;
    drawn.may_delete = may_delete_own;
    own.push_back(*note);
    if (own.size() > kMostOwn) own.erase(own.begin());
    // Where the event was quicker, it is there already and says who drew it.
    const auto there = notes.find(*note);
    if (there != notes.end())
      there->second.may_delete = there->second.may_delete || may_delete_own;
    else
      add(std::move(drawn));
    due_ns = std::min(due_ns, now_ns + kSoonNs);
  }
  publish();
}

void NoteFeed::Shared::read(ServerLink& link, const Clock& clock, std::shared_ptr<Shared> shared,
                            const std::string& media, std::uint64_t its_ticket, std::int64_t offset) {
  const json params = {{"media", media}, {"offset", offset}, {"limit", kPage}};
  link.request("notes.list", net::to_text(params),
               [&link, &clock, shared = std::move(shared), media, its_ticket, offset](Result<json>& result) {
                 const std::int64_t next = shared->on_page(its_ticket, offset, result, clock.now_ns());
                 if (next >= 0) read(link, clock, shared, media, its_ticket, next);
               });
}

}  // namespace zoe::player
