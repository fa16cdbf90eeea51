#include "engine/render/frame_uploader.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/core/threads.hpp"
#include "engine/render/video_pass.hpp"
#include "tests/unit/app/test_picture.hpp"

namespace zoe::render {
namespace {

using test::make_picture;
using test::PictureSpec;
using test::pixel;
using test::Rgb;

// A flag that one thread sets and another waits for.
class Bell {
 public:
  void ring() {
    MutexLock lock(mutex_);
    is_rung_ = true;
    changed_.notify_all();
  }
  bool wait() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (!is_rung_)
      if (!changed_.wait_until(mutex_, deadline)) return false;
    is_rung_ = false;
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool is_rung_ ZOE_GUARDED_BY(mutex_) = false;
};

class FrameUploaderTest : public test::GlTest {
 protected:
  void SetUp() override {
    auto uploader = FrameUploader::create({.wake_reader = [this] { reader_wakes_.fetch_add(1); }});
    ASSERT_TRUE(uploader) << uploader.error().message;
    uploader_ = std::move(*uploader);
  }
  void TearDown() override {
    uploader_.reset();
    GlTest::TearDown();
  }

  static std::shared_ptr<media::Frame> flat(int width, int height, int luma) {
    const PictureSpec spec{.width = width, .height = height};
    auto frame = make_picture(spec, [](int, int) { return Rgb{0, 0, 0}; });
    const media::PlaneView plane = frame->plane(0);
    for (int y = 0; y < height; ++y)
      std::fill_n(frame->writable_plane(0) + y * plane.stride, width, static_cast<std::uint8_t>(luma));
    return frame;
  }

  WriteState write(const media::Frame& frame, std::uint64_t number, WritePolicy policy = WritePolicy::kReplaceUnread) {
    const auto state = uploader_->write(frame, {}, {.number = number}, policy);
    EXPECT_TRUE(state) << state.error().message;
    return state ? *state : WriteState::kWait;
  }

