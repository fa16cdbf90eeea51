// Child processes under limits: whatever they do, nothing of them is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>

#include "engine/core/file.hpp"
#include "engine/core/process_tree.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/host/process_service.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::plugin {
namespace {

using test::kPatience;
using test::wait_until;
using testing::ElementsAre;
using testing::HasSubstr;

// What a process said, and how it ended.
class Heard {
 public:
  ProcessEvents events() {
    return {.line =
                [this](ProcessStream stream, std::string_view line, bool is_cut) {
                  MutexLock lock(mutex_);
                  if (lines_.size() < 1000)
                    lines_.push_back((stream == ProcessStream::kErrors ? "! " : "") + std::string(line) +
                                     (is_cut ? " …" : ""));
                },
            .end =
                [this](const ProcessEnd& end) {
                  MutexLock lock(mutex_);
                  ++ends_;
                  end_ = end;
                }};
  }
  std::vector<std::string> lines() const {
    MutexLock lock(mutex_);
    return lines_;
  }
  bool has(const std::string& line) const {
    const auto all = lines();
    return std::find(all.begin(), all.end(), line) != all.end();
  }
  ProcessEnd wait() const {
    EXPECT_TRUE(wait_until([&] { return ends() > 0; })) << "it has not ended";
    MutexLock lock(mutex_);
    return end_;
  }
  int ends() const {
    MutexLock lock(mutex_);
    return ends_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ ZOE_GUARDED_BY(mutex_);
  ProcessEnd end_ ZOE_GUARDED_BY(mutex_);
  int ends_ ZOE_GUARDED_BY(mutex_) = 0;
};

bool is_alive(int pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

class ProcessServiceTest : public testing::Test {
 protected:
  ProcessOrder shell(const std::string& script) {
    ProcessOrder order;
    order.arguments = {"/bin/sh", "-c", script};
    order.environment = {"PATH=/usr/bin:/bin"};
    order.folder = folder.path();
    return order;
  }
  ProcessOrder python(const std::string& script) {
    ProcessOrder order = shell("");
    order.arguments = {"/usr/bin/python3", "-c", script};
    return order;
  }
  ProcessService::Id start(ProcessOrder order) {
    auto id = service->start(std::move(order), heard.events());
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    return id.value_or(0);
  }
  // The process's number, which it has printed as the line "NAME=PID".
  int pid_of(const std::string& name) {
    int pid = 0;
    EXPECT_TRUE(wait_until([&] {
      for (const std::string& line : heard.lines())
        if (line.starts_with(name + "=")) pid = std::stoi(line.substr(name.size() + 1));
      return pid != 0;
    })) << name;
    return pid;
  }
  void expect_nothing_left() {
    EXPECT_TRUE(wait_until([&] { return descendants_of(::getpid()).empty(); }));
  }

  const test::TempDir folder;
  Heard heard;
  std::unique_ptr<ProcessService> service = std::make_unique<ProcessService>(program_folder() + "/zoetrope-launch");
};

TEST_F(ProcessServiceTest, TellsLinesAndStatus) {
  start(shell("echo one; echo two >&2; printf three; exit 7"));
  const ProcessEnd end = heard.wait();
  EXPECT_EQ(end.reason, ProcessEndReason::kExited);
  EXPECT_EQ(end.code, 7);
  EXPECT_EQ(end.left, 0U);
  EXPECT_THAT(heard.lines(), testing::UnorderedElementsAre("one", "! two", "three"));
}

TEST_F(ProcessServiceTest, IsGivenItsWordsAsTheyAre) {
  ProcessOrder order = shell("");
  const std::string odd = "-rf \"'$(touch gone)`x`;\\ *";
  order.arguments = {"/usr/bin/printf", "%s\\n", odd, "--help"};
  start(std::move(order));
  EXPECT_EQ(heard.wait().code, 0);
  EXPECT_THAT(heard.lines(), ElementsAre(odd, "--help"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("gone")));
}

TEST_F(ProcessServiceTest, HasItsOwnEnvironmentFolderAndSession) {
  ::setenv("ZOE_TEST_SECRET", "secret", 1);
  ProcessOrder order = shell(
      "echo \"secret:$ZOE_TEST_SECRET own:$OWN in:$(pwd -P)\"; ls /proc/self/fd | tr '\\n' ' '; echo; "
      "awk '/NoNewPrivs/{print $2}' /proc/self/status");
  order.environment.emplace_back("OWN=1");
  start(std::move(order));
  EXPECT_EQ(heard.wait().code, 0);
  const auto lines = heard.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "secret: own:1 in:" + std::filesystem::canonical(folder.path()).string());
  EXPECT_EQ(lines[1], "0 1 2 3 ") << "3 is what ls itself opened";
  EXPECT_EQ(lines[2], "1") << "it could gain privileges";
}

TEST_F(ProcessServiceTest, SaysWhatCannotBeStarted) {
  ProcessOrder missing = shell("");
  missing.arguments = {"/nowhere/program"};
  start(std::move(missing));
  const ProcessEnd end = heard.wait();
  EXPECT_EQ(end.reason, ProcessEndReason::kNotStarted);
  EXPECT_THAT(end.words, HasSubstr("/nowhere/program: No such file"));
  ProcessOrder relative = shell("");
  relative.arguments = {"sh"};
  EXPECT_EQ(service->start(relative, heard.events()).error().code, Errc::kInvalidArgument);
  ProcessOrder zero = shell(std::string("a\0b", 3));
  EXPECT_EQ(service->start(zero, heard.events()).error().code, Errc::kInvalidArgument);
  ProcessService without("/nowhere/zoetrope-launch");
  EXPECT_EQ(without.start(shell("true"), heard.events()).error().code, Errc::kUnavailable);
}

TEST_F(ProcessServiceTest, EndsWhatIgnoresToBeAsked) {
  const auto id = start(shell("trap '' TERM INT HUP; echo pid=$$; while :; do sleep 1; done"));
  const int pid = pid_of("pid");
  service->kill(id);
  EXPECT_EQ(heard.wait().reason, ProcessEndReason::kKilled);
  EXPECT_FALSE(is_alive(pid));
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, LetsItEndByItselfWhenAsked) {
  const auto id = start(shell("trap 'echo bye > bye; exit 0' TERM; echo pid=$$; while :; do sleep 0.05; done"));
  pid_of("pid");
  service->kill(id);
  heard.wait();
  EXPECT_TRUE(std::filesystem::exists(folder.file("bye")));
}

TEST_F(ProcessServiceTest, EndsWhatTakesTooLong) {
  ProcessOrder order = shell("echo pid=$$; sleep 600");
  order.time = std::chrono::milliseconds(300);
  start(std::move(order));
  EXPECT_EQ(heard.wait().reason, ProcessEndReason::kTimeout);
  expect_nothing_left();
}

// A child, a child that has let go of its parent and session, and both of a command that has ended by itself.
constexpr const char* kDetach = R"(
import os, sys, time
def child(name, detach):
    if os.fork():
        return
    if detach:
        os.setsid()
        if os.fork():
            os._exit(0)
        for fd in (0, 2):
            os.close(fd)
    print(name + '=' + str(os.getpid()), flush=True)
    os.close(1)
    time.sleep(600)
child('near', False)
child('far', True)
time.sleep(float(sys.argv[1]))
)";

TEST_F(ProcessServiceTest, FindsWhatDetachesItself) {
  ProcessOrder order = python(kDetach);
  order.arguments.emplace_back("600");
  const auto id = start(std::move(order));
  const int near = pid_of("near");
  const int far = pid_of("far");
  service->release(id);
  EXPECT_EQ(heard.ends(), 1) << "release has returned before the end was told";
  EXPECT_FALSE(is_alive(near));
  EXPECT_FALSE(is_alive(far));
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, WhatACommandLeavesBehindIsKilledAndCounted) {
  ProcessOrder order = python(std::string(kDetach) + "os._exit(0)\n");
  order.arguments.emplace_back("0.2");
  start(std::move(order));
  const ProcessEnd end = heard.wait();
  EXPECT_EQ(end.reason, ProcessEndReason::kExited);
  EXPECT_EQ(end.left, 2U);
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, NothingIsLeftWhereTheKeeperIsKilled) {
  ProcessOrder order = python(kDetach);
  order.arguments.emplace_back("600");
  start(std::move(order));
  const int near = pid_of("near");
  const int far = pid_of("far");
  int keeper = 0;
  for (const ProcessFacts& each : descendants_of(::getpid()))
    if (each.parent == ::getpid()) keeper = each.pid;
  ASSERT_NE(keeper, 0);
  ::kill(keeper, SIGKILL);
  EXPECT_EQ(heard.wait().reason, ProcessEndReason::kLost);
  EXPECT_FALSE(is_alive(near));
  EXPECT_FALSE(is_alive(far));
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, AForkBombEnds) {
  ProcessOrder order =
      python("import os\nprint('go', flush=True)\nwhile True:\n  try: os.fork()\n  except OSError: pass\n");
  order.processes = 40;
  order.user = "nobody";
  const auto id = start(std::move(order));
  ASSERT_TRUE(wait_until([&] { return heard.has("go"); }));
  ASSERT_TRUE(wait_until([&] { return descendants_of(::getpid()).size() > 20; }));
  if (::geteuid() != 0) {
    EXPECT_LT(descendants_of(::getpid()).size(), 60U);
  }
  service->release(id);
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, AFloodIsBounded) {
  ProcessOrder order = shell("yes flood");
  order.output_bytes = std::uint64_t{4} << 20;
  start(std::move(order));
  EXPECT_EQ(heard.wait().reason, ProcessEndReason::kOutput);
  expect_nothing_left();
}

TEST_F(ProcessServiceTest, ALineWithoutEndIsCut) {
  ProcessOrder order = shell("head -c 100000000 /dev/zero | tr '\\0' x; echo; echo next");
  order.line_bytes = 10;
  start(std::move(order));
  EXPECT_EQ(heard.wait().code, 0);
  EXPECT_THAT(heard.lines(), ElementsAre("xxxxxxxxxx …", "next"));
}

TEST_F(ProcessServiceTest, WhatEatsMemoryIsEnded) {
  // In a child of its own, so that the memory of all counts.
  ProcessOrder order = python(
      "import os, time\nif os.fork() == 0:\n  a = []\n  while True:\n    a.append(bytearray(1 << 20))\n"
      "time.sleep(600)\n");
  order.memory_bytes = std::uint64_t{128} << 20;
  start(std::move(order));
  EXPECT_EQ(heard.wait().reason, ProcessEndReason::kMemory);
  expect_nothing_left();
  Heard at_once;
  ProcessOrder huge = python("a = bytearray(64 << 30)");
  huge.memory_bytes = std::uint64_t{128} << 20;
  ASSERT_TRUE(service->start(huge, at_once.events()));
  EXPECT_EQ(at_once.wait().reason, ProcessEndReason::kExited);
  EXPECT_THAT(at_once.lines(), testing::Contains(HasSubstr("MemoryError")));
}

TEST_F(ProcessServiceTest, FilesAreBounded) {
  ProcessOrder order = shell("head -c 1000000 /dev/zero > large; wc -c < large");
  order.file_bytes = 4096;
  start(std::move(order));
  heard.wait();
  EXPECT_THAT(heard.lines(), testing::Contains("4096"));
}

TEST_F(ProcessServiceTest, RunsAsAnotherUserWhereThatMayRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may choose";
  const std::string open_file = folder.write("open", "x");
  const std::string closed = folder.write("closed", "x");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(open_file.c_str(), 0644);
  ::chmod(closed.c_str(), 0600);
  std::filesystem::create_directory(folder.file("work"));
  ProcessOrder order = shell("id -un; touch mine && echo wrote");
  order.folder = folder.file("work");
  order.user = "nobody";
  order.readable = {open_file};
  start(order);
  heard.wait();
  EXPECT_THAT(heard.lines(), ElementsAre("nobody", "wrote"));
  Heard other;
  order.readable.push_back(closed);
  ASSERT_TRUE(service->start(order, other.events()));
  other.wait();
  EXPECT_THAT(other.lines(), testing::Contains("root"));
  EXPECT_THAT(other.lines(), testing::Contains(HasSubstr("nobody may not read " + closed)));
}

TEST_F(ProcessServiceTest, ManyAtOnceAndTheDestructorEndsThem) {
  std::vector<std::unique_ptr<Heard>> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(std::make_unique<Heard>());
    ASSERT_TRUE(service->start(shell("echo up; sleep 600 & sleep 600"), all.back()->events()));
  }
  for (const auto& each : all) EXPECT_TRUE(wait_until([&] { return each->has("up"); }));
  EXPECT_EQ(service->running(), 12U);
  service.reset();
  for (const auto& each : all) EXPECT_EQ(each->ends(), 1);
  expect_nothing_left();
}

}  // namespace
}  // namespace zoe::plugin
