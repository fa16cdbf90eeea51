#include "player/client/analysis_feed.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
constexpr std::int64_t kLiveNs = 2 * kNsPerS;   // results of an analysis that goes on
constexpr std::int64_t kAgainNs = 5 * kNsPerS;  // after an error
constexpr std::size_t kMostAsked = 1024;
constexpr std::size_t kMostChangesKept = 256;
constexpr int kSeriesPoints = 600;

void apply(const JobChange& change, AnalysisJob& job) {
  job.state = change.state;
  job.fraction = change.fraction;
  job.message = change.message;
  job.analysed_us = std::max(job.analysed_us, change.analysed_us);
  job.points = std::max(job.points, change.points);
  job.events = std::max(job.events, change.events);
  job.series = std::max(job.series, change.series);
}

// The newest with something to show: what goes on now, else what was found.
const AnalysisJob* best_of(const std::vector<AnalysisJob>& jobs) {
  const AnalysisJob* best = nullptr;
  const auto worth = [](const AnalysisJob& job) {
    return job.is_going_on() ? 3 : job.has_results() ? 2 : job.state == JobState::kFailed ? 1 : 0;
  };
  for (const AnalysisJob& job : jobs)
    if (best == nullptr || worth(job) > worth(*best)) best = &job;
  return best;
}

}  // namespace

const AnalysisJob* AnalysisSnapshot::find(const std::string& id) const {
  if (!jobs || id.empty()) return nullptr;
  const auto found = std::find_if(jobs->begin(), jobs->end(), [&](const AnalysisJob& each) { return each.job == id; });
  return found == jobs->end() ? nullptr : &*found;
}

AnalysisFeed::AnalysisFeed(ServerLink& link, const std::function<void()>& wake)
    : link_(link),
      answers_(std::make_shared<AnalysisAnswers>(wake)),
      analysers_(link, "analysis.analysers", parse_analysers, [answers = answers_] { answers->tell(); }),
      jobs_(link, "analysis.jobs", parse_jobs, [answers = answers_] { answers->tell(); }),
      summary_(link, "analysis.get", parse_job_summary, [answers = answers_] { answers->tell(); }),
      series_(link, "analysis.series", parse_series, [answers = answers_] { answers->tell(); }) {
  link.listen("analysis.", [answers = answers_](std::string_view event, const nlohmann::json& body) {
    answers->on_event(event, body);
  });
}

AnalysisFeed::~AnalysisFeed() {
  link_.listen("analysis.", nullptr);
  answers_->end();
}

std::int64_t AnalysisFeed::update(const AnalysisNeeds& needs, std::int64_t now_ns) {
  now_ns_ = now_ns;
  playhead_us_ = needs.position_us;
  if (needs.media != now_.media) show_media(needs.media);
  take_news();
  if (now_.media.empty()) return now_ns + kEveryNs;
  std::int64_t at_ns = jobs_.keep_fresh(jobs_params_, now_ns, kEveryNs);
  if (needs.is_panel_seen) at_ns = std::min(at_ns, analysers_.keep_fresh({}, now_ns, kEveryNs));
  if (now_.job.empty()) return at_ns;
  at_ns = std::min(at_ns, ask_results(needs.is_panel_seen, now_ns));
  if (needs.are_tracks_seen) at_ns = std::min(at_ns, ask_tracks(needs, now_ns));
  return at_ns;
}

void AnalysisFeed::show_media(std::string_view media) {
  const auto analysers = now_.analysers;
  now_ = {};
  now_.analysers = analysers;
  now_.media = media;
  jobs_params_ = text_params({{"media", now_.media}});
  jobs_.clear();
  chosen_.clear();
  changes_.clear();
  show_job({});
}

void AnalysisFeed::show_job(const std::string& job) {
  now_.job = job;
  now_.summary = nullptr;
  now_.events = nullptr;
  now_.series = nullptr;
  now_.results_error.clear();
  answers_->forget();
  summary_.clear();
  series_.clear();
  tracks_.clear();
  asked_.clear();
  are_events_old_ = true;
  events_at_ns_ = 0;
  told_events_ = -1;
  if (const AnalysisJob* shown = now_.shown()) told_state_ = shown->state;
  ++revision_;
}

void AnalysisFeed::take_news() {
  AnalysisAnswers::News news;
  if (!answers_->take(news)) return;
  ++revision_;
  if (!news.started.empty()) chosen_ = news.started;
  if (news.are_jobs_old) jobs_.refresh();
  for (auto& [job, change] : news.changes) {
    if (change.media != now_.media) continue;
    const AnalysisJob* known = now_.find(job);
    if (known == nullptr || known->state != change.state) jobs_.refresh();
    if (changes_.size() >= kMostChangesKept && changes_.count(job) == 0) changes_.erase(changes_.begin());
    changes_[job] = std::move(change);
  }
  gather_jobs();
  for (TrackSpanPtr& span : news.spans) tracks_.put(std::move(span), playhead_us_);
  for (const std::int64_t index : news.failed_spans) asked_[index] = now_ns_ + kAgainNs;
  if (news.events) now_.events = std::move(news.events);
  gather_results();
}

