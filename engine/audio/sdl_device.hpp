// Sound devices through SDL.
#pragma once

#include <memory>

#include "engine/audio/device.hpp"

namespace zoe::audio {

// Any thread makes it, but not while another is inside SDL_Init. SDL's audio is brought up when a device is first
// opened: that takes a sound server's answer.
std::unique_ptr<DeviceSource> make_sdl_devices();

}  // namespace zoe::audio
