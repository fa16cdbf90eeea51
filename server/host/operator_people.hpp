// The operator's commands about people: users, invites, groups, roots, audit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"

namespace CLI {
class App;
}

namespace zoe::server {

class ControlClient;

struct PeopleOptions {
  std::string group;  // "users", "invites", …; empty: another command
  std::string act;
  std::string name;                // of a user, a group or a root
  std::string value;               // a role, or a root's policy
  std::vector<std::string> names;  // of users or groups
  std::string role = "member";
  std::string note;
  std::string search;
  std::uint64_t invite = 0;
  int uses = 1;
  double days = 7;
  int lines = 100;
  bool is_json = false;
};

bool is_people_command(std::string_view word);

// Adds the commands to the program's; `place` declares what all commands have (the data folder).
void declare_people(CLI::App& app, PeopleOptions& options, void (*place)(CLI::App& command, void* context),
                    void* context);

// Carries out what was asked for, and prints the outcome. New passwords are read from the terminal, unseen and twice,
// or as one line from what is piped in: never from the command line, which others on the machine can read.
Status run_people(ControlClient& server, const PeopleOptions& options);

}  // namespace zoe::server
