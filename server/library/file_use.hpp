// Whether somebody still writes to a file.
#pragma once

#include <cstdint>
#include <string>

namespace zoe::server {

enum class FileUse {
  kWhole = 1,     // nobody has it open for writing
  kBeingWritten,  // somebody has
  kUnknown        // the file system cannot tell
};

// Asks the kernel for a read lease and gives it back at once: it is granted only while nobody has the file open for
// writing. kUnknown where there are no leases (most network file systems), where the file is another user's, or where
// it cannot be opened. Opens nothing but a regular file, and never waits.
FileUse use_of_file(const std::string& path);

}  // namespace zoe::server
