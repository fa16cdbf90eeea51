// zoetrope-room-cores: many player cores in one room, to see how far apart they are.
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/core/file.hpp"
#include "tests/rooms/room_figures.hpp"

namespace zoe::rooms {
namespace {

constexpr std::chrono::milliseconds kTurn{4};
constexpr std::int64_t kPatienceNs = 60 * kNsPerS;

struct Options {
  std::string server = "127.0.0.1:7340";
  int cores = 8;
  double seconds = 20;
  std::string media;
  std::string room;
  Way way;
  unsigned seed = 1;
  std::string json_file;
};

class Run {
 public:
  explicit Run(const Options& options) : options_(options), random_(options.seed) {}

  Result<Figures> run() {
    ZOE_TRY(Way way, way_of());
    cores_.push_back(std::make_unique<RoomCore>(way, clock_));
    way.user.clear();
    for (int i = 1; i < options_.cores; ++i) cores_.push_back(std::make_unique<RoomCore>(way, clock_));
    ZOE_CHECK(wait("all cores to sign in", [](RoomCore& core) { return core.link().is_ready(); }));
    ZOE_CHECK(enter());
    ZOE_CHECK(wait("all cores to show the room's frame", [](RoomCore& core) { return core.is_at_rest(); }));
    const std::int64_t began = clock_.now_ns();
    ZOE_CHECK(command_at_random(began + static_cast<std::int64_t>(options_.seconds * 1e9)));
    const std::int64_t ended = clock_.now_ns();
    std::vector<std::vector<Shown>> shown;
    for (const auto& core : cores_) shown.push_back(core->screen().shown());
    measure(shown, began, ended, figures_);
    leader().leave();
    turn();
    return figures_;
  }

 private:
  player::RoomFeed& leader() { return cores_.front()->feed(); }

  Result<Way> way_of() const {
    Way way = options_.way;
    ZOE_TRY(way.server, player::ServerAddress::parse(options_.server));
    return way;
  }

  void turn() {
    for (const auto& core : cores_) core->update();
    std::this_thread::sleep_for(kTurn);
  }

  Status wait(const char* what, const std::function<bool(RoomCore&)>& is_so) {
    const std::int64_t until = clock_.now_ns() + kPatienceNs;
    for (;;) {
      std::size_t missing = 0;
      RoomCore* first = nullptr;
      for (const auto& core : cores_)
        if (!is_so(*core) && ++missing == 1) first = core.get();
      if (missing == 0) return {};
      if (clock_.now_ns() > until)
        return fail(Errc::kTimeout, std::string("waited for ") + what + ": " + std::to_string(missing) +
                                        " have not; the first one says: " + first->problem());
      turn();
    }
  }

  Status enter() {
    std::string media = options_.media;
    if (media.empty() && options_.room.empty()) {
      ZOE_CHECK(wait("the library", [this](RoomCore& core) {
        return &core != cores_.front().get() || !core.link().library()->items.empty();
      }));
      const player::LibraryItem item = cores_.front()->link().library()->items.front();
      media = item.media;
      duration_us_ = item.duration_us;
    }
    if (options_.room.empty())
      leader().create("Measured", {media}, false);
    else
      leader().join(options_.room);
    ZOE_CHECK(wait("the room to be made",
                   [this](RoomCore& core) { return &core != cores_.front().get() || core.feed().is_in_room(); }));
    const player::RoomSnapshot made = leader().snapshot(clock_.now_ns());
    if (!made.now->entries.empty()) duration_us_ = made.now->entries.front().duration_us;
    for (std::size_t i = 1; i < cores_.size(); ++i) cores_[i]->feed().join(made.now->room);
    return wait("all cores to enter", [](RoomCore& core) { return core.feed().is_in_room(); });
  }

  int pick(int most) { return std::uniform_int_distribution<int>(0, most - 1)(random_); }

  Status command_at_random(std::int64_t until_ns) {
    static const std::vector<Rational> kRates{{1, 1}, {-1, 1}, {2, 1}, {1, 2}, {-2, 1}, {3, 2}, {1, 1}};
    leader().play();
    while (clock_.now_ns() < until_ns) {
      rest(1'000 + pick(2'500));
      ++figures_.commands;
      switch (pick(4)) {
        case 0:
          ZOE_CHECK(pause());
          break;
        case 1:
          leader().seek(duration_us_ / 10 + pick(1'000) * (duration_us_ / 1'300));
          leader().play();
          break;
        case 2:
          leader().set_rate(kRates[static_cast<std::size_t>(pick(static_cast<int>(kRates.size())))]);
          leader().play();
          break;
        default:
          leader().seek(duration_us_ / 2);
          leader().set_rate({1, 1});
          leader().play();
          break;
      }
    }
    return pause();
  }

  void rest(int ms) {
    const std::int64_t until = clock_.now_ns() + ms * kNsPerMs;
    while (clock_.now_ns() < until) turn();
  }

  Status pause() {
    leader().pause();
    rest(300);
    ZOE_CHECK(wait("all cores to stand", [](RoomCore& core) { return core.is_at_rest(); }));
    ++figures_.pauses;
    bool is_one = true;
    for (const auto& core : cores_)
      is_one = is_one && core->screen().newest_us() == cores_.front()->screen().newest_us();
    figures_.pauses_on_one_frame += is_one ? 1 : 0;
    leader().play();
    return {};
  }

  const Options& options_;
  SystemClock clock_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<RoomCore>> cores_;
  std::int64_t duration_us_ = 10'000'000;
  Figures figures_;
};

int run_tool(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Many players without windows in one room of a Zoetrope server: plays, pauses, seeks, turns round at "
      "random, and says how far apart any two of them were."};
  app.add_option("--server", options.server, "HOST:PORT")->capture_default_str();
  app.add_option("--cores", options.cores, "how many")->capture_default_str()->check(CLI::Range(2, 200));
  app.add_option("--seconds", options.seconds, "for how long")->capture_default_str()->check(CLI::Range(0.5, 86'400.0));
  app.add_option("--media", options.media, "id of the video (the library's first)");
  app.add_option("--room", options.room, "id of a room that is there already");
  app.add_option("--user", options.way.user, "who makes the room; the others are guests")->required();
  app.add_option("--password", options.way.password, "their password")->required();
  app.add_flag("--register", options.way.is_new_account, "make the account first");
  app.add_option("--code", options.way.code, "with --register: the code that the server asks for");
  app.add_option("--seed", options.seed, "of what is done")->capture_default_str();
  app.add_option("--json", options.json_file, "write the figures there as JSON");
  CLI11_PARSE(app, argc, argv);
  const auto figures = Run(options).run();
  if (!figures) {
    std::fprintf(stderr, "zoetrope-room-cores: %s\n", figures.error().message.c_str());
    return 1;
  }
  std::fputs(to_table(*figures).c_str(), stdout);
  if (!options.json_file.empty()) {
    const std::string json = to_json(*figures);
    if (const auto status = write_file_atomic(options.json_file, as_bytes(json)); !status) {
      std::fprintf(stderr, "zoetrope-room-cores: %s\n", status.error().message.c_str());
      return 1;
    }
  }
  return figures->pauses_on_one_frame == figures->pauses ? 0 : 2;
}

}  // namespace
}  // namespace zoe::rooms

int main(int argc, char** argv) { return zoe::rooms::run_tool(argc, argv); }
