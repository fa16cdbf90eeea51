#include "engine/media/demuxer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/media/file_input.hpp"

namespace zoe::media {
namespace {

constexpr int kIoBufferBytes = 128 << 10;
constexpr int kMostDamagedReads = 1000;  // in a row

// What is no media file of its own: it points elsewhere, holds one picture, or is no media at all.
bool is_refused(std::string_view name) {
  constexpr std::array<std::string_view, 12> kRefused{
      "concat", "hls", "dash", "sdp", "rtsp", "rtp", "sap", "ffmetadata", "tty", "webm_dash_manifest", "image2", "imf"};
  return name.ends_with("_pipe") || std::find(kRefused.begin(), kRefused.end(), name) != kRefused.end();
}

int refuse_open(AVFormatContext*, AVIOContext** io, const char*, int, AVDictionary**) {
  *io = nullptr;
  return AVERROR(EPERM);
}

}  // namespace

// What FFmpeg's callbacks are handed.
struct Demuxer::Input {
  explicit Input(FileInput opened) : file(std::move(opened)) {}

  FileInput file;
  std::int64_t offset = 0;
  std::stop_token stop;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::string path;
  ProbeLimits limits;

  bool is_late() const { return deadline && std::chrono::steady_clock::now() > *deadline; }

  static int is_interrupted(void* opaque) {
    const auto& input = *static_cast<const Input*>(opaque);
    return input.stop.stop_requested() || input.is_late() ? 1 : 0;
  }

  static int read(void* opaque, std::uint8_t* data, int size) {
    auto& input = *static_cast<Input*>(opaque);
    if (is_interrupted(opaque)) return AVERROR_EXIT;
    const auto count = input.file.read_at(input.offset, {data, static_cast<std::size_t>(std::max(size, 0))});
    if (!count) return AVERROR(EIO);
    if (*count == 0) return AVERROR_EOF;
    input.offset += static_cast<std::int64_t>(*count);
    return static_cast<int>(*count);
  }

  static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& input = *static_cast<Input*>(opaque);
    std::int64_t target = offset;
    switch (whence & ~AVSEEK_FORCE) {
      case AVSEEK_SIZE:
        return input.file.size_bytes();
      case SEEK_SET:
        break;
      case SEEK_CUR:
        target = input.offset + offset;
        break;
      case SEEK_END:
        target = input.file.size_bytes() + offset;
        break;
      default:
        return AVERROR(EINVAL);
    }
    if (target < 0) return AVERROR(EINVAL);
    return input.offset = target;
  }
};

Demuxer::Demuxer(std::unique_ptr<Input> input) : input_(std::move(input)) {}

Demuxer::~Demuxer() = default;

