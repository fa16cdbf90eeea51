// What analyses found and what can analyse, as the player holds it. Plain values, checked when they were read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace zoe::player {

enum class Team : std::uint8_t { kNone = 0, kA, kB };

// What an object is, as far as it is drawn in a way of its own.
enum class TrackClass : std::uint8_t { kOther = 1, kPlayer, kKeeper, kReferee, kBall };

// One object at one time. Times count in microseconds from the media's first frame.
struct TrackPoint {
  std::int64_t time_us = 0;
  std::int32_t id = 0;
  // Fractions of the picture as shown.
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
  float confidence = 1;
  // Metres on a pitch of 105 x 68; NaN where it is not known.
  float pitch_x = 0;
  float pitch_y = 0;
};

struct TrackObject {
  std::int32_t id = 0;
  TrackClass kind = TrackClass::kOther;
  Team team = Team::kNone;
  std::string label;  // for people; empty: the id says it
};

// An answer to analysis.tracks.
struct TrackPage {
  std::vector<TrackObject> objects;
  std::vector<TrackPoint> points;  // by time
  std::string next;                // where it goes on, as JSON; empty at the end
  std::int64_t until_us = 0;       // how far the analysis has come
};

struct AnalysisEvent {
  std::int64_t index = 0;
  std::string kind;
  std::string text;
  std::int64_t time_us = 0;
  std::int64_t end_us = 0;  // not before time_us
  float confidence = -1;    // below 0: not told
  Team team = Team::kNone;
};

struct EventPage {
  std::vector<AnalysisEvent> events;
  std::string next;
};

struct AnalysisSeries {
  std::string name;
  std::string title;
  std::string unit;
  std::vector<std::pair<std::int64_t, float>> points;  // time and value, by time
};

// "#rrggbb" read.
struct TeamColor {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;

  friend bool operator==(const TeamColor&, const TeamColor&) = default;
};

struct TeamInfo {
  std::string name;
  std::optional<TeamColor> color;
};

struct AnalysisTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as wide as `columns`
};

// A heat map over the pitch.
struct AnalysisGrid {
  std::string title;
  int columns = 0;
  int rows = 0;
  std::vector<float> values;  // row by row, 0 to 1; columns * rows of them
  Team team = Team::kNone;
};

struct AnalysisSummary {
  std::string text;
  std::vector<std::pair<std::string, std::string>> values;
  std::array<TeamInfo, 2> teams;  // a, b
  std::vector<AnalysisTable> tables;
  std::vector<AnalysisGrid> grids;
  std::vector<std::string> not_seen;

  bool is_empty() const {
    return text.empty() && values.empty() && tables.empty() && grids.empty() && not_seen.empty();
  }
};

enum class JobState : std::uint8_t { kQueued = 1, kRunning, kDone, kPartial, kFailed, kCancelled };

struct AnalysisJob {
  std::string job;
  std::string media;
  std::string analyser;
  std::string name;  // of the analyser, for people
  std::string version;
  std::string parameters;  // a JSON object
  JobState state = JobState::kQueued;
  float fraction = 0;  // 0 to 1
  std::string message;
  std::int64_t analysed_us = 0;
  std::int64_t points = 0;
  std::int64_t events = 0;
  std::int64_t series = 0;
  std::string started_by;
  std::int64_t created_utc_ns = 0;
  std::string error;

  bool is_going_on() const { return state == JobState::kQueued || state == JobState::kRunning; }
  bool has_results() const { return points > 0 || events > 0 || series > 0 || state == JobState::kDone; }
};

// The event analysis.changed.
struct JobChange {
  std::string job;
  std::string media;
  JobState state = JobState::kQueued;
  float fraction = 0;
  std::string message;
  std::int64_t analysed_us = 0;
  std::int64_t points = 0;
  std::int64_t events = 0;
  std::int64_t series = 0;
};

enum class ParameterType : std::uint8_t { kText = 1, kInteger, kNumber, kBoolean, kChoice, kFile };

struct AnalyserParameter {
  std::string name;
  std::string title;
  ParameterType type = ParameterType::kText;
  std::string value;  // the default, as text: "true" for a boolean
  std::optional<double> least;
  std::optional<double> most;
  std::vector<std::string> choices;
};

struct Analyser {
  std::string analyser;
  std::string name;
  std::string description;
  std::string version;
  bool is_available = false;
  std::string unavailable_reason;
  std::vector<AnalyserParameter> parameters;
};

}  // namespace zoe::player
