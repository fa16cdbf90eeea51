// One download on the disk: its part, what is known of it, and at the end its name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "player/client/download_disk.hpp"
#include "player/client/download_state.hpp"
#include "player/client/file_receiver.hpp"

namespace zoe::player {

// One thread: that of the downloads, since everything here may wait for the disk. What is missing on the way is asked
// from `offset()` on; each answer is told to `on_opened`, which says what is to be done with it.
//
//   open -> check until true -> (server: open at offset()) -> on_opened -> write … -> (open at offset()) -> kComplete
//        -> finish
//
// Errors are those of PartFile. The content is that of one version: it is asked for once more when all has come.
class DownloadPart {
 public:
  // `name` is what the server calls it; the folder is made where it is missing.
  // Goes on with a part of the same file where there is one, under `known_name` if that is not empty, else under the
  // first name for which it is so or that is free.
  static Result<std::unique_ptr<DownloadPart>> open(DownloadDisk& disk, DownloadSource source,
                                                    const std::string& folder, const std::string& name,
                                                    const std::string& known_name = {});

  // Compares a block of what was on the disk before with its digest; true when all is done. From the first difference
  // on it is to be fetched again.
  Result<bool> check();
  std::uint64_t checked_bytes() const { return digests_.size_bytes(); }
  // What was found to differ from what had been written: how much of it goes.
  std::uint64_t damaged_bytes() const { return damaged_bytes_; }

  enum class Next {
    kTake = 1,  // what comes now is to be written
    kAskAnew,   // it is another content than the one begun with: ask again, from offset() on
    kComplete,  // all is there, and still what the server has
  };
  Result<Next> on_opened(const FileInfo& info);
  // How often the content was another one.
  int restarts() const { return restarts_; }

  // Continues what is there.
  Status write(Bytes bytes);
  // What was written until now will be found again.
  Status save();
  // Gives it its name; the path. Nothing can be done with the part afterwards.
  Result<std::string> finish();
  // Removes it and what is known of it.
  Status discard();

  const std::string& name() const { return name_; }  // that it is to have
  std::uint64_t size_bytes() const { return state_.size_bytes; }
  std::uint64_t offset() const { return digests_.size_bytes(); }
  // The server was asked about it, and said something.
  bool is_known() const { return !state_.version.empty(); }

 private:
  DownloadPart(DownloadDisk& disk, std::string folder, std::string wanted_name);

  static constexpr int kMostNames = 999;

  // Whether it is this one's part: opened then.
  Result<bool> adopt(const std::string& name, const DownloadSource& source);
  Result<bool> create(const std::string& name, const DownloadSource& source);
  std::string path() const { return folder_ + '/' + name_; }
  Status begin_anew(const FileInfo& info);

  DownloadDisk& disk_;
  const std::string folder_;
  const std::string wanted_name_;
  std::string name_;
  std::unique_ptr<PartFile> file_;
  PartState state_;       // as it was saved last, but for its digests
  BlockDigests digests_;  // of what is there
  std::vector<std::uint64_t> unchecked_;
  std::vector<std::uint8_t> block_;
  std::uint64_t unchecked_bytes_ = 0;  // as far as the part may be good
  std::uint64_t damaged_bytes_ = 0;
  int restarts_ = 0;
};

}  // namespace zoe::player
