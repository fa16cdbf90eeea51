#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/net/wire.hpp"

namespace zoe::net {
namespace {

constexpr std::size_t kFirstBodyBytes = 16U << 10;

}  // namespace

Body::~Body() { std::free(data_); }

Status Body::append(Bytes bytes, std::size_t most_bytes) {
  const std::size_t needed = size_ + bytes.size();
  if (needed > capacity_ || data_ == nullptr) {
    const std::size_t doubled = std::min(std::max(capacity_ * 2, kFirstBodyBytes), most_bytes);
    const std::size_t capacity = std::max(needed, doubled);
    auto* const data = static_cast<std::uint8_t*>(std::realloc(data_, capacity + kBodyPadding));
    if (data == nullptr) return fail(Errc::kNoMemory, "no memory for a message's body");
    data_ = data;
    capacity_ = capacity;
  }
  if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ = needed;
  std::memset(data_ + size_, 0, kBodyPadding);
  return {};
}

Result<MessageParser::Step> MessageParser::next(Bytes& input, Message& out) {
  if (!failure_) return fail(failure_.error());
  for (;;) {
    if (header_fill_ < kHeaderBytes) {
      const std::size_t take = std::min(kHeaderBytes - header_fill_, input.size());
      if (take > 0) std::memcpy(header_bytes_.data() + header_fill_, input.data(), take);
      header_fill_ += take;
      input = input.subspan(take);
      if (header_fill_ < kHeaderBytes) return Step::kNeedMore;
      if (Status begun = begin_body(); !begun) {
        failure_ = begun;
        return fail(failure_.error());
      }
    }
    auto step = fill_body(input, out);
    if (!step) {
      failure_ = fail(step.error());
      return step;
    }
    if (*step == Step::kNeedMore) return step;
    header_fill_ = 0;
    if (!is_skipping_) return step;
  }
}

Status MessageParser::begin_body() {
  header_ = load_header(header_bytes_.data());
  ZOE_CHECK(check_header(header_, peer_));
  is_skipping_ = !rule_of(header_.kind).is_known;
  body_fill_ = 0;
  if (is_skipping_) return {};
  body_ = std::make_shared<Body>();
  return body_->append({}, header_.length);
}

Result<MessageParser::Step> MessageParser::fill_body(Bytes& input, Message& out) {
  const std::size_t take = std::min<std::size_t>(header_.length - body_fill_, input.size());
  const Bytes part = input.first(take);
  if (!is_skipping_) ZOE_CHECK(body_->append(part, header_.length));
  input = input.subspan(take);
  body_fill_ += take;
  if (body_fill_ < header_.length) return Step::kNeedMore;
  if (!is_skipping_) out = Message{header_, std::move(body_)};
  return Step::kMessage;
}

}  // namespace zoe::net
