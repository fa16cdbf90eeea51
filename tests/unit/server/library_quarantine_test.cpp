#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engine/core/threads.hpp"
#include "server/library/crash_guard.hpp"
#include "server/library/quarantine.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

// Runs `crash` in a child process that has the handler, and returns what the child left in quarantine. The child ends
// by `signal`, or as a sanitizer ends a process to which our handler has passed it on.
Quarantine after_crash(const test::TempDir& dir, int signal, const std::function<void()>& crash) {
  const std::string file = dir.file("quarantine");
  const pid_t child = ::fork();
  if (child == 0) {
    if (install_crash_handler(file)) crash();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  const bool is_signal = WIFSIGNALED(status) && WTERMSIG(status) == signal;
  const bool is_sanitizer = WIFEXITED(status) && WEXITSTATUS(status) != 0;
  EXPECT_TRUE(is_signal || is_sanitizer) << "status " << status;
  return Quarantine::load(file).value();
}

TEST(Quarantine, HoldsTheFileThatTheCrashingThreadHadInHand) {
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGABRT, [] {
    const CrashGuard outer("/films/outer.mkv", 1, 2);
    const CrashGuard guard("/films/100% b\xE9\n.mkv", 123, 456);
    std::abort();
  });
  ASSERT_EQ(found.files().size(), 1u);
  EXPECT_EQ(found.files()[0].signal, "SIGABRT");
  EXPECT_EQ(found.files()[0].path, "/films/100% b\xE9\n.mkv");
  EXPECT_NE(found.find("/films/100% b\xE9\n.mkv", 123, 456), nullptr);
}

TEST(Quarantine, IgnoresWhatOtherThreadsDoWhenTheCulpritIsKnown) {
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGSEGV, [] {
    const CrashGuard mine("/films/innocent.mkv", 1, 1);
    std::thread([] {
      const CrashGuard guard("/films/bad.mkv", 2, 2);
      ::raise(SIGSEGV);
    }).join();
  });
  ASSERT_EQ(found.files().size(), 1u);
  EXPECT_EQ(found.files()[0].path, "/films/bad.mkv");
}

TEST(Quarantine, SuspectsEverythingInHandWhenTheCrashingThreadHasNothing) {
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGFPE, [] {
    const CrashGuard one("/films/one.mkv", 1, 1);
    const CrashGuard two("/films/two.mkv", 2, 2);
    { const CrashGuard done("/films/done.mkv", 3, 3); }
    std::thread([] { ::raise(SIGFPE); }).join();
  });
  ASSERT_EQ(found.files().size(), 2u);
  EXPECT_NE(found.find("/films/one.mkv", 1, 1), nullptr);
  EXPECT_NE(found.find("/films/two.mkv", 2, 2), nullptr);
}

TEST(Quarantine, StaysEmptyWhereNothingWasInHand) {
  const test::TempDir dir;
  EXPECT_TRUE(after_crash(dir, SIGILL, [] { ::raise(SIGILL); }).files().empty());
}

TEST(Quarantine, SurvivesAStackThatRanOut) {
#if defined(ZOE_ASAN) || defined(ZOE_TSAN)
  GTEST_SKIP() << "the sanitizer watches the stack itself";
#endif
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGSEGV, [] {
    const CrashGuard guard("/films/deep.mkv", 1, 1);
    const std::function<int(volatile char*)> fall = [&](volatile char* above) {
      volatile char room[4096];
      room[0] = above ? above[0] : '\0';
      return fall(room) + room[0];
    };
    ::_exit(fall(nullptr) & 1);
  });
  EXPECT_NE(found.find("/films/deep.mkv", 1, 1), nullptr);
}

TEST(Quarantine, AKilledProcessLeavesNothing) {
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGKILL, [] {
    const CrashGuard guard("/films/fine.mkv", 1, 1);
    ::raise(SIGKILL);
  });
  EXPECT_TRUE(found.files().empty());
}

TEST(Quarantine, LetsAFileGoWhoseBytesChanged) {
  const test::TempDir dir;
  dir.write("quarantine", "SIGSEGV 10 20 /films/a.mkv\n");
  const Quarantine loaded = Quarantine::load(dir.file("quarantine")).value();
  EXPECT_NE(loaded.find("/films/a.mkv", 10, 20), nullptr);
  EXPECT_EQ(loaded.find("/films/a.mkv", 11, 20), nullptr);
  EXPECT_EQ(loaded.find("/films/a.mkv", 10, 21), nullptr);
  EXPECT_EQ(loaded.find("/films/b.mkv", 10, 20), nullptr);
}

TEST(Quarantine, PassesOverDamagedLines) {
  const test::TempDir dir;
  dir.write("quarantine",
            "\nnonsense\nSIGSEGV x 20 /a\nSIGSEGV 10 20 /bad%zz\nSIGSEGV 10 20 /cut%4\nSIGSEGV 10\n"
            "SIGSEGV 10 20 /good one\nSIGSEGV 10 20 /good one\nSIGBUS 1 2 /last");
  const Quarantine loaded = Quarantine::load(dir.file("quarantine")).value();
  ASSERT_EQ(loaded.files().size(), 2u);
  EXPECT_NE(loaded.find("/good one", 10, 20), nullptr);
  EXPECT_NE(loaded.find("/last", 1, 2), nullptr);
}

TEST(Quarantine, IsReleased) {
  const test::TempDir dir;
  dir.write("quarantine", "SIGSEGV 10 20 /a\n");
  EXPECT_TRUE(Quarantine::release_all(dir.file("quarantine")));
  EXPECT_TRUE(Quarantine::release_all(dir.file("quarantine")));
  EXPECT_TRUE(Quarantine::load(dir.file("quarantine")).value().files().empty());
}

TEST(CrashGuard, RecordsNothingBeyondItsBound) {
  std::vector<std::unique_ptr<CrashGuard>> guards;
  for (int i = 0; i < CrashGuard::kMostGuards + 8; ++i)
    guards.push_back(std::make_unique<CrashGuard>("/films/many.mkv", 1, 1));
  while (!guards.empty()) guards.pop_back();
  const test::TempDir dir;
  const Quarantine found = after_crash(dir, SIGABRT, [] {
    const CrashGuard guard("/films/again.mkv", 1, 1);
    ::raise(SIGABRT);
  });
  EXPECT_NE(found.find("/films/again.mkv", 1, 1), nullptr);
}

}  // namespace
}  // namespace zoe::server
