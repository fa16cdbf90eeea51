// Little-endian numbers in byte buffers: the wire's and the disk caches' integers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace zoe {

using Bytes = std::span<const std::uint8_t>;

static_assert(std::endian::native == std::endian::little, "the loads and stores below assume a little-endian machine");

template <typename T>
T load_le(const std::uint8_t* from) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
void store_le(std::uint8_t* to, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(to, &value, sizeof value);
}

// Reads numbers one after another and never past the end: after a short read `is_ok()` is false for good and every
// further read yields 0, so a parser checks once, at its end.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  template <typename T>
  T read() {
    if (!is_ok_ || bytes_.size() - offset_ < sizeof(T)) {
      is_ok_ = false;
      return T{};
    }
    const T value = load_le<T>(bytes_.data() + offset_);
    offset_ += sizeof(T);
    return value;
  }

  // The next `size` bytes as they lie; empty after a short read.
  Bytes read_bytes(std::size_t size) {
    if (!is_ok_ || bytes_.size() - offset_ < size) {
      is_ok_ = false;
      return {};
    }
    const Bytes part = bytes_.subspan(offset_, size);
    offset_ += size;
    return part;
  }

  bool is_ok() const { return is_ok_; }
  std::size_t remaining() const { return is_ok_ ? bytes_.size() - offset_ : 0; }
  std::size_t offset() const { return offset_; }

 private:
  Bytes bytes_;
  std::size_t offset_ = 0;
  bool is_ok_ = true;
};

// Appends numbers to a vector.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::uint8_t>& out) : out_(out) {}

  template <typename T>
  void write(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    store_le(out_.data() + at, value);
  }
  void write_bytes(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

 private:
  std::vector<std::uint8_t>& out_;
};

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace zoe
