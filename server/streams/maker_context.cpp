#include "server/streams/maker_context.hpp"

#include <algorithm>
#include <thread>

namespace zoe::server {
namespace {

constexpr std::int64_t kFullHd = std::int64_t{1920} * 1088;
constexpr unsigned kMostDecoderThreads = 4;
// H.264 and HEVC keep at most 16 reference pictures, plus the one being decoded and one on its way out.
constexpr std::size_t kPicturesKept = 18;
constexpr std::size_t kReaderBytes = std::size_t{1} << 20;  // a demuxer without a decoder, generously

// One thread decodes 1080p at more than 100 frames a second, and several segments are made at once by as many workers,
// so more threads a decoder would only add latency (a frame for each) and memory. Beyond that one thread may fall below
// real time, and a viewer's stream is made by one worker at a time.
int decoder_threads(const media::TrackInfo& track) {
  if (std::int64_t{track.width} * track.height <= kFullHd) return 1;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMostDecoderThreads));
}

}  // namespace

void ClaimedSegment::end(const Status& status, Origin origin) {
  if (!segment_) return;
  if (status) {
    segment_->finish();
    if (origin == Origin::kMade) context_.disk.save(*rendition_, segment_);
  } else {
    if (status.error().code != Errc::kCancelled) {
      context_.failures.add();
      context_.log.warning("streams", "segment {} of {} ({}): {}", key_.index, rendition_->media->relative_path,
                           rendition_->name(), status.error().message);
    }
    segment_->fail(status.error());
  }
  segment_.reset();
  context_.store.done(key_);
}

Result<std::unique_ptr<media::SourceReader>> reader_for(MakerContext& context, const Rendition& rendition,
                                                        std::unique_ptr<media::SourceReader> parked) {
  if (parked) {
    parked->set_stop(context.stop.get_token());
    return parked;
  }
  media::SourceReader::Options options;
  options.decoder_threads = decoder_threads(rendition.track);
  options.stop = context.stop.get_token();
  return media::SourceReader::open(rendition.media->path, rendition.track, rendition.index, options);
}

std::size_t parked_bytes(const Rendition& rendition) {
  if (!rendition.takes_frames()) return kReaderBytes;
  const auto pixels =
      static_cast<std::size_t>(rendition.track.width) * static_cast<std::size_t>(rendition.track.height);
  const std::size_t per_sample = rendition.track.bit_depth > 8 ? 2 : 1;
  return kReaderBytes + pixels * 3 / 2 * per_sample * kPicturesKept;
}

}  // namespace zoe::server
