// Between the ABI's C types and the engine's own: status and Error, zoe_str and string_view, fixed char arrays.
// Header-only, and used on both sides of the boundary.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/base.h"

namespace zoe::abi {

// The states of an interface that is fed and drained (codecs), which are no errors.
enum class Flow {
  kDone,   // it was taken, or given
  kAgain,  // the other direction must be served first
  kEnd,    // nothing more will come
};

constexpr zoe_status to_status(Errc code) { return -static_cast<zoe_status>(code); }
constexpr zoe_status to_status(Flow flow) { return static_cast<zoe_status>(flow); }

static_assert(to_status(Errc::kInvalidArgument) == ZOE_E_INVALID_ARGUMENT);
static_assert(to_status(Errc::kNotFound) == ZOE_E_NOT_FOUND);
static_assert(to_status(Errc::kDenied) == ZOE_E_DENIED);
static_assert(to_status(Errc::kUnauthenticated) == ZOE_E_UNAUTHENTICATED);
static_assert(to_status(Errc::kConflict) == ZOE_E_CONFLICT);
static_assert(to_status(Errc::kTooLarge) == ZOE_E_TOO_LARGE);
static_assert(to_status(Errc::kMalformed) == ZOE_E_MALFORMED);
static_assert(to_status(Errc::kUnsupported) == ZOE_E_UNSUPPORTED);
static_assert(to_status(Errc::kUnavailable) == ZOE_E_UNAVAILABLE);
static_assert(to_status(Errc::kTimeout) == ZOE_E_TIMEOUT);
static_assert(to_status(Errc::kCancelled) == ZOE_E_CANCELLED);
static_assert(to_status(Errc::kIo) == ZOE_E_IO);
static_assert(to_status(Errc::kNoMemory) == ZOE_E_NO_MEMORY);
static_assert(to_status(Errc::kInternal) == ZOE_E_INTERNAL);
static_assert(to_status(Flow::kDone) == ZOE_OK && to_status(Flow::kAgain) == ZOE_AGAIN &&
              to_status(Flow::kEnd) == ZOE_END);

// kInternal for a number that this version does not know.
constexpr Errc to_errc(zoe_status status) {
  return status < 0 && status >= ZOE_E_INTERNAL ? static_cast<Errc>(-status) : Errc::kInternal;
}

inline std::string_view to_view(zoe_str text) {
  return text.data ? std::string_view(text.data, text.size) : std::string_view();
}
inline zoe_str to_abi(std::string_view text) { return {text.data(), text.size()}; }

// The longest beginning of `text` of at most `most` bytes that does not end inside a UTF-8 sequence.
inline std::string_view cut_utf8(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

// Writes `text` terminated, cut where it is too long.
template <std::size_t N>
void copy_text(char (&to)[N], std::string_view text) {
  text = cut_utf8(text, N - 1);
  std::memcpy(to, text.data(), text.size());
  std::memset(to + text.size(), 0, N - text.size());
}

// What a fixed array holds, whether or not the other side terminated it.
template <std::size_t N>
std::string_view view_of(const char (&from)[N]) {
  const void* end = std::memchr(from, 0, N);
  return {from, end ? static_cast<std::size_t>(static_cast<const char*>(end) - from) : N};
}

// True when `table` reaches as far as this side knows it.
template <typename T>
bool has_all_of(const T* table) {
  return table && table->struct_size >= sizeof(T);
}

// Fills a structure that the caller owns and whose struct_size says how much of it the caller knows.
template <typename T>
void fill_out(T* out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::uint32_t room = out->struct_size == 0 ? sizeof(T) : out->struct_size;
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(room, sizeof(T)));
  std::memcpy(out, &value, size);
  out->struct_size = size;
}

// Fills element `index` of a caller's array, whose stride is the struct_size in its first element.
template <typename T>
void fill_out_at(T* out, std::size_t index, const T& value) {
  const std::size_t stride = out->struct_size == 0 ? sizeof(T) : out->struct_size;
  auto* element = reinterpret_cast<T*>(reinterpret_cast<char*>(out) + index * stride);
  element->struct_size = static_cast<std::uint32_t>(stride);
  fill_out(element, value);
  if (index == 0) out->struct_size = static_cast<std::uint32_t>(stride);
}

// An error structure ready to be filled by the other side.
inline zoe_error empty_error() {
  zoe_error error{};
  error.struct_size = sizeof error;
  return error;
}

// Fills `out` (which may be null) and returns the status to return.
inline zoe_status write_error(zoe_error* out, Errc code, std::string_view message) {
  const zoe_status status = to_status(code);
  if (out && out->struct_size >= sizeof(zoe_error)) {
    out->status = status;
    copy_text(out->message, message);
  }
  return status;
}
inline zoe_status write_error(zoe_error* out, const Error& error) {
  return write_error(out, error.code, error.message);
}

// The Error that a failed call across the boundary stands for.
inline Error read_error(zoe_status status, const zoe_error& error) {
  std::string message(view_of(error.message));
  if (message.empty()) message = "the plugin gave no reason (status " + std::to_string(status) + ")";
  return Error{to_errc(status), std::move(message)};
}

// Runs a function of a plugin for the ABI: `body` returns a Status, or a Result<Flow>; its Error, or whatever exception
// it lets out, becomes a status with words.
template <typename Body>
zoe_status guarded(zoe_error* error, Body&& body) noexcept {
  try {
    auto result = body();
    if (!result) return write_error(error, result.error());
    if constexpr (std::is_same_v<decltype(result), Result<Flow>>) {
      return to_status(*result);
    } else {
      static_assert(std::is_same_v<decltype(result), Status>);
      return ZOE_OK;
    }
  } catch (const std::bad_alloc&) {
    return write_error(error, Errc::kNoMemory, "out of memory");
  } catch (const std::exception& e) {
    return write_error(error, Errc::kInternal, e.what());
  } catch (...) {
    return write_error(error, Errc::kInternal, "an exception that is no std::exception");
  }
}

// The same for functions without a status.
template <typename T, typename Body>
T guarded_or(T fallback, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return fallback;
  }
}

}  // namespace zoe::abi
