#include "plugins/analysis_script/script_job.hpp"

#include <sys/stat.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/file.hpp"
#include "plugins/analysis_script/script_folders.hpp"

namespace zoe::plugins::analysis_script {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMebi = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostBadLines = 100;
constexpr std::uint64_t kMostErrorLines = 1000;  // that go into the log
constexpr std::size_t kMostErrorBytes = 300;
constexpr std::size_t kLastErrors = 3;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

std::string printable(std::string_view text, std::size_t most) {
  std::string shown(sdk::cut_utf8(text, most));
  for (char& c : shown)
    if (c >= 0 && c < 0x20) c = ' ';
  return shown;
}

// The names in file parameters become paths inside `files`; nobody reaches out of it.
Status resolve_files(const Manifest& manifest, const std::string& files, json& parameters,
                     std::vector<std::string>& readable) {
  for (const std::string& name : manifest.file_parameters()) {
    const std::string value = parameters.value(name, std::string());
    if (value.empty()) continue;
    if (files.empty())
      return fail(Errc::kInvalidArgument,
                  name + ": this server has no files for scripts: [plugins.analysis_script] files names their folder");
    auto path = resolve_inside(files, value);
    struct stat facts {};
    if (!path || ::stat(path->c_str(), &facts) != 0 || !S_ISREG(facts.st_mode))
      return fail(Errc::kInvalidArgument, fmt::format("{}: there is no file \"{}\" for scripts", name, value));
    parameters[name] = *path;
    readable.push_back(*path);
  }
  return {};
}

std::vector<std::string> environment_for(const std::string& work, std::string_view media) {
  return {"PATH=" + search_path(),
          "HOME=" + work,
          "TMPDIR=" + work,
          "LANG=C.UTF-8",
          "LC_ALL=C.UTF-8",
          "PYTHONDONTWRITEBYTECODE=1",
          "ZOE_MEDIA_ID=" + std::string(media),
          "ZOE_WORK=" + work};
}

}  // namespace

Result<std::unique_ptr<ScriptJob>> ScriptJob::start(const sdk::Host& host, const Options& options, Manifest manifest,
                                                    const sdk::AnalysisRequest& request, sdk::AnalysisSink sink) {
  if (const std::string why = why_unavailable(manifest); !why.empty()) return fail(Errc::kUnavailable, why);
  ZOE_TRY(WorkFolder work, WorkFolder::make(options.work));
  auto job = std::make_unique<ScriptJob>(host, std::move(manifest), std::string(request.job), sink, std::move(work));
  ZOE_CHECK(job->launch(options, request));
  return job;
}

ScriptJob::ScriptJob(const sdk::Host& host, Manifest manifest, std::string id, sdk::AnalysisSink sink, WorkFolder work)
    : host_(host), manifest_(std::move(manifest)), id_(std::move(id)), sink_(sink), work_(std::move(work)) {}

ScriptJob::~ScriptJob() {
  sdk::Process process;
  {
    MutexLock lock(mutex_);
    process = std::move(process_);
  }
}

Status ScriptJob::launch(const Options& options, const sdk::AnalysisRequest& request) {
  json parameters = json::parse(request.parameters_json, nullptr, false);
  if (!parameters.is_object()) return fail(Errc::kInvalidArgument, "the parameters are no JSON object");
  sdk::ProcessOptions wish;
  wish.readable = {std::string(request.path), manifest_.file};
  ZOE_CHECK(resolve_files(manifest_, options.files, parameters, wish.readable));
  const std::string parameters_file = work_.path() + "/parameters.json";
  // The script may run as another user than the one that writes this; its folder is closed to all others.
  ZOE_CHECK(write_cache_file(parameters_file, as_bytes(parameters.dump()), 0644));
  wish.arguments =
      fill_in(manifest_.command, {std::string(request.path), parameters_file, work_.path(), manifest_.folder});
  wish.arguments[0] = find_program(wish.arguments[0], manifest_.folder);
  wish.environment = environment_for(work_.path(), request.media);
  wish.folder = work_.path();
  wish.user = options.user;
  wish.time_ns = manifest_.limits.seconds * kNsPerS;
  wish.memory_bytes = static_cast<std::uint64_t>(manifest_.limits.memory_mib) * kMebi;
  wish.output_bytes = static_cast<std::uint64_t>(manifest_.limits.output_mib) * kMebi;
  wish.file_bytes = static_cast<std::uint64_t>(manifest_.limits.file_mib) * kMebi;
  wish.processes = static_cast<std::uint32_t>(manifest_.limits.processes);
  wish.nice = static_cast<int>(manifest_.limits.nice);
  wish.line_bytes = kMostLineBytes;
  ZOE_TRY(sdk::Process started, sdk::Process::start(host_, wish, *this));
  MutexLock lock(mutex_);
  process_ = std::move(started);
  if (is_to_end_) process_.kill();
  return {};
}