Error Demuxer::error(std::string_view what, int code) const {
  const std::string where = std::string(what) + " " + input_->path;
  if (code == AVERROR_EXIT && !input_->stop.stop_requested())
    return Error{Errc::kTimeout, where + ": took longer than allowed"};
  if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF)
    return Error{Errc::kMalformed, input_->path + " is no media file that can be read here, or a damaged one"};
  return av_error(where, code);
}

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& path, const ProbeLimits& limits,
                                               std::stop_token stop) {
  quiet_ffmpeg();
  ZOE_TRY(FileInput file, FileInput::open(path));
  if (file.size_bytes() == 0) return fail(Errc::kMalformed, path + " is empty");
  std::unique_ptr<Demuxer> demuxer(new Demuxer(std::make_unique<Input>(std::move(file))));
  Input& input = *demuxer->input_;
  input.path = path;
  input.limits = limits;
  input.stop = std::move(stop);
  input.deadline = std::chrono::steady_clock::now() + limits.timeout;

  demuxer->io_ = new_av_io(kIoBufferBytes, &input, Input::read, Input::seek);

  // The name's ending helps to tell some containers from others.
  const std::string name = path.substr(path.find_last_of('/') + 1);
  const AVInputFormat* format = nullptr;
  const auto most_probe = static_cast<unsigned>(std::clamp<std::int64_t>(limits.most_probe_bytes, 2048, 1 << 20));
  if (const int code = av_probe_input_buffer2(demuxer->io_.get(), &format, name.c_str(), nullptr, 0, most_probe);
      code < 0) {
    return fail(demuxer->error("read", code));
  }
  if (is_refused(format->name))
    return fail(Errc::kUnsupported, path + " is no video (" + std::string(format->name) + ")");

  AVFormatContext* context = avformat_alloc_context();
  if (!context) return fail(Errc::kNoMemory, "no memory to open " + path);
  context->pb = demuxer->io_.get();
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->interrupt_callback = {Input::is_interrupted, &input};
  context->io_open = refuse_open;
  context->max_streams = limits.most_streams;
  context->probesize = limits.most_probe_bytes;
  context->max_analyze_duration = limits.most_probe_us;
  AvOptions options;
  options.set("protocol_whitelist", "none");
  options.set("enable_drefs", "0");
  // Frees the context when it fails.
  if (const int code = avformat_open_input(&context, name.c_str(), format, options.out()); code < 0)
    return fail(demuxer->error("open", code));
  demuxer->context_.reset(context);
  return demuxer;
}

Status Demuxer::find_streams() {
  const std::string most_pixels = std::to_string(input_->limits.most_pixels);
  AvOptionsArray options(context_->nb_streams);
  options.set_all("max_pixels", most_pixels.c_str());
  options.set_all("threads", "1");
  const int code = avformat_find_stream_info(context_.get(), options.out());
  if (input_->stop.stop_requested() || input_->is_late()) return fail(error("examine", AVERROR_EXIT));
  if (code < 0) return fail(error("examine", code));
  return {};
}

AVStream* Demuxer::stream(int index) {
  return index >= 0 && static_cast<unsigned>(index) < context_->nb_streams ? context_->streams[index] : nullptr;
}

void Demuxer::select(int stream_index) {
  selected_ = stream_index;
  for (unsigned i = 0; i < context_->nb_streams; ++i)
    context_->streams[i]->discard = static_cast<int>(i) == stream_index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
}

Result<bool> Demuxer::read(AVPacket& packet) {
  for (int damaged = 0; damaged < kMostDamagedReads;) {
    av_packet_unref(&packet);
    if (Input::is_interrupted(input_.get())) return fail(error("read", AVERROR_EXIT));
    const int code = av_read_frame(context_.get(), &packet);
    if (code == AVERROR_EOF) return false;
    if (code == AVERROR_INVALIDDATA || code == AVERROR(EAGAIN)) {
      ++damaged;
      continue;
    }
    if (code < 0) return fail(error("read", code));
    if (selected_ < 0 || packet.stream_index == selected_) return true;
    damaged = 0;
    // A stream that the container announced only now.
    if (AVStream* other = stream(packet.stream_index)) other->discard = AVDISCARD_ALL;
  }
  return false;
}

Status Demuxer::seek_time(int stream_index, std::int64_t time) {
  const int code = av_seek_frame(context_.get(), stream_index, time, AVSEEK_FLAG_BACKWARD);
  if (code < 0) return fail(error("seek in", code));
  return {};
}

Status Demuxer::seek_position(std::int64_t position) {
  const int code = av_seek_frame(context_.get(), -1, position, AVSEEK_FLAG_BYTE);
  if (code < 0) return fail(error("seek in", code));
  return {};
}

double Demuxer::progress() const {
  const auto size = static_cast<double>(std::max<std::int64_t>(input_->file.size_bytes(), 1));
  return std::clamp(static_cast<double>(avio_tell(io_.get())) / size, 0.0, 1.0);
}

void Demuxer::set_stop(std::stop_token stop) { input_->stop = std::move(stop); }

void Demuxer::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  input_->deadline = deadline;
}

}  // namespace zoe::media
