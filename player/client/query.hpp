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
  bool was_asked = false;
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

// What Query and PagedQuery have in common. Thread-safe; nothing waits for the network. Only the answer to the newest
// question counts, and one that comes after the query's end finds nobody. `wake` is called (on any thread) when
// something has changed; it must only wake.
template <typename State>
class QueryBase {
 public:
  QueryBase(const QueryBase&) = delete;
  QueryBase& operator=(const QueryBase&) = delete;

  // Ask again at the next `keep_fresh`.
  void refresh() {
    const MutexLock lock(shared_->mutex);
    shared_->due_ns = 0;
  }
  // Nothing is known; what was asked before is not answered any more.
  void clear() {
    const MutexLock lock(shared_->mutex);
    ++shared_->ticket;
    shared_->due_ns = 0;
    shared_->now = {};
  }

 protected:
  struct Shared {
    Mutex mutex;
    std::function<void()> wake ZOE_GUARDED_BY(mutex);
    State now ZOE_GUARDED_BY(mutex);
    std::uint64_t ticket ZOE_GUARDED_BY(mutex) = 0;
    std::int64_t due_ns ZOE_GUARDED_BY(mutex) = 0;
  };

  QueryBase(ServerLink& link, std::string method, std::function<void()> wake)
      : link_(link), method_(std::move(method)), shared_(std::make_shared<Shared>()) {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  ~QueryBase() {
    const MutexLock lock(shared_->mutex);
    shared_->wake = nullptr;
    ++shared_->ticket;
  }

  // Asks under `ticket`; `take` gets the answer with the lock held, unless a newer question was asked meanwhile.
  template <typename Parse, typename Take>
  void ask(std::string params, std::uint64_t ticket, Parse parse, Take take) {
    link_.request(method_, std::move(params), [shared = shared_, ticket, parse, take](Result<nlohmann::json>& result) {
      auto read = result ? parse(*result) : decltype(parse(*result))(fail(result.error()));
      const MutexLock lock(shared->mutex);
      if (ticket != shared->ticket) return;
      take(shared->now, std::move(read));
      if (shared->wake) shared->wake();
    });
  }

  State state() const {
    const MutexLock lock(shared_->mutex);
    return shared_->now;
  }

  ServerLink& link_;
  const std::string method_;
  const std::shared_ptr<Shared> shared_;
};

template <typename T>
class Query : public QueryBase<Answer<T>> {
 public:
  using Parse = Result<T> (*)(const nlohmann::json&);

  Query(ServerLink& link, std::string method, Parse parse, std::function<void()> wake)
      : QueryBase<Answer<T>>(link, std::move(method), std::move(wake)), parse_(parse) {}

  // Asks at `now_ns` when the newest answer is older than `period_ns` or was to another question, whose value is
  // forgotten then. Returns when to call again. `params` is the text of a JSON object.
  std::int64_t keep_fresh(const std::string& params, std::int64_t now_ns, std::int64_t period_ns) {
    std::uint64_t ticket = 0;
    {
      auto& shared = *this->shared_;
      const MutexLock lock(shared.mutex);
      const bool is_same = shared.now.was_asked && shared.now.params == params;
      if (is_same && shared.now.is_loading) return now_ns + period_ns;
      if (is_same && now_ns < shared.due_ns) return shared.due_ns;
      if (!is_same) shared.now.value = nullptr;
      shared.now.params = params;
      shared.now.is_loading = shared.now.was_asked = true;
      shared.due_ns = now_ns + period_ns;
      ticket = ++shared.ticket;
    }
    this->ask(params, ticket, parse_, [](Answer<T>& now, Result<T> read) {
      now.is_loading = false;
      now.error = read ? std::string() : shown_text(read.error());
      if (read) now.value = std::make_shared<const T>(std::move(*read));
    });
    return now_ns + period_ns;
  }

  // Replaces the value by what it will be once the server has done what it was asked for.
  void foresee(std::shared_ptr<const T> value) {
    const MutexLock lock(this->shared_->mutex);
    if (this->shared_->now.value) this->shared_->now.value = std::move(value);
  }

  Answer<T> answer() const { return this->state(); }
  std::shared_ptr<const T> value() const {
    const MutexLock lock(this->shared_->mutex);
    return this->shared_->now.value;
  }

 private:
  const Parse parse_;
};

}  // namespace zoe::player
