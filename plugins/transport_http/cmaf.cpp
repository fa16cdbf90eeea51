#include "plugins/transport_http/cmaf.hpp"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <utility>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/stream_info.hpp"
#include "plugins/transport_http/annex_b.hpp"

namespace zoe::transport_http {
namespace {

struct Sample {
  const media::PacketView* packet;
  std::int64_t dts;
  std::int64_t pts;
  std::uint32_t size;
};

using media::PacketView;
using media::TrackInfo;

constexpr std::int64_t kUsPerS = 1'000'000;
constexpr int kAacSamples = 1024;
constexpr std::uint32_t kTrackId = 1;

// ISO/IEC 14496-12, 8.8.3.1: sample_depends_on and sample_is_non_sync_sample.
constexpr std::uint32_t kKeySample = 0x02000000;
constexpr std::uint32_t kOtherSample = 0x01010000;

// ---- boxes

void put32(std::string& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(value >> shift));
}

void put64(std::string& out, std::uint64_t value) {
  put32(out, static_cast<std::uint32_t>(value >> 32));
  put32(out, static_cast<std::uint32_t>(value));
}

void store32(std::string& out, std::size_t at, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out[at++] = static_cast<char>(value >> shift);
}

// A box whose size is written when it ends.
class Box {
 public:
  Box(std::string& out, const char* type) : out_(out), begin_(out.size()) {
    put32(out, 0);
    out.append(type, 4);
  }
  Box(std::string& out, const char* type, std::uint32_t version_and_flags) : Box(out, type) {
    put32(out, version_and_flags);
  }
  ~Box() { store32(out_, begin_, static_cast<std::uint32_t>(out_.size() - begin_)); }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

 private:
  std::string& out_;
  const std::size_t begin_;
};

// ---- H.264 with start codes into units behind their lengths

void put_units(std::string& out, Bytes data) {
  for (const Unit& unit : units_of(data)) {
    put32(out, static_cast<std::uint32_t>(unit.size()));
    out.append(reinterpret_cast<const char*>(data.data()) + unit.begin, unit.size());
  }
}

std::size_t size_of_units(Bytes data) {
  std::size_t size = 0;
  for (const Unit& unit : units_of(data)) size += 4 + unit.size();
  return size;
}

AVPixelFormat pixel_format_of(const TrackInfo& track) {
  return track.bit_depth > 8 ? AV_PIX_FMT_YUV420P10 : AV_PIX_FMT_YUV420P;
}

// Containers round times, some to more than a frame of sound, but frames that follow each other are one apart exactly:
// each run of them begins where their times say on average. `tick`: what they are rounded to, in samples.
void even_out(std::vector<Sample>& samples, std::int64_t tick, std::int64_t frame_samples) {
  const std::int64_t tolerance = std::max(frame_samples / 2, tick + tick / 2);
  std::int64_t end_before = 0;
  for (std::size_t begin = 0; begin < samples.size();) {
    const std::int64_t first = samples[begin].dts;
    std::int64_t sum = 0;  // of how far they are from where they should be
    std::int64_t count = 0;
    for (std::size_t i = begin; i < samples.size(); ++i, ++count) {
      const std::int64_t off = samples[i].dts - first - count * frame_samples;
      if (std::abs(off) > tolerance) break;
      sum += off;
    }
    std::int64_t next = std::max(first + sum / count, end_before);
    for (; count > 0; --count, ++begin, next += frame_samples) samples[begin].dts = samples[begin].pts = next;
    end_before = next;
  }
}

}  // namespace

CmafTrack::CmafTrack(const SegmentPlan& plan)
    : track_(plan.track),
      first_pts_(plan.first_pts),
      lead_(plan.lead),
      offset_us_(plan.offset_us),
      ends_us_([&plan] {
        std::vector<std::int64_t> ends;
        for (std::uint32_t i = 0; i < plan.segments(); ++i) ends.push_back(plan.end_us(i));
        return ends;
      }()),
      has_start_codes_(plan.track.codec == "h264" && begins_with_start_code(plan.track.extradata)),
      frame_samples_(plan.track.codec == "aac" ? kAacSamples : 0),
      is_gridded_(plan.rendition.starts_with("aac@")) {}

