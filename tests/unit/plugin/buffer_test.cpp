#include "engine/plugin/host/buffer.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace zoe::plugin {
namespace {

TEST(Buffer, IsAlignedAndPaddedAtEverySize) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{1'000'000}}) {
    const Buffer buffer = Buffer::alloc(size).value();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kBufferAlignment, 0U) << size;
    EXPECT_EQ(buffer.size(), size);
    for (std::size_t i = 0; i < kBufferPadding; ++i) ASSERT_EQ(buffer.data()[size + i], 0) << size;
  }
}

TEST(Buffer, CountsItsOwnersAndIsFreedWithTheLast) {
  const auto usage = std::make_shared<Usage>();
  {
    Buffer first = Buffer::alloc(100, usage).value();
    const Buffer second = first;
    first = Buffer();
    EXPECT_EQ(usage->buffers, 1);
    EXPECT_EQ(usage->buffer_bytes, 100);
    zoe_buffer* raw = Buffer(second).detach();
    EXPECT_EQ(usage->buffers, 1);
    Buffer::release(raw);
  }
  EXPECT_EQ(usage->buffers, 0);
  EXPECT_EQ(usage->buffer_bytes, 0);
  Buffer::release(nullptr);
}

TEST(Buffer, LentMemoryKeepsItsOwner) {
  auto owner = std::make_shared<std::vector<std::uint8_t>>(10, std::uint8_t{7});
  Buffer buffer = Buffer::wrap(*owner, owner).value();
  EXPECT_EQ(buffer.data(), owner->data());
  EXPECT_EQ(owner.use_count(), 2);
  buffer = Buffer();
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(Buffer, RefusesAbsurdSizes) {
  EXPECT_EQ(Buffer::alloc(SIZE_MAX).error().code, Errc::kTooLarge);
  EXPECT_EQ(Buffer::alloc(kMostBufferBytes + 1).error().code, Errc::kTooLarge);
}

TEST(Buffer, ThreadsMayShareIt) {
  const auto usage = std::make_shared<Usage>();
  {
    const Buffer shared = Buffer::alloc(64, usage).value();
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([shared] {
        for (int i = 0; i < 1'000; ++i) Buffer copy = shared;
      });
  }
  EXPECT_EQ(usage->buffers, 0);
}

}  // namespace
}  // namespace zoe::plugin
