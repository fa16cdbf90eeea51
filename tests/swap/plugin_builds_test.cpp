// The second builds that a swap is made with, and what is measured of the server.
#include "tests/swap/plugin_builds.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/core/unique_fd.hpp"
#include "engine/media/probe.hpp"
#include "engine/plugin/abi/entry.h"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/swap/process_sample.hpp"

namespace zoe::test {
namespace {

// As in the server, FFmpeg stays: what the libraries behind it never free would else be lost with every unload.
bool keep_ffmpeg() { return !media::probe("/nonexistent"); }

std::string version_of(const std::string& file) {
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return ::dlerror();
  const auto* entry = static_cast<const zoe_plugin_entry_v1*>(::dlsym(library, ZOE_PLUGIN_ENTRY_SYMBOL));
  const std::string version = entry != nullptr ? entry->version : "no entry";
  ::dlclose(library);
  return version;
}

TEST(PluginBuilds, EveryPluginCanBeGivenAnotherVersion) {
  ASSERT_TRUE(keep_ffmpeg());
  const std::string built = std::filesystem::path(plugin_file("transport_tcp")).parent_path();
  const std::vector<std::string> files = plugin_files(built);
  ASSERT_GE(files.size(), 5U);
  const TempDir dir;
  for (const std::string& file : files) {
    const std::string version = version_of(built + "/" + file);
    const std::string other = another_version(version);
    ASSERT_NE(version, other);
    drop_in(dir.path(), file, with_version(read_whole_file(built + "/" + file), version, other));
    EXPECT_EQ(version_of(dir.file(file)), other) << file;
    struct stat info {};
    ASSERT_EQ(::stat(dir.file(file).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0022U, 0U) << file;
  }
  EXPECT_EQ(plugin_files(dir.path()), files);  // nothing is left lying about
}

TEST(ProcessSample, SeesWhatAProcessHolds) {
  ASSERT_TRUE(keep_ffmpeg());
  const std::string folder = std::filesystem::path(plugin_file("transport_tcp")).parent_path();
  const ProcessSample before = sample_process(::getpid(), folder);
  EXPECT_GT(before.resident_kib, 0);
  EXPECT_GT(before.threads, 0);
  EXPECT_EQ(before.plugin_libraries, 0);
  const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  void* const library = ::dlopen(plugin_file("codec_copy").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  const ProcessSample during = sample_process(::getpid(), folder);
  EXPECT_EQ(during.descriptors, before.descriptors + 1);
  EXPECT_EQ(during.plugin_libraries, 1);
  EXPECT_GT(during.mappings, before.mappings);
  ::dlclose(library);
  EXPECT_EQ(sample_process(::getpid(), folder).plugin_libraries, 0);
  EXPECT_ANY_THROW(sample_process(0x7fffffff, folder));
}

}  // namespace
}  // namespace zoe::test
