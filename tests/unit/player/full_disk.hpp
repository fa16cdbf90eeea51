// The real disk, but for the room on it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "player/client/download_disk.hpp"

namespace zoe::test {

class FullDisk final : public player::DownloadDisk {
 public:
  // What a test turns.
  struct Room {
    std::atomic<std::uint64_t> bytes{UINT64_MAX};  // of one part
    std::atomic<bool> is_told_before{true};        // by `reserve`; else it shows while writing
  };
  explicit FullDisk(std::shared_ptr<Room> room) : room_(std::move(room)), disk_(DownloadDisk::system()) {}

  Status make_folder(const std::string& folder) override { return disk_->make_folder(folder); }
  bool exists(const std::string& path) override { return disk_->exists(path); }
  Result<std::vector<std::uint8_t>> read_small(const std::string& path, std::size_t most) override {
    return disk_->read_small(path, most);
  }
  Status replace_small(const std::string& path, Bytes bytes) override { return disk_->replace_small(path, bytes); }
  Result<std::unique_ptr<player::PartFile>> open_part(const std::string& path, Open how) override {
    ZOE_TRY(auto file, disk_->open_part(path, how));
    return std::make_unique<Part>(room_, std::move(file));
  }
  Status publish(const std::string& part, const std::string& path) override { return disk_->publish(part, path); }
  Status remove(const std::string& path) override { return disk_->remove(path); }

 private:
  class Part final : public player::PartFile {
   public:
    Part(std::shared_ptr<Room> room, std::unique_ptr<player::PartFile> file)
        : room_(std::move(room)), file_(std::move(file)) {}
    Result<std::uint64_t> size() override { return file_->size(); }
    Status reserve(std::uint64_t size_bytes) override {
      if (room_->is_told_before && size_bytes > room_->bytes) return full();
      return file_->reserve(size_bytes);
    }
    Status write(std::uint64_t offset, Bytes bytes) override {
      if (offset + bytes.size() > room_->bytes) return full();
      return file_->write(offset, bytes);
    }
    Status read(std::uint64_t offset, std::span<std::uint8_t> bytes) override { return file_->read(offset, bytes); }
    Status truncate(std::uint64_t size_bytes) override { return file_->truncate(size_bytes); }
    Status sync() override { return file_->sync(); }

   private:
    static Status full() { return fail(Errc::kNoMemory, "write: No space left on device"); }
    const std::shared_ptr<Room> room_;
    const std::unique_ptr<player::PartFile> file_;
  };

  const std::shared_ptr<Room> room_;
  const std::unique_ptr<DownloadDisk> disk_;
};

}  // namespace zoe::test
