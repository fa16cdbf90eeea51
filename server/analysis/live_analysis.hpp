// What the analysis service keeps of a job that runs, and of results that are being read.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/analysis/analysis_service.hpp"
#include "server/analysis/running_analysis.hpp"

namespace zoe::server {

struct AnalysisService::Live {
  std::unique_ptr<RunningAnalysis> analysis;
  std::atomic<bool> is_to_end{false};
  std::atomic<bool> is_removed{false};

  // The service's thread's own.
  bool is_cancelled = false;  // the plugin has been told
  std::string lost;           // why it was ended without anybody's wish; empty: it was not
  AnalysisProgress told;
  std::chrono::steady_clock::time_point told_at;
  std::chrono::steady_clock::time_point stored_at;
};

struct AnalysisService::OpenReader {
  OpenReader(std::string its_id, ResultReader its_reader) : id(std::move(its_id)), reader(std::move(its_reader)) {}

  const std::string id;
  Mutex mutex;
  ResultReader reader ZOE_GUARDED_BY(mutex);
};

}  // namespace zoe::server
