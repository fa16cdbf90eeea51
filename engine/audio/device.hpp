// A place where sound is heard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/core/result.hpp"

namespace zoe::audio {

inline constexpr int kChannels = 2;  // of everything behind the decoder

// Fills `frames` interleaved stereo frames of `sample_rate`. Called from a thread of the device's own, never by two at
// a time; it neither waits nor allocates.
using PullSound = std::function<void(float* out, std::size_t frames, int sample_rate)>;

// Plays from its making to its end, after which nothing is pulled any more.
class Device {
 public:
  virtual ~Device() = default;
  virtual int sample_rate() const = 0;  // for as long as it lives
};

enum class DeviceChange {
  kNone = 1,
  kArrived,  // there is one more
  kLost      // the opened one has gone
};

// Where devices come from. One thread at a time.
class DeviceSource {
 public:
  virtual ~DeviceSource() = default;

  // The device that the system prefers now. May take as long as a sound server needs to answer. kUnavailable where
  // there is none.
  virtual Result<std::unique_ptr<Device>> open(PullSound pull) = 0;

  // What has happened since it was last asked.
  virtual DeviceChange take_change() = 0;
};

// Nobody hears it, but it pulls as steadily as a device would, so that what goes by the sound's clock goes on. Never
// fails.
std::unique_ptr<Device> make_silent_device(PullSound pull);

}  // namespace zoe::audio
