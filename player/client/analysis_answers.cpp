#include "player/client/analysis_answers.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/analysis_fields.hpp"
#include "player/client/analysis_messages.hpp"
#include "player/client/query.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr int kMostEventPages = 50;
constexpr std::size_t kMostChanges = 256;
constexpr std::size_t kMostOutcomes = 64;

}  // namespace

struct AnalysisAnswers::SpanAnswer {
  std::uint64_t epoch = 0;
  std::string job;
  std::int64_t index = 0;
  bool is_final = false;
  std::vector<TrackObject> objects;
  std::vector<TrackPoint> points;
  std::int64_t until_us = INT64_MAX;
};

struct AnalysisAnswers::EventsAnswer {
  std::uint64_t epoch = 0;
  std::string job;
  std::vector<AnalysisEvent> events;
  int pages = 0;
};

AnalysisAnswers::AnalysisAnswers(std::function<void()> wake) {
  const MutexLock lock(mutex_);
  wake_ = std::move(wake);
}

void AnalysisAnswers::end() {
  const MutexLock lock(mutex_);
  wake_ = nullptr;
  ++epoch_;
}

void AnalysisAnswers::forget() {
  const MutexLock lock(mutex_);
  ++epoch_;
  news_.spans.clear();
  news_.failed_spans.clear();
  news_.events = nullptr;
  span_requests_ = 0;
  are_events_asked_ = false;
  events_error_.clear();
}

void AnalysisAnswers::wake() {
  has_news_.store(true, std::memory_order_release);
  if (wake_) wake_();
}

void AnalysisAnswers::tell() {
  const MutexLock lock(mutex_);
  wake();
}

bool AnalysisAnswers::take(News& news) {
  if (!has_news_.exchange(false, std::memory_order_acquire)) return false;
  const MutexLock lock(mutex_);
  news = std::exchange(news_, {});
  return true;
}

void AnalysisAnswers::on_event(std::string_view event, const json& body) {
  if (event != "analysis.changed") return;
  auto change = parse_job_change(body);
  if (!change) return;
  const json* is_deleted = member(body, "is_deleted");
  const MutexLock lock(mutex_);
  if (is_deleted != nullptr && *is_deleted == json(true)) {
    news_.are_jobs_old = true;
    return wake();
  }
  auto& changes = news_.changes;
  if (changes.size() >= kMostChanges && changes.count(change->job) == 0) changes.erase(changes.begin());
  const std::string job = change->job;
  changes[job] = std::move(*change);
  wake();
}

bool AnalysisAnswers::is_current(std::uint64_t epoch) const {
  const MutexLock lock(mutex_);
  return epoch == epoch_;
}

bool AnalysisAnswers::ask_span(ServerLink& link, const std::string& job, std::int64_t index, bool is_final) {
  auto answer = std::make_shared<SpanAnswer>();
  {
    const MutexLock lock(mutex_);
    if (span_requests_ >= kMostSpanRequests) return false;
    ++span_requests_;
    answer->epoch = epoch_;
  }
  answer->job = job;
  answer->index = index;
  answer->is_final = is_final;
  ask_span_page(link, answer, {});
  return true;
}

// Page after page; on the network thread but for the first question.
void AnalysisAnswers::ask_span_page(ServerLink& link, const std::shared_ptr<SpanAnswer>& answer,
                                    std::string_view after) {
  link.request(
      "analysis.tracks",
      tracks_params(answer->job, TrackSpan::ask_from_us(answer->index), TrackSpan::ask_until_us(answer->index), after),
      [self = shared_from_this(), &link, answer](Result<json>& result) {
        auto page = result ? parse_tracks(*result) : Result<TrackPage>(fail(result.error()));
        if (page) {
          std::move(page->objects.begin(), page->objects.end(), std::back_inserter(answer->objects));
          answer->points.insert(answer->points.end(), page->points.begin(), page->points.end());
          // What came between two pages is not in the first.
          answer->until_us = std::min(answer->until_us, page->until_us);
          // Pages without points could go on for ever.
          const bool goes_on = !page->next.empty() && !page->points.empty() && answer->points.size() < kMostSpanPoints;
          if (goes_on && self->is_current(answer->epoch)) return self->ask_span_page(link, answer, page->next);
        }
        self->end_span(*answer, page.has_value());
      });
}

