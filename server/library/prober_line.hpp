// What the server and its prober say to each other: JSON objects, one a line. The server sends an order; the prober
// answers with any number of {"share": 0.25}, then with {"findings": …} or {"failed": {"code", "message"}}.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "server/library/examiner.hpp"

namespace zoe::server {

// Headers of a hundred tracks, in hexadecimal digits.
inline constexpr std::size_t kMostProberLine = std::size_t{256} << 20;

std::string order_line(const ExamineOrder& order);
Result<ExamineOrder> parse_order(std::string_view line);

std::string share_line(double share);
std::string result_line(const Result<Findings>& result);

// The last word of an examination, or nothing where the line only tells its progress. kMalformed.
Result<std::optional<Result<Findings>>> parse_answer(std::string_view line, double& share);

}  // namespace zoe::server
