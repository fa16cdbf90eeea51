#include "player/client/download_job.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/net/json.hpp"
#include "player/client/download_names.hpp"
#include "player/client/query.hpp"

namespace zoe::player {
namespace {

constexpr int kMostRestarts = 5;  // then the file is one that never stays

std::string params_of(const DownloadSource& source, bool is_by_path) {
  if (is_by_path) return net::to_text({{"path", source.root.empty() ? source.path : source.root + '/' + source.path}});
  return net::to_text({{"media", source.media}});
}

// Passes by itself, however long it takes.
bool is_link_trouble(Errc code) {
  return code == Errc::kUnavailable || code == Errc::kCancelled || code == Errc::kTimeout;
}

}  // namespace

DownloadJob::DownloadJob(DownloadTools& tools, std::uint64_t id, SavedDownload saved)
    : tools_(tools), id_(id), saved_(std::move(saved)), stage_(saved_.stage), note_(saved_.note) {
  if (saved_.name.empty() || stage_ == DownloadStage::kDone) return;
  const auto text = tools_.disk.read_small(part_state_path(saved_.folder + '/' + saved_.name), kMostStateBytes);
  const auto state = text ? parse_part_state(*text) : Result<PartState>(fail(text.error()));
  if (!state || !state->source.is_same_file(saved_.source)) return;
  peeked_bytes_ = state->verified_bytes;
  if (!state->version.empty()) saved_.size_bytes = state->size_bytes;
}

DownloadInfo DownloadJob::info() const {
  DownloadInfo info{.id = id_,
                    .stage = stage_,
                    .source = saved_.source,
                    .address = saved_.address,
                    .folder = saved_.folder,
                    .name = saved_.name.empty() ? safe_file_name(saved_.wanted_name) : saved_.name,
                    .size_bytes = saved_.size_bytes,
                    .note = note_};
  info.done_bytes = stage_ == DownloadStage::kDone ? saved_.size_bytes : part_ ? part_->offset() : peeked_bytes_;
  if (stage_ != DownloadStage::kRunning) return info;
  info.note = change_note_;
  info.bytes_per_s = rate_.bytes_per_s(tools_.clock.now_ns());
  if (info.bytes_per_s > 1 && info.size_bytes >= info.done_bytes)
    info.left_s = static_cast<std::int64_t>(static_cast<double>(info.size_bytes - info.done_bytes) / info.bytes_per_s);
  return info;
}

SavedDownload DownloadJob::to_be_saved() const {
  SavedDownload saved = saved_;
  saved.stage = is_active() ? DownloadStage::kQueued : stage_;
  saved.note = is_active() ? std::string() : note_;
  return saved;
}

// --------------------------------------------------------------------------------------------------- the person

void DownloadJob::pause() {
  if (stage_ == DownloadStage::kDone || stage_ == DownloadStage::kFailed) return;
  drop();
  keep();
  stage_ = DownloadStage::kPaused;
  note_.clear();
}

void DownloadJob::resume() {
  if (stage_ != DownloadStage::kPaused && stage_ != DownloadStage::kFailed) return;
  stage_ = DownloadStage::kQueued;
  note_.clear();
  tries_ = 0;
}

void DownloadJob::discard() {
  drop();
  if (stage_ == DownloadStage::kDone) return;
  if (!part_ && !saved_.name.empty()) {
    auto part = DownloadPart::open(tools_.disk, saved_.source, saved_.folder, saved_.wanted_name, saved_.name);
    if (part) part_ = std::move(*part);
  }
  if (!part_) return;
  if (const Status gone = part_->discard(); !gone)
    tools_.log.warning("downloads", "what was downloaded is not removed: {}", gone.error().message);
  part_.reset();
}

// --------------------------------------------------------------------------------------------------- the queue

void DownloadJob::begin() {
  if (stage_ != DownloadStage::kQueued) return;
  note_.clear();
  is_by_path_ = is_from_start_ = false;
  again_ns_ = kNeverNs;
  if (part_ && is_checked_) return ask();
  part_.reset();
  auto part = DownloadPart::open(tools_.disk, saved_.source, saved_.folder, saved_.wanted_name, saved_.name);
  if (!part) return stop_for_disk(part.error());
  part_ = std::move(*part);
  saved_.name = part_->name();
  is_checked_ = false;
  stage_ = DownloadStage::kChecking;
}

void DownloadJob::give_way(std::string why) {
  if (!is_active()) return;
  drop();
  keep();
  stage_ = DownloadStage::kQueued;
  note_ = std::move(why);
}

void DownloadJob::on_link_ready() {
  if (stage_ == DownloadStage::kWaiting && transfer_ == 0 && again_ns_ == kNeverNs) ask();
}

void DownloadJob::set_window(std::uint64_t bytes) {
  window_ = std::max<std::uint64_t>(bytes, tools_.chunk_bytes);
  if (stage_ == DownloadStage::kRunning && granted_ != 0) grant();
}

bool DownloadJob::step() {
  if (stage_ == DownloadStage::kWaiting && tools_.clock.now_ns() >= again_ns_) {
    ask();
    return false;
  }
  if (stage_ != DownloadStage::kChecking) return false;
  const auto is_over = part_->check();
  if (!is_over) {
    stop_for_disk(is_over.error());
    return false;
  }
  if (!*is_over) return true;
  is_checked_ = true;
  if (part_->damaged_bytes() > 0) change_note_ = "Some of what was here had changed on the disk: it is fetched again.";
  ask();
  return false;
}

std::int64_t DownloadJob::due_ns() const { return stage_ == DownloadStage::kWaiting ? again_ns_ : kNeverNs; }

void DownloadJob::close() {
  drop();
  keep();
  if (is_active()) stage_ = DownloadStage::kQueued;
}

// --------------------------------------------------------------------------------------------------- the server

void DownloadJob::ask() {
  drop();
  if (!tools_.link.is_ready()) return wait_for_link({});
  stage_ = DownloadStage::kRunning;
  again_ns_ = kNeverNs;
  asked_offset_ = is_from_start_ ? 0 : part_->offset();
  received_ = granted_ = 0;
  rate_.clear();
  ++attempt_;
  const ServerLink::FileWish wish{
      .params = params_of(saved_.source, is_by_path_), .offset = asked_offset_, .chunk_bytes = tools_.chunk_bytes};
  transfer_ = tools_.link.receive_file(wish, tools_.receiver(id_, attempt_));
}

// What still comes of this attempt means nothing.
void DownloadJob::drop() {
  ++attempt_;
  if (transfer_ != 0) tools_.link.drop_file(std::exchange(transfer_, 0));
  granted_ = 0;
}

void DownloadJob::on_event(DownloadEvent& event) {
  if (event.attempt != attempt_ || stage_ != DownloadStage::kRunning) return;
  if (const auto* info = std::get_if<FileInfo>(&event.what)) return on_opened(*info);
  if (const auto* piece = std::get_if<net::FileChunk>(&event.what)) return on_piece(*piece);
  on_ended(std::get<Status>(event.what));
}

void DownloadJob::on_opened(const FileInfo& info) {
  const int restarts = part_->restarts();
  const auto next = part_->on_opened(info);
  if (!next) return stop_for_disk(next.error());
  saved_.size_bytes = part_->size_bytes();
  if (part_->restarts() != restarts) {
    change_note_ = "The file has changed on the server: it is downloaded from its beginning.";
    tools_.log.info("downloads", "{}: the file has changed on the server", saved_.name);
    if (part_->restarts() > kMostRestarts)
      return fail_with("The file keeps changing on the server. Try again when it is finished there.");
  }
  if (*next == DownloadPart::Next::kComplete) return finish();
  if (*next == DownloadPart::Next::kAskAnew) {
    // The same content, of which we hold more than there is? Only a confused server says so.
    if (std::exchange(is_from_start_, false) && part_->offset() != 0)
      return fail_with("The server contradicts itself about the file's size.");
    return ask();
  }
  is_from_start_ = false;
  saved_ns_ = tools_.clock.now_ns();
  grant();
}

void DownloadJob::on_piece(const net::FileChunk& piece) {
  if (const Status written = part_->write(piece.data); !written) return stop_for_disk(written.error());
  const std::int64_t now_ns = tools_.clock.now_ns();
  received_ += piece.data.size();
  rate_.add(piece.data.size(), now_ns);
  if (!piece.data.empty()) tries_ = 0;
  if (now_ns - saved_ns_ >= kSaveNs) {
    keep();
    saved_ns_ = tools_.clock.now_ns();
  }
  grant();
}

void DownloadJob::grant() {
  // While half of the window is still to come, the server has enough to send.
  if (granted_ >= received_ && granted_ - received_ > window_ / 2) return;
  granted_ = received_ + window_;
  tools_.link.grant_file(transfer_, granted_);
}

void DownloadJob::on_ended(const Status& outcome) {
  transfer_ = 0;
  if (!outcome) return on_refused(outcome.error());
  // All has come; is it still the file that it was when it was begun?
  if (part_->offset() == part_->size_bytes()) return ask();
  try_again({Errc::kMalformed, "The server ended the file too early."});
}

void DownloadJob::on_refused(const Error& error) {
  keep();
  if (is_link_trouble(error.code)) {
    if (!tools_.link.is_ready()) return wait_for_link(shown_text(error));
    stage_ = DownloadStage::kWaiting;
    note_ = shown_text(error);
    again_ns_ = tools_.clock.now_ns() + tools_.first_backoff_ns;
    return;
  }
  switch (error.code) {
    case Errc::kNotFound:
      return on_missing(error);
    case Errc::kInvalidArgument:
      // The file is shorter than what is here.
      if (asked_offset_ == 0) return fail_with(shown_text(error));
      is_from_start_ = true;
      return ask();
    case Errc::kIo:
    case Errc::kMalformed:
    case Errc::kNoMemory:
      return try_again(error);
    default:
      return fail_with(shown_text(error));
  }
}

// The content has changed, so that it has another number, or the server has not looked at it again yet.
void DownloadJob::on_missing(const Error& error) {
  if (!is_by_path_ && !saved_.source.path.empty()) {
    is_by_path_ = true;
    return ask();
  }
  is_by_path_ = false;
  if (!part_->is_known()) return fail_with(shown_text(error));
  try_again(error);
}

void DownloadJob::finish() {
  drop();
  const auto path = part_->finish();
  if (!path) return stop_for_disk(path.error());
  saved_.name = part_->name();
  saved_.size_bytes = part_->size_bytes();
  part_.reset();
  stage_ = DownloadStage::kDone;
  note_ = change_note_;
  tools_.log.info("downloads", "{} is complete", *path);
}

void DownloadJob::try_again(const Error& error) {
  drop();
  if (++tries_ > kMostTries) return fail_with(shown_text(error));
  stage_ = DownloadStage::kWaiting;
  note_ = shown_text(error);
  again_ns_ = tools_.clock.now_ns() + std::min(tools_.first_backoff_ns << std::min(tries_ - 1, 16), kMostBackoffNs);
}

void DownloadJob::wait_for_link(std::string why) {
  drop();
  stage_ = DownloadStage::kWaiting;
  note_ = why.empty() ? "Waits for the server." : std::move(why);
  again_ns_ = kNeverNs;
}

void DownloadJob::stop_for_disk(const Error& error) {
  drop();
  if (error.code == Errc::kNoMemory) {
    keep();
    stage_ = DownloadStage::kPaused;
    note_ = fmt::format("The disk is full: {} has no room for what is missing. Make room, then go on.", saved_.folder);
    return;
  }
  fail_with(shown_text(error));
}

void DownloadJob::fail_with(std::string why) {
  drop();
  keep();
  // Nothing of it ever came: nothing is left behind.
  if (part_ && !part_->is_known()) {
    (void)part_->discard();
    part_.reset();
    saved_.name.clear();
  }
  // Opened and compared anew, should it be tried again.
  peeked_bytes_ = part_ ? part_->offset() : peeked_bytes_;
  part_.reset();
  stage_ = DownloadStage::kFailed;
  note_ = std::move(why);
  tools_.log.warning("downloads", "{}: {}", saved_.wanted_name, note_);
}

void DownloadJob::keep() {
  if (!part_ || !is_checked_) return;
  // What is not kept comes once more.
  if (const Status saved = part_->save(); !saved)
    tools_.log.warning("downloads", "what is known of {} is not kept: {}", saved_.name, saved.error().message);
}

}  // namespace zoe::player
