// Media entries of files, as the library's scan makes them, for tests of streams.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/media/probe.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server::test {

inline MediaEntryPtr entry_of(const std::string& path) {
  auto entry = std::make_shared<MediaEntry>();
  entry->id = "test-" + std::filesystem::path(path).filename().string();
  entry->path = path;
  entry->relative_path = std::filesystem::path(path).filename();
  entry->title = "Test";
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  entry->size_bytes = static_cast<std::uint64_t>(status.st_size);
  entry->mtime_ns = status.st_mtim.tv_sec * kNsPerS + status.st_mtim.tv_nsec;
  auto info = media::probe(path);
  EXPECT_TRUE(info) << path << ": " << info.error().message;
  if (info) entry->info = *info;
  return entry;
}

}  // namespace zoe::server::test
