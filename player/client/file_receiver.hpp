// Who takes a file piece by piece, because it does not belong into memory.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/net/media_run.hpp"

namespace zoe::player {

// What the server says of a file that it is about to send (docs/protocol.md, "Files").
struct FileInfo {
  std::uint64_t size_bytes = 0;
  std::uint64_t offset = 0;  // of the first byte that will come
  std::string name;
  std::string version;  // changes when the content may have
};

// Called on the connection's thread, one call at a time and without locks, so they return soon; the end of the
// connection is told on another thread. After `on_file_ended`, or once the file was dropped, a call that was under way
// may still come: it is to be passed over.
class FileReceiver {
 public:
  virtual ~FileReceiver() = default;

  virtual void on_file_opened(const FileInfo& info) = 0;
  // Continues what came before; its checksum is verified, and it was granted.
  virtual void on_file_piece(net::FileChunk&& piece) = 0;
  // All has come, or why nothing more will. Also without `on_file_opened`, where the server refuses.
  virtual void on_file_ended(Status outcome) = 0;
};

}  // namespace zoe::player
