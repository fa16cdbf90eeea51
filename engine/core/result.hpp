// The one way a function of Zoetrope fails: Result<T>, which is T or an Error.
//
// "Again" and "end of stream" are states of an interface, not errors, and never travel in an Error.
// Exceptions stay inside the room whose library throws them; `catch_to_result` is the door.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace zoe {

// What kind of failure it is, for code that must decide; the text is for people.
enum class Errc {
  kInvalidArgument = 1,  // the caller's value is out of its range or malformed
  kNotFound,             // the named thing does not exist
  kDenied,               // the principal may not do this
  kUnauthenticated,      // nobody is signed in, or the token is unknown, expired or revoked
  kConflict,             // it exists already, or its state forbids the request
  kTooLarge,             // a bounded length was exceeded
  kMalformed,            // bytes from outside do not follow their format
  kUnsupported,          // well formed, but nothing here can handle it
  kUnavailable,          // the other side is gone, busy or not started; trying later may help
  kTimeout,              // a deadline passed
  kCancelled,            // stopped on request
  kIo,                   // the operating system reported a failure
  kNoMemory,             // an allocation or a byte budget failed
  kInternal,             // a defect of this program
};

// The stable lower-case name that the protocol and the logs use ("not_found").
std::string_view to_string(Errc code);

// The code of a stable name; kInternal for an unknown one.
Errc errc_from_string(std::string_view name);

// A failure: a code to decide by, and a sentence that says what failed, which file or address, and what to do.
struct [[nodiscard]] Error {
  Errc code = Errc::kInternal;
  std::string message;

  // The same error with `context` put before its message: "context: message".
  Error with(std::string_view context) && {
    message.insert(0, ": ");
    message.insert(0, context);
    return std::move(*this);
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// The operating system's words for `errnum`, with what was attempted: "open /a/b: No such file or directory".
// kNotFound for ENOENT, kDenied for EACCES and EPERM, kNoMemory for ENOMEM, else kIo.
Error errno_error(std::string_view what, int errnum);

// Runs `body` (which returns a Result) and turns an exception that a library threw into an Error.
template <typename Body>
auto catch_to_result(std::string_view what, Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::exception& e) {
    return fail(Errc::kInternal, std::string(what) + ": " + e.what());
  }
}

}  // namespace zoe

// Evaluates `expr` (a Result); on failure returns its error from the enclosing function, else assigns its value.
#define ZOE_CONCAT_INNER(a, b) a##b
#define ZOE_CONCAT(a, b) ZOE_CONCAT_INNER(a, b)
#define ZOE_TRY_IMPL(tmp, decl, expr)                   \
  auto tmp = (expr);                                    \
  if (!tmp) return ::zoe::fail(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define ZOE_TRY(decl, expr) ZOE_TRY_IMPL(ZOE_CONCAT(zoe_try_, __LINE__), decl, expr)
#define ZOE_CHECK(expr)                                                                              \
  do {                                                                                               \
    if (auto zoe_status_ = (expr); !zoe_status_) return ::zoe::fail(std::move(zoe_status_).error()); \
  } while (false)
