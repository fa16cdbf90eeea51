// Which installed font has a letter that the program's own fonts lack.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zoe::ui {

struct FontFile {
  std::string path;
  int face = 0;  // in a collection

  friend bool operator==(const FontFile&, const FontFile&) = default;
};

// Asks fontconfig, which is started at the first question (tens of milliseconds). Main thread.
class FontFinder {
 public:
  FontFinder();
  ~FontFinder();
  FontFinder(const FontFinder&) = delete;
  FontFinder& operator=(const FontFinder&) = delete;

  // A scalable font that has the code point, Noto Sans where there is one. Nothing where none is installed; the answer
  // is remembered.
  std::optional<FontFile> find(char32_t code_point);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::ui
