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
  step.ended.emplace(FileIntake::Ended{std::move(done), fail(std::move(error))});
  return step;
}

}  // namespace

FileIntake::Step FileIntake::open(const json& answer, std::size_t most_bytes, FileCompletion done) {
  const auto number = file_of(answer);
  const auto size = number_of(answer, "size_bytes");
  if (!number || !size || files_.count(*number) != 0)
    return refused(std::move(done), {Errc::kMalformed, "The server's answer about a file cannot be understood."});
  Step step;
  step.file = *number;
  if (*size > most_bytes || files_.size() >= kMostFiles) {
    step =
        refused(std::move(done), {Errc::kTooLarge, fmt::format("The file is too large to be taken: {} bytes.", *size)});
    step.file = *number;
    step.is_to_be_closed = true;
    return step;
  }
  files_.emplace(*number, File{.size_bytes = *size, .granted = kWindowBytes, .bytes = {}, .done = std::move(done)});
  return step;
}

FileIntake::Step FileIntake::end(std::map<std::uint32_t, File>::iterator file, Error error) {
  Step step = refused(std::move(file->second.done), std::move(error));
  step.file = file->first;
  step.is_to_be_closed = true;
  files_.erase(file);
  return step;
}

FileIntake::Step FileIntake::take(const net::FileChunk& chunk) {
  const auto found = files_.find(chunk.file);
  if (found == files_.end()) return {};
  File& file = found->second;
  const std::uint64_t held = file.bytes.size();
  const bool fits = chunk.offset == held && chunk.data.size() <= file.size_bytes - held;
  const bool is_whole = fits && held + chunk.data.size() == file.size_bytes;
  if (!fits || (chunk.is_last && !is_whole) || (chunk.data.empty() && !chunk.is_last))
    return end(found, {Errc::kMalformed, "The server sent a piece that does not belong into the file."});
  file.bytes.insert(file.bytes.end(), chunk.data.begin(), chunk.data.end());
  Step step;
  step.file = chunk.file;
  if (chunk.is_last) {
    step.ended.emplace(Ended{std::move(file.done), std::move(file.bytes)});
    files_.erase(found);
    return step;
  }
  const std::uint64_t received = file.bytes.size();
  if (file.granted - std::min(received, file.granted) < kWindowBytes / 2) {
    file.granted = received + kWindowBytes;
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
  for (auto& [number, file] : files_) ended.push_back({std::move(file.done), fail(why)});
  files_.clear();
  return ended;
}

}  // namespace zoe::player
