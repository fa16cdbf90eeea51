// FreeType's objects as RAII types.
#pragma once

#include <ft2build.h>
#include FT_FREETYPE_H

#include <memory>

namespace zoe::ui {

struct FtLibraryDeleter {
  void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
using FtLibrary = std::unique_ptr<FT_LibraryRec_, FtLibraryDeleter>;

struct FtFaceDeleter {
  void operator()(FT_Face face) const { FT_Done_Face(face); }
};
// Must die before its library and before the bytes it was made from.
using FtFace = std::unique_ptr<FT_FaceRec_, FtFaceDeleter>;

}  // namespace zoe::ui
