// Single pictures and motion JPEG from the real server, every picture read by its number.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/media/jpeg.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/web_media.hpp"
#include "tests/support/frame_number.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;

class ServerPictures : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(films);
    fs::copy_file(make_clip({.frames = 150, .gop = 50, .bframes = 2}), films + "/film.mp4");
    server = std::make_unique<ServerProcess>(ServerOptions{.folders = {films}});
    port = server->web_port();
    client.emplace(port);
    media = only_media(*client);
    ASSERT_FALSE(media.empty());
  }

  static std::uint32_t number_of(const std::string& jpeg) {
    const auto decoder = media::JpegDecoder::create().value();
    bool is_damaged = false;
    const auto frame = decoder->decode(as_bytes(jpeg), is_damaged);
    if (!frame || is_damaged) return 9999;
    const media::PlaneView luma = (*frame)->plane(0);
    return read_frame_number(luma.data, luma.stride, luma.width, luma.height, 8).value_or(9999);
  }
  HttpReply frame(const std::string& query) { return client->get("/frame/" + media + "?" + query, kGuest); }

  // The numbers of the pictures of a motion JPEG, in the order in which they come, until it ends.
  std::vector<std::uint32_t> motion(const std::string& query) const {
    HttpClient viewer(port);
    viewer.send("GET /mjpeg/" + media + "?" + query + " HTTP/1.1\r\nHost: h\r\n" + kGuest + "\r\n");
    const auto head = viewer.read(HttpClient::Body::kNone);
    std::vector<std::uint32_t> numbers;
    if (!head || head->status != 200) return numbers;
    EXPECT_EQ(head->header("content-type"), "multipart/x-mixed-replace; boundary=frame");
    EXPECT_EQ(head->header("connection"), "close");
    EXPECT_EQ(head->header("x-frames"), "150");
    const std::string body = viewer.read_all();
    EXPECT_TRUE(body.ends_with("--frame--\r\n")) << "it ends where the video does";
    const std::string length = "Content-Length: ";
    for (std::size_t at = 0; (at = body.find("--frame\r\n", at)) != std::string::npos;) {
      const auto size = std::stoul(body.substr(body.find(length, at) + length.size(), 10));
      const auto told = std::stoul(body.substr(body.find("X-Frame: ", at) + 9, 6));
      const auto begin = body.find("\r\n\r\n", at) + 4;
      numbers.push_back(number_of(body.substr(begin, size)));
      EXPECT_EQ(numbers.back(), told);
      at = begin + size;
    }
    return numbers;
  }

  TempDir dir;
  const std::string films = dir.file("films");
  std::unique_ptr<ServerProcess> server;
  std::optional<HttpClient> client;
  std::uint16_t port = 0;
  std::string media;
};

TEST_F(ServerPictures, TheExactFrameAndItsNeighbours) {
  struct Case {
    const char* query;
    std::uint32_t number;
  };
  // 30 frames a second.
  for (const Case& each :
       {Case{"", 0}, Case{"position_us=1000000", 30}, Case{"position_us=1033000", 30}, Case{"position_us=1033400", 31},
        Case{"position_us=1000000&step=1", 31}, Case{"position_us=1000000&step=-1", 29},
        Case{"position_us=2000000&step=75", 135}, Case{"position_us=4000000&step=-100", 20},
        Case{"position_us=0&step=-3", 0}, Case{"position_us=100000&step=-299", 0},
        Case{"position_us=4900000&step=299", 149}, Case{"position_us=999999999", 149}}) {
    const HttpReply reply = frame(each.query);
    ASSERT_EQ(reply.status, 200) << each.query << reply.body;
    EXPECT_EQ(reply.header("content-type"), "image/jpeg");
    EXPECT_EQ(number_of(reply.body), each.number) << each.query;
    EXPECT_EQ(reply.header("x-frame"), std::to_string(each.number)) << each.query;
    EXPECT_EQ(reply.header("x-frames"), "150");
    EXPECT_NEAR(std::stod(reply.header("x-position-us")), each.number * 1e6 / 30, 50);
  }
  const HttpReply small = frame("position_us=1000000&height=240");
  EXPECT_EQ(media::JpegDecoder::create().value()->read_header(as_bytes(small.body))->height, 240);
}

// A machine that is late leaves frames out, but never turns back or shows one twice.
TEST_F(ServerPictures, MotionGoesBothWaysFromItsFrameToTheEnd) {
  const auto expect_way = [](const std::vector<std::uint32_t>& shown, std::uint32_t first, std::uint32_t last) {
    ASSERT_GT(shown.size(), 10U);
    EXPECT_EQ(shown.front(), first);
    EXPECT_EQ(shown.back(), last);
    for (std::size_t i = 1; i < shown.size(); ++i) EXPECT_EQ(shown[i] > shown[i - 1], last > first) << i;
    EXPECT_EQ(std::adjacent_find(shown.begin(), shown.end()), shown.end());
  };
  expect_way(motion("position_us=3000000"), 90, 149);
  expect_way(motion("position_us=3000000&rate=-1"), 90, 0);
  expect_way(motion("position_us=4000000&rate=-2"), 120, 0);
  const auto few = motion("position_us=0&rate=4&max_fps=30");
  ASSERT_GT(few.size(), 5U);
  EXPECT_LE(few.size(), 150U / 4 + 2);
}

TEST_F(ServerPictures, RefusesStrangersAndNonsense) {
  EXPECT_EQ(client->get("/frame/" + media).status, 401);
  EXPECT_EQ(client->get("/mjpeg/" + media).status, 401);
  EXPECT_EQ(client->get("/frame/0123456789abcdef0123456789abcdef", kGuest).status, 404);
  for (const char* bad : {"position_us=-1", "position_us=x", "position_us=", "step=300", "step=-300", "step=1.5",
                          "height=-1", "height=99999", "height=721"})
    EXPECT_EQ(frame(bad).status, 400) << bad;
  for (const char* bad : {"rate=0", "rate=17", "rate=-17", "rate=x", "rate=1/0", "max_fps=-1", "max_fps=x"})
    EXPECT_EQ(client->get("/mjpeg/" + media + "?" + bad, kGuest).status, 400) << bad;
  EXPECT_EQ(client->post("/frame/" + media, "{}", kGuest).status, 405);
}

}  // namespace
}  // namespace zoe::test
