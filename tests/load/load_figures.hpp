// What was measured, as numbers, as a table and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/load/load_options.hpp"

namespace zoe::load {

// What was shown over some time, and what became of it. A viewer shows a frame when it is due, or when it comes late.
struct Window {
  std::string name;
  double seconds = 0;
  std::uint64_t frames = 0;   // delivered
  std::uint64_t late = 0;     // after their deadline, or due and never delivered
  std::uint64_t missing = 0;  // of these: never delivered
  double worst_lateness_ms = 0;
  double longest_gap_ms = 0;  // between two frames shown one after the other
  // The longest gap beyond the frame's own time: clients of several rates in one figure.
  double longest_wait_ms = 0;
  std::uint64_t lost = 0;        // packets that never came, whatever the time
  std::uint64_t repeated = 0;    // packets that came twice without having been asked for again
  std::uint64_t resumes = 0;     // times that a client went on over a new connection
  double longest_resume_ms = 0;  // from the end of a connection to the first packet of the next

  void add_frame(double lateness_ms, double interval_ms);
  void add_missing(std::uint64_t count, double behind_ms, double interval_ms);
  void add_resume(double took_ms);
};

// Filled by one thread.
struct Figures {
  bool is_measuring = false;  // only then are frames and bytes counted; what was lost or repeated always is
  Window all;
  Window now;                   // since the last mark
  std::vector<Window> windows;  // that a mark has ended
  double measured_s = 0;
  int playing = 0;  // clients that had begun to play when the measurement began
  int failed = 0;   // clients that ended early; `failures` says why, the first few
  std::vector<std::string> failures;
  std::uint64_t take_overs_failed = 0;  // tickets that were refused; those clients signed in anew
  std::uint64_t bytes = 0;              // read from the sockets
  std::uint64_t seeks = 0;
  std::vector<double> start_ms;  // from connecting to the first frame
  std::vector<double> seek_ms;   // from the request to the frame sought
  double load_cpu_s = 0;
  double server_cpu_s = -1;  // -1: not known
  std::uint64_t stalled_bytes = 0;
};

struct Percentiles {
  double p50 = 0, p90 = 0, p99 = 0, most = 0;
};
// By the nearest-rank method; zeros for none.
Percentiles percentiles(std::vector<double> values);

std::string to_table(const Options& options, const Figures& figures);
std::string to_json(const Options& options, const Figures& figures);
// On one line.
std::string to_json(const Window& window);

}  // namespace zoe::load
