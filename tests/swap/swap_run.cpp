#include "tests/swap/swap_run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/swap/plugin_builds.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Seconds = std::chrono::duration<double>;

// A swap takes the new file through its whole life in a child first.
constexpr std::chrono::seconds kSwapPatience{120};
constexpr int kFps = 30;

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return Seconds(std::chrono::steady_clock::now() - begin).count() * 1e3;
}

std::uint64_t newest_generation(const json& plugin) {
  std::uint64_t newest = 0;
  for (const json& generation : plugin.at("generations"))
    newest = std::max(newest, generation.at("generation").get<std::uint64_t>());
  return newest;
}

std::string words_of_last(const json& plugin) {
  return plugin.contains("last") && plugin["last"].is_object() ? plugin["last"].value("message", "") : "";
}

}  // namespace

SwapRun::SwapRun(const SwapOptions& options)
    : options_(options), plugins_folder_(dir_.file("plugins")), data_folder_(dir_.file("data")) {
  const std::string films = dir_.file("films");
  fs::create_directories(films);
  fs::copy_file(make_clip({.width = 320, .height = 180, .frames = 20 * kFps, .gop = kFps}), films + "/film.mp4");
  fs::create_directories(plugins_folder_);
  const std::string built = fs::path(plugin_file("transport_tcp")).parent_path();
  for (const std::string& file : plugin_files(built))
    fs::copy_file(fs::path(built) / file, plugins_folder_ + "/" + file);
  server_ = std::make_unique<ServerProcess>(
      ServerOptions{.folders = {films}, .data_folder = data_folder_, .plugins_folder = plugins_folder_});
  connect();
  find_targets();
  start_viewers();
}

SwapRun::~SwapRun() = default;

void SwapRun::connect() {
  admin_ = std::make_unique<WireClient>(server_->port());
  if (token_.empty()) {
    token_ = admin_
                 ->result("auth.register",
                          {{"name", "operator"}, {"password", "swap swap swap"}, {"code", server_->admin_code()}})
                 .at("token");
  } else {
    admin_->result("auth.resume", {{"token", token_}});
  }
}

// The operator's own connection is moved too when the transport is swapped.
json SwapRun::ask(const std::string& method, const json& params) {
  for (int attempt = 0;; ++attempt) {
    try {
      if (!admin_) connect();
      const json answer = admin_->call(method, params);
      if (answer.contains("result")) return answer["result"];
      throw std::logic_error(method + " " + params.dump() + " failed: " + answer.dump());
    } catch (const std::runtime_error&) {
      if (attempt == 5) throw;
      admin_.reset();
    } catch (const std::logic_error& refused) {
      throw std::runtime_error(refused.what());
    }
  }
}

json SwapRun::plugin(const std::string& id) {
  const json answer = ask("admin.plugins");
  for (const json& each : answer.at("plugins"))
    if (each.at("id") == id) return each;
  throw std::runtime_error("admin.plugins does not list " + id);
}

// Every plugin that serves; one that has nothing to do under this configuration is passed over.
void SwapRun::find_targets() {
  const json answer = ask("admin.plugins");
  for (const json& each : answer.at("plugins")) {
    if (each.at("generations").empty()) continue;
    Target target{.id = each.at("id"), .kind = each.at("kind"), .file = {}, .builds = {}, .versions = {}};
    target.file = fs::path(each.at("file").get<std::string>()).filename();
    const std::string version = each.at("version");
    const std::string bytes = read_whole_file(plugins_folder_ + "/" + target.file);
    target.versions = {version, another_version(version)};
    target.builds = {bytes, with_version(bytes, version, target.versions[1])};
    targets_.push_back(std::move(target));
  }
  if (targets_.empty()) throw std::runtime_error("no plugin serves");
}

// The viewers are shared out over the codecs that the film is offered in.
void SwapRun::start_viewers() {
  const std::string media = admin_->media("film");
  std::vector<std::string> renditions;
  std::set<std::string> codecs;
  const json details = ask("library.get", {{"media", media}});
  for (const json& each : details.at("renditions")) {
    const std::string name = each.at("name");
    if (codecs.insert(name.substr(0, name.find('@'))).second) renditions.push_back(name);
  }
  const int kinds = static_cast<int>(renditions.size());
  for (int i = 0; i < kinds; ++i) {
    const int share = options_.clients / kinds + (i < options_.clients % kinds ? 1 : 0);
    if (share == 0) continue;
    viewers_.push_back(std::make_unique<LoadProcess>(LoadOptions{.port = server_->port(),
                                                                 .clients = share,
                                                                 .rendition = renditions[static_cast<std::size_t>(i)],
                                                                 .seed = 1 + static_cast<unsigned>(i)},
                                                     dir_.file("load-" + std::to_string(i) + ".json")));
  }
  int playing = 0;
  for (const auto& each : viewers_) playing += each->wait_playing();
  if (playing != options_.clients)
    throw std::runtime_error("only " + std::to_string(playing) + " viewers play: " + viewers_.front()->said());
}

