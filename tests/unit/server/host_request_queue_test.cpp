#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/host/request_queue.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A queue whose requests wait inside `run` until the test lets their method go on.
struct RequestQueueTest : testing::Test {
  std::shared_ptr<RequestQueue> queue = std::make_shared<RequestQueue>(
      RequestPools{quick, opening, hashing, commands, store}, [this](const Request& request) { return run(request); },
      [this](std::uint64_t call_id, const std::string& json) {
        MutexLock lock(mutex);
        replies.push_back({call_id, json});
      });

  ~RequestQueueTest() override {
    let_go_all();
    for (WorkerPool* pool : {&quick, &opening, &hashing, &commands, &store}) pool->stop();
  }

  std::string run(const Request& request) {
    const std::string method(request.method().name);
    MutexLock lock(mutex);
    running.push_back(method);
    while (std::find(held.begin(), held.end(), method) != held.end()) changed.wait(mutex);
    running.erase(std::find(running.begin(), running.end(), method));
    order.push_back(method);
    return "{}";
  }

  void hold(const std::string& method) {
    MutexLock lock(mutex);
    held.push_back(method);
  }
  void let_go(const std::string& method) {
    MutexLock lock(mutex);
    held.erase(std::remove(held.begin(), held.end(), method), held.end());
    changed.notify_all();
  }
  void let_go_all() {
    MutexLock lock(mutex);
    held.clear();
    changed.notify_all();
  }
  bool wait_running(const std::string& method) {
    return zoe::test::wait_until([&] {
      MutexLock lock(mutex);
      return std::find(running.begin(), running.end(), method) != running.end();
    });
  }
  bool wait_replies(std::size_t count) {
    return zoe::test::wait_until([&] {
      MutexLock lock(mutex);
      return replies.size() >= count;
    });
  }
  void push(const std::string& method, std::uint32_t stream = 0) {
    nlohmann::json params = nlohmann::json::object();
    if (stream != 0) params["stream"] = stream;
    EXPECT_TRUE(queue->push(next_id++, nlohmann::json{{"method", method}, {"params", params}}.dump()));
  }
  std::vector<std::string> done() {
    MutexLock lock(mutex);
    return order;
  }

  Mutex mutex;
  CondVar changed;
  std::vector<std::string> held, running, order;
  std::vector<std::pair<std::uint64_t, std::string>> replies;
  std::uint64_t next_id = 1;
  WorkerPool quick{"quick", 2};
  WorkerPool opening{"opening", 2};
  WorkerPool hashing{"hashing", 1, 2};
  WorkerPool commands{"commands", 1};
  WorkerPool store{"store", 2};
};

TEST_F(RequestQueueTest, AnswersShortRequestsInOrder) {
  push("server.info");
  push("auth.sessions");
  push("auth.whoami");
  push("stream.pause", 1);
  ASSERT_TRUE(wait_replies(4));
  EXPECT_THAT(done(), ElementsAre("server.info", "auth.sessions", "auth.whoami", "stream.pause"));
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(replies[i].first, i + 1);
}

TEST_F(RequestQueueTest, EverythingBehindASignInWaitsForIt) {
  hold("auth.login");
  push("auth.login");
  push("auth.sessions");
  ASSERT_TRUE(wait_running("auth.login"));
  EXPECT_TRUE(done().empty());
  let_go("auth.login");
  ASSERT_TRUE(wait_replies(2));
  EXPECT_THAT(done(), ElementsAre("auth.login", "auth.sessions"));
}

TEST_F(RequestQueueTest, AnOpeningHoldsNothingUp) {
  hold("stream.open");
  push("stream.open");
  push("auth.sessions");
  ASSERT_TRUE(wait_replies(1));
  EXPECT_THAT(done(), ElementsAre("auth.sessions"));
  let_go("stream.open");
  ASSERT_TRUE(wait_replies(2));
}

TEST_F(RequestQueueTest, OnlyTheSameStreamWaitsForALongRequest) {
  hold("stream.rendition");
  push("stream.rendition", 1);
  ASSERT_TRUE(wait_running("stream.rendition"));
  push("stream.seek", 1);
  push("stream.pause", 2);
  push("stream.close", 1);
  ASSERT_TRUE(wait_replies(1));
  EXPECT_THAT(done(), ElementsAre("stream.pause"));
  let_go("stream.rendition");
  ASSERT_TRUE(wait_replies(4));
  EXPECT_THAT(done(), ElementsAre("stream.pause", "stream.rendition", "stream.seek", "stream.close"));
}

TEST_F(RequestQueueTest, AnswersWhatIsNoRequest) {
  EXPECT_TRUE(queue->push(9, "rubbish"));
  ASSERT_TRUE(wait_replies(1));
  EXPECT_EQ(replies[0].first, 9u);
  EXPECT_THAT(replies[0].second, HasSubstr("malformed"));
}

TEST_F(RequestQueueTest, AFloodOfPasswordsIsToldToComeBack) {
  hold("auth.change_password");
  push("auth.change_password");
  ASSERT_TRUE(wait_running("auth.change_password"));
  for (int i = 0; i < 7; ++i) push("auth.change_password");
  // Two of them wait.
  ASSERT_TRUE(wait_replies(5));
  EXPECT_THAT(replies[0].second, HasSubstr("unavailable"));
  push("auth.sessions");
  ASSERT_TRUE(wait_replies(6));
  EXPECT_THAT(done(), ElementsAre("auth.sessions"));
  let_go_all();
  ASSERT_TRUE(wait_replies(9));
}

TEST_F(RequestQueueTest, RefusesAClientThatQueuesWithoutEnd) {
  hold("auth.login");
  push("auth.login");
  ASSERT_TRUE(wait_running("auth.login"));
  Status last;
  for (int i = 0; i < 2000 && last; ++i) last = queue->push(1, R"({"method": "server.info"})");
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Errc::kTooLarge);
}

TEST_F(RequestQueueTest, DropsWhatWaitsWhenItIsClosed) {
  hold("auth.login");
  push("auth.login");
  push("auth.sessions");
  ASSERT_TRUE(wait_running("auth.login"));
  queue->close();
  let_go("auth.login");
  ASSERT_TRUE(wait_replies(1));
  quick.stop();
  EXPECT_THAT(done(), ElementsAre("auth.login"));
}

TEST_F(RequestQueueTest, RequestsToTheStoreKeepTheirOrderAndHoldUpNothingElse) {
  hold("playlists.create");
  push("playlists.create");
  ASSERT_TRUE(wait_running("playlists.create"));
  push("playlists.add");
  push("server.info");
  push("playlists.list");
  push("auth.whoami");
  ASSERT_TRUE(wait_replies(2));
  EXPECT_THAT(done(), ElementsAre("server.info", "auth.whoami"));
  let_go("playlists.create");
  ASSERT_TRUE(wait_replies(5));
  EXPECT_THAT(done(), ElementsAre("server.info", "auth.whoami", "playlists.create", "playlists.add", "playlists.list"));
}

}  // namespace
}  // namespace zoe::server
