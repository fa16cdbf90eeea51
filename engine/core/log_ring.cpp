#include "engine/core/log_ring.hpp"

#include <algorithm>

namespace zoe {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(std::string_view text, std::string_view wanted) {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

bool matches(const LogLine& line, const LogRing::Query& query) {
  if (line.seq <= query.after || line.level < query.level) return false;
  return query.search.empty() || contains(line.text, query.search) || contains(line.component, query.search);
}

std::size_t bytes_of(const LogLine& line) { return line.component.size() + line.text.size(); }

}  // namespace

void LogRing::add(LogLevel level, std::string_view component, std::string_view text, std::int64_t utc_ns) {
  LogLine line{0, utc_ns, level, std::string(cut(component, 64)), std::string(cut(text, kMostLineBytes))};
  std::deque<LogLine> gone;  // freed without the lock
  MutexLock lock(mutex_);
  line.seq = ++last_seq_;
  bytes_ += bytes_of(line);
  lines_.push_back(std::move(line));
  while (lines_.size() > most_lines_ || (bytes_ > most_bytes_ && lines_.size() > 1)) {
    bytes_ -= bytes_of(lines_.front());
    gone.push_back(std::move(lines_.front()));
    lines_.pop_front();
  }
  lock.unlock();
}

LogRing::Found LogRing::find(const Query& query) const {
  Found found;
  MutexLock lock(mutex_);
  found.last_seq = last_seq_;
  if (lines_.empty()) return found;
  found.first_seq = lines_.front().seq;
  if (query.after > 0) {
    for (const LogLine& line : lines_) {
      if (!matches(line, query)) continue;
      if (found.lines.size() == query.limit) {
        found.last_seq = found.lines.empty() ? query.after : found.lines.back().seq;
        break;
      }
      found.lines.push_back(line);
    }
    return found;
  }
  for (auto line = lines_.rbegin(); line != lines_.rend() && found.lines.size() < query.limit; ++line)
    if (matches(*line, query)) found.lines.push_back(*line);
  std::reverse(found.lines.begin(), found.lines.end());
  return found;
}

}  // namespace zoe