  std::unique_ptr<FrameUploader> uploader_;
  std::atomic<int> reader_wakes_{0};
};

TEST_F(FrameUploaderTest, AsksForBuffersThenWrites) {
  const auto frame = flat(64, 48, 100);
  std::atomic<int> writer_wakes{0};
  uploader_->set_wake_writer([&] { writer_wakes.fetch_add(1); });
  EXPECT_EQ(uploader_->front(), nullptr);
  EXPECT_FALSE(uploader_->has_work());
  EXPECT_EQ(write(*frame, 1), WriteState::kWait);
  EXPECT_EQ(reader_wakes_.load(), 1);
  EXPECT_TRUE(uploader_->has_work());
  EXPECT_EQ(write(*frame, 1), WriteState::kWait) << "not served yet";
  EXPECT_FALSE(uploader_->update());
  EXPECT_EQ(writer_wakes.load(), 1);
  EXPECT_EQ(write(*frame, 1), WriteState::kWritten);
  EXPECT_TRUE(uploader_->update());
  ASSERT_NE(uploader_->front(), nullptr);
  EXPECT_EQ(uploader_->front()->tag.number, 1U);
  EXPECT_EQ(uploader_->front()->width, 64);
  EXPECT_FALSE(uploader_->update());
}

TEST_F(FrameUploaderTest, AllThreeSlotsAreReadyAfterOneRequest) {
  const auto frame = flat(64, 48, 100);
  EXPECT_EQ(write(*frame, 1), WriteState::kWait);
  uploader_->update();
  for (std::uint64_t number = 1; number < 20; ++number) {
    ASSERT_EQ(write(*frame, number), WriteState::kWritten) << number;
    ASSERT_TRUE(uploader_->update());
    EXPECT_EQ(uploader_->front()->tag.number, number);
  }
  EXPECT_EQ(uploader_->counts().uploaded, 19U);
  EXPECT_EQ(uploader_->counts().reallocations, 3U);
}

TEST_F(FrameUploaderTest, TheNewestReplacesTheUnread) {
  const auto frame = flat(64, 48, 100);
  EXPECT_EQ(write(*frame, 1), WriteState::kWait);
  uploader_->update();
  EXPECT_EQ(write(*frame, 1), WriteState::kWritten);
  EXPECT_EQ(write(*frame, 2), WriteState::kReplaced);
  EXPECT_EQ(write(*frame, 3), WriteState::kReplaced);
  EXPECT_TRUE(uploader_->update());
  EXPECT_EQ(uploader_->front()->tag.number, 3U);
  EXPECT_EQ(uploader_->counts().replaced, 2U);
}

TEST_F(FrameUploaderTest, KeepUnreadWaitsUntilTaken) {
  const auto frame = flat(64, 48, 100);
  int wakes = 0;
  uploader_->set_wake_writer([&] { ++wakes; });
  EXPECT_EQ(write(*frame, 1, WritePolicy::kKeepUnread), WriteState::kWait);
  uploader_->update();
  wakes = 0;
  EXPECT_EQ(write(*frame, 1, WritePolicy::kKeepUnread), WriteState::kWritten);
  EXPECT_EQ(write(*frame, 2, WritePolicy::kKeepUnread), WriteState::kWait);
  EXPECT_TRUE(uploader_->update());
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(uploader_->front()->tag.number, 1U);
  EXPECT_EQ(write(*frame, 2, WritePolicy::kKeepUnread), WriteState::kWritten);
}

TEST_F(FrameUploaderTest, GrowsAndShrinksWithThePicture) {
  std::uint64_t number = 0;
  for (const int side : {32, 256, 64, 512, 16}) {
    const auto frame = flat(side, side, 100);
    ++number;
    for (int attempt = 0; write(*frame, number) == WriteState::kWait; ++attempt) {
      ASSERT_LT(attempt, 2);
      uploader_->update();
    }
    ASSERT_TRUE(uploader_->update());
    EXPECT_EQ(uploader_->front()->width, side);
    EXPECT_EQ(uploader_->front()->plane_widths[1], side / 2);
  }
}

// A frame of the old size that waits to be shown survives a request for buffers of the new one.
TEST_F(FrameUploaderTest, AChangeOfSizeKeepsTheFrameBefore) {
  const auto small = flat(64, 48, 100);
  const auto large = flat(640, 480, 100);
  EXPECT_EQ(write(*small, 1), WriteState::kWait);
  uploader_->update();
  EXPECT_EQ(write(*small, 1), WriteState::kWritten);
  EXPECT_EQ(write(*large, 2), WriteState::kWait);
  EXPECT_TRUE(uploader_->update());
  EXPECT_EQ(uploader_->front()->tag.number, 1U);
  EXPECT_EQ(uploader_->front()->width, 64);
  EXPECT_EQ(write(*large, 2), WriteState::kWritten);
  EXPECT_TRUE(uploader_->update());
  EXPECT_EQ(uploader_->front()->width, 640);
}

TEST_F(FrameUploaderTest, TellsWhatIsTooLarge) {
  GLint most = 0;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &most);
  auto frame = media::Frame::create({.planes = 1, .chroma_shift_x = 0, .chroma_shift_y = 0}, most + 16, 2);
  if (!frame) GTEST_SKIP() << "frames of this size cannot be made: " << frame.error().message;
  const auto state = uploader_->write(**frame, {}, {}, WritePolicy::kReplaceUnread);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, Errc::kTooLarge);
  EXPECT_NE(state.error().message.find(std::to_string(most)), std::string::npos);
}

