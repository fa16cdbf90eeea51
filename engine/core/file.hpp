// Files as the program uses them: whole reads with a limit, replacements that a crash cannot tear, private folders,
// and paths that stay inside their root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe {

// All of a regular file of at most `most_bytes`. kNotFound, kDenied, kTooLarge, kIo.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t most_bytes);

// Replaces `path` by way of a temporary file beside it, fsync and rename; a reader sees the old or the new, whole.
// `mode` are the permission bits (0600 for a secret).
Status write_file_atomic(const std::string& path, Bytes bytes, unsigned mode = 0644);

// The same for what can be made again: does not wait for the disk, so after a loss of power it may be empty or torn.
Status write_cache_file(const std::string& path, Bytes bytes, unsigned mode = 0600);

// Makes the folder and its parents; the folder itself is closed to other users (0700).
// kDenied names the folder and says who owns it, where that is the reason.
Status make_private_folder(const std::string& path);

// `relative` resolved inside `root`: the canonical absolute path. kDenied where it leaves the root (by "..", an
// absolute path or a symbolic link), kNotFound where nothing is there, kInvalidArgument for a NUL byte.
Result<std::string> resolve_inside(const std::string& root, std::string_view relative);

// $XDG_DATA_HOME/zoetrope (or ~/.local/share/zoetrope), $XDG_CONFIG_HOME/zoetrope, $XDG_STATE_HOME/zoetrope.
std::string user_data_folder();
std::string user_config_folder();
std::string user_state_folder();

// The folder that holds the running program.
std::string program_folder();

}  // namespace zoe
