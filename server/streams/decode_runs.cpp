#include "server/streams/decode_runs.hpp"

#include <algorithm>
#include <utility>

namespace zoe::server {

// Either the job's segment lies on the run's way, or it follows closely and would on its own decode much of what the
// run decodes anyway. Where little would be decoded twice, two workers are faster than one.
bool DecodeRuns::will_serve(const Run& run, const DecodeJob& job, const DecodeCost& cost) {
  if (job.segment >= run.first && job.segment <= run.target) return job.segment > run.current;
  if (job.segment < run.target || job.segment - run.target > kMostAhead) return false;
  return cost.first_segment <= run.target && cost.extra_frames > cost.own_frames / 2;
}

bool DecodeRuns::begin(const std::string& rendition, const DecodeJob& job, std::uint32_t first, const DecodeCost& cost,
                       Handle& out) {
  MutexLock lock(mutex_);
  for (Run& run : runs_) {
    if (run.rendition != rendition || !will_serve(run, job, cost)) continue;
    run.deferred.push_back(job);
    return false;
  }
  out = runs_.insert(runs_.end(), Run{rendition, first, job.segment, first, {}});
  return true;
}

void DecodeRuns::move(Handle run, std::uint32_t segment) {
  MutexLock lock(mutex_);
  run->current = segment;
  run->target = std::max(run->target, segment);
}

std::vector<DecodeJob> DecodeRuns::end(Handle run) {
  MutexLock lock(mutex_);
  std::vector<DecodeJob> deferred = std::move(run->deferred);
  runs_.erase(run);
  return deferred;
}

}  // namespace zoe::server
