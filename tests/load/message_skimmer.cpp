#include "tests/load/message_skimmer.hpp"

#include <algorithm>
#include <cstring>

namespace zoe::load {

bool MessageSkimmer::fill(Bytes& input, std::size_t size) {
  const std::size_t part = std::min(size - fixed_fill_, input.size());
  std::memcpy(fixed_.data() + fixed_fill_, input.data(), part);
  fixed_fill_ += part;
  input = input.subspan(part);
  if (fixed_fill_ < size) return false;
  fixed_fill_ = 0;
  return true;
}

Status MessageSkimmer::begin_body() {
  header_ = net::load_header(fixed_.data());
  ZOE_CHECK(net::check_header(header_, net::Sender::kServer));
  body_left_ = header_.length;
  switch (header_.kind) {
    case net::Kind::kHello:
    case net::Kind::kResponse:
    case net::Kind::kEvent:
    case net::Kind::kGoodbye:
      text_.clear();
      step_ = Step::kText;
      break;
    case net::Kind::kMedia:
      step_ = Step::kRunHeader;
      break;
    default:
      data_left_ = body_left_;
      step_ = Step::kSkip;
      break;
  }
  return {};
}

void MessageSkimmer::next_packet() {
  if (packets_left_ == 0) {
    step_ = Step::kHeader;
    sink_.on_run_end(header_);
    return;
  }
  step_ = Step::kRecord;
}

Status MessageSkimmer::end_record() {
  record_ = media::load_record(fixed_.data());
  const std::size_t taken = media::kPacketRecordBytes + std::size_t{record_.size_bytes};
  if (taken > body_left_) return fail(Errc::kMalformed, "MEDIA: a packet record claims more than its message holds");
  body_left_ -= taken;
  --packets_left_;
  data_left_ = record_.size_bytes;
  if (packets_left_ == 0 && body_left_ != 0)
    return fail(Errc::kMalformed, "MEDIA: " + std::to_string(body_left_) + " bytes lie behind the last packet");
  step_ = Step::kData;
  return {};
}

Status MessageSkimmer::feed(Bytes input) {
  if (!failure_) return failure_;
  const auto failed = [&](Status status) {
    failure_ = status;
    return status;
  };
  while (true) {
    switch (step_) {
      case Step::kHeader:
        if (!fill(input, net::kHeaderBytes)) return {};
        if (auto status = begin_body(); !status) return failed(std::move(status));
        break;
      case Step::kText: {
        const std::size_t part = std::min(body_left_, input.size());
        text_.append(as_text(input.first(part)));
        input = input.subspan(part);
        body_left_ -= part;
        if (body_left_ > 0) return {};
        step_ = Step::kHeader;
        sink_.on_text(header_.kind, text_);
        break;
      }
      case Step::kRunHeader: {
        if (!fill(input, net::kRunHeaderBytes)) return {};
        const net::RunHeader run{load_le<std::uint32_t>(fixed_.data()), load_le<std::uint32_t>(fixed_.data() + 4),
                                 load_le<std::uint32_t>(fixed_.data() + 8)};
        body_left_ -= net::kRunHeaderBytes;  // check_header saw to it that so many are there
        packets_left_ = run.packets;
        sink_.on_run(header_, run);
        next_packet();
        break;
      }
      case Step::kRecord:
        if (!fill(input, media::kPacketRecordBytes)) return {};
        if (auto status = end_record(); !status) return failed(std::move(status));
        break;
      case Step::kData:
      case Step::kSkip: {
        const std::size_t part = std::min(data_left_, input.size());
        input = input.subspan(part);
        data_left_ -= part;
        if (data_left_ > 0) return {};
        if (step_ == Step::kSkip) {
          step_ = Step::kHeader;
          break;
        }
        sink_.on_packet(header_, record_);
        next_packet();
        break;
      }
    }
  }
}

}  // namespace zoe::load
