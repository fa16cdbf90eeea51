#include "tests/unit/media/linear_decode.hpp"

#include <stdexcept>

#include "engine/media/convert.hpp"
#include "engine/media/decoder.hpp"
#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

void require(bool is_fine, const std::string& what) {
  if (!is_fine) throw std::runtime_error(what);
}

std::uint64_t hash_of(const AVFrame& frame, PictureConverter& converter) {
  if (Frame::supported(frame.format, nullptr)) {
    const auto adopted = Frame::adopt(av_frame_clone(&frame));
    require(adopted.has_value(), "adopt");
    return (*adopted)->hash();
  }
  const auto converted = converter.normalise(frame);
  require(converted.has_value(), "normalise");
  return (*converted)->hash();
}

}  // namespace

std::vector<ShownFrame> decode_linearly(const std::string& path, int stream_index, std::size_t most) {
  AVFormatContext* opened = nullptr;
  require(avformat_open_input(&opened, path.c_str(), nullptr, nullptr) >= 0, "open " + path);
  const AvPtr<AVFormatContext> format(opened);
  require(avformat_find_stream_info(format.get(), nullptr) >= 0, "examine " + path);
  const AVStream& stream = *format->streams[stream_index];
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  const AvPtr<AVCodecContext> decoder(avcodec_alloc_context3(codec));
  avcodec_parameters_to_context(decoder.get(), stream.codecpar);
  decoder->pkt_timebase = stream.time_base;
  decoder->thread_count = 1;
  require(avcodec_open2(decoder.get(), codec, nullptr) >= 0, "open a decoder");

  std::vector<ShownFrame> shown;
  PictureConverter converter;
  const AvPtr<AVPacket> packet = new_av_packet();
  const AvPtr<AVFrame> frame = new_av_frame();
  const auto receive = [&] {
    while (avcodec_receive_frame(decoder.get(), frame.get()) >= 0)
      shown.push_back({frame->pts, hash_of(*frame, converter)});
  };
  while (shown.size() < most && av_read_frame(format.get(), packet.get()) >= 0) {
    if (packet->stream_index == stream_index && packet->size > 0) {
      avcodec_send_packet(decoder.get(), packet.get());
      receive();
    }
    av_packet_unref(packet.get());
  }
  avcodec_send_packet(decoder.get(), nullptr);
  receive();
  if (shown.size() > most) shown.resize(most);
  return shown;
}

std::vector<OwnedPacket> read_packets(SourceReader& reader, std::uint32_t segment) {
  std::vector<OwnedPacket> packets;
  const Status status = reader.read_segment(segment, [&](const PacketView& packet) -> Status {
    OwnedPacket& owned = packets.emplace_back();
    owned.record = packet.record;
    owned.data.assign(packet.data.begin(), packet.data.end());
    owned.data.resize(packet.data.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    return {};
  });
  require(status.has_value(), status ? "" : status.error().message);
  return packets;
}

std::vector<FramePtr> decode_packets(Decoder& decoder, const std::vector<OwnedPacket>& packets) {
  std::vector<FramePtr> frames;
  const auto receive = [&] {
    for (;;) {
      FramePtr frame;
      const auto state = decoder.receive(frame);
      require(state.has_value(), state ? "" : state.error().message);
      if (*state != DecodeState::kFrame) return *state;
      frames.push_back(std::move(frame));
    }
  };
  for (const OwnedPacket& packet : packets) {
    const Status sent = decoder.send(packet.view());
    require(sent.has_value(), sent ? "" : sent.error().message);
    require(receive() == DecodeState::kAgain, "the decoder wants no more");
  }
  require(decoder.drain().has_value(), "drain");
  require(receive() == DecodeState::kEnd, "the decoder does not end");
  decoder.flush();
  return frames;
}

}  // namespace zoe::media
