// Which room may include from which, and the check of that over source files. The graph is that of
// docs/architecture.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zoe::test {

struct SourceFile {
  std::string path;  // from the top of the repository, "player/layers/video_layer.cpp"
  std::string text;
};

// One forbidden or unresolvable include.
struct IncludeFault {
  std::string path;
  int line = 0;
  std::string included;
  std::string reason;
};

// The room of a path: "engine/core", "engine/plugin/host", "server", "plugins/codec_jpeg", "player", "tests". Empty for
// a path in no room.
std::string room_of(std::string_view path);

// Every include that the graph forbids. Only quoted includes are the project's own; <...> is third-party.
std::vector<IncludeFault> check_includes(const std::vector<SourceFile>& files);

// All C and C++ files of the rooms under `root`.
std::vector<SourceFile> read_sources(const std::string& root);

}  // namespace zoe::test
