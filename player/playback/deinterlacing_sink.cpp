#include "player/playback/deinterlacing_sink.hpp"

#include "engine/media/deinterlace.hpp"

namespace zoe::player {

std::string_view to_string(Deinterlacing mode) {
  switch (mode) {
    case Deinterlacing::kOff:
      return "off";
    case Deinterlacing::kAlways:
      return "always";
    default:
      return "auto";
  }
}

Deinterlacing deinterlacing_of(std::string_view name) {
  if (name == "off") return Deinterlacing::kOff;
  return name == "always" ? Deinterlacing::kAlways : Deinterlacing::kAuto;
}

Result<render::WriteState> DeinterlacingSink::write(const media::Frame& frame, const render::Presentation& presentation,
                                                    const render::FrameTag& tag, render::WritePolicy policy) {
  const Deinterlacing mode = mode_.load();
  const bool is_wanted =
      mode == Deinterlacing::kAlways || (mode == Deinterlacing::kAuto && media::is_interlaced(frame));
  if (!is_wanted) return next_.write(frame, presentation, tag, policy);
  if (!made_ || made_number_ != tag.number) {
    auto made = media::deinterlace(frame);
    if (!made) return next_.write(frame, presentation, tag, policy);
    made_ = std::move(*made);
    made_number_ = tag.number;
  }
  auto written = next_.write(*made_, presentation, tag, policy);
  if (!written || *written != render::WriteState::kWait) made_.reset();
  return written;
}

}  // namespace zoe::player
