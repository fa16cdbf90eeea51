// The headers of coded pictures, and of the parameter sets beside them: any bytes give some facts. The first byte
// chooses the codec, the second says where the track's header ends.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/packet_inspector.hpp"
#include "engine/media/parameter_sets.hpp"
#include "engine/media/stream_info.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  constexpr std::array<const char*, 6> kCodecs{"mpeg2video", "mpeg4", "h264", "hevc", "vp8", "vp9"};
  if (size < 2) return 0;
  media::TrackInfo track;
  track.codec = kCodecs[data[0] % kCodecs.size()];
  const Bytes rest(data + 2, size - 2);
  const Bytes header = rest.first(std::min<std::size_t>(data[1], rest.size()));
  track.extradata.assign(header.begin(), header.end());
  static_cast<void>(media::parameter_sets_of(track.codec, header));
  static_cast<void>(media::clean_text(as_text(header), 100));
  const auto parameters = media::parameters_of(track);
  if (!parameters) return 0;
  const auto inspector = media::PacketInspector::create(**parameters);
  if (!inspector) return 0;

  // The same bytes as one packet and as two.
  const Bytes packet = rest.subspan(header.size());
  for (const std::size_t cut : {packet.size(), packet.size() / 2}) {
    for (const Bytes part : {packet.first(cut), packet.subspan(cut)}) {
      std::vector<std::uint8_t> padded(part.begin(), part.end());
      padded.resize(part.size() + AV_INPUT_BUFFER_PADDING_SIZE);
      static_cast<void>((*inspector)->inspect(Bytes(padded).first(part.size()), cut != 0));
    }
  }
  return 0;
}
