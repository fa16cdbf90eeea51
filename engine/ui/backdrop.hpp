// What lies behind everything where no picture is: a dark ground with soft light on it.
#pragma once

#include "engine/render/gl_handles.hpp"
#include "engine/ui/ui.hpp"

namespace zoe::ui {

// Main thread, with the GL context current. A small texture, blurred because it is stretched over the window.
class Backdrop {
 public:
  // Covers the screen, below all panels.
  void draw(Ui& ui, float alpha);

 private:
  void make(const Palette& palette);

  render::GlTexture texture_;
};

}  // namespace zoe::ui