TEST_F(FrameUploaderTest, SaysWhoHoldsWhichSlot) {
  const auto frame = flat(64, 48, 100);
  EXPECT_EQ(write(*frame, 1), WriteState::kWait);
  uploader_->update();
  const auto count = [&](SlotHolder holder) {
    const auto slots = uploader_->slots();
    return std::count_if(slots.begin(), slots.end(), [&](const SlotState& slot) { return slot.holder == holder; });
  };
  EXPECT_EQ(count(SlotHolder::kWriter), 1);
  EXPECT_EQ(count(SlotHolder::kReader), 1);
  EXPECT_EQ(count(SlotHolder::kFree), 1);
  EXPECT_EQ(write(*frame, 7), WriteState::kWritten);
  EXPECT_EQ(count(SlotHolder::kReady), 1);
  uploader_->update();
  EXPECT_EQ(count(SlotHolder::kReady), 0);
  const auto slots = uploader_->slots();
  const auto reader = std::find_if(slots.begin(), slots.end(),
                                   [](const SlotState& slot) { return slot.holder == SlotHolder::kReader; });
  ASSERT_NE(reader, slots.end());
  EXPECT_TRUE(reader->has_frame);
  EXPECT_EQ(reader->number, 7U);
  EXPECT_GE(reader->size_bytes, 64U * 48U * 3 / 2);
  uploader_->clear();
  EXPECT_EQ(uploader_->front(), nullptr);
}

// The writer runs as fast as it can while the render thread draws: each picture that is drawn is whole (one colour, the
// one that its number says) and none comes out of order.
TEST_F(FrameUploaderTest, AFastWriterNeverTearsAPicture) {
  constexpr int kSide = 128;
  constexpr int kLevels = 8;
  std::vector<std::shared_ptr<media::Frame>> frames;
  for (int level = 0; level < kLevels; ++level) frames.push_back(flat(kSide, kSide, 16 + level * 27));
  auto pass = VideoPass::create(test::asset_folder());
  ASSERT_TRUE(pass) << pass.error().message;

  Bell bell;
  uploader_->set_wake_writer([&] { bell.ring(); });
  std::atomic<bool> is_stopping{false};
  std::atomic<std::uint64_t> written{0};
  std::jthread writer([&] {
    for (std::uint64_t number = 1; !is_stopping.load();) {
      const auto state =
          uploader_->write(*frames[number % kLevels], {}, {.number = number}, WritePolicy::kReplaceUnread);
      if (!state || (*state == WriteState::kWait && !bell.wait())) return;
      if (*state == WriteState::kWait) continue;
      written.store(number++);
    }
  });

  std::uint64_t last = 0;
  int drawn = 0;
  const test::Canvas canvas(kSide, kSide);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (drawn < 200 && std::chrono::steady_clock::now() < deadline) {
    if (!uploader_->update()) {
      std::this_thread::yield();
      continue;
    }
    const TexturedFrame& front = *uploader_->front();
    ASSERT_GT(front.tag.number, last);
    last = front.tag.number;
    (*pass)->draw(front, {0, 0, kSide, kSide}, kSide);
    const Image image = canvas.read();
    const int wanted = static_cast<int>(std::lround(static_cast<double>(last % kLevels) * 27 * 255 / 219));
    for (const int y : {0, kSide / 3, kSide - 1})
      ASSERT_TRUE(test::is_near(pixel(image, kSide / 2, y), {wanted, wanted, wanted}, 1)) << "frame " << last;
    ++drawn;
  }
  is_stopping.store(true);
  bell.ring();
  writer.join();
  EXPECT_EQ(drawn, 200);
  EXPECT_GE(written.load(), 200U);
}

// Every frame is shown where the writer may not replace one.
TEST_F(FrameUploaderTest, KeepUnreadLosesNothingBetweenThreads) {
  constexpr std::uint64_t kFrames = 500;
  const auto frame = flat(32, 32, 100);
  Bell writer_bell;
  uploader_->set_wake_writer([&] { writer_bell.ring(); });
  std::jthread writer([&] {
    for (std::uint64_t number = 1; number <= kFrames;) {
      const auto state = uploader_->write(*frame, {}, {.number = number}, WritePolicy::kKeepUnread);
      if (!state || (*state == WriteState::kWait && !writer_bell.wait())) return;
      if (*state != WriteState::kWait) ++number;
    }
  });
  std::uint64_t last = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (last < kFrames && std::chrono::steady_clock::now() < deadline) {
    if (!uploader_->update()) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(uploader_->front()->tag.number, last + 1);
    ++last;
  }
  EXPECT_EQ(last, kFrames);
  EXPECT_EQ(uploader_->counts().replaced, 0U);
}

}  // namespace
}  // namespace zoe::render
