#include "tests/unit/media/packed_avi.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "engine/media/ffmpeg.hpp"

namespace zoe::media {
namespace {

using Data = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 4> kPictureStart{0, 0, 1, 0xB6};

void require(bool is_fine, const char* what) {
  if (!is_fine) throw std::runtime_error(what);
}

Data::const_iterator picture_start(const Data& data) {
  return std::search(data.begin(), data.end(), kPictureStart.begin(), kPictureStart.end());
}

bool is_bidirectional(const Data& data) {
  const auto at = picture_start(data);
  return data.end() - at > 4 && (at[4] >> 6) == 2;
}

// A picture that is not coded: type P, no second passed, a marker, 5 bits of time, a marker, vop_coded 0, stuffing.
Data empty_picture() {
  Data data(kPictureStart.begin(), kPictureStart.end());
  data.push_back(0b01'0'1'0000);
  data.push_back(0b0'1'0'01111);
  return data;
}

std::vector<Data> read_all(AVFormatContext& input) {
  std::vector<Data> packets;
  const AvPtr<AVPacket> packet = new_av_packet();
  while (av_read_frame(&input, packet.get()) >= 0) {
    packets.emplace_back(packet->data, packet->data + packet->size);
    av_packet_unref(packet.get());
  }
  return packets;
}

std::vector<Data> packed(const std::vector<Data>& packets) {
  std::vector<Data> out;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    Data data = packets[i];
    if (i == 0) {
      constexpr std::string_view kMark(
          "\0\0\1\xB2"
          "DivX503b1393p\0",
          18);  // "p": packed
      data.insert(data.begin() + (picture_start(data) - data.begin()), kMark.begin(), kMark.end());
    }
    if (i + 1 < packets.size() && is_bidirectional(packets[i + 1])) {
      data.insert(data.end(), packets[i + 1].begin(), packets[i + 1].end());
      out.push_back(std::move(data));
      out.push_back(empty_picture());
      ++i;
    } else {
      out.push_back(std::move(data));
    }
  }
  return out;
}

bool is_intra(const Data& data) {
  const auto at = picture_start(data);
  return data.end() - at > 4 && (at[4] >> 6) == 0;
}

}  // namespace

void pack_b_frames(const std::string& from, const std::string& to) {
  AVFormatContext* opened = nullptr;
  require(avformat_open_input(&opened, from.c_str(), nullptr, nullptr) >= 0, "open the unpacked file");
  const AvPtr<AVFormatContext> input(opened);
  const std::vector<Data> packets = packed(read_all(*input));

  AVFormatContext* made = nullptr;
  require(avformat_alloc_output_context2(&made, nullptr, "avi", to.c_str()) >= 0, "make an AVI");
  const std::unique_ptr<AVFormatContext, decltype(&avformat_free_context)> output(made, avformat_free_context);
  AVStream* stream = avformat_new_stream(made, nullptr);
  avcodec_parameters_copy(stream->codecpar, input->streams[0]->codecpar);
  stream->time_base = {1, 30};
  stream->avg_frame_rate = {30, 1};
  require(avio_open(&made->pb, to.c_str(), AVIO_FLAG_WRITE) >= 0, "write the AVI");
  require(avformat_write_header(made, nullptr) >= 0, "write the AVI's header");
  const AvPtr<AVPacket> packet = new_av_packet();
  for (std::size_t i = 0; i < packets.size(); ++i) {
    require(av_new_packet(packet.get(), static_cast<int>(packets[i].size())) >= 0, "no memory");
    std::memcpy(packet->data, packets[i].data(), packets[i].size());
    packet->pts = packet->dts = av_rescale_q(static_cast<std::int64_t>(i), {1, 30}, stream->time_base);
    packet->flags = is_intra(packets[i]) ? AV_PKT_FLAG_KEY : 0;
    require(av_write_frame(made, packet.get()) >= 0, "write a packet");
    av_packet_unref(packet.get());
  }
  av_write_trailer(made);
  avio_closep(&made->pb);
}

}  // namespace zoe::media
