#include "engine/net/request_table.hpp"

#include <fmt/core.h>

#include <limits>
#include <utility>

#include "engine/net/messages.hpp"
#include "engine/net/wire.hpp"

namespace zoe::net {

Result<std::vector<std::uint8_t>> RequestTable::add(std::string_view method, std::string_view params,
                                                    std::int64_t deadline_ns, Completion& completion) {
  const std::uint64_t id = next_id_;
  const std::string text = encode_request(id, method, params);
  if (text.size() > rule_of(Kind::kRequest).most_bytes)
    return fail(Errc::kTooLarge, fmt::format("the request {} is too long ({} bytes)", method, text.size()));
  if (waiting_.size() >= kMostWaiting)
    return fail(Errc::kTooLarge, fmt::format("the request {} was not sent: {} others wait", method, waiting_.size()));
  ++next_id_;
  const bool may_send = in_progress_ < kMostRequestsInProgress && waiting_.empty();
  entries_.emplace(id, Entry{std::string(method), deadline_ns, std::move(completion), may_send});
  std::vector<std::uint8_t> message = encode_text(Kind::kRequest, text);
  if (may_send) {
    ++in_progress_;
    return message;
  }
  waiting_.push_back({id, std::move(message)});
  return std::vector<std::uint8_t>();
}

Completion RequestTable::take(std::uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.is_sent) return nullptr;
  Completion completion = std::move(found->second.completion);
  entries_.erase(found);
  --in_progress_;
  return completion;
}

std::vector<std::uint8_t> RequestTable::take_sendable() {
  std::vector<std::uint8_t> messages;
  while (!waiting_.empty() && in_progress_ < kMostRequestsInProgress) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const auto found = entries_.find(next.id);
    if (found == entries_.end()) continue;  // it expired while it waited
    found->second.is_sent = true;
    ++in_progress_;
    messages.insert(messages.end(), next.message.begin(), next.message.end());
  }
  return messages;
}

std::vector<RequestTable::Ended> RequestTable::take_expired(std::int64_t now_ns) {
  std::vector<Ended> ended;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.deadline_ns > now_ns) {
      ++entry;
      continue;
    }
    ended.push_back({entry->second.method, std::move(entry->second.completion)});
    if (entry->second.is_sent) {
      entry->second.completion = nullptr;
      entry->second.deadline_ns = std::numeric_limits<std::int64_t>::max();
      ++entry;
    } else {
      entry = entries_.erase(entry);
    }
  }
  return ended;
}

std::vector<RequestTable::Ended> RequestTable::take_all() {
  std::vector<Ended> ended;
  for (auto& [id, entry] : entries_) {
    if (entry.completion) ended.push_back({entry.method, std::move(entry.completion)});
  }
  entries_.clear();
  waiting_.clear();
  in_progress_ = 0;
  return ended;
}

}  // namespace zoe::net
