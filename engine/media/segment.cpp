#include "engine/media/segment.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace zoe::media {
namespace {

constexpr std::size_t kMostPacketBytes = std::size_t{64} << 20;
constexpr std::size_t kPadding = 64;       // FFmpeg's AV_INPUT_BUFFER_PADDING_SIZE
constexpr std::size_t kFirstShare = 8;     // the first chunk is this much smaller, and they double up to the full size
constexpr std::size_t kLeastChunk = 4096;  // bytes

// Somebody who waits. Owned by the token; the segment only looks.
struct Waiter {
  Mutex mutex;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint32_t seen_packets = 0;

  void fire() {
    MutexLock lock(mutex);
    if (!wake) return;
    const std::function<void()> once = std::exchange(wake, nullptr);
    once();
  }
};

class Token final : public Segment::WaitToken {
 public:
  explicit Token(std::shared_ptr<Waiter> waiter) : waiter_(std::move(waiter)) {}
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() override {
    MutexLock lock(waiter_->mutex);
    waiter_->wake = nullptr;
  }

 private:
  std::shared_ptr<Waiter> waiter_;
};

}  // namespace

void store_record(std::uint8_t* to, const PacketRecord& record) {
  store_le(to, record.size_bytes);
  store_le(to + 4, record.flags);
  store_le(to + 8, record.pts);
  store_le(to + 16, record.dts);
  store_le(to + 24, record.duration);
  store_le(to + 28, record.ordinal);
}

PacketRecord load_record(const std::uint8_t* from) {
  return {.size_bytes = load_le<std::uint32_t>(from),
          .flags = load_le<std::uint32_t>(from + 4),
          .pts = load_le<std::int64_t>(from + 8),
          .dts = load_le<std::int64_t>(from + 16),
          .duration = load_le<std::uint32_t>(from + 24),
          .ordinal = load_le<std::uint32_t>(from + 28)};
}

struct Segment::Impl {
  explicit Impl(std::size_t chunk_bytes) : full_chunk(std::max(chunk_bytes, kLeastChunk)) {}

  const std::size_t full_chunk;

  // The writer's own: the chunk that is being filled. What lies behind `filled` nobody else has seen yet.
  std::uint8_t* chunk = nullptr;
  std::size_t capacity = 0;
  std::size_t filled = 0;

  mutable Mutex mutex;
  std::vector<std::unique_ptr<std::uint8_t[]>> chunks ZOE_GUARDED_BY(mutex);
  std::vector<PacketPlace> places ZOE_GUARDED_BY(mutex);
  State state ZOE_GUARDED_BY(mutex);
  std::vector<std::weak_ptr<Waiter>> waiters ZOE_GUARDED_BY(mutex);
  std::size_t purge_at ZOE_GUARDED_BY(mutex) = 16;

  // Room for `bytes` and the padding in the current chunk, or a new one.
  void make_room(std::size_t bytes) {
    if (chunk && capacity - filled >= bytes) return;
    std::size_t next = capacity == 0 ? full_chunk / kFirstShare : std::min(capacity * 2, full_chunk);
    next = std::max({next, bytes, kLeastChunk});
    auto memory = std::make_unique_for_overwrite<std::uint8_t[]>(next + kPadding);
    std::memset(memory.get() + next, 0, kPadding);
    chunk = memory.get();
    capacity = next;
    filled = 0;
    MutexLock lock(mutex);
    chunks.push_back(std::move(memory));
    state.bytes += next + kPadding;
  }

  // Takes out those that need not wait any longer.
  std::vector<std::shared_ptr<Waiter>> take_ready() ZOE_REQUIRES(mutex) {
    std::vector<std::shared_ptr<Waiter>> ready;
    const std::uint32_t packets = state.packets;
    const bool is_finished = state.is_finished;
    std::erase_if(waiters, [&](const std::weak_ptr<Waiter>& weak) {
      std::shared_ptr<Waiter> waiter = weak.lock();
      if (!waiter) return true;
      if (!is_finished && packets <= waiter->seen_packets) return false;
      ready.push_back(std::move(waiter));
      return true;
    });
    return ready;
  }

