#include "engine/app/layer.hpp"

#include <algorithm>

namespace zoe::app {

Wish Wish::merged_with(const Wish& other) const {
  return {.is_dirty = is_dirty || other.is_dirty, .wake_at_ns = std::min(wake_at_ns, other.wake_at_ns)};
}

LayerStack::~LayerStack() {
  while (!layers_.empty()) {
    layers_.back()->on_detach();
    layers_.pop_back();
  }
}

Layer& LayerStack::push_layer(std::unique_ptr<Layer> layer) {
  Layer& added = *layer;
  layers_.insert(layers_.end() - static_cast<std::ptrdiff_t>(overlays_), std::move(layer));
  added.on_attach(application_);
  return added;
}

Layer& LayerStack::push_overlay(std::unique_ptr<Layer> overlay) {
  Layer& added = *overlay;
  layers_.push_back(std::move(overlay));
  ++overlays_;
  added.on_attach(application_);
  return added;
}

void LayerStack::remove(const Layer& layer) {
  const auto found =
      std::find_if(layers_.begin(), layers_.end(), [&](const auto& each) { return each.get() == &layer; });
  if (found == layers_.end()) return;
  const auto first_overlay = layers_.end() - static_cast<std::ptrdiff_t>(overlays_);
  if (found >= first_overlay) --overlays_;
  (*found)->on_detach();
  layers_.erase(found);
}

bool LayerStack::dispatch(const Event& event) {
  return std::any_of(layers_.rbegin(), layers_.rend(), [&](const auto& layer) { return layer->on_event(event); });
}

Wish LayerStack::update(const UpdateContext& context) {
  Wish wish;
  for (const auto& layer : layers_) wish = wish.merged_with(layer->on_update(context));
  return wish;
}

void LayerStack::render(const RenderContext& context) {
  for (const auto& layer : layers_) layer->on_render(context);
}

void LayerStack::presented(std::int64_t now_ns) {
  for (const auto& layer : layers_) layer->on_presented(now_ns);
}

}  // namespace zoe::app
