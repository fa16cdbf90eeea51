// The analyses of the media that is shown: who can analyse, the jobs, and what the one that is looked at found.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/clock.hpp"
#include "player/client/analysis_answers.hpp"
#include "player/client/analysis_messages.hpp"
#include "player/client/analysis_types.hpp"
#include "player/client/query.hpp"
#include "player/client/track_store.hpp"

namespace zoe::player {

// What is known now. Immutable parts, cheap to copy.
struct AnalysisSnapshot {
  std::string media;  // that all of it is about
  Answer<std::vector<Analyser>> analysers;
  std::shared_ptr<const std::vector<AnalysisJob>> jobs;  // newest first; null: not known yet
  std::string jobs_error;
  std::string job;  // the one that is looked at; empty: none
  std::shared_ptr<const AnalysisSummary> summary;
  std::shared_ptr<const std::vector<AnalysisEvent>> events;  // by time
  std::shared_ptr<const std::vector<AnalysisSeries>> series;
  std::string results_error;  // why some of that is missing
  bool is_busy = false;       // a command is under way

  const AnalysisJob* find(const std::string& id) const;
  const AnalysisJob* shown() const { return find(job); }
};

struct AnalysisNeeds {
  std::string_view media;  // empty: none is shown
  std::int64_t position_us = 0;
  std::int64_t duration_us = 0;
  double rate = 1;
  bool is_panel_seen = false;
  bool are_tracks_seen = false;  // on the picture
};

// Main thread but for what AnalysisAnswers and Query do; nothing waits for the network. Jobs are asked for when a media
// is opened, once a minute, and when the server says that one has changed (`analysis.changed`); tracks in spans of 5 s
// around the playhead, two at a time, and again where the analysis has come further meanwhile. A server that knows
// nothing of analyses is one without analysers.
class AnalysisFeed {
 public:
  // `wake` is called (on any thread) when something has changed; must only wake. `link` outlives the feed.
  AnalysisFeed(ServerLink& link, const std::function<void()>& wake);
  ~AnalysisFeed();
  AnalysisFeed(const AnalysisFeed&) = delete;
  AnalysisFeed& operator=(const AnalysisFeed&) = delete;

  // While somebody is signed in. Returns when to be called again.
  std::int64_t update(const AnalysisNeeds& needs, std::int64_t now_ns);
  // Grows whenever the snapshot or the tracks have changed.
  std::uint64_t revision() const { return revision_; }

  // `params`: as start_params made them.
  void start(std::string params);
  void cancel(const std::string& job);
  void remove(const std::string& job);
  // Looks at this one from now on.
  void choose(const std::string& job);
  std::vector<AnalysisOutcome> take_outcomes() { return answers_->take_outcomes(); }

  // What is known may be old: connected again.
  void refresh();
  // Another server or person.
  void clear();

  const AnalysisSnapshot& snapshot() const { return now_; }
  const TrackStore& tracks() const { return tracks_; }

 private:
  void show_media(std::string_view media);
  void show_job(const std::string& job);
  void take_news();
  void gather_jobs();
  void gather_results();
  std::int64_t ask_results(bool is_panel_seen, std::int64_t now_ns);
  std::int64_t ask_tracks(const AnalysisNeeds& needs, std::int64_t now_ns);

  ServerLink& link_;
  const std::shared_ptr<AnalysisAnswers> answers_;
  Query<std::vector<Analyser>> analysers_;
  Query<std::vector<AnalysisJob>> jobs_;
  Query<AnalysisSummary> summary_;
  Query<std::vector<AnalysisSeries>> series_;

  AnalysisSnapshot now_;
  TrackStore tracks_;
  std::uint64_t revision_ = 1;
  std::string jobs_params_;
  std::string chosen_;                          // by the viewer; empty: the newest with something to show
  std::map<std::string, JobChange> changes_;    // what the server told since the list of jobs
  std::map<std::int64_t, std::int64_t> asked_;  // spans, and from when on they may be asked for again
  std::int64_t playhead_us_ = 0;
  std::int64_t now_ns_ = 0;
  bool are_events_old_ = true;
  std::int64_t events_at_ns_ = 0;            // not before
  std::int64_t told_events_ = -1;            // how many the job had when they were asked for
  JobState told_state_ = JobState::kQueued;  // of the job that is looked at
};

}  // namespace zoe::player
