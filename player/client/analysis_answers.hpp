// What the network thread leaves for the main thread about analyses: spans of tracks and lists of events that come page
// by page, the server's news, and what became of commands.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/threads.hpp"
#include "player/client/analysis_types.hpp"
#include "player/client/track_store.hpp"

namespace zoe::player {

class ServerLink;

inline constexpr std::size_t kMostEvents = 20'000;       // of a job, that are shown
inline constexpr std::size_t kMostSpanPoints = 400'000;  // of a span; what is beyond is not shown

// What became of a command, for the viewer.
struct AnalysisOutcome {
  bool is_done = false;
  std::string message;  // a sentence; empty where the doing shows by itself
};

// Thread-safe; held by a shared_ptr, so that answers that come after its feed's end find it, and nobody to tell. What
// was asked before `forget` is dropped when it comes.
class AnalysisAnswers : public std::enable_shared_from_this<AnalysisAnswers> {
 public:
  static constexpr int kMostSpanRequests = 2;

  explicit AnalysisAnswers(std::function<void()> wake);

  // The feed has ended: nobody is woken any more.
  void end();
  // Another job is looked at.
  void forget();

  // Since the last call.
  struct News {
    std::map<std::string, JobChange> changes;
    std::vector<TrackSpanPtr> spans;
    std::vector<std::int64_t> failed_spans;
    std::shared_ptr<const std::vector<AnalysisEvent>> events;
    std::string started;  // the job that a command began
    bool are_jobs_old = false;
  };
  // False where there is nothing new; costs one atomic exchange then.
  bool take(News& news);
  // Something else has news: look at it.
  void tell();

  void on_event(std::string_view event, const nlohmann::json& body);

  // At most kMostSpanRequests at a time: false when that many are under way. The link outlives what it answers.
  bool ask_span(ServerLink& link, const std::string& job, std::int64_t index, bool is_final);
  // False while they are under way.
  bool ask_events(ServerLink& link, const std::string& job);
  void run(ServerLink& link, std::string_view method, std::string params, std::string done_text);

  std::vector<AnalysisOutcome> take_outcomes();
  bool is_busy() const;
  std::string events_error() const;

 private:
  struct SpanAnswer;
  struct EventsAnswer;
  void ask_span_page(ServerLink& link, const std::shared_ptr<SpanAnswer>& answer, std::string_view after);
  void ask_event_page(ServerLink& link, const std::shared_ptr<EventsAnswer>& answer, std::string_view after);
  void end_span(SpanAnswer& answer, bool is_there);
  void end_events(EventsAnswer& answer, std::string error);
  bool is_current(std::uint64_t epoch) const;
  void wake() ZOE_REQUIRES(mutex_);

  std::atomic<bool> has_news_{true};
  mutable Mutex mutex_;
  std::function<void()> wake_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t epoch_ ZOE_GUARDED_BY(mutex_) = 1;
  News news_ ZOE_GUARDED_BY(mutex_);
  int span_requests_ ZOE_GUARDED_BY(mutex_) = 0;
  bool are_events_asked_ ZOE_GUARDED_BY(mutex_) = false;
  std::string events_error_ ZOE_GUARDED_BY(mutex_);
  int commands_ ZOE_GUARDED_BY(mutex_) = 0;
  std::vector<AnalysisOutcome> outcomes_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::player
