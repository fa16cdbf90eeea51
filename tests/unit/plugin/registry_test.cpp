#include "engine/plugin/host/registry.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/probe.hpp"
#include "tests/plugins/test_host.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class RegistryTest : public testing::Test {
 protected:
  // A folder with the named fixtures in it.
  std::string folder_of(const std::vector<std::string>& fixtures) {
    const std::string folder = host_.folder().file("plugins");
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms{0755});
    for (const std::string& name : fixtures) {
      fs::copy_file(test::test_plugin_file(name), folder + "/" + name + ".so");
      fs::permissions(folder + "/" + name + ".so", fs::perms{0755});
    }
    return folder;
  }

  // Lines of this process's map that name a copy which this host made.
  int mapped_copies() const {
    std::ifstream maps("/proc/self/maps");
    int count = 0;
    for (std::string line; std::getline(maps, line);)
      count += line.find(host_.folder().file("data/plugins-run/")) != std::string::npos ? 1 : 0;
    return count;
  }

  test::TestHost host_;
};

TEST_F(RegistryTest, ABadFileDoesNotKeepTheOthersOut) {
  const std::string folder =
      folder_of({"plugin_init_fails", "plugin_ok_c", "plugin_other_major", "plugin_service_user", "plugin_throws"});
  std::ofstream(folder + "/text.so") << "I am no plugin";
  std::ofstream(folder + "/README") << "not even named like one";
  host_.set_settings("throws", R"({"enabled": false})");
  const auto report = host_.registry().load_folder(folder);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->loaded, ElementsAre("ok_c", "service_user"));
  ASSERT_EQ(report->skipped.size(), 1U);
  EXPECT_THAT(report->skipped[0].reason, HasSubstr("enabled = false"));
  ASSERT_EQ(report->failed.size(), 3U);
  EXPECT_THAT(report->failed[0].error.message, HasSubstr("the encoder card is not there"));
  EXPECT_THAT(report->failed[1].error.message, HasSubstr("built for version 2.0"));
  EXPECT_THAT(report->failed[2].error.message, HasSubstr("text.so is no plugin"));
  EXPECT_EQ(host_.registry().active(ZOE_PLUGIN_CODEC).size(), 2U);
  EXPECT_TRUE(host_.registry().active(ZOE_PLUGIN_AUTH).empty());
}

TEST_F(RegistryTest, TwoFilesWithOneIdAreAConflict) {
  const std::string folder = folder_of({"plugin_ok_c"});
  fs::copy_file(folder + "/plugin_ok_c.so", folder + "/z_copy.so");
  const auto report = host_.registry().load_folder(folder);
  ASSERT_TRUE(report);
  EXPECT_THAT(report->loaded, ElementsAre("ok_c"));
  ASSERT_EQ(report->failed.size(), 1U);
  EXPECT_EQ(report->failed[0].error.code, Errc::kConflict);
  EXPECT_THAT(report->failed[0].error.message, AllOf(HasSubstr("z_copy.so"), HasSubstr("plugin_ok_c.so")));
  EXPECT_EQ(host_.registry().snapshot().size(), 1U);
}

TEST_F(RegistryTest, AMissingFolderIsNamed) {
  const auto report = host_.registry().load_folder(host_.folder().file("nothing"));
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("nothing"));
}

TEST_F(RegistryTest, FindGivesAPinOnWhatServes) {
  EXPECT_FALSE(host_.registry().find("ok_c"));
  host_.load(test::test_plugin_file("plugin_ok_c"));
  const Pin pin = host_.registry().find("ok_c");
  ASSERT_TRUE(pin);
  EXPECT_NE(pin.table<zoe_codec_v1>(), nullptr);
  EXPECT_FALSE(host_.registry().find("ok"));
}

TEST_F(RegistryTest, ANewGenerationServesWhileTheOldOneIsHeld) {
  const std::string file = test::test_plugin_file("plugin_ok_c");
  host_.load(file);
  Pin old = host_.registry().find("ok_c");
  host_.load(file);
  const Pin fresh = host_.registry().find("ok_c");
  EXPECT_GT(fresh.generation().number(), old.generation().number());
  auto all = host_.registry().snapshot();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].state, GenerationState::kDraining);
  EXPECT_EQ(all[0].pins, 1U);
  EXPECT_EQ(all[1].state, GenerationState::kActive);
  EXPECT_NE(old.table<zoe_codec_v1>(), fresh.table<zoe_codec_v1>()) << "they are separate libraries";
  EXPECT_EQ(host_.registry().collect().size(), 0U);
  old.reset();
  EXPECT_EQ(host_.registry().collect().size(), 1U);
  all = host_.registry().snapshot();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].state, GenerationState::kActive);
}

