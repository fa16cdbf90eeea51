#include "player/client/file_intake.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace zoe::player {
namespace {

using nlohmann::json;

std::optional<std::uint64_t> number_of(const json& object, const char* key) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (!found->is_number_unsigned() && found->get<std::int64_t>() < 0) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<std::uint32_t> file_of(const json& object) {
  const auto file = number_of(object, "file");
  if (!file || *file == 0 || *file > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*file);
}

FileIntake::Step refused(FileCompletion done, Error error) {
  FileIntake::Step step;
  step.ended.emplace(FileIntake::Ended{std::move(done), fail(std::move(error)), nullptr});
  return step;
}

// Bounded; empty where it is missing.
std::string text_of(const json& object, const char* key, std::size_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= most ? text : std::string();
}

Error not_understood() { return {Errc::kMalformed, "The server's answer about a file cannot be understood."}; }

}  // namespace

void FileIntake::Ended::tell() {
  if (receiver) return receiver->on_file_ended(outcome ? Status() : fail(outcome.error()));
  if (done) done(outcome);
}

FileIntake::Step FileIntake::open(const json& answer, std::size_t most_bytes, FileCompletion done) {
  const auto number = file_of(answer);
  const auto size = number_of(answer, "size_bytes");
  if (!number || !size || files_.count(*number) != 0) return refused(std::move(done), not_understood());
  Step step;
  step.file = *number;
  if (*size > most_bytes || files_.size() >= kMostFiles) {
    step =
        refused(std::move(done), {Errc::kTooLarge, fmt::format("The file is too large to be taken: {} bytes.", *size)});
    step.file = *number;
    step.is_to_be_closed = true;
    return step;
  }
  File file;
  file.size_bytes = *size;
  file.granted = kWindowBytes;
  file.done = std::move(done);
  files_.emplace(*number, std::move(file));
  return step;
}

FileIntake::Step FileIntake::open(const json& answer, Wanted wanted) {
  Step step;
  const auto number = file_of(answer);
  const auto size = number_of(answer, "size_bytes");
  const bool is_wanted = expected_.erase(wanted.transfer) != 0;
  const std::string version = answer.is_object() ? text_of(answer, "version", kMostVersionBytes) : std::string();
  const bool is_understood = number && size && *size <= INT64_MAX && !version.empty() && files_.count(*number) == 0 &&
                             number_of(answer, "offset") == wanted.offset && wanted.offset <= *size;
  if (!is_understood || !is_wanted || files_.size() >= kMostFiles) {
    step.file = number.value_or(0);
    step.is_to_be_closed = step.file != 0 && files_.count(step.file) == 0;
    if (is_wanted) step.ended.emplace(Ended{nullptr, fail(not_understood()), std::move(wanted.receiver)});
    return step;
  }
  step.file = *number;
  step.receiver = wanted.receiver;
  step.opened = FileInfo{.size_bytes = *size,
                         .offset = wanted.offset,
                         .name = text_of(answer, "name", kMostNameBytes),
                         .version = version};
  File file;
  file.size_bytes = *size;
  file.offset = wanted.offset;
  file.receiver = std::move(wanted.receiver);
  file.transfer = wanted.transfer;
  file.chunk_bytes = wanted.chunk_bytes;
  files_.emplace(*number, std::move(file));
  return step;
}

FileIntake::Files::iterator FileIntake::find(std::uint64_t transfer) {
  return std::find_if(files_.begin(), files_.end(), [transfer](const auto& each) {
    return each.second.receiver && each.second.transfer == transfer;
  });
}

std::uint32_t FileIntake::grant(std::uint64_t transfer, std::uint64_t total_bytes) {
  const auto found = find(transfer);
  if (found == files_.end() || found->second.granted >= total_bytes) return 0;
  found->second.granted = total_bytes;
  return found->first;
}

std::uint32_t FileIntake::drop(std::uint64_t transfer) {
  expected_.erase(transfer);
  const auto found = find(transfer);
  if (found == files_.end()) return 0;
  const std::uint32_t file = found->first;
  files_.erase(found);
  return file;
}

FileIntake::Ended FileIntake::over(File&& file, Result<std::vector<std::uint8_t>> outcome) {
  return {std::move(file.done), std::move(outcome), std::move(file.receiver)};
}

FileIntake::Step FileIntake::end(Files::iterator file, Error error) {
  Step step;
  step.ended.emplace(over(std::move(file->second), fail(std::move(error))));
  step.file = file->first;
  step.is_to_be_closed = true;
  files_.erase(file);
  return step;
}

FileIntake::Step FileIntake::take(net::FileChunk&& chunk) {
  const auto found = files_.find(chunk.file);
  if (found == files_.end()) return {};
  File& file = found->second;
  const std::uint64_t size = chunk.data.size();
  const std::uint64_t rest = file.size_bytes - file.offset - file.received;
  const bool fits = chunk.offset == file.offset + file.received && size <= rest;
  const bool is_whole = fits && size == rest;
  if (!fits || (chunk.is_last && !is_whole) || (chunk.data.empty() && !chunk.is_last))
    return end(found, {Errc::kMalformed, "The server sent a piece that does not belong into the file."});
  // What waits for its receiver is bounded by what was granted.
  if (file.receiver && (size > file.chunk_bytes || (size > 0 && file.received >= file.granted)))
    return end(found, {Errc::kMalformed, "The server sent more of the file than it was asked for."});
  file.received += size;
  Step step;
  step.file = chunk.file;
  const bool is_last = chunk.is_last;
  if (file.receiver) {
    step.receiver = file.receiver;
    step.piece.emplace(std::move(chunk));
  } else {
    file.bytes.insert(file.bytes.end(), chunk.data.begin(), chunk.data.end());
  }
  if (is_last) {
    std::vector<std::uint8_t> bytes = std::move(file.bytes);
    step.ended.emplace(over(std::move(file), std::move(bytes)));
    files_.erase(found);
    return step;
  }
  if (!file.receiver && file.granted - std::min(file.received, file.granted) < kWindowBytes / 2) {
    file.granted = file.received + kWindowBytes;
    step.credit = file.granted;
  }
  return step;
}

FileIntake::Step FileIntake::fail_file(const json& event) {
  const auto number = file_of(event);
  const auto found = number ? files_.find(*number) : files_.end();
  if (found == files_.end()) return {};
  Error error{Errc::kIo, "The file cannot be read on at the server."};
  if (const auto message = event.find("message");
      message != event.end() && message->is_string() && message->get_ref<const std::string&>().size() <= 512)
    error.message = message->get<std::string>();
  Step step = end(found, std::move(error));
  step.is_to_be_closed = false;  // it is gone there
  return step;
}

std::vector<FileIntake::Ended> FileIntake::take_all(const Error& why) {
  std::vector<Ended> ended;
  for (auto& [number, file] : files_) ended.push_back(over(std::move(file), fail(why)));
  files_.clear();
  return ended;
}

}  // namespace zoe::player
