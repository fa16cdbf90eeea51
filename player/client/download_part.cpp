#include "player/client/download_part.hpp"

#include <algorithm>
#include <utility>

#include "player/client/download_names.hpp"

namespace zoe::player {

DownloadPart::DownloadPart(DownloadDisk& disk, std::string folder, std::string wanted_name)
    : disk_(disk), folder_(std::move(folder)), wanted_name_(std::move(wanted_name)), digests_(block_bytes_of(0)) {}

Result<std::unique_ptr<DownloadPart>> DownloadPart::open(DownloadDisk& disk, DownloadSource source,
                                                         const std::string& folder, const std::string& name,
                                                         const std::string& known_name) {
  ZOE_CHECK(disk.make_folder(folder));
  std::unique_ptr<DownloadPart> part(new DownloadPart(disk, folder, safe_file_name(name)));
  if (!known_name.empty()) {
    ZOE_TRY(const bool is_ours, part->adopt(safe_file_name(known_name), source));
    if (is_ours) return part;
  }
  for (int number = 1; number <= kMostNames; ++number) {
    const std::string choice = numbered_name(part->wanted_name_, number);
    ZOE_TRY(const bool is_ours, part->adopt(choice, source));
    if (is_ours) return part;
    ZOE_TRY(const bool is_new, part->create(choice, source));
    if (is_new) return part;
  }
  return fail(Errc::kConflict,
              "There are too many files called \u201C" + part->wanted_name_ + "\u201D in \u201C" + folder + "\u201D.");
}

Result<bool> DownloadPart::adopt(const std::string& name, const DownloadSource& source) {
  name_ = name;
  const auto text = disk_.read_small(part_state_path(path()), kMostStateBytes);
  if (!text) return false;
  auto state = parse_part_state(*text);
  if (!state || !state->source.is_same_file(source)) return false;
  auto file = disk_.open_part(part_path(path()), DownloadDisk::Open::kExisting);
  // Removed by hand: nothing is there any more, and the name is free.
  if (!file && file.error().code == Errc::kNotFound)
    file = disk_.open_part(part_path(path()), DownloadDisk::Open::kNew);
  if (!file && file.error().code == Errc::kConflict) return false;
  if (!file) return fail(std::move(file).error());
  ZOE_TRY(const std::uint64_t held, (*file)->size());
  file_ = std::move(*file);
  state_ = std::move(*state);
  state_.source = source;
  unchecked_ = std::exchange(state_.digests, {});
  unchecked_bytes_ = std::min(state_.verified_bytes, held);
  digests_ = BlockDigests(block_bytes_of(state_.size_bytes));
  return true;
}

Result<bool> DownloadPart::create(const std::string& name, const DownloadSource& source) {
  name_ = name;
  if (disk_.exists(path()) || disk_.exists(part_state_path(path()))) return false;
  auto file = disk_.open_part(part_path(path()), DownloadDisk::Open::kNew);
  if (!file && file.error().code == Errc::kConflict) return false;
  if (!file) return fail(std::move(file).error());
  file_ = std::move(*file);
  state_ = PartState{.source = source};
  digests_ = BlockDigests(block_bytes_of(0));
  // At once: a part of which nothing is known would never be gone on with.
  if (Status saved = save(); !saved) {
    (void)disk_.remove(part_path(path()));
    return fail(std::move(saved).error());
  }
  return true;
}

Result<bool> DownloadPart::check() {
  const std::uint64_t at = digests_.size_bytes();
  const std::uint64_t block_bytes = block_bytes_of(state_.size_bytes);
  const std::size_t index = static_cast<std::size_t>(at / block_bytes);
  if (at < unchecked_bytes_ && index < unchecked_.size()) {
    block_.resize(static_cast<std::size_t>(std::min(block_bytes, unchecked_bytes_ - at)));
    ZOE_CHECK(file_->read(at, block_));
    BlockDigests digests(block_bytes);
    digests.add(block_);
    if (digests.all().front() == unchecked_[index]) {
      digests_.add(block_);
      return false;
    }
  }
  damaged_bytes_ = state_.verified_bytes - digests_.size_bytes();
  block_ = {};
  unchecked_ = {};
  ZOE_CHECK(file_->truncate(digests_.size_bytes()));
  return true;
}

Status DownloadPart::begin_anew(const FileInfo& info) {
  ZOE_CHECK(file_->truncate(0));
  state_.version = info.version;
  state_.size_bytes = info.size_bytes;
  digests_ = BlockDigests(block_bytes_of(info.size_bytes));
  return save();
}

Result<DownloadPart::Next> DownloadPart::on_opened(const FileInfo& info) {
  const bool is_same = info.version == state_.version && info.size_bytes == state_.size_bytes;
  if (!is_same) {
    if (is_known()) ++restarts_;
    ZOE_CHECK(begin_anew(info));
  }
  if (info.offset != offset()) return Next::kAskAnew;
  if (offset() == size_bytes()) return Next::kComplete;
  ZOE_CHECK(file_->reserve(size_bytes()));
  return Next::kTake;
}

Status DownloadPart::write(Bytes bytes) {
  if (bytes.size() > size_bytes() - offset())
    return fail(Errc::kMalformed, "The server sent more of the file than there is of it.");
  ZOE_CHECK(file_->write(offset(), bytes));
  digests_.add(bytes);
  return {};
}

Status DownloadPart::save() {
  ZOE_CHECK(file_->sync());
  state_.verified_bytes = offset();
  PartState saved = state_;
  saved.digests = digests_.all();
  return disk_.replace_small(part_state_path(path()), as_bytes(to_text(saved)));
}

Result<std::string> DownloadPart::finish() {
  ZOE_CHECK(file_->sync());
  const std::string part = part_path(path());
  const std::string known = part_state_path(path());
  // Under the name that was chosen at the beginning; where something has taken it since, under the next one.
  for (int number = 0; number <= kMostNames; ++number) {
    const std::string name = number == 0 ? name_ : numbered_name(wanted_name_, number);
    Status named = disk_.publish(part, folder_ + '/' + name);
    if (!named && named.error().code == Errc::kConflict) continue;
    if (!named) return fail(std::move(named).error());
    name_ = name;
    file_.reset();
    (void)disk_.remove(known);  // without its part it means nothing
    return path();
  }
  return fail(Errc::kConflict,
              "There are too many files called \u201C" + wanted_name_ + "\u201D in \u201C" + folder_ + "\u201D.");
}

Status DownloadPart::discard() {
  file_.reset();
  ZOE_CHECK(disk_.remove(part_path(path())));
  return disk_.remove(part_state_path(path()));
}

}  // namespace zoe::player
