// Cuts a stream of bytes into lines of bounded length.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace zoe {

// Not thread-safe. Of a line that is longer than `most_bytes` the beginning is given, once, marked as cut, as soon as
// it is known to be too long; the rest of it is passed over. Never holds more than `most_bytes`.
class LineSplitter {
 public:
  using Take = std::function<void(std::string_view line, bool is_cut)>;

  explicit LineSplitter(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // `take` is called for each line that has ended, without its end ("\n" or "\r\n").
  void feed(std::string_view bytes, const Take& take);

  // The last line where nothing ends it.
  void finish(const Take& take);

 private:
  const std::size_t most_bytes_;
  std::string pending_;
  bool is_passing_over_ = false;
};

}  // namespace zoe