  void end(std::optional<Error> error) {
    std::vector<std::shared_ptr<Waiter>> ready;
    {
      MutexLock lock(mutex);
      if (state.is_finished) return;
      state.is_finished = true;
      state.error = std::move(error);
      ready = take_ready();
    }
    for (const auto& waiter : ready) waiter->fire();
  }
};

Segment::Segment(std::uint32_t index, std::size_t chunk_bytes)
    : index_(index), impl_(std::make_unique<Impl>(chunk_bytes)) {}

Segment::~Segment() = default;

Status Segment::append(PacketRecord record, Bytes data) {
  if (data.size() > kMostPacketBytes)
    return zoe::fail(Errc::kTooLarge, "a packet of " + std::to_string(data.size()) + " bytes exceeds the most of " +
                                          std::to_string(kMostPacketBytes));
  Impl& impl = *impl_;
  {
    MutexLock lock(impl.mutex);
    if (impl.state.is_finished) return zoe::fail(Errc::kConflict, "the segment is finished and takes no more packets");
    record.ordinal = impl.state.packets;
  }
  const std::size_t total = kPacketRecordBytes + data.size();
  impl.make_room(total);
  std::uint8_t* const at = impl.chunk + impl.filled;
  record.size_bytes = static_cast<std::uint32_t>(data.size());
  store_record(at, record);
  if (!data.empty()) std::memcpy(at + kPacketRecordBytes, data.data(), data.size());
  impl.filled += total;

  std::vector<std::shared_ptr<Waiter>> ready;
  {
    MutexLock lock(impl.mutex);
    impl.places.push_back({at, static_cast<std::uint32_t>(total), static_cast<std::uint32_t>(impl.chunks.size() - 1)});
    ++impl.state.packets;
    ready = impl.take_ready();
  }
  for (const auto& waiter : ready) waiter->fire();
  return {};
}

void Segment::finish() { impl_->end(std::nullopt); }

void Segment::fail(Error error) { impl_->end(std::move(error)); }

Segment::State Segment::state() const {
  MutexLock lock(impl_->mutex);
  return impl_->state;
}

std::size_t Segment::places(std::uint32_t first, std::span<PacketPlace> out) const {
  MutexLock lock(impl_->mutex);
  if (first >= impl_->places.size()) return 0;
  const std::size_t count = std::min(out.size(), impl_->places.size() - first);
  std::copy_n(impl_->places.begin() + first, count, out.begin());
  return count;
}

PacketView Segment::packet(std::uint32_t ordinal) const {
  PacketPlace place;
  {
    MutexLock lock(impl_->mutex);
    place = impl_->places.at(ordinal);
  }
  return {load_record(place.record), Bytes(place.record + kPacketRecordBytes, place.total_bytes - kPacketRecordBytes)};
}

std::unique_ptr<Segment::WaitToken> Segment::wait(std::uint32_t seen_packets, std::function<void()> wake) const {
  auto waiter = std::make_shared<Waiter>();
  waiter->seen_packets = seen_packets;
  {
    MutexLock lock(waiter->mutex);
    waiter->wake = std::move(wake);
  }
  bool is_ready = false;
  {
    MutexLock lock(impl_->mutex);
    is_ready = impl_->state.is_finished || impl_->state.packets > seen_packets;
    if (!is_ready) {
      if (impl_->waiters.size() >= impl_->purge_at) {
        std::erase_if(impl_->waiters, [](const std::weak_ptr<Waiter>& weak) { return weak.expired(); });
        impl_->purge_at = std::max<std::size_t>(16, impl_->waiters.size() * 2);
      }
      impl_->waiters.push_back(waiter);
    }
  }
  if (is_ready) waiter->fire();
  return std::make_unique<Token>(std::move(waiter));
}

}  // namespace zoe::media
