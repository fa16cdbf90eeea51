// The control API's answers about analyses, checked; and the questions. What a script found went through a server, and
// both may be somebody else's: everything is bounded before it is believed.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/analysis_types.hpp"

namespace zoe::player {

inline constexpr std::size_t kMostAnalysers = 100;
inline constexpr std::size_t kMostParameters = 64;
inline constexpr std::size_t kMostChoices = 64;
inline constexpr std::size_t kMostJobs = 200;
inline constexpr std::size_t kMostPagePoints = 20'000;
inline constexpr std::size_t kMostPageEvents = 5000;
inline constexpr std::size_t kMostSeries = 64;
inline constexpr std::size_t kMostSeriesPoints = 2000;
inline constexpr std::size_t kMostTables = 32;
inline constexpr std::size_t kMostTableRows = 500;
inline constexpr std::size_t kMostTableColumns = 16;
inline constexpr std::size_t kMostGrids = 16;
inline constexpr std::size_t kMostGridSide = 128;
inline constexpr std::size_t kMostSummaryValues = 100;
inline constexpr std::int64_t kMostMediaUs = std::int64_t{1} << 50;  // 35 years: room to add to

// All: kMalformed names what is missing or of another type or size. Lists are cut at the bounds above; of tracks, a
// point that makes no sense (no time, a box of nothing or far outside) is left out rather than the whole answer.
Result<std::vector<Analyser>> parse_analysers(const nlohmann::json& result);
Result<AnalysisJob> parse_job(const nlohmann::json& object);
Result<std::vector<AnalysisJob>> parse_jobs(const nlohmann::json& result);
Result<AnalysisJob> parse_started_job(const nlohmann::json& result);      // of analysis.start
Result<AnalysisSummary> parse_job_summary(const nlohmann::json& result);  // of analysis.get
Result<TrackPage> parse_tracks(const nlohmann::json& result);
Result<EventPage> parse_events(const nlohmann::json& result);
Result<std::vector<AnalysisSeries>> parse_series(const nlohmann::json& result);
Result<JobChange> parse_job_change(const nlohmann::json& event);

// What a person chose for an analyser's parameters, as the JSON object that analysis.start takes; names and values in
// pairs, values as text. kInvalidArgument says in words which one is wrong.
Result<std::string> start_params(std::string_view media, const Analyser& analyser,
                                 std::span<const std::pair<std::string, std::string>> chosen);

std::string tracks_params(std::string_view job, std::int64_t from_us, std::int64_t until_us, std::string_view after);
std::string events_params(std::string_view job, std::string_view after);

}  // namespace zoe::player
