#include "player/client/progress_reporter.hpp"

#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/threads.hpp"

namespace zoe::player {

struct ProgressReporter::Shared {
  Mutex mutex;
  std::map<std::string, Report> unsent ZOE_GUARDED_BY(mutex);

  void keep(Report report) {
    const MutexLock lock(mutex);
    const auto found = unsent.find(report.media);
    if (found == unsent.end() && unsent.size() >= kMostUnsent) return;
    Report& kept = unsent[report.media];
    if (report.utc_ns >= kept.utc_ns) kept = std::move(report);
  }
};

ProgressReporter::ProgressReporter(ServerLink& link, const Clock& clock)
    : link_(link), clock_(clock), shared_(std::make_shared<Shared>()) {}

ProgressReporter::~ProgressReporter() = default;

std::int64_t ProgressReporter::update(const WatchState& now, const LinkSnapshot& link, std::int64_t now_ns) {
  const bool may_send = link.state == LinkState::kSignedIn && link.principal.role != Role::kGuest;
  if (may_send) {
    std::map<std::string, Report> unsent;
    {
      const MutexLock lock(shared_->mutex);
      unsent.swap(shared_->unsent);
    }
    for (auto& [media, report] : unsent) send(std::move(report));
  }
  const bool is_guest = link.state == LinkState::kSignedIn && link.principal.role == Role::kGuest;
  if (is_guest) {
    last_ = {};
    return now_ns + kEveryNs;
  }
  const bool is_left = !last_.media.empty() && last_.media != now.media;
  if (is_left && (reported_media_ != last_.media || reported_us_ != last_.position_us)) report(last_, may_send);
  if (is_left) last_ = {};
  if (now.media.empty() || !now.is_settled) return now_ns + kEveryNs;
  if (last_.media != now.media) reported_ns_ = now_ns;  // the first report comes when something has been seen
  const bool has_come_to_rest = now.is_resting && !(last_.is_resting && last_.media == now.media);
  const std::int64_t every_ns = now.is_resting ? kAtRestEveryNs : kEveryNs;
  last_ = now;
  const bool has_moved = reported_media_ != now.media || reported_us_ != now.position_us;
  if (has_moved && (has_come_to_rest || now_ns - reported_ns_ >= every_ns)) {
    report(now, may_send);
    reported_ns_ = now_ns;
  }
  const bool is_told = reported_media_ == now.media && reported_us_ == now.position_us;
  return is_told ? now_ns + kEveryNs : reported_ns_ + every_ns;
}

void ProgressReporter::report(const WatchState& state, bool may_send) {
  reported_media_ = state.media;
  reported_us_ = state.position_us;
  Report report{state.media, state.position_us, clock_.utc_ns(), state.is_ended};
  if (may_send)
    send(std::move(report));
  else
    shared_->keep(std::move(report));
}

void ProgressReporter::send(Report report) {
  nlohmann::json params = {{"media", report.media}, {"position_us", report.position_us}, {"utc_ns", report.utc_ns}};
  if (report.is_ended) params["is_ended"] = true;
  link_.request("progress.report", params.dump(), [shared = shared_, report](Result<nlohmann::json>& result) {
    const bool is_passing =
        !result && (result.error().code == Errc::kUnavailable || result.error().code == Errc::kTimeout ||
                    result.error().code == Errc::kCancelled);
    if (is_passing) shared->keep(report);
  });
}

}  // namespace zoe::player
