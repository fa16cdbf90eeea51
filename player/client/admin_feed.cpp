#include "player/client/admin_feed.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/threads.hpp"
#include "player/client/admin_messages.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

enum Question : std::size_t { kStatus = 0, kPlugins, kClients, kUsers, kLog, kQuestions };

constexpr std::int64_t kOnceNs = kNsPerS;
constexpr std::int64_t kLogNs = kNsPerS / 2;
constexpr std::int64_t kUsersNs = 5 * kNsPerS;
constexpr std::int64_t kAfterErrorNs = 3 * kNsPerS;
constexpr std::int64_t kLookAgainNs = kNsPerS / 4;  // while an answer is awaited
constexpr std::size_t kMostActions = 32;
constexpr std::size_t kMostRunning = 16;
constexpr std::size_t kMostErrorBytes = 512;

// How often a question is asked while its tab is open; 0: not for this tab. The figures are asked for always: the
// graphs must have no holes.
constexpr std::int64_t period_of(Question question, AdminTab tab) {
  switch (question) {
    case kStatus:
      return kOnceNs;
    case kPlugins:
      return tab == AdminTab::kPlugins || tab == AdminTab::kOverview ? kOnceNs : 0;
    case kClients:
      return tab == AdminTab::kClients ? kOnceNs : 0;
    case kUsers:
      return tab == AdminTab::kUsers ? kUsersNs : 0;
    case kLog:
      return tab == AdminTab::kLog ? kLogNs : 0;
    case kQuestions:
      break;
  }
  return 0;
}

constexpr std::array<const char*, kQuestions> kMethods = {"admin.status", "admin.plugins", "admin.clients",
                                                          "admin.users", "admin.log"};

std::string shown(const Error& error) {
  std::string text = error.message;
  if (text.size() <= kMostErrorBytes) return text;
  std::size_t end = kMostErrorBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

// What is said when the server itself says nothing.
std::string done_text(const AdminCommand& command) {
  switch (command.verb) {
    case AdminVerb::kSwap:
      return "Swapped.";
    case AdminVerb::kRollBack:
      return "Rolled back.";
    case AdminVerb::kEnable:
      return "Enabled.";
    case AdminVerb::kDisable:
      return "Disabled.";
    case AdminVerb::kDrain:
      return "Its clients were told to go on elsewhere.";
    case AdminVerb::kEndClient:
      return fmt::format("{}'s connection was ended.", command.name);
    case AdminVerb::kCreateUser:
      return fmt::format("The account {} was made.", command.name);
    case AdminVerb::kSetRole:
      return fmt::format("{} is {} now.", command.name, to_string(command.role));
    case AdminVerb::kSetDisabled:
      return fmt::format("{} {}.", command.name, command.is_disabled ? "was locked out" : "may sign in again");
    case AdminVerb::kResetPassword:
      return fmt::format("{} has a new password.", command.name);
  }
  return {};
}

}  // namespace

struct AdminFeed::Shared {
  explicit Shared(const Clock& its_clock) : clock(its_clock) {}

  struct Asked {
    bool is_under_way = false;
    std::int64_t next_ns = 0;
  };

  const Clock& clock;  // used only while the feed lives: with `is_over` unset
  mutable Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 1;  // answers of a former one are dropped
  std::uint64_t revision ZOE_GUARDED_BY(mutex) = 1;
  std::array<Asked, kQuestions> asked ZOE_GUARDED_BY(mutex);
  AdminSnapshot now ZOE_GUARDED_BY(mutex);
  std::shared_ptr<const AdminSnapshot> published ZOE_GUARDED_BY(mutex) = std::make_shared<const AdminSnapshot>();
  std::uint64_t log_seq ZOE_GUARDED_BY(mutex) = 0;
  std::uint64_t next_action ZOE_GUARDED_BY(mutex) = 1;
  // What the rates of the next sample are counted from.
  std::int64_t counted_ns ZOE_GUARDED_BY(mutex) = 0;
  AdminStatus counted ZOE_GUARDED_BY(mutex);

  void publish() ZOE_REQUIRES(mutex) {
    published = std::make_shared<const AdminSnapshot>(now);
    ++revision;
    if (wake) wake();
  }

  void add_sample(const AdminStatus& status, std::int64_t now_ns) ZOE_REQUIRES(mutex);
  void add_lines(AdminLogPage page) ZOE_REQUIRES(mutex);
  void take(Question question, Result<json>& result, std::int64_t now_ns) ZOE_REQUIRES(mutex);
  void on_answer(Question question, std::uint64_t its_epoch, Result<json>& result);
  void on_done(std::uint64_t action, std::uint64_t its_epoch, const std::string& words, Result<json>& result);

