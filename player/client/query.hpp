// One question to the server and its newest answer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/threads.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// What is known. Immutable parts, cheap to copy.
template <typename T>
struct Answer {
  std::shared_ptr<const T> value;  // null: not there yet; with `error`: what was known before
  std::string error;               // why the newest question had no answer; a sentence for a person
  std::string params;              // the newest question's
  bool is_loading = false;         // a question is under way
};

// A part of a list.
template <typename T>
struct Page {
  std::vector<T> items;
  std::int64_t total = 0;  // of the list
};

inline constexpr std::size_t kMostErrorText = 512;

// Of an error, for a person.
inline std::string shown_text(const Error& error) {
  std::string text = error.message.substr(0, kMostErrorText);
  // Not in the middle of a letter.
  if (text.size() < error.message.size())
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80U) != 0) text.pop_back();
  return text;
}

// Thread-safe; nothing waits for the network. Only the answer to the newest question counts, and one that comes after
// the query's end finds nobody. `wake` is called (on any thread) when something has changed; it must only wake.
template <typename T>
class Query {
 public:
  using Parse = Result<T> (*)(const nlohmann::json&);

  Query(ServerLink& link, std::string method, Parse parse, std::function<void()> wake)
      : link_(link), method_(std::move(method)), parse_(parse), shared_(std::make_shared<Shared>()) {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  ~Query() {
    const MutexLock lock(shared_->mutex);
    shared_->wake = nullptr;
    ++shared_->ticket;
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Asks at `now_ns` when the newest answer is older than `period_ns` or was to another question, whose value is
  // forgotten then. Returns when to call again. `params` is the text of a JSON object.
  std::int64_t keep_fresh(const std::string& params, std::int64_t now_ns, std::int64_t period_ns) {
    std::uint64_t ticket = 0;
    {
      const MutexLock lock(shared_->mutex);
      Answer<T>& now = shared_->now;
      const bool is_same = now.params == params && shared_->was_asked;
      if (is_same && now.is_loading) return now_ns + period_ns;
      if (is_same && now_ns < shared_->due_ns) return shared_->due_ns;
      if (!is_same) now.value = nullptr;
      now.params = params;
      now.is_loading = true;
      shared_->was_asked = true;
      shared_->due_ns = now_ns + period_ns;
      ticket = ++shared_->ticket;
    }
    link_.request(method_, params, [shared = shared_, ticket, parse = parse_](Result<nlohmann::json>& result) {
      shared->take(ticket, result ? parse(*result) : Result<T>(fail(result.error())));
    });
    return now_ns + period_ns;
  }

  // Ask again at the next `keep_fresh`.
  void refresh() {
    const MutexLock lock(shared_->mutex);
    shared_->due_ns = 0;
  }
  // Nothing is known; what was asked before is not answered any more.
  void clear() {
    const MutexLock lock(shared_->mutex);
    ++shared_->ticket;
    shared_->was_asked = false;
    shared_->due_ns = 0;
    shared_->now = {};
  }
  // Replaces the value by what it will be once the server has done what it was asked for.
  void foresee(std::shared_ptr<const T> value) {
    const MutexLock lock(shared_->mutex);
    if (shared_->now.value) shared_->now.value = std::move(value);
  }

  Answer<T> answer() const {
    const MutexLock lock(shared_->mutex);
    return shared_->now;
  }

 private:
  struct Shared {
    Mutex mutex;
    std::function<void()> wake ZOE_GUARDED_BY(mutex);
    Answer<T> now ZOE_GUARDED_BY(mutex);
    std::uint64_t ticket ZOE_GUARDED_BY(mutex) = 0;
    bool was_asked ZOE_GUARDED_BY(mutex) = false;
    std::int64_t due_ns ZOE_GUARDED_BY(mutex) = 0;

    void take(std::uint64_t its_ticket, Result<T> read) {
      const MutexLock lock(mutex);
      if (its_ticket != ticket) return;
      now.is_loading = false;
      if (read) {
        now.value = std::make_shared<const T>(std::move(*read));
        now.error.clear();
      } else {
        now.error = shown_text(read.error());
      }
      if (wake) wake();
    }
  };

  ServerLink& link_;
  const std::string method_;
  const Parse parse_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace zoe::player
