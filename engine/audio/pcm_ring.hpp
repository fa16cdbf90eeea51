// Samples on their way from the thread that decodes to the device's callback.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace zoe::audio {

// Frames of interleaved samples, numbered from 0 as they are written and never reused: a frame's number says where it
// is whatever was skipped. One writer, one reader, neither waits or allocates; each function says whose it is.
class PcmRing {
 public:
  PcmRing(std::size_t most_frames, int channels)
      : channels_(static_cast<std::size_t>(channels)), capacity_(most_frames), samples_(most_frames * channels_) {}

  std::size_t capacity() const { return capacity_; }

  // Either: frames written and not read.
  std::size_t size() const {
    return static_cast<std::size_t>(written_.load(std::memory_order_acquire) - read_.load(std::memory_order_acquire));
  }

  // Writer: takes as many as there is room for, and says how many.
  std::size_t write(const float* frames, std::size_t count) {
    const std::uint64_t at = written_.load(std::memory_order_relaxed);
    const std::uint64_t free = capacity_ - (at - read_.load(std::memory_order_acquire));
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(count, free));
    for (std::size_t done = 0; done < taken;) {
      const std::size_t place = static_cast<std::size_t>((at + done) % capacity_);
      const std::size_t run = std::min(taken - done, capacity_ - place);
      std::copy_n(frames + done * channels_, run * channels_, samples_.data() + place * channels_);
      done += run;
    }
    written_.store(at + taken, std::memory_order_release);
    return taken;
  }

  // Writer, reader: the number of the next frame to be written, to be read.
  std::uint64_t written() const { return written_.load(std::memory_order_acquire); }
  std::uint64_t read_position() const { return read_.load(std::memory_order_acquire); }

  // Reader: frame `number`, which must be written and not read.
  const float* at(std::uint64_t number) const {
    return samples_.data() + static_cast<std::size_t>(number % capacity_) * channels_;
  }
  // Reader: everything before `number` has been read.
  void release_before(std::uint64_t number) { read_.store(number, std::memory_order_release); }

 private:
  const std::size_t channels_;
  const std::size_t capacity_;
  std::vector<float> samples_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> read_{0};
};

}  // namespace zoe::audio
