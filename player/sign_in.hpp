// Who signs in, as the command lines of `zoetrope` and `zoetrope-fetch` say it.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"

namespace CLI {
class App;
}

namespace zoe::player {

// How to sign in without the login panel.
struct SignInOptions {
  enum class Way { kAsk = 1, kGuest, kPassword, kRegister, kToken };
  Way way = Way::kAsk;
  std::string name;
  std::string secret_file;  // holds the password or the token; empty with kPassword: the person is asked
  std::string code;         // of the server's first start, for kRegister
};

// What was typed.
struct SignInArguments {
  std::string user;
  std::string password_file;
  std::string token_file;
  std::string code;
  bool is_guest = false;
  bool is_registering = false;
};

// A program with a terminal asks for the password, one with a window has a panel for that.
enum class PasswordPrompt { kNone = 1, kTerminal };

void add_sign_in_options(CLI::App& app, SignInArguments& arguments, PasswordPrompt prompt);
Result<SignInOptions> read_sign_in(const SignInArguments& arguments, PasswordPrompt prompt);

// The first line of a file with a password or a token.
Result<std::string> read_secret(const std::string& path);

// Tells the link; the outcome shows in its snapshot. Nothing with kAsk. `password` takes the place of a missing file.
Status sign_in(ServerLink& link, const SignInOptions& how, const std::string& password = {});

}  // namespace zoe::player