TEST_F(RegistryTest, RetireTakesItOutOfService) {
  host_.load(test::test_plugin_file("plugin_ok_c"));
  EXPECT_EQ(host_.registry().retire("other").error().code, Errc::kNotFound);
  ASSERT_TRUE(host_.registry().retire("ok_c"));
  EXPECT_FALSE(host_.registry().find("ok_c"));
  EXPECT_TRUE(host_.registry().snapshot().empty()) << "nobody held it, so it went at once";
  EXPECT_THAT(host_.log_text(), HasSubstr("ok_c generation 1 was unloaded"));
}

TEST_F(RegistryTest, StopWaitsForThePins) {
  host_.load(test::test_plugin_file("plugin_ok_c"));
  Pin held = host_.registry().find("ok_c");
  std::jthread holder([pin = std::move(held)]() mutable { pin.reset(); });
  EXPECT_TRUE(host_.registry().stop(30 * kNsPerS));
  EXPECT_EQ(mapped_copies(), 0);
}

TEST_F(RegistryTest, StopGivesUpOnAPinThatIsNotReleased) {
  host_.load(test::test_plugin_file("plugin_ok_c"));
  // Never released: the instance is given up for good, and stays reachable for whoever looks for leaks.
  static Pin* const kept = new Pin;
  Pin& held = *kept;
  held = host_.registry().find("ok_c");
  EXPECT_FALSE(host_.registry().stop(0));
  EXPECT_THAT(host_.log_text(), HasSubstr("ok_c generation 1 is still in use (1 pins) and stays loaded"));
  EXPECT_NE(held.table<zoe_codec_v1>()->family, nullptr) << "whoever holds it can still use it";
}

TEST_F(RegistryTest, CopiesLeftByACrashAreRemoved) {
  const std::string run = host_.folder().file("other-run");
  fs::create_directory(run);
  std::ofstream(run + "/codec_jpeg.7.so") << "left over";
  const auto registry = Registry::create(host_.services(), {run, {}});
  ASSERT_TRUE(registry);
  EXPECT_TRUE(fs::is_empty(run));
}

TEST_F(RegistryTest, ARunFolderThatCannotBeMadeIsNamed) {
  const auto registry = Registry::create(host_.services(), {"/proc/no/folder", {}});
  ASSERT_FALSE(registry);
  EXPECT_THAT(registry.error().message, HasSubstr("/proc/no"));
}

// Lookups from many threads while the plugin is replaced again and again: every pin leads to a live plugin, and in the
// end only one generation is left.
TEST_F(RegistryTest, SwappingUnderUseLosesNobody) {
  const std::string file = test::test_plugin_file("plugin_ok_c");
  host_.load(file);
  std::atomic<bool> is_done{false};
  std::atomic<int> uses{0};
  {
    std::vector<std::jthread> users;
    for (int t = 0; t < 3; ++t) {
      users.emplace_back([&] {
        while (!is_done) {
          const Pin pin = host_.registry().find("ok_c");
          ASSERT_TRUE(pin);
          zoe_track track{};
          zoe_rendition rendition{};
          std::uint32_t count = 0;
          ASSERT_EQ(pin.table<zoe_codec_v1>()->ladder(pin.plugin(), &track, &rendition, 1, &count), ZOE_OK);
          ASSERT_EQ(count, 1U);
          ++uses;
        }
      });
    }
    for (int i = 0; i < 30; ++i) {
      host_.load(file);
      host_.registry().collect();
    }
    is_done = true;
  }
  EXPECT_GT(uses, 0);
  host_.registry().collect();
  EXPECT_EQ(host_.registry().snapshot().size(), 1U);
  EXPECT_TRUE(host_.registry().stop(0));
  EXPECT_EQ(mapped_copies(), 0);
}

// Plugins of the product, as built: each goes from memory every time.
TEST_F(RegistryTest, ThePluginsOfTheProductUnloadEveryTime) {
  constexpr int kTimes = 50;
  // As in the server, FFmpeg stays: what the libraries behind it never free would else be lost with every unload.
  EXPECT_FALSE(media::probe("/nonexistent"));
  host_.set_settings("auth_guest", R"({"enabled": true})");
  host_.set_settings("auth_sql", R"({"hash_memory_kib": 8, "hash_operations": 1})");
  for (const char* name : {"auth_guest", "auth_sql", "codec_copy", "codec_jpeg"}) {
    const std::string file = test::plugin_file(name);
    if (!fs::exists(file)) continue;
    for (int i = 0; i < kTimes; ++i) {
      auto generation = host_.registry().prepare(file);
      ASSERT_TRUE(generation) << generation.error().message;
      ASSERT_FALSE((*generation)->unload().is_resident) << name << ", round " << i;
    }
  }
  EXPECT_EQ(mapped_copies(), 0);
}

}  // namespace
}  // namespace zoe::plugin
