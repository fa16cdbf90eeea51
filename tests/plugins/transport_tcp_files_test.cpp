// Whole files over the native transport: chunks, checksums, credit, resuming, and files that change.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/plugins/fake_server.hpp"
#include "tests/plugins/recorder.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

constexpr std::uint64_t kEverything = 1ULL << 40;

std::string make_content(std::size_t size) {
  std::string content(size, '\0');
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(media_byte(i));
  return content;
}

class Files : public ::testing::TestWithParam<net::Security> {
 protected:
  Files() : client_(Recorder::to(server_.port(), GetParam())) {
    server_.answer_with([](FakeClient&, std::uint64_t, std::string_view json) {
      const auto request = nlohmann::json::parse(json);
      if (request["method"] != "file.open") return std::string(R"({"result": {}})");
      return nlohmann::json{{"result", {{"file", request["params"]["handle"]}}}}.dump();
    });
  }

  void offer(std::uint32_t handle, const std::string& content) {
    path_ = folder_.write("file" + std::to_string(handle), content);
    server_.offer_file(handle, path_);
  }
  void open(std::uint32_t handle, const nlohmann::json& more) {
    nlohmann::json params{{"handle", handle}};
    params.update(more);
    ASSERT_TRUE(client_.ask("file.open", params));
  }
  // What arrived of a file in order, with the offset of the first chunk; checksums are verified on the way.
  std::pair<std::uint64_t, std::string> received(std::uint32_t handle) {
    std::string content;
    std::uint64_t first = 0;
    bool is_first = true;
    for (const auto& chunk : client_.chunks()) {
      if (chunk.file != handle) continue;
      if (std::exchange(is_first, false)) first = chunk.offset;
      EXPECT_EQ(chunk.offset, first + content.size());
      content += as_text(chunk.data);
    }
    return {first, content};
  }
  bool wait_last(std::uint32_t handle) {
    return wait_until([&] {
      for (const auto& chunk : client_.chunks()) {
        if (chunk.file == handle && chunk.is_last) return true;
      }
      return false;
    });
  }

  FakeServer server_;
  TempDir folder_;
  std::string path_;
  Recorder client_;
};

TEST_P(Files, ComeWholeInChunksAsAsked) {
  const std::string content = make_content(1'000'003);
  std::uint32_t handle = 0;
  for (const std::uint32_t chunk_bytes : {512U, 8192U, 100'000U, 1U << 20}) {
    offer(++handle, content);
    open(handle, {{"chunk_bytes", chunk_bytes}});
    client_->send_credit(handle, 0, kEverything);
    ASSERT_TRUE(wait_last(handle));
    EXPECT_EQ(received(handle).second, content) << chunk_bytes;
    for (const auto& chunk : client_.chunks()) {
      EXPECT_TRUE(chunk.file != handle || chunk.is_last || chunk.data.size() == chunk_bytes);
    }
  }
}

TEST_P(Files, ResumeAtAnyOffset) {
  const std::string content = make_content(300'000);
  offer(1, content);
  open(1, {{"offset", 123'457}, {"credit_bytes", kEverything}});
  ASSERT_TRUE(wait_last(1));
  const auto [first, rest] = received(1);
  EXPECT_EQ(first, 123'457U);
  EXPECT_EQ(rest, content.substr(123'457));

  offer(2, content);
  open(2, {{"offset", content.size()}, {"credit_bytes", 1}});  // nothing is left but the end
  ASSERT_TRUE(wait_last(2));
  EXPECT_EQ(received(2).second, "");
}

TEST_P(Files, StopWhereTheCreditStops) {
  const std::string content = make_content(500'000);
  offer(1, content);
  open(1, {{"chunk_bytes", 1000}});
  client_->send_credit(1, 0, 99'500);
  // A chunk may be sent while less than the grant was sent before it: 100 chunks.
  ASSERT_TRUE(wait_until([&] { return received(1).second.size() == 100'000; }));
  ASSERT_TRUE(client_.ask("barrier"));
  EXPECT_EQ(received(1).second.size(), 100'000U);
  client_->send_credit(1, 0, 50'000);  // a lower grant changes nothing
  client_->send_credit(1, 0, kEverything);
  ASSERT_TRUE(wait_last(1));
  EXPECT_EQ(received(1).second, content);
}

TEST_P(Files, SeveralAtOnce) {
  const std::string content = make_content(700'000);
  for (std::uint32_t handle = 1; handle <= 3; ++handle) {
    offer(handle, content);
    open(handle, {{"credit_bytes", kEverything}});
  }
  for (std::uint32_t handle = 1; handle <= 3; ++handle) {
    ASSERT_TRUE(wait_last(handle));
    EXPECT_EQ(received(handle).second, content);
  }
}

TEST_P(Files, ThatShrinkAreReported) {
  offer(1, make_content(400'000));
  open(1, {{"chunk_bytes", 1000}});
  client_->send_credit(1, 0, 1000);
  ASSERT_TRUE(wait_until([&] { return received(1).second.size() == 1000; }));
  ASSERT_EQ(::truncate(path_.c_str(), 2000), 0);
  client_->send_credit(1, 0, kEverything);
  ASSERT_TRUE(wait_until([&] { return !client_.events().empty(); }));
  EXPECT_EQ(client_.events()[0]["event"], "file.failed");
  EXPECT_EQ(client_.events()[0]["file"], 1);
  EXPECT_EQ(client_.events()[0]["code"], "io");
  EXPECT_TRUE(client_.ask("still.here"));
}

TEST_P(Files, CloseStopsThem) {
  offer(1, make_content(400'000));
  open(1, {{"chunk_bytes", 1000}, {"credit_bytes", 10'000}});
  ASSERT_TRUE(wait_until([&] { return received(1).second.size() == 10'000; }));
  ASSERT_TRUE(client_.ask("file.close", {{"file", 1}}));
  client_->send_credit(1, 0, kEverything);
  ASSERT_TRUE(client_.ask("barrier"));
  EXPECT_EQ(received(1).second.size(), 10'000U);
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, Files, ::testing::Values(net::Security::kPlain, net::Security::kTls));

}  // namespace
}  // namespace zoe::test
