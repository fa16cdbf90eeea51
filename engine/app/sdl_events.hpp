// SDL's events in our words.
#pragma once

#include <optional>

#include "engine/app/events.hpp"

union SDL_Event;

namespace zoe::app {

// What the event means, `pixel_ratio` being pixels of the drawable per window coordinate. Nothing for an event that the
// program does not care about; a resize is left to the window, which knows the drawable's size.
std::optional<Event> translate_sdl_event(const SDL_Event& event, float pixel_ratio);

}  // namespace zoe::app