  template <typename T>
  void keep(AdminPart<T>& part, Result<T> read) ZOE_REQUIRES(mutex) {
    if (read) {
      part.value = std::make_shared<const T>(std::move(*read));
      part.error.clear();
    } else {
      part.error = shown(read.error());
    }
  }
};

void AdminFeed::Shared::add_sample(const AdminStatus& status, std::int64_t now_ns) {
  AdminSample sample;
  sample.time_ns = now_ns;
  sample.clients = static_cast<double>(status.clients);
  sample.streams = static_cast<double>(status.streams);
  sample.store_bytes = static_cast<double>(status.store.bytes);
  if (status.rss_bytes) sample.rss_bytes = static_cast<double>(*status.rss_bytes);
  const double passed_s = static_cast<double>(now_ns - counted_ns) / 1e9;
  // A server that was started anew counts from zero again: no rate for that second.
  const bool is_same_run = counted_ns != 0 && status.uptime_s >= counted.uptime_s && passed_s > 0.01;
  if (is_same_run && status.bytes_sent && counted.bytes_sent)
    sample.bytes_per_s =
        std::max(static_cast<double>(*status.bytes_sent) - static_cast<double>(*counted.bytes_sent), 0.0) / passed_s;
  if (is_same_run && status.cpu_s && counted.cpu_s)
    sample.cpu_percent = std::max(*status.cpu_s - *counted.cpu_s, 0.0) / passed_s * 100;
  const auto rate = [&](std::int64_t value, std::int64_t before) {
    return std::max(static_cast<double>(value) - static_cast<double>(before), 0.0) / passed_s;
  };
  if (is_same_run) {
    sample.makes_per_s = rate(status.store.makes, counted.store.makes);
    sample.hits_per_s = rate(status.store.hits, counted.store.hits);
  }
  counted = status;
  counted_ns = now_ns;
  std::vector<AdminSample> samples;
  if (this->now.samples) {
    const auto& before = *this->now.samples;
    const auto first = std::find_if(before.begin(), before.end(), [&](const AdminSample& each) {
      return each.time_ns >= now_ns - kAdminGraphNs - 2 * kNsPerS;
    });
    samples.assign(first, before.end());
  }
  samples.push_back(sample);
  this->now.samples = std::make_shared<const std::vector<AdminSample>>(std::move(samples));
}

void AdminFeed::Shared::add_lines(AdminLogPage page) {
  // A server that was started anew numbers its lines from the start.
  const bool is_other_run = page.last_seq < log_seq;
  if (is_other_run) log_seq = 0;
  std::erase_if(page.lines, [&](const AdminLogLine& line) ZOE_REQUIRES(mutex) { return line.seq <= log_seq; });
  now.log.error.clear();
  if (page.lines.empty() && now.log.value && !is_other_run) return;
  if (!page.lines.empty()) log_seq = page.lines.back().seq;
  std::vector<AdminLogLine> lines;
  if (now.log.value && !is_other_run) lines = *now.log.value;
  lines.insert(lines.end(), std::make_move_iterator(page.lines.begin()), std::make_move_iterator(page.lines.end()));
  if (lines.size() > kMostAdminLogLines)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kMostAdminLogLines));
  now.log.value = std::make_shared<const std::vector<AdminLogLine>>(std::move(lines));
  // More than one answer holds: the rest at once.
  if (log_seq < page.last_seq && !page.lines.empty()) asked[kLog].next_ns = 0;
}

void AdminFeed::Shared::take(Question question, Result<json>& result, std::int64_t now_ns) {
  const auto read = [&result](auto parse) -> decltype(parse(*result)) {
    if (!result) return fail(result.error());
    return parse(*result);
  };
  switch (question) {
    case kStatus:
      keep(now.status, read(parse_admin_status));
      if (now.status.error.empty()) add_sample(*now.status.value, now_ns);
      return;
    case kPlugins:
      return keep(now.plugins, read(parse_admin_plugins));
    case kClients:
      return keep(now.clients, read(parse_admin_clients));
    case kUsers:
      return keep(now.users, read(parse_admin_users));
    case kLog: {
      auto page = read(parse_admin_log);
      if (page)
        add_lines(std::move(*page));
      else
        now.log.error = shown(page.error());
      return;
    }
    case kQuestions:
      return;
  }
}

void AdminFeed::Shared::on_answer(Question question, std::uint64_t its_epoch, Result<json>& result) {
  const MutexLock lock(mutex);
  if (is_over || its_epoch != epoch) return;
  const std::int64_t now_ns = clock.now_ns();
  asked[question].is_under_way = false;
  take(question, result, now_ns);
  if (!result) asked[question].next_ns = now_ns + kAfterErrorNs;
  publish();
}

