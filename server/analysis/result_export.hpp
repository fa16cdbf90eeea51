// All of a job's results as one file for other programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "server/analysis/result_reader.hpp"

namespace zoe::server {

enum class ExportFormat { kJson = 1, kCsv };

// Writes to `fd` and returns how much. Results that there are none of are empty. kIo where it cannot be written (a full
// disk), kTooLarge beyond 2 GiB.
//   JSON: {"job", "tracks": [[time_us, id, x, y, width, height, confidence, pitch_x, pitch_y]], "objects", "events",
//         "series": [{"name", …}], "values": [[name, time_us, value]]}
//   CSV: a head line, then a line for each point, event and value.
Result<std::uint64_t> export_results(ExportFormat format, const nlohmann::json& job,
                                     std::optional<ResultReader> results, int fd);

}  // namespace zoe::server
