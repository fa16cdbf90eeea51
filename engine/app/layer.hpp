// What the window shows, in layers: events go down from the top until one consumes them, drawing goes up from the
// bottom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/app/events.hpp"

namespace zoe::app {

class Application;

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct UpdateContext {
  std::int64_t now_ns = 0;    // the application's clock
  std::int64_t delta_ns = 0;  // since the update before, at most 100 ms
};

struct RenderContext {
  std::int64_t now_ns = 0;
  int width = 0;  // of the drawable
  int height = 0;
  float scale = 1;  // of text and controls
};

// What a layer wants after an update.
struct Wish {
  bool is_dirty = false;             // draw now: what it would draw differs from what it drew last
  std::int64_t wake_at_ns = kNever;  // and be updated no later than this, for an animation or a time-out

  // Both wishes, fulfilled.
  Wish merged_with(const Wish& other) const;
};

// All calls on the main thread, with the GL context current.
class Layer {
 public:
  virtual ~Layer() = default;

  virtual void on_attach(Application& /*application*/) {}
  virtual void on_detach() {}

  // True consumes the event: layers below do not see it.
  virtual bool on_event(const Event& /*event*/) { return false; }

  virtual Wish on_update(const UpdateContext& /*context*/) { return {}; }

  // The framebuffer is not cleared before: the lowest layer covers or clears it all.
  virtual void on_render(const RenderContext& /*context*/) {}

  // The picture that on_render drew has been handed to the display; `now_ns` was taken right after.
  virtual void on_presented(std::int64_t /*now_ns*/) {}
};

// Owns the layers. Overlays stay above all layers, whatever the order of pushing. Detaches from the top down.
class LayerStack {
 public:
  explicit LayerStack(Application& application) : application_(application) {}
  ~LayerStack();
  LayerStack(const LayerStack&) = delete;
  LayerStack& operator=(const LayerStack&) = delete;

  Layer& push_layer(std::unique_ptr<Layer> layer);
  Layer& push_overlay(std::unique_ptr<Layer> overlay);
  // Removes and destroys it; must not be called from inside one of its own functions.
  void remove(const Layer& layer);

  // True when a layer consumed it.
  bool dispatch(const Event& event);
  Wish update(const UpdateContext& context);
  void render(const RenderContext& context);
  void presented(std::int64_t now_ns);

  std::size_t size() const { return layers_.size(); }

 private:
  Application& application_;
  std::vector<std::unique_ptr<Layer>> layers_;  // bottom to top; the last overlays_ of them are overlays
  std::size_t overlays_ = 0;
};

}  // namespace zoe::app
