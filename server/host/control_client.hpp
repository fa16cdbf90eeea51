// The other end of the operator's socket.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::server {

// One thread. A server that does not answer for two minutes is given up; the longest command takes half of that.
class ControlClient {
 public:
  // kUnavailable where no server runs on that data folder, kDenied where this user may not talk to it.
  static Result<ControlClient> connect(const std::string& data_folder);

  // The request's result; its error as the server tells it. kUnavailable where the server goes away meanwhile.
  Result<nlohmann::json> ask(std::string_view method, const nlohmann::json& params);

 private:
  explicit ControlClient(UniqueFd socket) : socket_(std::move(socket)) {}

  Result<std::string> read_line();

  UniqueFd socket_;
  std::string inbox_;
};

}  // namespace zoe::server