Result<std::unique_ptr<CmafTrack>> CmafTrack::create(const SegmentPlan& plan) {
  std::unique_ptr<CmafTrack> track(new CmafTrack(plan));
  ZOE_CHECK(track->make_header());
  return track;
}

Status CmafTrack::make_header() {
  media::quiet_ffmpeg();
  const bool needs_header = track_.codec != "vp9";
  if (needs_header && track_.extradata.empty())
    return fail(Errc::kUnsupported, "the " + track_.codec + " track has no header of its own");
  ZOE_TRY(const media::AvPtr<AVCodecParameters> parameters, media::parameters_of(track_));
  parameters->codec_tag = track_.codec == "hevc" ? MKTAG('h', 'v', 'c', '1') : 0;
  if (parameters->codec_type == AVMEDIA_TYPE_VIDEO) {
    parameters->format = pixel_format_of(track_);
    parameters->sample_aspect_ratio = {track_.sample_aspect_ratio.num, track_.sample_aspect_ratio.den};
    parameters->color_primaries = static_cast<AVColorPrimaries>(track_.color.primaries);
    parameters->color_trc = static_cast<AVColorTransferCharacteristic>(track_.color.transfer);
    parameters->color_space = static_cast<AVColorSpace>(track_.color.matrix);
    parameters->color_range = track_.color.is_full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  } else {
    parameters->frame_size = frame_samples_;
  }
  AVFormatContext* made = nullptr;
  int code = avformat_alloc_output_context2(&made, nullptr, "mp4", nullptr);
  if (code < 0) return fail(media::av_error("write MP4", code));
  const std::unique_ptr<AVFormatContext, void (*)(AVFormatContext*)> context(made, avformat_free_context);
  AVStream* stream = avformat_new_stream(made, nullptr);
  if (!stream) return fail(Errc::kNoMemory, "no memory to write MP4");
  code = avcodec_parameters_copy(stream->codecpar, parameters.get());
  if (code < 0) return fail(media::av_error("write MP4", code));
  stream->time_base = track_.kind == media::TrackKind::kAudio ? AVRational{1, track_.sample_rate}
                                                              : AVRational{track_.time_base.num, track_.time_base.den};
  if (track_.rotation_degrees != 0) {
    auto* matrix = reinterpret_cast<std::int32_t*>(
        av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
    if (!matrix) return fail(Errc::kNoMemory, "no memory to write MP4");
    av_display_rotation_set(matrix, track_.rotation_degrees);
  }
  code = avio_open_dyn_buf(&made->pb);
  if (code < 0) return fail(media::av_error("write MP4", code));
  media::AvOptions options;
  options.set("movflags", "cmaf+empty_moov+default_base_moof");
  options.set("fflags", "+bitexact");
  code = avformat_write_header(made, options.out());
  std::uint8_t* bytes = nullptr;
  const int size = avio_close_dyn_buf(made->pb, &bytes);
  made->pb = nullptr;
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(bytes, av_free);
  if (code < 0) return fail(media::av_error("write " + track_.codec + " into MP4", code));
  timescale_ = stream->time_base.den / std::max(stream->time_base.num, 1);
  if (size <= 0 || timescale_ <= 0) return fail(Errc::kUnsupported, "MP4 does not carry " + track_.codec);
  header_.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  return {};
}

// Of a time stamp less the first frame's, in the ticks that are written.
std::int64_t CmafTrack::time_of(std::int64_t ticks) const {
  const std::int64_t time =
      av_rescale_rnd(ticks, std::int64_t{track_.time_base.num} * timescale_, track_.time_base.den, AV_ROUND_NEAR_INF);
  return time + av_rescale_rnd(offset_us_, timescale_, kUsPerS, AV_ROUND_NEAR_INF);
}

// codec_aac's frames lie on a grid of whole frames since time 0, and a segment has those that begin in it: so much more
// exact than time stamps that may be rounded to more than a frame.
std::int64_t CmafTrack::first_on_grid(std::uint32_t segment) const {
  const std::int64_t begin_us = segment == 0 ? 0 : ends_us_[segment - 1];
  const auto place = [this](std::int64_t ticks) {
    return av_rescale_rnd(ticks, std::int64_t{track_.time_base.num} * timescale_, track_.time_base.den,
                          AV_ROUND_NEAR_INF);
  };
  const std::int64_t begin = place(first_pts_ + media::us_to_ticks(begin_us, track_.time_base));
  const std::int64_t first = av_rescale_rnd(begin, 1, frame_samples_, AV_ROUND_UP) * frame_samples_;
  return first - place(first_pts_) + time_of(0);
}

void CmafTrack::write(std::uint32_t segment, const std::vector<PacketView>& packets, std::string& out) const {
  const bool is_sound = track_.kind == media::TrackKind::kAudio;
  std::vector<Sample> samples;
  samples.reserve(packets.size());
  for (const PacketView& packet : packets) {
    // Priming of a sound encoder, and what lies before the video begins.
    if (is_sound && (packet.record.flags & media::kPacketDiscard) != 0) continue;
    Sample sample{&packet, time_of(packet.record.dts - first_pts_ + lead_), time_of(packet.record.pts - first_pts_),
                  static_cast<std::uint32_t>(has_start_codes_ ? size_of_units(packet.data) : packet.data.size())};
    if (is_sound) sample.dts = sample.pts;
    if (sample.dts < 0 && !is_gridded_) continue;
    const bool is_late = !samples.empty() && sample.dts <= samples.back().dts;
    if (is_late && frame_samples_ == 0) sample.dts = samples.back().dts + 1;
    samples.push_back(sample);
  }
  if (is_gridded_) {
    std::int64_t next = first_on_grid(segment);
    for (Sample& sample : samples) sample.dts = sample.pts = std::exchange(next, next + frame_samples_);
    std::erase_if(samples, [](const Sample& sample) { return sample.dts < 0; });
  } else if (is_sound && frame_samples_ > 0) {
    even_out(samples, time_of(1) - time_of(0), frame_samples_);
  }
  if (samples.empty()) return;
  const std::int64_t end = av_rescale_rnd(ends_us_[segment] + offset_us_, timescale_, kUsPerS, AV_ROUND_NEAR_INF);
  const auto duration_of = [&](std::size_t i) {
    if (i + 1 < samples.size()) return samples[i + 1].dts - samples[i].dts;
    if (is_sound && frame_samples_ > 0) return std::int64_t{frame_samples_};
    return std::max<std::int64_t>(end - samples[i].dts, 1);
  };
  std::size_t bytes = 0;
  for (const Sample& sample : samples) bytes += sample.size;
  out.reserve(out.size() + bytes + samples.size() * 16 + 128);
  const std::size_t begin = out.size();
  std::size_t data_offset = 0;
  {
    const Box moof(out, "moof");
    {
      const Box mfhd(out, "mfhd", 0);
      put32(out, segment + 1);
    }
    const Box traf(out, "traf");
    {
      const Box tfhd(out, "tfhd", 0x020000);  // default-base-is-moof
      put32(out, kTrackId);
    }
    {
      const Box tfdt(out, "tfdt", 0x01000000);
      put64(out, static_cast<std::uint64_t>(samples.front().dts));
    }
    const Box trun(out, "trun", 0x01000F01);  // data offset; each sample's duration, size, flags, composition offset
    put32(out, static_cast<std::uint32_t>(samples.size()));
    data_offset = out.size();
    put32(out, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample& sample = samples[i];
      const bool is_key = is_sound || (sample.packet->record.flags & media::kPacketKey) != 0;
      put32(out, static_cast<std::uint32_t>(duration_of(i)));
      put32(out, sample.size);
      put32(out, is_key ? kKeySample : kOtherSample);
      put32(out, static_cast<std::uint32_t>(static_cast<std::int32_t>(sample.pts - sample.dts)));
    }
  }
  constexpr std::uint32_t kMdatHeader = 8;
  store32(out, data_offset, static_cast<std::uint32_t>(out.size() - begin) + kMdatHeader);
  put32(out, static_cast<std::uint32_t>(bytes) + kMdatHeader);
  out.append("mdat");
  for (const Sample& sample : samples) {
    if (has_start_codes_)
      put_units(out, sample.packet->data);
    else
      out.append(reinterpret_cast<const char*>(sample.packet->data.data()), sample.packet->data.size());
  }
}

}  // namespace zoe::transport_http
