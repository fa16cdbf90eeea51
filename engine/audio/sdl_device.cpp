#include "engine/audio/sdl_device.hpp"

#include <SDL.h>

#include <atomic>
#include <string>
#include <utility>

namespace zoe::audio {
namespace {

constexpr int kWantedRate = 48'000;
// 21 ms. Half of it saves little latency and costs twice the wake-ups.
constexpr Uint16 kWantedFrames = 1024;

class SdlDevice final : public Device {
 public:
  static Result<std::unique_ptr<SdlDevice>> open(PullSound pull) {
    auto device = std::unique_ptr<SdlDevice>(new SdlDevice(std::move(pull)));
    SDL_AudioSpec want{};
    want.freq = kWantedRate;
    want.format = AUDIO_F32SYS;
    want.channels = kChannels;
    want.samples = kWantedFrames;
    want.callback = [](void* self, Uint8* bytes, int size) { static_cast<SdlDevice*>(self)->fill(bytes, size); };
    want.userdata = device.get();
    SDL_AudioSpec have{};
    device->id_ = SDL_OpenAudioDevice(nullptr, 0, &want, &have,
                                      SDL_AUDIO_ALLOW_FREQUENCY_CHANGE | SDL_AUDIO_ALLOW_SAMPLES_CHANGE);
    if (device->id_ == 0)
      return fail(Errc::kUnavailable, std::string("no sound device could be opened: ") + SDL_GetError());
    device->sample_rate_.store(have.freq);
    SDL_PauseAudioDevice(device->id_, 0);
    return device;
  }

  ~SdlDevice() override {
    if (id_ != 0) SDL_CloseAudioDevice(id_);  // returns when the callback has
  }
  SdlDevice(const SdlDevice&) = delete;
  SdlDevice& operator=(const SdlDevice&) = delete;

  int sample_rate() const override { return sample_rate_.load(); }
  SDL_AudioDeviceID id() const { return id_; }

 private:
  explicit SdlDevice(PullSound pull) : pull_(std::move(pull)) {}

  void fill(Uint8* bytes, int size) {
    constexpr int kFrameBytes = static_cast<int>(sizeof(float)) * kChannels;
    pull_(reinterpret_cast<float*>(bytes), static_cast<std::size_t>(size / kFrameBytes), sample_rate_.load());
  }

  const PullSound pull_;
  SDL_AudioDeviceID id_ = 0;
  std::atomic<int> sample_rate_{kWantedRate};
};

class SdlDevices final : public DeviceSource {
 public:
  ~SdlDevices() override {
    if (!is_up_) return;
    SDL_DelEventWatch(&SdlDevices::on_event, this);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
  }

  Result<std::unique_ptr<Device>> open(PullSound pull) override {
    if (!is_up_) {
      if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
        return fail(Errc::kUnavailable, std::string("there is no sound here: ") + SDL_GetError());
      is_up_ = true;
      SDL_AddEventWatch(&SdlDevices::on_event, this);
    }
    ZOE_TRY(auto device, SdlDevice::open(std::move(pull)));
    opened_.store(device->id());
    // What was there before has been taken into account.
    change_.store(DeviceChange::kNone);
    return std::unique_ptr<Device>(std::move(device));
  }

  DeviceChange take_change() override { return change_.exchange(DeviceChange::kNone); }

 private:
  // On whatever thread puts the event into SDL's queue.
  static int on_event(void* self, SDL_Event* event) {
    auto& devices = *static_cast<SdlDevices*>(self);
    if (event->type == SDL_AUDIODEVICEREMOVED && event->adevice.which == devices.opened_.load()) {
      devices.change_.store(DeviceChange::kLost);
    } else if (event->type == SDL_AUDIODEVICEADDED && event->adevice.iscapture == 0) {
      DeviceChange none = DeviceChange::kNone;
      devices.change_.compare_exchange_strong(none, DeviceChange::kArrived);
    }
    return 1;
  }

  bool is_up_ = false;
  std::atomic<SDL_AudioDeviceID> opened_{0};
  std::atomic<DeviceChange> change_{DeviceChange::kNone};
};

}  // namespace

std::unique_ptr<DeviceSource> make_sdl_devices() { return std::make_unique<SdlDevices>(); }

}  // namespace zoe::audio
