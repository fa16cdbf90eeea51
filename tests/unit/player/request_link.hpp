// A link that answers every request at once with what the test says, and does nothing else. Thread: the test's.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "player/client/server_link.hpp"

namespace zoe::test {

class RequestLink : public player::ServerLink {
 public:
  std::vector<std::pair<std::string, std::string>> asked;  // method and params
  Result<nlohmann::json> answer = nlohmann::json::object();

  std::uint64_t epoch_now = 1;
  std::optional<net::ClockEstimate> estimate;
  int probes = 0;

  void request(std::string_view method, std::string params, net::Completion done) override {
    asked.emplace_back(method, params);
    auto act = [this, method = std::string(method), params = std::move(params), done = std::move(done)] {
      Result<nlohmann::json> copy =
          on_request ? on_request(method, nlohmann::json::parse(params.empty() ? "{}" : params)) : answer;
      done(copy);
    };
    if (holds_requests)
      held.push_back(std::move(act));
    else
      act();
  }

  Result<std::vector<std::uint8_t>> file = std::vector<std::uint8_t>();
  std::vector<player::FileCompletion> waiting;  // where `holds_files`, to be answered by the test
  bool holds_files = false;
  void fetch_file(std::string_view method, std::string params, std::size_t, player::FileCompletion done) override {
    asked.emplace_back(method, std::move(params));
    if (holds_files) return waiting.push_back(std::move(done));
    Result<std::vector<std::uint8_t>> copy = file;
    done(copy);
  }

  std::uint64_t receive_file(const FileWish&, std::shared_ptr<player::FileReceiver>) override { return 0; }
  void grant_file(std::uint64_t, std::uint64_t) override {}
  void drop_file(std::uint64_t) override {}

  // Where set, answers instead of `answer`.
  std::function<Result<nlohmann::json>(const std::string& method, const nlohmann::json& params)> on_request;
  std::vector<std::function<void()>> held;  // requests, where `holds_requests`, to be answered by the test
  bool holds_requests = false;

  EventListener listener;
  void listen(std::string_view, EventListener its_listener) override { listener = std::move(its_listener); }
  std::string overlays() const override { return {}; }
  void set_overlays(std::string) override {}

  void connect(const player::ServerAddress&) override {}
  void disconnect() override {}
  void accept_key() override {}
  void log_in(std::string, std::string, player::Remember) override {}
  void register_account(std::string, std::string, std::string, player::Remember) override {}
  void resume(std::string) override {}
  void enter_as_guest() override {}
  void sign_out() override {}
  player::LinkSnapshot snapshot() const override { return {}; }
  std::uint64_t revision() const override { return 1; }
  std::shared_ptr<const player::LibraryListing> library() const override { return {}; }
  void set_library_query(player::LibraryQuery) override {}
  void load_more() override {}
  void refresh_library() override {}
  Remembered remembered() const override { return {}; }
  void set_wake(std::function<void()>) override {}
  std::uint64_t epoch() const override { return epoch_now; }
  std::optional<net::ClockEstimate> clock() const override { return estimate; }
  void probe() override { ++probes; }
  void set_listener(player::StreamListener*) override {}
  bool is_ready() const override { return true; }
  void open_stream(const player::StreamRequest&, std::function<void(Result<player::StreamInfo>)>) override {}
  void seek_stream(const player::SeekRequest&, std::function<void(Result<player::SeekReply>)>) override {}
  void set_stream_rate(std::uint32_t, Rational, int) override {}
  void set_stream_looping(std::uint32_t, bool) override {}
  void close_stream(std::uint32_t) override {}
  void grant_credit(std::uint32_t, std::uint32_t, std::int64_t) override {}
  Traffic traffic() const override { return {}; }
};

}  // namespace zoe::test
