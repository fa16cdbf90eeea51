// The file of a plugin on its way into the program: checked, and copied from the descriptor that was checked.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe::plugin {

// An open plugin file whose content nobody but its owner or root could have put there.
struct PluginFile {
  std::string path;
  UniqueFd fd;
  std::uint64_t size_bytes = 0;
};

// Opens the file once and checks it: a regular file and no symbolic link, file and folder owned by this user or root
// and writable by nobody else, nobody writing it, a complete shared library of this machine's kind. kNotFound, kDenied,
// kUnavailable ("is still being written"), kMalformed ("is no plugin"), kTooLarge, each with the file's name and what
// to do.
Result<PluginFile> open_plugin_file(const std::string& path);

// Writes a copy, from the open descriptor, to `path`, which must not exist (0600), and returns the hash of what was
// written, in hex. Only a real copy loads as a library of its own. kUnavailable where the file changed meanwhile. On
// failure nothing is left.
Result<std::string> copy_plugin_file(const PluginFile& file, const std::string& path);

// The bytes of a plugin in a private file, which is deleted with this object.
struct StagedFile {
  std::string source;  // the file that it was copied from, for the words
  std::string path;
  std::string hash;

  StagedFile() = default;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();
};

}  // namespace zoe::plugin
