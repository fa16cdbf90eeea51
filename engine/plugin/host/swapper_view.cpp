// What the operator is told, and what happens to generations on their way out.
#include <algorithm>
#include <filesystem>

#include "engine/plugin/host/swapper.hpp"

namespace zoe::plugin {
namespace {

constexpr std::string_view kComponent = "plugins";
constexpr std::chrono::milliseconds kIdleTick{60'000};
// A transport does not say when its last connection has gone, so it is asked.
constexpr std::chrono::milliseconds kConnectionTick{100};

std::chrono::milliseconds since(Swapper::Steady::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Swapper::Steady::now() - began);
}

}  // namespace

std::string Swapper::file_of(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? std::string() : found->second.facts.file;
}

// The id that serves from a file, else the stem of its name.
std::string Swapper::id_of_file(const std::string& path) const {
  MutexLock lock(mutex_);
  for (const auto& [id, record] : records_)
    if (record.facts.file == path) return id;
  return std::filesystem::path(path).stem().string();
}

Result<SwapReport> Swapper::finish(PluginAction action, const std::string& path, Steady::time_point began,
                                   Result<SwapReport> result) {
  const auto took = since(began);
  if (result) {
    result->took = took;
    note(result->id, action, true, result->message, took);
  } else {
    const bool was_denied = result.error().code == Errc::kDenied;
    // At the start a plugin may say that there is nothing to do for it: nothing went wrong then.
    const bool is_skipped = action == PluginAction::kLoad && result.error().code == Errc::kUnavailable;
    const std::string id = id_of_file(path);
    note(id, action, is_skipped, result.error().message, took, path);
    MutexLock lock(mutex_);
    records_[id].was_denied = was_denied;
  }
  for (const EndedGeneration& ended : registry_.collect()) note_ended(ended);
  return result;
}

void Swapper::note(const std::string& id, PluginAction action, bool is_ok, const std::string& message,
                   std::chrono::milliseconds took, const std::string& file) {
  {
    MutexLock lock(mutex_);
    Record& record = records_[id];
    if (record.facts.id.empty()) {
      record.facts.id = id;
      record.facts.file = file;
      record.facts.is_enabled = !state_.is_disabled(id);
    }
    record.facts.last = PluginStatus::Last{action, services_.config().clock.utc_ns(), is_ok, message, took};
  }
  const bool is_serving = static_cast<bool>(registry_.find(id));
  if (is_ok)
    log_.info(kComponent, "{} {}: {} ({} ms)", to_string(action), id, message, took.count());
  else
    log_.error(kComponent, "{} {} failed: {}{}", to_string(action), id, message,
               is_serving ? "; the generation before it serves on" : "");
  if (options_.changed) options_.changed({id, action, is_ok, message});
}

void Swapper::note_resident(const std::string& id, std::uint64_t number, const std::string& path,
                            const std::string& why) {
  MutexLock lock(mutex_);
  Record& record = records_[id];
  if (record.facts.id.empty()) record.facts.id = id;
  record.facts.residents.push_back({number, why});
  record.resident_paths[number] = path;
}

void Swapper::note_ended(const EndedGeneration& ended) {
  leaving_.erase(ended.info.number);
  if (ended.report.is_resident)
    note_resident(ended.info.id, ended.info.number, ended.copy_path, ended.report.why);
  else if (options_.changed)
    options_.changed({ended.info.id, PluginAction::kUnload, true,
                      "generation " + std::to_string(ended.info.number) + " was unloaded"});
  look_at_residents();
}

// The loader removes a library that was held by a thread when that has ended, with the next that is unloaded.
void Swapper::look_at_residents() {
  MutexLock lock(mutex_);
  for (auto& [id, record] : records_) {
    // Clang 14 lets no lambda capture the binding itself.
    Record& plugin = record;
    std::erase_if(plugin.facts.residents, [&](const PluginStatus::Resident& resident) {
      auto& paths = plugin.resident_paths;
      const auto path = paths.find(resident.generation);
      if (path != paths.end() && is_mapped(path->second)) return false;
      paths.erase(resident.generation);
      log_.info(kComponent, "{} generation {} has left memory now", plugin.facts.id, resident.generation);
      return true;
    });
  }
}

Result<SwapReport> Swapper::drain(const std::string& id) {
  const auto began = Steady::now();
  std::size_t count = 0;
  for (const std::shared_ptr<Generation>& generation : registry_.leaving()) {
    if (generation->id() != id) continue;
    ++count;
    generation->disconnect();
  }
  if (count == 0) return fail(Errc::kNotFound, "no generation of " + id + " is on its way out");
  SwapReport report{id, 0, "", "", {}};
  if (const Pin serving = registry_.find(id)) {
    report.generation = serving.generation().number();
    report.version = serving.generation().version();
  }
  report.message = std::to_string(count) + " leaving generations of " + id + " were told to end what they have";
  report.took = since(began);
  note(id, PluginAction::kDrain, true, report.message, report.took);
  return report;
}

std::chrono::milliseconds Swapper::tend() {
  for (const EndedGeneration& ended : registry_.collect()) note_ended(ended);
  const auto now = Steady::now();
  auto next = kIdleTick;
  for (const std::shared_ptr<Generation>& generation : registry_.leaving()) {
    auto [entry, is_new] = leaving_.try_emplace(generation->number(), Leaving{now + options_.drain_deadline});
    Leaving& leaving = entry->second;
    if (now >= leaving.due && leaving.warnings < 2) {
      const bool is_first = leaving.warnings++ == 0;
      leaving.due = now + options_.drain_deadline;
      log_.warning(kComponent, "{} generation {} is still in use after its drain deadline: {} pins, {} connections{}",
                   generation->id(), generation->number(), generation->pins(), generation->connections(),
                   generation->kind() != ZOE_PLUGIN_TRANSPORT ? ""
                   : is_first                                 ? "; its clients are told to go on elsewhere"
                                                              : "; connections without a client are closed");
      if (is_first)
        generation->disconnect();
      else
        generation->give_up_connections();
    }
    if (leaving.warnings < 2)
      next = std::min(next, std::chrono::ceil<std::chrono::milliseconds>(
                                std::max(leaving.due - Steady::now(), Steady::duration::zero())));
    if (generation->kind() == ZOE_PLUGIN_TRANSPORT && generation->pins() == 0) next = std::min(next, kConnectionTick);
  }
  look_at_residents();
  return next;
}

std::vector<PluginStatus> Swapper::snapshot() const {
  const std::vector<GenerationInfo> infos = registry_.snapshot();
  std::vector<PluginStatus> all;
  MutexLock lock(mutex_);
  for (const auto& [id, record] : records_) {
    PluginStatus status = record.facts;
    for (const GenerationInfo& info : infos) {
      if (info.id != id) continue;
      const auto loaded = record.loaded_utc_ns.find(info.number);
      status.generations.push_back(
          {info, info.memory_bytes, loaded == record.loaded_utc_ns.end() ? 0 : loaded->second});
      if (!info.stuck_in.empty())
        status.residents.push_back({info.number, "its " + info.stuck_in + " does not return"});
    }
    all.push_back(std::move(status));
  }
  return all;
}

}  // namespace zoe::plugin
