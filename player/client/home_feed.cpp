#include "player/client/home_feed.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/threads.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
constexpr std::int64_t kAgainNs = kNsPerS;  // while an answer is awaited
constexpr std::size_t kMostReasonBytes = 300;

std::string reason_of(const json& object) {
  const auto reason = object.find("reason");
  if (reason == object.end() || !reason->is_object()) return {};
  const auto text = reason->find("text");
  if (text == reason->end() || !text->is_string() || text->get_ref<const std::string&>().size() > kMostReasonBytes)
    return {};
  return text->get<std::string>();
}

}  // namespace

Result<HomeSnapshot> parse_home(const json& result) {
  const auto bad = [](const char* what) {
    return fail(Errc::kMalformed, std::string("The server's answer cannot be understood: home.") + what);
  };
  if (!result.is_object()) return bad("get is no object.");
  const auto begun = result.find("continue");
  const auto recommended = result.find("recommended");
  if (begun == result.end() || !begun->is_array()) return bad("continue is no list.");
  if (recommended == result.end() || !recommended->is_array()) return bad("recommended is no list.");
  HomeSnapshot home;
  for (const json& each : *begun) {
    if (home.begun.size() == kMostSuggestions) break;
    ZOE_TRY(LibraryItem item, parse_library_item(each));
    home.begun.push_back({std::move(item), {}});
  }
  for (const json& each : *recommended) {
    if (home.recommended.size() == kMostSuggestions) break;
    if (!each.is_object() || !each.contains("media")) return bad("recommended has an entry without media.");
    ZOE_TRY(LibraryItem item, parse_library_item(each["media"]));
    home.recommended.push_back({std::move(item), reason_of(each)});
  }
  return home;
}

struct HomeFeed::Shared {
  Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 1;
  bool is_under_way ZOE_GUARDED_BY(mutex) = false;
  std::int64_t next_ns ZOE_GUARDED_BY(mutex) = 0;
  std::shared_ptr<const HomeSnapshot> snapshot ZOE_GUARDED_BY(mutex) = std::make_shared<const HomeSnapshot>();

  void on_answer(std::uint64_t its_epoch, Result<json>& result) {
    Result<HomeSnapshot> home = result ? parse_home(*result) : Result<HomeSnapshot>(fail(result.error()));
    const MutexLock lock(mutex);
    if (is_over || its_epoch != epoch) return;
    is_under_way = false;
    if (!home) return;  // what was known stays
    snapshot = std::make_shared<const HomeSnapshot>(std::move(*home));
    if (wake) wake();
  }
};

HomeFeed::HomeFeed(ServerLink& link, std::function<void()> wake) : shared_(std::make_shared<Shared>()), link_(link) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

HomeFeed::~HomeFeed() {
  const MutexLock lock(shared_->mutex);
  shared_->is_over = true;
  shared_->wake = nullptr;
}

std::int64_t HomeFeed::update(std::int64_t now_ns) {
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->is_under_way) return now_ns + kAgainNs;
    if (now_ns < shared_->next_ns) return shared_->next_ns;
    shared_->is_under_way = true;
    shared_->next_ns = now_ns + kEveryNs;
    epoch = shared_->epoch;
  }
  link_.request("home.get", R"({"limit":12})",
                [shared = shared_, epoch](Result<json>& result) { shared->on_answer(epoch, result); });
  return now_ns + kEveryNs;
}

void HomeFeed::refresh() {
  const MutexLock lock(shared_->mutex);
  shared_->next_ns = 0;
}

void HomeFeed::clear() {
  const MutexLock lock(shared_->mutex);
  ++shared_->epoch;
  shared_->is_under_way = false;
  shared_->next_ns = 0;
  shared_->snapshot = std::make_shared<const HomeSnapshot>();
}

std::shared_ptr<const HomeSnapshot> HomeFeed::snapshot() const {
  const MutexLock lock(shared_->mutex);
  return shared_->snapshot;
}

}  // namespace zoe::player
