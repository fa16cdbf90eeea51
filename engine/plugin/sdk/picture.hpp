// The host's pictures as engine/media sees them. A plugin that includes this links engine_media besides the SDK.
#pragma once

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"
#include "engine/plugin/abi/media.h"

namespace zoe::sdk {

// A picture of the ABI, its planes still the host's. kInvalidArgument for one whose numbers do not fit together. Any
// thread.
Result<media::PictureView> picture_of(const zoe_frame& frame);

media::ColorInfo color_of(const zoe_color& color);

}  // namespace zoe::sdk
