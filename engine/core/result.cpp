#include "engine/core/result.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace zoe {
namespace {

struct Name {
  Errc code;
  std::string_view name;
};

constexpr std::array kNames{
    Name{Errc::kInvalidArgument, "invalid_argument"},
    Name{Errc::kNotFound, "not_found"},
    Name{Errc::kDenied, "denied"},
    Name{Errc::kUnauthenticated, "unauthenticated"},
    Name{Errc::kConflict, "conflict"},
    Name{Errc::kTooLarge, "too_large"},
    Name{Errc::kMalformed, "malformed"},
    Name{Errc::kUnsupported, "unsupported"},
    Name{Errc::kUnavailable, "unavailable"},
    Name{Errc::kTimeout, "timeout"},
    Name{Errc::kCancelled, "cancelled"},
    Name{Errc::kIo, "io"},
    Name{Errc::kNoMemory, "no_memory"},
    Name{Errc::kInternal, "internal"},
};

Errc code_of_errno(int errnum) {
  switch (errnum) {
    case ENOENT:
      return Errc::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::kDenied;
    case ENOMEM:
      return Errc::kNoMemory;
    case EADDRINUSE:
    case EEXIST:
      return Errc::kConflict;
    case ETIMEDOUT:
      return Errc::kTimeout;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EPIPE:
      return Errc::kUnavailable;
    default:
      return Errc::kIo;
  }
}

}  // namespace

std::string_view to_string(Errc code) {
  for (const Name& entry : kNames)
    if (entry.code == code) return entry.name;
  return "internal";
}

Errc errc_from_string(std::string_view name) {
  for (const Name& entry : kNames)
    if (entry.name == name) return entry.code;
  return Errc::kInternal;
}

Error errno_error(std::string_view what, int errnum) {
  return Error{code_of_errno(errnum), std::string(what) + ": " + std::generic_category().message(errnum)};
}

}  // namespace zoe