void ScriptJob::cancel() {
  MutexLock lock(mutex_);
  is_cancelled_ = true;
  is_to_end_ = true;
  process_.kill();
}

void ScriptJob::give_up(Error why) {
  if (!failure_) failure_ = std::move(why);
  MutexLock lock(mutex_);
  is_to_end_ = true;
  process_.kill();
}

void ScriptJob::line(Stream stream, std::string_view text, bool is_cut) {
  if (stream == Stream::kErrors) return take_error(text);
  take_output(text, is_cut);
}

void ScriptJob::take_error(std::string_view text) {
  std::string shown = printable(text, kMostErrorBytes);
  if (++error_lines_ <= kMostErrorLines) host_.info("{} ({}): {}", id_, manifest_.id, shown);
  if (error_lines_ == kMostErrorLines) host_.info("{} ({}): what else it says is left out", id_, manifest_.id);
  last_errors_.push_back(std::move(shown));
  if (last_errors_.size() > kLastErrors) last_errors_.pop_front();
}

void ScriptJob::take_output(std::string_view text, bool is_cut) {
  ++lines_;
  if (text.empty() || failure_) return;
  if (is_cut) return count_bad({Errc::kMalformed, "it is longer than 64 KiB"});
  const auto parsed = parse_line(text);
  if (!parsed && parsed.error().code == Errc::kUnsupported) return give_up(parsed.error());
  if (!parsed) return count_bad(parsed.error());
  const bool is_greeting = std::holds_alternative<HelloLine>(*parsed);
  if (!has_greeted_ && !is_greeting)
    return give_up({Errc::kMalformed,
                    R"(its first line is not {"type":"hello","protocol":1,…}, so it is no script for this server)"});
  has_greeted_ = true;
  const Status taken = take(*parsed);
  if (taken) return;
  if (taken.error().code == Errc::kInvalidArgument) return count_bad(taken.error());
  give_up(taken.error());
}

void ScriptJob::count_bad(const Error& why) {
  ++bad_lines_;
  host_.count("bad_lines_total");
  if (bad_lines_ == 1) {
    first_bad_ = fmt::format("line {}: {}", lines_, why.message);
    host_.warning("{} ({}): {}; further lines like this are only counted", id_, manifest_.id, first_bad_);
  }
  if (bad_lines_ > kMostBadLines)
    give_up({Errc::kMalformed, fmt::format("more than {} of its lines cannot be understood, the first is {}",
                                           kMostBadLines, first_bad_)});
}

Status ScriptJob::take(const ScriptLine& line) {
  if (const auto* progress = std::get_if<ProgressLine>(&line))
    return sink_.progress(progress->fraction, progress->message), Status();
  if (const auto* track = std::get_if<TrackLine>(&line)) return take_track(*track);
  if (const auto* event = std::get_if<EventLine>(&line)) return take_event(*event);
  if (const auto* series = std::get_if<SeriesLine>(&line)) return take_series(*series);
  if (const auto* summary = std::get_if<SummaryLine>(&line)) return take_summary(*summary);
  if (const auto* error = std::get_if<ErrorLine>(&line)) return fail(Errc::kUnavailable, error->message);
  return {};
}