void AnalysisFeed::gather_jobs() {
  now_.analysers = analysers_.answer();
  now_.is_busy = answers_->is_busy();
  const auto answer = jobs_.answer();
  now_.jobs_error = answer.error;
  if (!answer.value) return;
  auto jobs = std::make_shared<std::vector<AnalysisJob>>(*answer.value);
  std::stable_sort(jobs->begin(), jobs->end(),
                   [](const AnalysisJob& a, const AnalysisJob& b) { return a.created_utc_ns > b.created_utc_ns; });
  for (AnalysisJob& job : *jobs) {
    const auto change = changes_.find(job.job);
    if (change == changes_.end()) continue;
    // A list that was made after the change knows better.
    if (!job.is_going_on())
      changes_.erase(change);
    else
      apply(change->second, job);
  }
  now_.jobs = std::move(jobs);
  if (now_.find(chosen_) == nullptr && !answer.is_loading) chosen_.clear();
  const AnalysisJob* best = chosen_.empty() ? best_of(*now_.jobs) : now_.find(chosen_);
  const std::string wanted = best != nullptr ? best->job : std::string();
  if (wanted != now_.job) show_job(wanted);
}

void AnalysisFeed::gather_results() {
  const auto summary = summary_.answer();
  const auto series = series_.answer();
  now_.summary = summary.value;
  now_.series = series.value;
  const std::string events_error = answers_->events_error();
  now_.results_error = !summary.error.empty() ? summary.error : !events_error.empty() ? events_error : series.error;
}

std::int64_t AnalysisFeed::ask_results(bool is_panel_seen, std::int64_t now_ns) {
  const AnalysisJob* job = now_.shown();
  if (job == nullptr) return now_ns + kEveryNs;
  const bool has_ended = told_state_ != job->state && !job->is_going_on();
  told_state_ = job->state;
  if (has_ended) {
    summary_.refresh();
    series_.refresh();
    are_events_old_ = true;
    events_at_ns_ = now_ns;
    asked_.clear();  // what was asked for while it went on has its rest now
  }
  // The colours of the teams, and the strip of possession, are wanted without the panel too.
  const bool is_live = job->is_going_on();
  const std::int64_t period_ns = is_live ? (is_panel_seen ? kLiveNs : 3 * kLiveNs) : kEveryNs * 60;
  std::int64_t at_ns = summary_.keep_fresh(net::to_text({{"job", job->job}}), now_ns, period_ns);
  at_ns = std::min(at_ns,
                   series_.keep_fresh(net::to_text({{"job", job->job}, {"points", kSeriesPoints}}), now_ns, period_ns));
  if (told_events_ != job->events) are_events_old_ = true;
  if (!are_events_old_) return at_ns;
  if (now_ns < events_at_ns_) return std::min(at_ns, events_at_ns_);
  if (answers_->ask_events(link_, job->job)) {
    are_events_old_ = false;
    told_events_ = job->events;
  }
  events_at_ns_ = now_ns + kLiveNs;
  return std::min(at_ns, events_at_ns_);
}

std::int64_t AnalysisFeed::ask_tracks(const AnalysisNeeds& needs, std::int64_t now_ns) {
  const AnalysisJob* job = now_.shown();
  if (job == nullptr) return now_ns + kEveryNs;
  const SpanNeeds wanted{.playhead_us = needs.position_us,
                         .duration_us = needs.duration_us,
                         .rate = needs.rate,
                         .analysed_us = job->analysed_us,
                         .is_final = !job->is_going_on()};
  std::int64_t at_ns = now_ns + kEveryNs;
  const auto may_ask = [&](std::int64_t index) {
    const auto asked = asked_.find(index);
    if (asked == asked_.end() || now_ns >= asked->second) return true;
    at_ns = std::min(at_ns, asked->second);
    return false;
  };
  while (const auto index = next_span_to_ask(tracks_, wanted, may_ask)) {
    if (!answers_->ask_span(link_, job->job, *index, wanted.is_final)) break;
    if (asked_.size() >= kMostAsked) asked_.clear();
    asked_[*index] = now_ns + kLiveNs;
  }
  return at_ns;
}

void AnalysisFeed::start(std::string params) {
  answers_->run(link_, "analysis.start", std::move(params), {});
  now_.is_busy = true;
}

void AnalysisFeed::cancel(const std::string& job) {
  answers_->run(link_, "analysis.cancel", text_params({{"job", job}}), "The analysis was cancelled.");
}

void AnalysisFeed::remove(const std::string& job) {
  answers_->run(link_, "analysis.delete", text_params({{"job", job}}), "The analysis was deleted.");
}

void AnalysisFeed::choose(const std::string& job) {
  chosen_ = job;
  if (now_.find(job) != nullptr && now_.job != job) show_job(job);
}

void AnalysisFeed::refresh() {
  analysers_.refresh();
  jobs_.refresh();
  summary_.refresh();
  series_.refresh();
  asked_.clear();
  are_events_old_ = true;
}

void AnalysisFeed::clear() {
  analysers_.clear();
  now_.analysers = {};
  show_media({});
}

}  // namespace zoe::player
