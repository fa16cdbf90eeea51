// Requests into answers: the routes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_http/caller.hpp"
#include "plugins/transport_http/coroutines.hpp"
#include "plugins/transport_http/credentials.hpp"
#include "plugins/transport_http/hls.hpp"
#include "plugins/transport_http/known_file.hpp"
#include "plugins/transport_http/message.hpp"
#include "plugins/transport_http/target.hpp"

namespace zoe::transport_http {

// The routes of one connection, in whose name its one client of the server asks. One thread.
class Exchange {
 public:
  enum class Security { kPlain = 1, kTls };
  Exchange(const sdk::Host& host, const zoe_peer& peer, boost::asio::io_context& context, std::function<void()> ended);

  void set_security(Security security) { security_ = security; }

  // What nobody has to be asked for: the next range of the file that was given last.
  std::optional<Response> answer_at_once(const Request& request);

  // Never fails: what goes wrong is an answer, too.
  boost::asio::awaitable<Response> answer(const Request& request);

  void end();

  // The client whose events a connection sends on once it has become a WebSocket.
  const std::shared_ptr<Caller>& caller() const { return caller_; }

 private:
  using Json = nlohmann::json;

  boost::asio::awaitable<Response> route(const Request& request, const Target& target);
  boost::asio::awaitable<Response> api(const Request& request, const Target& target);
  boost::asio::awaitable<Response> media_file(const Request& request, const Target& target);
  boost::asio::awaitable<Response> hls(const Request& request, const Target& target);
  boost::asio::awaitable<Response> pictures(const Request& request, const Target& target);
  boost::asio::awaitable<Response> artwork(const Request& request, const Target& target);
  boost::asio::awaitable<Response> subtitle(const Request& request, const Target& target);
  boost::asio::awaitable<Response> events(const Request& request);
  boost::asio::awaitable<Response> metrics(const Request& request);

  // Makes the client that of who asks. An error answer, or nothing.
  boost::asio::awaitable<std::unique_ptr<Response>> identify(const Request& request);
  // The same where an address may hold a ticket, which counts before all else.
  boost::asio::awaitable<std::unique_ptr<Response>> identify(const Request& request, const Target& target);
  boost::asio::awaitable<std::unique_ptr<Response>> identify_as(const Credentials& who);
  boost::asio::awaitable<Json> call(std::string_view method, Json params);
  // The file that an answer tells of.
  boost::asio::awaitable<Response> file_answer(const Request& request, const Json& answer, std::string_view disposition,
                                               std::string_view type, std::string_view cache);
  boost::asio::awaitable<Result<ServedFile>> served_file(const Json& answer);

  Status open_caller();
  void note_sign_in(std::string_view method, const Target& target, Json& answer, Response& response);
  void renew_csrf(const Request& request, Response& response) const;
  void forget(Response& response) const;
  std::string cookie(std::string_view name, std::string_view value, std::int64_t max_age_s) const;

  const sdk::Host& host_;
  const zoe_peer peer_;
  boost::asio::io_context& context_;
  const std::function<void()> ended_;
  Security security_ = Security::kPlain;
  std::shared_ptr<Caller> caller_;
  KnownFile known_file_;                                  // that this caller was given
  std::unique_ptr<Hls> hls_;                              // of that caller
  std::string token_;                                     // of who the client is signed in as
  Credentials::Kind kind_ = Credentials::Kind::kSession;  // of that token
};

}  // namespace zoe::transport_http
