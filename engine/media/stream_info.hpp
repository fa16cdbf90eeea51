// From FFmpeg's description of a stream to ours, and back to what a decoder is opened with.
#pragma once

#include <optional>

#include "engine/media/ffmpeg.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// Nothing for a stream of another kind, an unknown codec, or numbers out of bounds.
std::optional<TrackInfo> track_of(AVFormatContext& context, AVStream& stream, const ProbeLimits& limits);

// What a decoder or a bitstream filter is opened with. kUnsupported for an unknown codec's name, kTooLarge.
Result<AvPtr<AVCodecParameters>> parameters_of(const TrackInfo& track);

// A filter that turns packed MPEG-4 B-frames (two pictures in one packet, then an empty one) into a packet for each;
// null for every other codec.
Result<AvPtr<AVBSFContext>> unpacking_filter(const AVCodecParameters& parameters, Rational time_base);

// At most `most_bytes` of valid UTF-8 without control characters; what is not valid becomes U+FFFD.
std::string clean_text(std::string_view text, std::size_t most_bytes);

}  // namespace zoe::media