void AnalysisAnswers::end_span(SpanAnswer& answer, bool is_there) {
  // Sorted here, so that the main thread only takes it.
  TrackSpanPtr span;
  if (is_there)
    span = std::make_shared<const TrackSpan>(answer.index, std::move(answer.objects), std::move(answer.points),
                                             answer.until_us, answer.is_final);
  const MutexLock lock(mutex_);
  if (answer.epoch != epoch_) return;
  --span_requests_;
  if (span)
    news_.spans.push_back(std::move(span));
  else
    news_.failed_spans.push_back(answer.index);
  wake();
}

bool AnalysisAnswers::ask_events(ServerLink& link, const std::string& job) {
  auto answer = std::make_shared<EventsAnswer>();
  {
    const MutexLock lock(mutex_);
    if (are_events_asked_) return false;
    are_events_asked_ = true;
    answer->epoch = epoch_;
  }
  answer->job = job;
  ask_event_page(link, answer, {});
  return true;
}

void AnalysisAnswers::ask_event_page(ServerLink& link, const std::shared_ptr<EventsAnswer>& answer,
                                     std::string_view after) {
  link.request("analysis.events", events_params(answer->job, after),
               [self = shared_from_this(), &link, answer](Result<json>& result) {
                 auto page = result ? parse_events(*result) : Result<EventPage>(fail(result.error()));
                 if (!page) return self->end_events(*answer, shown_text(page.error()));
                 std::move(page->events.begin(), page->events.end(), std::back_inserter(answer->events));
                 const bool goes_on = !page->next.empty() && !page->events.empty() &&
                                      answer->events.size() < kMostEvents && ++answer->pages < kMostEventPages;
                 if (goes_on && self->is_current(answer->epoch)) return self->ask_event_page(link, answer, page->next);
                 self->end_events(*answer, {});
               });
}

void AnalysisAnswers::end_events(EventsAnswer& answer, std::string error) {
  if (answer.events.size() > kMostEvents) answer.events.resize(kMostEvents);
  std::stable_sort(answer.events.begin(), answer.events.end(),
                   [](const AnalysisEvent& a, const AnalysisEvent& b) { return a.time_us < b.time_us; });
  const MutexLock lock(mutex_);
  if (answer.epoch != epoch_) return;
  are_events_asked_ = false;
  events_error_ = std::move(error);
  if (events_error_.empty())
    news_.events = std::make_shared<const std::vector<AnalysisEvent>>(std::move(answer.events));
  wake();
}

void AnalysisAnswers::run(ServerLink& link, std::string_view method, std::string params, std::string done_text) {
  {
    const MutexLock lock(mutex_);
    ++commands_;
  }
  const bool is_start = method == "analysis.start";
  link.request(method, std::move(params),
               [self = shared_from_this(), is_start, done_text = std::move(done_text)](Result<json>& result) {
                 std::string started;
                 if (is_start && result) {
                   auto job = parse_started_job(*result);
                   if (job) started = std::move(job->job);
                 }
                 AnalysisOutcome outcome{.is_done = result.has_value(),
                                         .message = result ? done_text : shown_text(result.error())};
                 const MutexLock lock(self->mutex_);
                 --self->commands_;
                 self->news_.are_jobs_old = true;
                 if (!started.empty()) self->news_.started = std::move(started);
                 if (!outcome.message.empty() && self->outcomes_.size() < kMostOutcomes)
                   self->outcomes_.push_back(std::move(outcome));
                 self->wake();
               });
}

std::vector<AnalysisOutcome> AnalysisAnswers::take_outcomes() {
  const MutexLock lock(mutex_);
  return std::exchange(outcomes_, {});
}

bool AnalysisAnswers::is_busy() const {
  const MutexLock lock(mutex_);
  return commands_ > 0;
}

std::string AnalysisAnswers::events_error() const {
  const MutexLock lock(mutex_);
  return events_error_;
}

}  // namespace zoe::player
