// How a client goes on over a new connection: docs/protocol.md, "Going on elsewhere".
#include <nlohmann/json.hpp>

#include "engine/net/messages.hpp"
#include "tests/load/load_client.hpp"

namespace zoe::load {
namespace {

constexpr unsigned kMostMovesInARow = 16;

}  // namespace

void LoadClient::on_goodbye(std::string_view json) {
  const auto reason = net::parse_goodbye(json);
  if (!reason) return give_up(reason.error());
  // It came to what was being replaced, and was sent on before it had asked for anything.
  const bool is_sent_away =
      reason->code == Errc::kUnavailable && (state_ == State::kSigningIn || state_ == State::kTakingOver);
  if (!is_told_to_move_ && !is_sent_away) return give_up(*reason);
  must_move_ = true;
}

void LoadClient::move() {
  must_move_ = false;
  is_told_to_move_ = false;
  if (++moves_in_a_row_ > kMostMovesInARow)
    return give_up(Error{Errc::kUnavailable, "the server sends it from one connection to the next"});
  if (has_opened_ && moved_ns_ == 0) moved_ns_ = run_.clock.now_ns();
  tls_.reset();
  if (Status status = connect(); !status) give_up(std::move(status).error());
}

void LoadClient::take_over() {
  state_ = State::kTakingOver;
  request("auth.take_over", {{"ticket", ticket_}});
}

// The first packet since a move has come.
void LoadClient::note_moved() {
  moves_in_a_row_ = 0;
  if (moved_ns_ == 0) return;
  const double took_ms = static_cast<double>(run_.clock.now_ns() - std::exchange(moved_ns_, 0)) / 1e6;
  for (Window* window : {&run_.figures.all, &run_.figures.now}) window->add_resume(took_ms);
}

void LoadClient::report_continuity() {
  for (Window* window : {&run_.figures.all, &run_.figures.now}) {
    window->lost += continuity_.lost() - lost_told_;
    window->repeated += continuity_.repeated() - repeated_told_;
  }
  lost_told_ = continuity_.lost();
  repeated_told_ = continuity_.repeated();
}

}  // namespace zoe::load
