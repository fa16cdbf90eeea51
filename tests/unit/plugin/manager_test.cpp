#include "engine/plugin/host/manager.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/test_host.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ManagerTest : public testing::Test {
 protected:
  ManagerTest() {
    fs::create_directory(plugins_);
    fs::permissions(plugins_, fs::perms{0755});
  }
  // As an operator's tools do: written beside it, then renamed.
  void drop(const std::string& fixture, const std::string& name) const {
    const std::string made = plugins_ + "/." + name;
    fs::copy_file(test::test_plugin_file(fixture), made, fs::copy_options::overwrite_existing);
    fs::permissions(made, fs::perms{0755});
    fs::rename(made, plugins_ + "/" + name);
  }
  ManagerOptions options() const {
    ManagerOptions options;
    options.folder = plugins_;
    options.run_folder = host_.folder().file("run");
    options.state_file = host_.folder().file("plugins.json");
    options.checker = test::program("zoetrope-plugin-check");
    return options;
  }
  void start(const ManagerOptions& how) {
    auto made = Manager::create(host_.services(), how);
    ASSERT_TRUE(made) << made.error().message;
    manager_ = std::move(*made);
    const auto report = manager_->start();
    ASSERT_TRUE(report) << report.error().message;
    report_ = *report;
  }
  PluginStatus status_of(const std::string& id) const {
    for (PluginStatus& status : manager_->snapshot())
      if (status.id == id) return status;
    return {};
  }
  std::uint64_t serving() const {
    const Pin pin = manager_->find("ok_c");
    return pin ? pin.generation().number() : 0;
  }
  std::ptrdiff_t mapped_copies() const {
    std::ifstream maps("/proc/self/maps");
    std::ptrdiff_t count = 0;
    for (std::string line; std::getline(maps, line);)
      count += line.find(host_.folder().file("run/")) != std::string::npos;
    return count;
  }

  test::TestHost host_;
  const std::string plugins_ = host_.folder().file("plugins");
  std::unique_ptr<Manager> manager_;
  FolderReport report_;
};

TEST_F(ManagerTest, AFileThatArrivesTakesOver) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  ASSERT_EQ(report_.loaded.size(), 1U);
  const std::uint64_t first = serving();
  EXPECT_NE(first, 0U);
  auto again = manager_->swap("ok_c").get();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_GT(again->generation, first);
  EXPECT_TRUE(test::wait_until([&] { return status_of("ok_c").generations.size() == 1; }));
  drop("plugin_service_user", "user.so");
  EXPECT_TRUE(test::wait_until([&] { return static_cast<bool>(manager_->find("service_user")); })) << host_.log_text();
}

TEST_F(ManagerTest, EachBadFileIsRefusedWhileTheOldOneServes) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  const std::uint64_t first = serving();
  struct Case {
    const char* fixture;
    const char* words;
  };
  for (const Case& c :
       {Case{"plugin_other_major", "built for version 2.0"}, Case{"plugin_init_fails", "the encoder card is not there"},
        Case{"plugin_self_test_fails", "two and two make five"},
        Case{"plugin_sticky", "cannot be removed from memory again"},
        Case{"plugin_no_symbol", "does not export zoe_plugin_entry"}}) {
    drop(c.fixture, "ok.so");
    EXPECT_TRUE(test::wait_until([&] {
      const auto last = status_of("ok_c").last;
      return last && !last->is_ok && last->message.find(c.words) != std::string::npos;
    })) << c.fixture
        << host_.log_text();
    EXPECT_EQ(serving(), first);
  }
}

// What misbehaves only while it runs: found in the trial's own process, where it hurts nobody.
TEST_F(ManagerTest, EachBadLifeIsFoundInTheTrial) {
  drop("plugin_ok_c", "ok.so");
  ManagerOptions how = options();
  how.trial_deadline = std::chrono::milliseconds(1500);
  start(how);
  const std::uint64_t first = serving();
  struct Case {
    const char* how;
    const char* words;
  };
  for (const Case& c : {Case{"hang_in_create", "init"}, Case{"hang_in_self_test", "self_test did not come to its end"},
                        Case{"crash_in_self_test", "self_test crashed"}, Case{"leave_a_thread", "thread"},
                        Case{"short_table", "zoe.codec/1"}}) {
    host_.set_settings("bad_life", std::string(R"({"how": ")") + c.how + R"("})");
    drop("plugin_bad_life", "ok.so");
    std::string said;
    EXPECT_TRUE(test::wait_until([&] {
      const auto last = status_of("ok_c").last;
      said = last ? last->message : "";
      return last && !last->is_ok && said.find(c.words) != std::string::npos;
    })) << c.how
        << ": " << said;
    EXPECT_EQ(serving(), first) << c.how;
    EXPECT_FALSE(manager_->find("bad_life")) << c.how;
  }
  host_.set_settings("bad_life", "{}");
  drop("plugin_bad_life", "good.so");
  EXPECT_TRUE(test::wait_until([&] { return static_cast<bool>(manager_->find("bad_life")); })) << host_.log_text();
}

// Without a trial the server itself waits, but no longer than the deadline, and never calls it again.
TEST_F(ManagerTest, OneThatHangsInInitIsGivenUp) {
  drop("plugin_ok_c", "ok.so");
  ManagerOptions how = options();
  how.checker.clear();
  how.init_deadline = std::chrono::milliseconds(300);
  start(how);
  const std::uint64_t first = serving();
  host_.set_settings("bad_life", R"({"how": "hang_in_create"})");
  drop("plugin_bad_life", "ok.so");
  ASSERT_TRUE(test::wait_until([&] {
    const auto last = status_of("ok_c").last;
    return last && !last->is_ok;
  })) << host_.log_text();
  EXPECT_EQ(serving(), first);
  const auto swapped = manager_->swap(plugins_ + "/ok.so").get();
  EXPECT_FALSE(swapped) << "the same file hangs again, and the manager still answers";
  // Those who hang are done with the host before it goes.
  const auto have_hung = [&] { return host_.lines_with("hangs from now on") == 2; };
  EXPECT_TRUE(test::wait_until(have_hung)) << host_.log_text();
}

TEST_F(ManagerTest, ALowerVersionIsTakenUpAndToldAsWhatItIs) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  std::string bytes = test::read_whole_file(test::test_plugin_file("plugin_ok_c"));
  const std::string version(
      "\0"
      "1.2.3"
      "\0",
      7);
  const auto at = bytes.find(version);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, version.size(),
                std::string("\0"
                            "1.2.2"
                            "\0",
                            7));
  std::ofstream(plugins_ + "/.lower") << bytes;
  fs::permissions(plugins_ + "/.lower", fs::perms{0755});
  fs::rename(plugins_ + "/.lower", plugins_ + "/ok.so");
  EXPECT_TRUE(test::wait_until([&] {
    const Pin pin = manager_->find("ok_c");
    return pin && std::string(pin.generation().version()) == "1.2.2";
  })) << host_.log_text();
  EXPECT_THAT(status_of("ok_c").last->message, HasSubstr("1.2.3")) << "what it came down from";
}

