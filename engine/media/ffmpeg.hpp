// Owners of FFmpeg's objects: the one place that frees them.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/buffer.h>
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::media {

struct AvDeleter {
  void operator()(AVFrame* p) const { av_frame_free(&p); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
  void operator()(AVCodecParameters* p) const { avcodec_parameters_free(&p); }
  void operator()(AVCodecParserContext* p) const { av_parser_close(p); }
  void operator()(AVBSFContext* p) const { av_bsf_free(&p); }
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
  void operator()(AVBufferRef* p) const { av_buffer_unref(&p); }
  void operator()(AVBufferPool* p) const { av_buffer_pool_uninit(&p); }
  void operator()(SwsContext* p) const { sws_freeContext(p); }
  void operator()(SwrContext* p) const { swr_free(&p); }
  void operator()(AVIOContext* p) const {
    av_freep(&p->buffer);
    avio_context_free(&p);
  }
};

template <typename T>
using AvPtr = std::unique_ptr<T, AvDeleter>;

// A channel layout, which may own memory.
struct AvChannelLayout {
  AvChannelLayout() = default;
  ~AvChannelLayout() { av_channel_layout_uninit(&value); }
  AvChannelLayout(const AvChannelLayout&) = delete;
  AvChannelLayout& operator=(const AvChannelLayout&) = delete;

  AVChannelLayout value{};
};

// A dictionary of options, as FFmpeg takes them: `out()` may be replaced by the callee.
class AvOptions {
 public:
  AvOptions() = default;
  ~AvOptions() { av_dict_free(&dictionary_); }
  AvOptions(const AvOptions&) = delete;
  AvOptions& operator=(const AvOptions&) = delete;

  void set(const char* key, const char* value) { av_dict_set(&dictionary_, key, value, 0); }
  AVDictionary** out() { return &dictionary_; }

 private:
  AVDictionary* dictionary_ = nullptr;
};

// One dictionary for each of several streams.
class AvOptionsArray {
 public:
  explicit AvOptionsArray(std::size_t count) : dictionaries_(count, nullptr) {}
  ~AvOptionsArray() {
    for (AVDictionary*& dictionary : dictionaries_) av_dict_free(&dictionary);
  }
  AvOptionsArray(const AvOptionsArray&) = delete;
  AvOptionsArray& operator=(const AvOptionsArray&) = delete;

  void set_all(const char* key, const char* value) {
    for (AVDictionary*& dictionary : dictionaries_) av_dict_set(&dictionary, key, value, 0);
  }
  AVDictionary** out() { return dictionaries_.data(); }

 private:
  std::vector<AVDictionary*> dictionaries_;
};

// Keeps FFmpeg from writing to standard error; every entry to this room calls it.
void quiet_ffmpeg();

// FFmpeg's words for one of its error codes, after what was attempted; kNoMemory, kCancelled (AVERROR_EXIT), kMalformed
// (AVERROR_INVALIDDATA), kUnsupported (no decoder, not implemented), else kIo.
Error av_error(std::string_view what, int code);

// New objects; throw std::bad_alloc, as `new` does.
AvPtr<AVFrame> new_av_frame();
AvPtr<AVPacket> new_av_packet();

// A reader's I/O context with a buffer of its own.
using AvRead = int (*)(void* opaque, std::uint8_t* data, int size);
using AvSeek = std::int64_t (*)(void* opaque, std::int64_t offset, int whence);
AvPtr<AVIOContext> new_av_io(int buffer_bytes, void* opaque, AvRead read, AvSeek seek);

}  // namespace zoe::media
