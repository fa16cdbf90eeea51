#include "engine/core/line_splitter.hpp"

namespace zoe {
namespace {

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void LineSplitter::feed(std::string_view bytes, const Take& take) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (!is_passing_over_ && pending_.size() + part.size() > most_bytes_) {
      pending_.append(part.substr(0, most_bytes_ - pending_.size()));
      take(pending_, true);
      pending_.clear();
      is_passing_over_ = true;
    }
    if (end == std::string_view::npos) {
      if (!is_passing_over_) pending_.append(part);
      return;
    }
    if (!is_passing_over_ && pending_.empty()) {
      take(without_return(part), false);
    } else if (!is_passing_over_) {
      pending_.append(part);
      take(without_return(pending_), false);
    }
    pending_.clear();
    is_passing_over_ = false;
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const Take& take) {
  if (!pending_.empty()) take(without_return(pending_), false);
  pending_.clear();
  is_passing_over_ = false;
}

}  // namespace zoe
