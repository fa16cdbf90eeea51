// Owners of libass's objects: the one place that frees them.
#pragma once

#include <ass/ass.h>

#include <memory>

namespace zoe::player {

struct AssDeleter {
  void operator()(ASS_Library* p) const { ass_library_done(p); }
  void operator()(ASS_Renderer* p) const { ass_renderer_done(p); }
  void operator()(ASS_Track* p) const { ass_free_track(p); }
};

template <typename T>
using AssPtr = std::unique_ptr<T, AssDeleter>;

}  // namespace zoe::player
