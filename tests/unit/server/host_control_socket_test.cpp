#include "server/host/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// The operator's end.
class Operator {
 public:
  explicit Operator(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const SocketPlace place = socket_place(path).value();
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, place.path.data(), place.path.size());
    is_connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    const timeval patience{20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  bool is_connected() const { return is_connected_; }
  void send(const std::string& text) const {
    EXPECT_EQ(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // The next line; empty where the connection has ended.
  std::string line() {
    std::size_t end = 0;
    while ((end = inbox_.find('\n')) == std::string::npos) {
      char buffer[4096];
      const ssize_t got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
      if (got <= 0) return {};
      inbox_.append(buffer, static_cast<std::size_t>(got));
    }
    std::string text = inbox_.substr(0, end);
    inbox_.erase(0, end + 1);
    return text;
  }
  json ask(const std::string& text) {
    send(text + "\n");
    return json::parse(line());
  }

 private:
  UniqueFd fd_;
  bool is_connected_ = false;
  std::string inbox_;
};

struct ControlSocketTest : ApiFixture {
  ~ControlSocketTest() override {
    socket.reset();
    for (WorkerPool* pool : {&quick, &opening, &hashing, &commands, &storing, &callbacks}) pool->stop();
  }

  void start(std::function<bool(uid_t)> is_allowed = {}) {
    auto started = ControlSocket::start(services, Log::null(), {path, std::move(is_allowed)});
    ASSERT_TRUE(started) << started.error().message;
    socket = std::move(*started);
  }

  WorkerPool quick{"quick", 1};
  WorkerPool opening{"opening", 1};
  WorkerPool hashing{"hashing", 1};
  WorkerPool commands{"commands", 1};
  WorkerPool storing{"store", 1};
  WorkerPool callbacks{"callbacks", 1};
  Counter& media_bytes = metrics.counter("media_bytes_sent_total");
  const ClientServices services{*api, {quick, opening, hashing, commands, storing}, callbacks, media_bytes, 4};
  std::string path = dir.file("control.sock");
  std::unique_ptr<ControlSocket> socket;
};

TEST_F(ControlSocketTest, AnswersALineForALineAsAnAdministrator) {
  start();
  Operator person(path);
  ASSERT_TRUE(person.is_connected());
  EXPECT_EQ(person.ask(R"({"method": "admin.status"})").at("result").at("clients"), 3);
  const json reply = person.ask(R"({"id": 7, "method": "admin.clients", "params": {"limit": 0}})");
  EXPECT_EQ(reply.at("id"), 7);
  EXPECT_EQ(reply.at("error").at("code"), "invalid_argument");
  EXPECT_EQ(person.ask("nonsense").at("error").at("code"), "malformed");
  EXPECT_TRUE(person.ask(R"({"id": "x", "method": "server.info"})").contains("result"));  // still open
}

TEST_F(ControlSocketTest, WorksWithoutAnyAuthPlugin) {
  auth.deny(ZOE_ACTION_ADMINISTER);
  auth.fail_resolving(ZOE_E_IO);
  start();
  EXPECT_TRUE(Operator(path).ask(R"({"method": "admin.log"})").contains("result"));
}

TEST_F(ControlSocketTest, IsForAdministrationAlone) {
  start();
  EXPECT_EQ(Operator(path).ask(R"({"method": "library.list"})").at("error").at("code"), "unsupported");
}

TEST_F(ControlSocketTest, BelongsToItsOwner) {
  start();
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ControlSocketTest, RefusesAnotherUserWithWords) {
  start([](uid_t) { return false; });
  Operator person(path);
  ASSERT_TRUE(person.is_connected());
  EXPECT_THAT(person.line(), HasSubstr("only the user that runs the server"));
  EXPECT_EQ(person.line(), "");
}

TEST_F(ControlSocketTest, EndsWhoSendsNoEndOfALine) {
  start();
  Operator person(path);
  const std::string piece(16'384, 'x');
  for (int i = 0; i < 5; ++i) person.send(piece);
  EXPECT_EQ(person.line(), "");
}

TEST_F(ControlSocketTest, ReplacesTheSocketOfAnEarlierRunAndLeavesNoneBehind) {
  start();
  socket.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  std::ofstream(path) << "stale";
  start();
  EXPECT_TRUE(Operator(path).ask(R"({"method": "admin.log"})").contains("result"));
}

TEST_F(ControlSocketTest, LiesInAFolderWithALongName) {
  const std::string folder = dir.file(std::string(120, 'd'));
  std::filesystem::create_directory(folder);
  path = folder + "/control.sock";
  start();
  EXPECT_TRUE(Operator(path).ask(R"({"method": "admin.log"})").contains("result"));
}

}  // namespace
}  // namespace zoe::server
