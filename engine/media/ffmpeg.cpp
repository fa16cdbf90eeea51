#include "engine/media/ffmpeg.hpp"

#include <array>
#include <cerrno>
#include <mutex>
#include <new>

namespace zoe::media {
namespace {

Errc errc_of(int code) {
  switch (code) {
    case AVERROR(ENOMEM):
      return Errc::kNoMemory;
    case AVERROR(ENOENT):
      return Errc::kNotFound;
    case AVERROR(EACCES):
    case AVERROR(EPERM):
      return Errc::kDenied;
    case AVERROR_EXIT:
      return Errc::kCancelled;
    case AVERROR_INVALIDDATA:
    case AVERROR_EOF:
      return Errc::kMalformed;
    case AVERROR_PATCHWELCOME:
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR(ENOSYS):
      return Errc::kUnsupported;
    default:
      return Errc::kIo;
  }
}

template <typename T>
AvPtr<T> checked(T* made) {
  if (!made) throw std::bad_alloc();
  return AvPtr<T>(made);
}

}  // namespace

void quiet_ffmpeg() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

Error av_error(std::string_view what, int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> words{};
  if (av_strerror(code, words.data(), words.size()) < 0) words[0] = '\0';
  return Error{errc_of(code), std::string(what) + ": " + words.data()};
}

AvPtr<AVFrame> new_av_frame() { return checked(av_frame_alloc()); }

AvPtr<AVPacket> new_av_packet() { return checked(av_packet_alloc()); }

AvPtr<AVIOContext> new_av_io(int buffer_bytes, void* opaque, AvRead read, AvSeek seek) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(static_cast<std::size_t>(buffer_bytes)));
  if (!buffer) throw std::bad_alloc();
  AVIOContext* io = avio_alloc_context(buffer, buffer_bytes, 0, opaque, read, nullptr, seek);
  if (!io) av_free(buffer);
  return checked(io);
}

}  // namespace zoe::media