void AdminFeed::Shared::on_done(std::uint64_t action, std::uint64_t its_epoch, const std::string& words,
                                Result<json>& result) {
  const MutexLock lock(mutex);
  if (is_over || its_epoch != epoch) return;
  const auto found =
      std::find_if(now.actions.begin(), now.actions.end(), [&](const AdminAction& each) { return each.id == action; });
  if (found == now.actions.end()) return;
  found->ended_ns = clock.now_ns();
  found->state = result ? AdminAction::State::kDone : AdminAction::State::kFailed;
  found->message = result ? admin_message(*result) : shown(result.error());
  if (found->message.empty()) found->message = words;
  for (Asked& each : asked) each.next_ns = 0;
  publish();
}

AdminFeed::AdminFeed(ServerLink& link, const Clock& clock, std::function<void()> wake)
    : shared_(std::make_shared<Shared>(clock)), link_(link) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

AdminFeed::~AdminFeed() {
  const MutexLock lock(shared_->mutex);
  shared_->is_over = true;
  shared_->wake = nullptr;
}

std::int64_t AdminFeed::update(AdminTab tab, std::int64_t now_ns) {
  struct Due {
    Question question;
    std::string params;
  };
  std::vector<Due> due;
  std::uint64_t epoch = 0;
  std::int64_t next_ns = now_ns + kOnceNs;
  {
    const MutexLock lock(shared_->mutex);
    epoch = shared_->epoch;
    for (std::size_t i = 0; i < kQuestions; ++i) {
      const auto question = static_cast<Question>(i);
      const std::int64_t period = period_of(question, tab);
      Shared::Asked& asked = shared_->asked[i];
      if (period == 0) continue;
      if (asked.is_under_way) {
        next_ns = std::min(next_ns, now_ns + kLookAgainNs);
      } else if (now_ns >= asked.next_ns) {
        asked = {.is_under_way = true, .next_ns = now_ns + period};
        std::string params;
        if (question == kLog)
          params = shared_->log_seq == 0
                       ? fmt::format(R"({{"limit":{}}})", kMostAdminLogPage)
                       : fmt::format(R"({{"after":{},"limit":{}}})", shared_->log_seq, kMostAdminLogPage);
        if (question == kClients) params = fmt::format(R"({{"offset":0,"limit":{}}})", kMostAdminClients);
        due.push_back({question, std::move(params)});
        next_ns = std::min(next_ns, now_ns + period);
      } else {
        next_ns = std::min(next_ns, asked.next_ns);
      }
    }
  }
  for (Due& each : due) {
    link_.request(kMethods[each.question], std::move(each.params),
                  [shared = shared_, epoch, question = each.question](Result<json>& result) {
                    shared->on_answer(question, epoch, result);
                  });
  }
  return next_ns;
}

void AdminFeed::run(const AdminCommand& command) {
  std::uint64_t id = 0;
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(shared_->mutex);
    AdminSnapshot& now = shared_->now;
    id = shared_->next_action++;
    epoch = shared_->epoch;
    const auto running = std::count_if(now.actions.begin(), now.actions.end(), [](const AdminAction& each) {
      return each.state == AdminAction::State::kRunning;
    });
    const bool is_refused = static_cast<std::size_t>(running) >= kMostRunning;
    if (now.actions.size() >= kMostActions) {
      const auto ended = std::find_if(now.actions.begin(), now.actions.end(), [](const AdminAction& each) {
        return each.state != AdminAction::State::kRunning;
      });
      now.actions.erase(ended);  // there is one: kMostRunning is less than kMostActions
    }
    AdminAction action{.id = id,
                       .verb = command.verb,
                       .plugin = command.plugin,
                       .number = command.number,
                       .name = command.name,
                       .started_ns = shared_->clock.now_ns()};
    if (is_refused) {
      action.state = AdminAction::State::kFailed;
      action.message = "Too many commands are under way; wait for one of them to end.";
      action.ended_ns = action.started_ns;
    }
    now.actions.push_back(std::move(action));
    shared_->publish();
    if (is_refused) return;
  }
  link_.request(method_of(command.verb), params_of(command),
                [shared = shared_, id, epoch, words = done_text(command)](Result<json>& result) {
                  shared->on_done(id, epoch, words, result);
                });
}

void AdminFeed::refresh() {
  const MutexLock lock(shared_->mutex);
  for (Shared::Asked& each : shared_->asked) each.next_ns = 0;
}

void AdminFeed::clear() {
  const MutexLock lock(shared_->mutex);
  ++shared_->epoch;
  shared_->asked = {};
  shared_->now = {};
  shared_->log_seq = 0;
  shared_->counted_ns = 0;
  shared_->publish();
}

std::shared_ptr<const AdminSnapshot> AdminFeed::snapshot() const {
  const MutexLock lock(shared_->mutex);
  return shared_->published;
}

std::uint64_t AdminFeed::revision() const {
  const MutexLock lock(shared_->mutex);
  return shared_->revision;
}

}  // namespace zoe::player