// By a new file, and by command with the file as it lies there, in turn.
void SwapRun::swap(Target& target, int round, SwapResult::Plugin& figures) {
  const std::uint64_t before = newest_generation(plugin(target.id));
  const auto begin = std::chrono::steady_clock::now();
  const bool is_by_command = round % 3 == 2;
  if (is_by_command) {
    ask("admin.plugin_swap", {{"id", target.id}});
  } else {
    target.present = 1 - target.present;
    drop_in(plugins_folder_, target.file, target.builds[target.present]);
  }
  json now;
  const bool is_swapped = wait_until(
      [&] {
        now = plugin(target.id);
        return newest_generation(now) > before && now.at("version") == target.versions[target.present];
      },
      kSwapPatience);
  if (!is_swapped) throw std::runtime_error(target.id + " is not swapped: " + words_of_last(now) + "; " + now.dump());
  figures.longest_ms = std::max(figures.longest_ms, milliseconds_since(begin));
  ++figures.swaps;
  // Only its deadline would end a transport's old connections.
  if (target.kind == "transport" && now.at("generations").size() > 1) {
    try {
      ask("admin.plugin_drain", {{"id", target.id}});
    } catch (const std::runtime_error&) {
      if (plugin(target.id).at("generations").size() > 1) throw;  // else the deadline came first
    }
  }
  for (const auto& each : viewers_)
    if (each->has_ended()) throw std::runtime_error("zoetrope-load ended: " + each->said());
}

// Until every plugin has one generation, and nothing stayed in memory that should not.
void SwapRun::wait_settled() {
  json plugins;
  const bool is_settled = wait_until(
      [&] {
        plugins = ask("admin.plugins").at("plugins");
        return std::all_of(plugins.begin(), plugins.end(), [](const json& each) {
          return each.at("generations").size() <= 1 && each.at("resident").empty();
        });
      },
      kSwapPatience);
  if (!is_settled) throw std::runtime_error("old generations stay: " + plugins.dump());
}

ProcessSample SwapRun::sample() {
  wait_settled();
  return sample_process(server_->process().pid(), data_folder_ + "/run/");
}

std::vector<json> SwapRun::mark(const std::string& next) {
  std::vector<json> ended;
  ended.reserve(viewers_.size());
  for (const auto& each : viewers_) ended.push_back(each->mark(next));
  return ended;
}

void SwapRun::watch_quietly() {
  const auto until = std::chrono::steady_clock::now() + Seconds(options_.quiet_s);
  wait_until([&] { return std::chrono::steady_clock::now() >= until || viewers_.front()->has_ended(); },
             std::chrono::hours(1));
}

SwapResult SwapRun::run(const std::function<void(const std::string&)>& progress) {
  const auto tell = [&](const std::string& words) {
    if (progress) progress(words);
  };
  SwapResult result;
  result.clients = options_.clients;
  result.frame_ms = 1000.0 / kFps;
  for (const Target& target : targets_) result.plugins.push_back({.id = target.id, .kind = target.kind});
  const auto take = [](const std::vector<json>& windows, double& wait_ms, double& gap_ms) {
    for (const json& window : windows) {
      wait_ms = std::max(wait_ms, window.at("longest_wait_ms").get<double>());
      gap_ms = std::max(gap_ms, window.at("longest_gap_ms").get<double>());
    }
  };
  mark("quiet");
  watch_quietly();
  take(mark("swaps"), result.longest_wait_quiet_ms, result.longest_gap_quiet_ms);
  for (int round = 0; round < options_.swaps; ++round) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      swap(targets_[i], round, result.plugins[i]);
      result.transport_swaps += targets_[i].kind == "transport" ? 1 : 0;
    }
    if (round == 0) result.before = sample();
    tell("round " + std::to_string(round + 1) + " of " + std::to_string(options_.swaps));
  }
  result.after = sample();
  take(mark("quiet"), result.longest_wait_swaps_ms, result.longest_gap_swaps_ms);
  watch_quietly();
  take(mark("end"), result.longest_wait_quiet_ms, result.longest_gap_quiet_ms);
  finish(result);
  return result;
}

void SwapRun::finish(SwapResult& result) {
  for (const auto& each : viewers_) {
    const json figures = each->stop();
    result.clients_failed += figures.at("failed").get<int>();
    result.frames += figures.at("frames").get<std::uint64_t>();
    result.lost += figures.at("lost").get<std::uint64_t>();
    result.repeated += figures.at("repeated").get<std::uint64_t>();
    result.resumes += figures.at("resumes").get<std::uint64_t>();
    result.take_overs_failed += figures.at("take_overs_failed").get<std::uint64_t>();
    for (const json& failure : figures.at("failures")) result.failures.push_back(failure);
  }
  const ExitStatus ended = server_->process().stop();
  if (!ended.ok())
    result.failures.push_back("the server ended with status " + std::to_string(ended.code) + ", signal " +
                              std::to_string(ended.signal) + ": " + server_->log());
}

}  // namespace zoe::test