Status ScriptJob::take_track(const TrackLine& line) {
  return sink_.point({
      .struct_size = 0,
      .id = line.id,
      .time_us = line.time_us,
      .x = static_cast<float>(line.x),
      .y = static_cast<float>(line.y),
      .width = static_cast<float>(line.width),
      .height = static_cast<float>(line.height),
      .confidence = static_cast<float>(line.confidence),
      .pitch_x = line.pitch ? static_cast<float>(line.pitch->x) : kUnknown,
      .pitch_y = line.pitch ? static_cast<float>(line.pitch->y) : kUnknown,
      .reserved = 0,
      .object_class = sdk::to_abi(line.object_class),
      .team = sdk::to_abi(line.team),
      .label = sdk::to_abi(line.label),
  });
}

Status ScriptJob::take_event(const EventLine& line) {
  return sink_.event({
      .struct_size = 0,
      .confidence = line.confidence ? static_cast<float>(*line.confidence) : kUnknown,
      .time_us = line.time_us,
      .end_us = line.end_us.value_or(-1),
      .kind = sdk::to_abi(line.kind),
      .text = sdk::to_abi(line.text),
      .team = sdk::to_abi(line.team),
  });
}

Status ScriptJob::take_series(const SeriesLine& line) {
  return sink_.sample({
      .struct_size = 0,
      .reserved = 0,
      .time_us = line.time_us,
      .value = line.value,
      .name = sdk::to_abi(line.name),
      .title = sdk::to_abi(line.title),
      .unit = sdk::to_abi(line.unit),
  });
}

Status ScriptJob::take_summary(const SummaryLine& line) {
  has_summary_ = true;
  return sink_.summary(line.json);
}

std::string ScriptJob::last_words() const {
  return last_errors_.empty() ? std::string() : fmt::format(": {}", fmt::join(last_errors_, " / "));
}

Status ScriptJob::outcome(const zoe_process_end& end) const {
  if (failure_) return fail(*failure_);
  switch (end.reason) {
    case ZOE_PROCESS_EXITED:
      break;
    case ZOE_PROCESS_SIGNALLED:
      return fail(Errc::kInternal, fmt::format("the script was ended by signal {} ({}){}", end.code,
                                               ::strsignal(end.code), last_words()));
    case ZOE_PROCESS_OUT_OF_TIME:
      return fail(Errc::kTimeout,
                  fmt::format("the script was ended after {} s, which is all that its manifest gives it",
                              manifest_.limits.seconds));
    case ZOE_PROCESS_OUT_OF_MEMORY:
      return fail(Errc::kNoMemory, fmt::format("the script was ended since it took more than the {} MiB of memory that "
                                               "its manifest gives it",
                                               manifest_.limits.memory_mib));
    case ZOE_PROCESS_OUT_OF_OUTPUT:
      return fail(Errc::kTooLarge, fmt::format("the script was ended since it printed more than the {} MiB that its "
                                               "manifest gives it",
                                               manifest_.limits.output_mib));
    case ZOE_PROCESS_NOT_STARTED:
      return fail(Errc::kUnavailable, "the script " + std::string(sdk::to_view(end.words)));
    case ZOE_PROCESS_KILLED:
      return fail(Errc::kCancelled, "it was cancelled");
    default:
      return fail(Errc::kInternal, "somebody killed the script's keeper");
  }
  if (end.code != 0)
    return fail(Errc::kInternal, fmt::format("the script ended with status {}{}", end.code, last_words()));
  if (!has_summary_)
    return fail(Errc::kMalformed,
                "the script ended without a summary, so it is not known whether it has seen everything" +
                    (first_bad_.empty() ? std::string() : "; " + first_bad_));
  return {};
}

void ScriptJob::ended(const zoe_process_end& end) {
  if (end.left > 0) host_.warning("{} ({}) left {} processes behind; they were killed", id_, manifest_.id, end.left);
  if (bad_lines_ > 0) host_.info("{} ({}): {} of {} lines were not understood", id_, manifest_.id, bad_lines_, lines_);
  bool is_cancelled = false;
  {
    MutexLock lock(mutex_);
    is_cancelled = is_cancelled_;
  }
  const Status how = outcome(end);
  // Who cancels hears of that, whatever the script makes of it.
  if (is_cancelled && !how) return sink_.end(fail(Errc::kCancelled, "it was cancelled"));
  sink_.end(how);
}

}  // namespace zoe::plugins::analysis_script
