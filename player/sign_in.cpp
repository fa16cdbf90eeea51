#include "player/sign_in.hpp"

#include <CLI/CLI.hpp>
#include <string_view>

#include "engine/core/file.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostSecretBytes = 4096;

}  // namespace

void add_sign_in_options(CLI::App& app, SignInArguments& arguments, PasswordPrompt prompt) {
  const bool asks = prompt == PasswordPrompt::kTerminal;
  app.add_flag("--guest", arguments.is_guest, "Sign in as a guest");
  app.add_option("--user", arguments.user,
                 asks ? "Sign in under this name; the password is asked for, or read from the first line of the input"
                      : "Sign in under this name, with --password-file");
  app.add_option("--password-file", arguments.password_file, "File whose first line is the password")
      ->check(CLI::ExistingFile);
  app.add_option("--token-file", arguments.token_file, "File whose first line is a session token")
      ->check(CLI::ExistingFile);
  if (asks) return;
  app.add_flag("--register", arguments.is_registering, "Make the account of --user first");
  app.add_option("--code", arguments.code,
                 "The one-time code that the server printed at its first start, for --register");
}

Result<SignInOptions> read_sign_in(const SignInArguments& arguments, PasswordPrompt prompt) {
  using Way = SignInOptions::Way;
  const int ways =
      (arguments.is_guest ? 1 : 0) + (arguments.user.empty() ? 0 : 1) + (arguments.token_file.empty() ? 0 : 1);
  if (ways > 1) return fail(Errc::kInvalidArgument, "--guest, --user and --token-file exclude each other");
  if (prompt == PasswordPrompt::kNone && arguments.user.empty() != arguments.password_file.empty())
    return fail(Errc::kInvalidArgument, "--user and --password-file belong together");
  if (arguments.user.empty() && !arguments.password_file.empty())
    return fail(Errc::kInvalidArgument, "--password-file is for --user");
  if (arguments.is_registering && arguments.user.empty())
    return fail(Errc::kInvalidArgument, "--register needs --user and --password-file");
  if (!arguments.code.empty() && !arguments.is_registering)
    return fail(Errc::kInvalidArgument, "--code is for --register");
  SignInOptions how;
  how.name = arguments.user;
  how.code = arguments.code;
  if (arguments.is_guest) how.way = Way::kGuest;
  if (!arguments.token_file.empty()) how.way = Way::kToken;
  if (!arguments.user.empty()) how.way = arguments.is_registering ? Way::kRegister : Way::kPassword;
  how.secret_file = arguments.token_file.empty() ? arguments.password_file : arguments.token_file;
  return how;
}

Result<std::string> read_secret(const std::string& path) {
  ZOE_TRY(const auto bytes, read_file(path, kMostSecretBytes));
  const std::string_view text = as_text(bytes);
  std::string line(text.substr(0, text.find('\n')));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return fail(Errc::kInvalidArgument, path + ": its first line is empty");
  return line;
}

Status sign_in(ServerLink& link, const SignInOptions& how, const std::string& password) {
  using Way = SignInOptions::Way;
  std::string secret = password;
  if (!how.secret_file.empty()) {
    ZOE_TRY(secret, read_secret(how.secret_file));
  }
  switch (how.way) {
    case Way::kAsk:
      break;
    case Way::kGuest:
      link.enter_as_guest();
      break;
    case Way::kPassword:
      link.log_in(how.name, secret, Remember::kNo);
      break;
    case Way::kRegister:
      link.register_account(how.name, secret, how.code, Remember::kNo);
      break;
    case Way::kToken:
      link.resume(secret);
      break;
  }
  return {};
}

}  // namespace zoe::player
