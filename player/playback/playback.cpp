#include "player/playback/playback.hpp"

#include <array>
#include <atomic>
#include <optional>
#include <utility>

#include "player/playback/decode_worker.hpp"
#include "player/playback/feeder.hpp"
#include "player/playback/fetch_worker.hpp"
#include "player/playback/playback_core.hpp"
#include "player/playback/sound_worker.hpp"

namespace zoe::player {
namespace {

class PlaybackImpl final : public Playback, private StreamListener {
 public:
  PlaybackImpl(const PlaybackOptions& options, StreamLink& link, FrameSink& sink, const Clock& clock, Log& log,
               std::function<void(const std::string& media)> opening)
      : link_(link),
        opening_(std::move(opening)),
        core_(std::make_shared<PlaybackCore>(options, clock, log)),
        fetcher_(core_, link),
        decoder_(core_),
        feeder_(core_, link, sink) {
    if (options.sound != nullptr) sound_.emplace(core_);
    link_.set_listener(this);
    if (link_.is_ready()) on_link_ready();
  }

  ~PlaybackImpl() override {
    link_.set_listener(nullptr);
    const MutexLock lock(core_->mutex);
    streams_to_close_ = {core_->stream, core_->sound.stream};
    core_->is_stopping = true;
  }

  void open(const OpenMedia& media) override {
    if (opening_) opening_(media.media);
    const MutexLock lock(core_->mutex);
    core_->open(media);
    count_command();
  }
  void close() override {
    const MutexLock lock(core_->mutex);
    core_->close();
    count_command();
  }
  void play() override {
    const MutexLock lock(core_->mutex);
    core_->play();
    count_command();
  }
  void pause() override {
    const MutexLock lock(core_->mutex);
    core_->pause();
    count_command();
  }
  void toggle_pause() override {
    const MutexLock lock(core_->mutex);
    if (core_->media.is_paused || core_->is_ended) {
      core_->play();
    } else {
      core_->pause();
    }
    count_command();
  }
  void set_rate(Rational rate) override {
    const MutexLock lock(core_->mutex);
    core_->set_rate(rate);
    count_command();
  }
  void seek(std::int64_t position_us) override {
    const MutexLock lock(core_->mutex);
    core_->seek_to(position_us);
    count_command();
  }
  void seek_by(std::int64_t delta_us) override {
    const MutexLock lock(core_->mutex);
    core_->seek_to(core_->position_us() + bounded_us(delta_us));
    count_command();
  }
  void step(int count) override {
    const MutexLock lock(core_->mutex);
    core_->step(count);
    count_command();
  }
  void show_again() override {
    const MutexLock lock(core_->mutex);
    core_->show_again();
  }
  void set_looping(bool is_looping) override {
    const MutexLock lock(core_->mutex);
    core_->set_looping(is_looping);
    count_command();
  }
  void set_rendition(std::string rendition) override {
    const MutexLock lock(core_->mutex);
    core_->set_rendition(rendition);
    count_command();
  }
  void set_volume(float volume) override {
    const MutexLock lock(core_->mutex);
    core_->set_volume(volume);
    count_command();
  }
  void set_muted(bool is_muted) override {
    const MutexLock lock(core_->mutex);
    core_->set_muted(is_muted);
    count_command();
  }
  void choose_sound(std::optional<int> track) override {
    const MutexLock lock(core_->mutex);
    core_->choose_sound(track);
    count_command();
  }
  void allow_sound() override {
    const MutexLock lock(core_->mutex);
    core_->may_open_device = true;
    core_->wake_all();
  }
  void follow(RoomTimelines room) override {
    const MutexLock lock(core_->mutex);
    core_->follow(std::move(room));
    core_->commands = commands_.load();
  }
  void set_room_clock(const net::ClockEstimate& clock) override {
    const MutexLock lock(core_->mutex);
    core_->set_room_clock(clock);
  }
  void unfollow() override {
    const MutexLock lock(core_->mutex);
    core_->unfollow();
    count_command();
  }
  void expect_room() override { commands_.fetch_add(1); }
  void set_clock_held(bool is_held) override {
    const MutexLock lock(core_->mutex);
    core_->is_clock_held = is_held;
    core_->wake_all();
  }

  const PlaybackSnapshot& snapshot() override {
    PlaybackSnapshot& newest = feeder_.snapshot();
    if (newest.commands != commands_.load()) newest.is_settled = false;
    return newest;
  }
  void on_presented(const render::FrameTag& tag, std::int64_t now_ns) override { feeder_.on_presented(tag, now_ns); }
  void set_refresh_period_ns(std::int64_t period_ns) override {
    const MutexLock lock(core_->mutex);
    core_->refresh_period_ns = period_ns;
    core_->wake_all();
  }

 private:
  void count_command() ZOE_REQUIRES(core_->mutex) {
    core_->commands = commands_.fetch_add(1) + 1;
    core_->wake_all();
  }

  void on_media(net::MediaRun run) override {
    const MutexLock lock(core_->mutex);
    core_->on_media(std::move(run));
  }
  void on_stream_failed(std::uint32_t stream, std::uint32_t serial, Error error) override {
    const MutexLock lock(core_->mutex);
    core_->on_stream_failed(stream, serial, std::move(error));
  }
  void on_link_ready() override {
    const MutexLock lock(core_->mutex);
    core_->on_link_ready();
  }
  void on_link_lost(Error error) override {
    const MutexLock lock(core_->mutex);
    core_->on_link_lost(error);
  }

  // Closes the streams at the very end, when no thread of ours can open another.
  struct LastStreams {
    StreamLink& link;
    const std::array<std::uint32_t, 2>& streams;
    ~LastStreams() {
      for (const std::uint32_t stream : streams)
        if (stream != 0) link.close_stream(stream);
    }
  };

  StreamLink& link_;
  const std::function<void(const std::string& media)> opening_;
  std::array<std::uint32_t, 2> streams_to_close_{};
  LastStreams last_streams_{link_, streams_to_close_};
  std::atomic<std::uint64_t> commands_{0};
  const std::shared_ptr<PlaybackCore> core_;
  FetchWorker fetcher_;
  DecodeWorker decoder_;
  Feeder feeder_;
  std::optional<SoundWorker> sound_;
};

}  // namespace

std::unique_ptr<Playback> Playback::create(const PlaybackOptions& options, StreamLink& link, FrameSink& sink,
                                           const Clock& clock, Log& log,
                                           std::function<void(const std::string& media)> opening) {
  return std::make_unique<PlaybackImpl>(options, link, sink, clock, log, std::move(opening));
}

}  // namespace zoe::player
