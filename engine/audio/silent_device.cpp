#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "engine/audio/device.hpp"
#include "engine/core/threads.hpp"

namespace zoe::audio {
namespace {

constexpr int kRate = 48'000;
constexpr std::size_t kFrames = 960;  // 20 ms
constexpr std::chrono::milliseconds kPeriod{20};
constexpr std::chrono::milliseconds kMostBehind{200};

class SilentDevice final : public Device {
 public:
  explicit SilentDevice(PullSound pull)
      : pull_(std::move(pull)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  int sample_rate() const override { return kRate; }

 private:
  void run(const std::stop_token& stop) {
    set_thread_name("zoe-silence");
    std::array<float, kFrames * kChannels> unheard{};
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    auto next = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      pull_(unheard.data(), kFrames, kRate);
      next += kPeriod;
      const auto now = std::chrono::steady_clock::now();
      if (now - next > kMostBehind) next = now;  // the machine slept
      wake.wait_until(lock, stop, next, [] { return false; });
    }
  }

  const PullSound pull_;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<Device> make_silent_device(PullSound pull) { return std::make_unique<SilentDevice>(std::move(pull)); }

}  // namespace zoe::audio
