// What the render thread does while a video plays: it neither waits nor allocates.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <optional>
#include <thread>

#include "tests/unit/player/clip_player.hpp"

namespace {

thread_local bool is_counting = false;
thread_local std::uint64_t allocations = 0;

void* allocate(std::size_t size) {
  if (is_counting) ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Sanitizers bring their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace zoe::player {
namespace {

// Keeps the newest frame's tag where a thread that never waits finds it.
class TagSink final : public FrameSink {
 public:
  Result<render::WriteState> write(const media::Frame&, const render::Presentation&, const render::FrameTag& tag,
                                   render::WritePolicy) override {
    const MutexLock lock(mutex_);
    tag_ = tag;
    newest_.store(tag.number);
    return render::WriteState::kWritten;
  }
  void set_wake_writer(std::function<void()>) override {}

  std::uint64_t newest() const { return newest_.load(); }
  render::FrameTag tag() {
    const MutexLock lock(mutex_);
    return tag_;
  }

 private:
  Mutex mutex_;
  render::FrameTag tag_ ZOE_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> newest_{0};
};

// How often this thread has given its processor away to wait for something.
long waits() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

TEST(RenderThread, NeitherWaitsNorAllocatesWhileAVideoPlays) {
  SystemClock clock;
  test::ClipLink link(test::make_clip({.frames = 90, .gop = 15}));
  TagSink sink;
  PlaybackOptions options;
  options.decoder_threads = 2;
  const auto playback = Playback::create(options, link, sink, clock, Log::null());
  playback->open({.media = "clip", .rate = {2, 1}});
  std::uint64_t shown = 0;
  std::uint64_t counted = 0;
  long waited = 0;
  ASSERT_TRUE(test::wait_until([&] {
    const std::uint64_t newest = sink.newest();
    if (newest == shown) return playback->snapshot().state == PlayState::kEnded;
    shown = newest;
    const render::FrameTag tag = sink.tag();
    const long waits_before = waits();
    is_counting = true;
    const PlaybackSnapshot& snapshot = playback->snapshot();
    playback->on_presented(tag, clock.now_ns());
    playback->snapshot();
    is_counting = false;
    waited += waits() - waits_before;
    ++counted;
    return snapshot.state == PlayState::kEnded;
  }));
  EXPECT_GT(counted, 10U);
  EXPECT_EQ(allocations, 0U);
  EXPECT_EQ(waited, 0);
}

}  // namespace
}  // namespace zoe::player