// Many commands at once: each is answered with a generation that was made after it was given.
TEST_F(ManagerTest, SwapsDuringASwapWaitForIt) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  std::vector<std::future<Result<SwapReport>>> swaps;
  for (int i = 0; i < 8; ++i) swaps.push_back(manager_->swap("ok_c"));
  std::uint64_t before = 0;
  for (auto& each : swaps) {
    const auto report = each.get();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_GE(report->generation, before) << "those that wait for one file are one";
    before = report->generation;
  }
  EXPECT_TRUE(test::wait_until([&] { return status_of("ok_c").generations.size() == 1; }));
  EXPECT_EQ(serving(), before);
}

TEST_F(ManagerTest, ARemovedFileServesOn) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  const std::uint64_t first = serving();
  fs::remove(plugins_ + "/ok.so");
  EXPECT_TRUE(test::wait_until([&] { return !status_of("ok_c").is_file_there; }));
  EXPECT_EQ(serving(), first);
  const auto swapped = manager_->swap("ok_c").get();
  ASSERT_FALSE(swapped);
  EXPECT_THAT(swapped.error().message, HasSubstr("ok.so"));
  drop("plugin_ok_c", "ok.so");
  EXPECT_TRUE(test::wait_until([&] { return status_of("ok_c").is_file_there; }));
}

TEST_F(ManagerTest, ALinkOutOfTheFolderAndWhatOthersMayWriteAreRefused) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  const std::uint64_t first = serving();
  fs::create_symlink(test::test_plugin_file("plugin_service_user"), plugins_ + "/.link");
  fs::rename(plugins_ + "/.link", plugins_ + "/user.so");
  drop("plugin_service_user", ".made");
  fs::permissions(plugins_ + "/.made", fs::perms{0777});
  fs::rename(plugins_ + "/.made", plugins_ + "/open.so");
  for (const char* name : {"user", "open"})
    EXPECT_TRUE(test::wait_until([&] {
      const auto last = status_of(name).last;
      return last && !last->is_ok;
    })) << name
        << host_.log_text();
  EXPECT_FALSE(manager_->find("service_user"));
  EXPECT_EQ(serving(), first);
}

TEST_F(ManagerTest, RollBackDisableAndEnable) {
  drop("plugin_ok_c", "ok.so");
  start(options());
  EXPECT_EQ(manager_->rollback("ok_c").get().error().code, Errc::kNotFound);
  ASSERT_TRUE(manager_->swap("ok_c").get());
  EXPECT_TRUE(status_of("ok_c").previous);
  const auto back = manager_->rollback("ok_c").get();
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_TRUE(manager_->disable("ok_c").get());
  EXPECT_FALSE(manager_->find("ok_c"));
  manager_.reset();
  start(options());
  EXPECT_FALSE(manager_->find("ok_c")) << "it stays disabled";
  const auto on = manager_->enable("ok_c").get();
  ASSERT_TRUE(on) << on.error().message;
  EXPECT_TRUE(manager_->find("ok_c"));
}

TEST_F(ManagerTest, ManySwapsLeaveNothingBehind) {
  constexpr int kSwaps = 250;
  drop("plugin_ok_c", "ok.so");
  ManagerOptions how = options();
  how.checker.clear();  // the trial is another process
  start(how);
  const auto files = [&] { return std::distance(fs::directory_iterator(how.run_folder), fs::directory_iterator()); };
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  ASSERT_TRUE(manager_->swap("ok_c").get());
  ASSERT_TRUE(test::wait_until([&] { return status_of("ok_c").generations.size() == 1; }));
  const auto files_before = files();
  const auto descriptors_before = descriptors();
  const auto maps_before = mapped_copies();
  for (int i = 0; i < kSwaps; ++i) ASSERT_TRUE(manager_->swap("ok_c").get());
  EXPECT_TRUE(test::wait_until([&] { return status_of("ok_c").generations.size() == 1; }));
  EXPECT_TRUE(status_of("ok_c").residents.empty());
  EXPECT_EQ(files(), files_before);
  EXPECT_EQ(descriptors(), descriptors_before);
  EXPECT_EQ(mapped_copies(), maps_before);
  EXPECT_TRUE(manager_->stop(std::chrono::seconds(30)));
  EXPECT_EQ(mapped_copies(), 0);
}

}  // namespace
}  // namespace zoe::plugin
