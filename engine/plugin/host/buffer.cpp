#include "engine/plugin/host/buffer.hpp"

#include <cstring>
#include <new>
#include <string>

namespace zoe::plugin {
namespace {

// Lies in front of the memory that `alloc` made, or alone before memory that is lent. Plugins see the base only.
struct alignas(kBufferAlignment) Header : zoe_buffer {
  std::atomic<std::uint32_t> references{1};
  std::shared_ptr<Usage> usage;
  std::shared_ptr<const void> owner;
};

static_assert(sizeof(Header) % kBufferAlignment == 0, "the content that follows the header is aligned");

Header* header_of(zoe_buffer* raw) { return static_cast<Header*>(raw); }

// Null when there is no memory.
Header* make_header(std::size_t content_bytes) {
  void* memory = ::operator new (sizeof(Header) + content_bytes, std::align_val_t{kBufferAlignment}, std::nothrow);
  return memory ? new (memory) Header() : nullptr;
}

void destroy(Header* header) {
  if (header->usage) {
    header->usage->buffers.fetch_sub(1, std::memory_order_relaxed);
    header->usage->buffer_bytes.fetch_sub(static_cast<std::int64_t>(header->size), std::memory_order_relaxed);
  }
  header->~Header();
  ::operator delete (header, std::align_val_t{kBufferAlignment});
}

}  // namespace

Result<Buffer> Buffer::alloc(std::size_t size, std::shared_ptr<Usage> usage) {
  if (size > kMostBufferBytes)
    return fail(Errc::kTooLarge, "a buffer of " + std::to_string(size) + " bytes was asked for; the most is 1 GiB");
  Header* header = make_header(size + kBufferPadding);
  if (!header) return fail(Errc::kNoMemory, "no memory for a buffer of " + std::to_string(size) + " bytes");
  header->data = reinterpret_cast<std::uint8_t*>(header) + sizeof(Header);
  header->size = size;
  std::memset(header->data + size, 0, kBufferPadding);
  if (usage) {
    usage->buffers.fetch_add(1, std::memory_order_relaxed);
    usage->buffer_bytes.fetch_add(static_cast<std::int64_t>(size), std::memory_order_relaxed);
    header->usage = std::move(usage);
  }
  return adopt(header);
}

Result<Buffer> Buffer::wrap(Bytes bytes, std::shared_ptr<const void> owner) {
  Header* header = make_header(0);
  if (!header) return fail(Errc::kNoMemory, "no memory for a buffer's header");
  header->data = const_cast<std::uint8_t*>(bytes.data());  // the ABI has one type for both; lent memory is read only
  header->size = bytes.size();
  header->owner = std::move(owner);
  return adopt(header);
}

void Buffer::add_ref(zoe_buffer* raw) {
  if (raw) header_of(raw)->references.fetch_add(1, std::memory_order_relaxed);
}

void Buffer::release(zoe_buffer* raw) {
  if (!raw) return;
  Header* header = header_of(raw);
  if (header->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(header);
}

}  // namespace zoe::plugin
