// The operator's commands: zoetrope-server plugins …, users …, status, log, …. They talk to the running server of a
// data folder.
#pragma once

namespace zoe::server {

// Exit statuses besides 0: the server refused or failed (1), wrong flags (2), no server to talk to (3).

// True where the command line is one of these commands, by its first word.
bool is_operator_command(int argc, const char* const* argv);

// Carries it out and prints the outcome: the exit status.
int run_operator_command(int argc, const char* const* argv);

}  // namespace zoe::server
