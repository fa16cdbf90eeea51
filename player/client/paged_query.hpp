// A list that is fetched page by page.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/net/json.hpp"
#include "player/client/query.hpp"

namespace zoe::player {

// What is there of it. Cheap to copy.
template <typename T>
struct Listed {
  std::shared_ptr<const std::vector<T>> items;  // null: nothing is known yet
  std::int64_t total = 0;
  std::string error;
  bool is_loading = false;
};

// Thread-safe; as Query: nothing waits, and only the answer to the newest question counts.
template <typename T>
class PagedQuery {
 public:
  using Parse = Result<Page<T>> (*)(const nlohmann::json&);
  static constexpr std::int64_t kPage = 100;
  static constexpr std::int64_t kMostPage = 500;

  PagedQuery(ServerLink& link, std::string method, Parse parse, std::function<void()> wake)
      : link_(link), method_(std::move(method)), parse_(parse), shared_(std::make_shared<Shared>()) {
    const MutexLock lock(shared_->mutex);
    shared_->wake = std::move(wake);
  }
  ~PagedQuery() {
    const MutexLock lock(shared_->mutex);
    shared_->wake = nullptr;
    ++shared_->ticket;
  }
  PagedQuery(const PagedQuery&) = delete;
  PagedQuery& operator=(const PagedQuery&) = delete;

  // Asks for what is there anew when that is older than `period_ns`. Returns when to call again.
  std::int64_t keep_fresh(std::int64_t now_ns, std::int64_t period_ns) {
    std::int64_t limit = kPage;
    {
      const MutexLock lock(shared_->mutex);
      if (shared_->now.is_loading) return now_ns + period_ns;
      if (now_ns < shared_->due_ns) return shared_->due_ns;
      shared_->due_ns = now_ns + period_ns;
      limit = std::clamp(shared_->end, kPage, kMostPage);
    }
    ask(0, limit);
    return now_ns + period_ns;
  }
  // The next page; nothing while one is under way or all is there.
  void more() {
    std::int64_t offset = 0;
    {
      const MutexLock lock(shared_->mutex);
      offset = shared_->end;
      if (!shared_->now.items || shared_->now.is_loading || offset >= shared_->now.total) return;
    }
    ask(offset, kPage);
  }
  void refresh() {
    const MutexLock lock(shared_->mutex);
    shared_->due_ns = 0;
  }
  void clear() {
    const MutexLock lock(shared_->mutex);
    ++shared_->ticket;
    shared_->due_ns = 0;
    shared_->end = 0;
    shared_->now = {};
  }

  Listed<T> listed() const {
    const MutexLock lock(shared_->mutex);
    return shared_->now;
  }

 private:
  struct Shared {
    Mutex mutex;
    std::function<void()> wake ZOE_GUARDED_BY(mutex);
    Listed<T> now ZOE_GUARDED_BY(mutex);
    std::uint64_t ticket ZOE_GUARDED_BY(mutex) = 0;
    std::int64_t due_ns ZOE_GUARDED_BY(mutex) = 0;
    // Of what was asked for: a page may hold less, since not all of it is for everybody's eyes.
    std::int64_t end ZOE_GUARDED_BY(mutex) = 0;

    void take(std::uint64_t its_ticket, std::int64_t offset, std::int64_t limit, Result<Page<T>> page) {
      const MutexLock lock(mutex);
      if (its_ticket != ticket) return;
      now.is_loading = false;
      now.error = page ? std::string() : shown_text(page.error());
      if (page) {
        std::vector<T> items;
        if (offset > 0 && now.items) items = *now.items;
        std::move(page->items.begin(), page->items.end(), std::back_inserter(items));
        const auto count = static_cast<std::int64_t>(items.size());
        end = offset + limit;
        // A page without items ends the list, whatever the total says.
        now.total = page->items.empty() ? count : std::max(page->total, count);
        now.items = std::make_shared<const std::vector<T>>(std::move(items));
      }
      if (wake) wake();
    }
  };

  void ask(std::int64_t offset, std::int64_t limit) {
    std::uint64_t ticket = 0;
    {
      const MutexLock lock(shared_->mutex);
      shared_->now.is_loading = true;
      ticket = ++shared_->ticket;
    }
    link_.request(method_, net::to_text({{"offset", offset}, {"limit", limit}}),
                  [shared = shared_, ticket, offset, limit, parse = parse_](Result<nlohmann::json>& result) {
                    shared->take(ticket, offset, limit,
                                 result ? parse(*result) : Result<Page<T>>(fail(result.error())));
                  });
  }

  ServerLink& link_;
  const std::string method_;
  const Parse parse_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace zoe::player
