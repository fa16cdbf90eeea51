/* Types that cross the plugin boundary: fixed-size numbers, strings as pointer and length, one status, one error.
 *
 * C11, no dependency. Never across this boundary: exceptions, STL types, RTTI, FILE*, memory freed on the other side.
 * Every table and every structure that may grow begins with `struct_size`: whoever fills it writes sizeof, whoever
 * reads it looks at no member that lies beyond. Members are only ever appended; enumerations have no meaning at zero.
 * In a structure that a function fills for its caller (`out`), the caller first writes the size that it has room for,
 * and the function fills and writes back no more than that; in an array, the first element's is the distance to the
 * next. A structure that lies inside another one with members behind it does not grow any more.
 *
 * Thread tags, on every function:
 *   [main]     the host's plugin thread: no two of these run at once in a process, not always on the same thread, and
 *              each is given up after a deadline
 *   [session]  one thread at a time per instance, not always the same one
 *   [any]      any thread, also several at once
 *   [worker]   like [any], and it may block (disk, database, password hashing)
 */
#ifndef ZOE_ABI_BASE_H
#define ZOE_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ZOE_EXTERN_C_BEGIN extern "C" {
#define ZOE_EXTERN_C_END }
#else
#define ZOE_EXTERN_C_BEGIN
#define ZOE_EXTERN_C_END
#endif

#if defined(_WIN32)
#define ZOE_EXPORT __declspec(dllexport)
#else
#define ZOE_EXPORT __attribute__((visibility("default")))
#endif

ZOE_EXTERN_C_BEGIN

/* Zero is success, positive values are states, negative ones failures. */
typedef int32_t zoe_status;
enum {
  ZOE_OK = 0,
  ZOE_AGAIN = 1, /* nothing now: feed more input, or wait for the wake-up */
  ZOE_END = 2,   /* nothing more will come */

  ZOE_E_INVALID_ARGUMENT = -1,
  ZOE_E_NOT_FOUND = -2,
  ZOE_E_DENIED = -3,
  ZOE_E_UNAUTHENTICATED = -4,
  ZOE_E_CONFLICT = -5,
  ZOE_E_TOO_LARGE = -6,
  ZOE_E_MALFORMED = -7,
  ZOE_E_UNSUPPORTED = -8,
  ZOE_E_UNAVAILABLE = -9,
  ZOE_E_TIMEOUT = -10,
  ZOE_E_CANCELLED = -11,
  ZOE_E_IO = -12,
  ZOE_E_NO_MEMORY = -13,
  ZOE_E_INTERNAL = -14
};

/* UTF-8, not terminated; `data` may be null when `size` is 0. Borrowed for the length of the call unless said. */
typedef struct zoe_str {
  const char* data;
  size_t size;
} zoe_str;

/* What went wrong, in words for a person; the caller owns it and sets struct_size, the callee fills the rest.
 * `message` is terminated and at most sizeof(message) - 1 bytes of UTF-8. May be passed as null. */
typedef struct zoe_error {
  uint32_t struct_size;
  zoe_status status;
  char message[504];
} zoe_error;

/* num/den, den > 0. */
typedef struct zoe_rational {
  int32_t num;
  int32_t den;
} zoe_rational;

/* A time stamp that is not known. */
#define ZOE_NO_TIMESTAMP INT64_MIN

ZOE_EXTERN_C_END

#endif
