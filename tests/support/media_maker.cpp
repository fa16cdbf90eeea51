#include "tests/support/media_maker.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using Arguments = std::vector<std::string>;

// Part of every clip's key: counted up when the same arguments come to mean another file.
constexpr std::string_view kVersion = "1";

std::filesystem::path media_folder() { return std::filesystem::path(build_folder()).parent_path() / "test_media"; }

std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash * 0x100000001b3ULL;  // a separator, so that "ab","c" differs from "a","bc"
}

void append(Arguments& to, const Arguments& more) { to.insert(to.end(), more.begin(), more.end()); }

// Held while a file is made, so that a second maker of the same file waits for it instead of encoding it again.
class FileLock {
 public:
  explicit FileLock(const std::string& path) : fd_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
    while (fd_ >= 0 && flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() {
    if (fd_ >= 0) close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

void run_ffmpeg(const Arguments& arguments) {
  Arguments command = {"ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"};
  append(command, arguments);
  const RunResult result = run(command, {}, std::chrono::minutes(5));
  if (result.ok()) return;
  std::string line;
  for (const std::string& word : command) line += word + " ";
  throw std::runtime_error("ffmpeg could not make a test clip: " + result.err + "\n" + line);
}

// Makes build/test_media/NAME-HASH.EXTENSION by running the passes, each of them the arguments of one ffmpeg call in
// which {out} stands for what it writes and {in} for what the pass before wrote.
std::string make_cached(std::string_view name, std::string_view extension, const std::vector<Arguments>& passes) {
  std::uint64_t hash = fnv1a(0xcbf29ce484222325ULL, kVersion);
  for (const Arguments& pass : passes) {
    for (const std::string& word : pass) hash = fnv1a(hash, word);
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  const std::filesystem::path folder = media_folder();
  const std::string stem = std::string(name) + "-" + digits;
  const std::string target = folder / (stem + "." + std::string(extension));
  if (std::filesystem::exists(target)) return target;

  std::filesystem::create_directories(folder / "locks");
  const FileLock lock(folder / "locks" / stem);
  if (std::filesystem::exists(target)) return target;

  const TempDir scratch;
  std::string input;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const std::string output = scratch.file("pass" + std::to_string(i) + "." + std::string(extension));
    Arguments arguments = passes[i];
    for (std::string& word : arguments) {
      if (word == "{in}") word = input;
      if (word == "{out}") word = output;
    }
    run_ffmpeg(arguments);
    input = output;
  }
  // The scratch folder may be on another file system: copy beside the target, then rename.
  const std::string partial = target + ".part" + std::to_string(getpid());
  std::filesystem::copy_file(input, partial, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(partial, target);
  return target;
}

// A text that ffmpeg needs as a file, kept under a name that is a hash of it.
std::string side_file(std::string_view extension, const std::string& text) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(fnv1a(0xcbf29ce484222325ULL, text)));
  const std::filesystem::path folder = media_folder() / "side";
  const std::string target = folder / (std::string(digits) + "." + std::string(extension));
  if (!std::filesystem::exists(target)) {
    std::filesystem::create_directories(folder);
    const std::string partial = target + ".part" + std::to_string(getpid());
    std::ofstream(partial, std::ios::binary) << text;
    std::filesystem::rename(partial, target);
  }
  return target;
}

// 24 by 1 pixels per frame holding the number (see frame_number.hpp); scaled up and laid over the picture.
std::string strip_source(const ClipSpec& spec) {
  const std::string rate = std::to_string(spec.fps_num) + "/" + std::to_string(spec.fps_den);
  const std::string number_bit = "bitand(floor(N/pow(2,17-X)),1)";
  const std::string check =
      "mod(bitand(N,15)+bitand(floor(N/16),15)+bitand(floor(N/256),15)+bitand(floor(N/4096),15)+5,16)";
  const std::string check_bit = "bitand(floor(" + check + "/pow(2,21-X)),1)";
  const std::string bit = "if(lt(X,2),eq(X,0),if(lt(X,18)," + number_bit + ",if(lt(X,22)," + check_bit + ",eq(X,23))))";
  const int band = spec.height / 8;
  return "color=c=black:s=24x1:r=" + rate + ",format=gray,geq=lum='255*" + bit +
         "',scale=" + std::to_string(spec.width) + ":" + std::to_string(band) + ":flags=neighbor,format=yuv420p";
}

std::string picture_source(const ClipSpec& spec) {
  const char joint = spec.picture.find('=') == std::string::npos ? '=' : ':';
  return spec.picture + joint + "s=" + std::to_string(spec.width) + "x" + std::to_string(spec.height) +
         ":r=" + std::to_string(spec.fps_num) + "/" + std::to_string(spec.fps_den);
}

std::string filter_graph(const ClipSpec& spec) {
  std::string out = "[0:v]setsar=1[p];[1:v]setsar=1[s];[p][s]overlay=0:H-h:format=auto:shortest=1";
  if (!spec.color_range.empty() || !spec.color_space.empty()) {
    out += ",scale=";
    out += spec.color_range.empty() ? "" : "out_range=" + spec.color_range;
    out += spec.color_range.empty() || spec.color_space.empty() ? "" : ":";
    const std::string matrix = spec.color_space == "bt2020nc" ? "bt2020" : spec.color_space;
    out += spec.color_space.empty() ? "" : "out_color_matrix=" + matrix;
  }
  out += ",format=" + spec.pix_fmt;
  out += ",setsar=" + std::to_string(spec.sar_num) + "/" + std::to_string(spec.sar_den) + "[v]";
  return out;
}

Arguments x26x_arguments(const ClipSpec& spec, const char* option, std::string more) {
  const std::string gop = std::to_string(spec.gop);
  std::string parameters = "keyint=" + gop + ":min-keyint=" + gop +
                           ":scenecut=0:bframes=" + std::to_string(spec.bframes) +
                           ":b-adapt=0:open-gop=" + (spec.is_open_gop ? "1" : "0");
  parameters += more;
  return {option, parameters};
}

Arguments codec_arguments(const ClipSpec& spec) {
  const std::string gop = std::to_string(spec.gop);
  const std::string bframes = std::to_string(spec.bframes);
  Arguments result;
  switch (spec.codec) {
    case VideoCodec::kH264:
      result = {"-c:v", "libx264", "-preset", "veryfast", "-threads", "2"};
      append(result, x26x_arguments(spec, "-x264-params", ""));
      break;
    case VideoCodec::kHevc:
      result = {"-c:v", "libx265", "-preset", "ultrafast", "-tag:v", spec.container == "ts" ? "HEVC" : "hvc1"};
      append(result, x26x_arguments(spec, "-x265-params", ":pools=2:frame-threads=1:log-level=error"));
      break;
    case VideoCodec::kMpeg2:
    case VideoCodec::kMpeg4:
      result = {"-c:v",
                spec.codec == VideoCodec::kMpeg2 ? "mpeg2video" : "mpeg4",
                "-g",
                gop,
                "-keyint_min",
                gop,
                "-sc_threshold",
                "1000000000",
                "-bf",
                bframes,
                "-q:v",
                "3"};
      if (!spec.is_open_gop) append(result, {"-flags", "+cgop"});
      break;
    case VideoCodec::kVp8:
    case VideoCodec::kVp9:
      result = {"-c:v",        spec.codec == VideoCodec::kVp8 ? "libvpx" : "libvpx-vp9",
                "-deadline",   "realtime",
                "-cpu-used",   "8",
                "-g",          gop,
                "-keyint_min", gop,
                "-b:v",        "2M",
                "-threads",    "2"};
      break;
    case VideoCodec::kAv1:
      result = {"-c:v", "libsvtav1", "-preset", "12", "-g", gop, "-crf", "35"};
      break;
    case VideoCodec::kMjpeg:
      result = {"-c:v", "mjpeg", "-q:v", "3"};
      break;
    case VideoCodec::kFfv1:
      result = {"-c:v", "ffv1", "-g", "1"};
      break;
  }
  return result;
}

Arguments audio_arguments(const ClipSpec& spec) {
  switch (spec.audio) {
    case AudioCodec::kNone:
      return {};
    case AudioCodec::kAac:
      return {"-c:a", "aac", "-b:a", "96k"};
    case AudioCodec::kOpus:
      return {"-c:a", "libopus", "-b:a", "64k"};
    case AudioCodec::kFlac:
      return {"-c:a", "flac"};
    case AudioCodec::kMp3:
      return {"-c:a", "libmp3lame", "-b:a", "96k"};
    case AudioCodec::kMp2:
      return {"-c:a", "mp2", "-b:a", "128k"};
  }
  return {};
}

Arguments color_arguments(const ClipSpec& spec) {
  Arguments result;
  if (!spec.color_range.empty()) append(result, {"-color_range", spec.color_range});
  if (!spec.color_space.empty()) {
    const std::string plain = spec.color_space == "bt2020nc" ? "bt2020" : spec.color_space;
    const std::string transfer = spec.color_space == "bt2020nc" ? "bt2020-10" : spec.color_space;
    append(result, {"-colorspace", spec.color_space, "-color_primaries", plain, "-color_trc", transfer});
  }
  return result;
}

double seconds_of(const ClipSpec& spec, int frames) {
  return static_cast<double>(frames) * spec.fps_den / spec.fps_num;
}

std::string chapters_text(const ClipSpec& spec) {
  std::string text = ";FFMETADATA1\n";
  const auto whole_ms = static_cast<long long>(seconds_of(spec, spec.frames) * 1000);
  for (int i = 0; i < spec.chapters; ++i) {
    text += "[CHAPTER]\nTIMEBASE=1/1000\nSTART=" + std::to_string(whole_ms * i / spec.chapters) +
            "\nEND=" + std::to_string(whole_ms * (i + 1) / spec.chapters) + "\ntitle=Chapter " + std::to_string(i + 1) +
            "\n";
  }
  return text;
}

// Inputs, filters, encoders: everything that makes the clip but for what only a remux can give it.
Arguments encoding_pass(const ClipSpec& spec) {
  Arguments result = {"-f", "lavfi", "-i", picture_source(spec), "-f", "lavfi", "-i", strip_source(spec)};
  Arguments maps = {"-map", "[v]"};
  int inputs = 2;
  const auto next_input = [&inputs] { return std::to_string(inputs++); };
  if (spec.audio != AudioCodec::kNone) {
    char length[32];
    std::snprintf(length, sizeof length, "%.6f", seconds_of(spec, spec.frames));
    append(result, {"-f", "lavfi", "-i", "sine=f=220:b=4:r=48000:d=" + std::string(length)});
    append(maps, {"-map", next_input() + ":a"});
  }
  if (!spec.subtitles.empty()) {
    append(result, {"-f", "srt", "-i", side_file("srt", spec.subtitles)});
    append(maps, {"-map", next_input() + ":s"});
  }
  if (spec.chapters > 0) {
    append(result, {"-f", "ffmetadata", "-i", side_file("ffmeta", chapters_text(spec))});
    append(maps, {"-map_chapters", next_input()});
  }
  append(result, {"-filter_complex", filter_graph(spec)});
  append(result, maps);
  append(result, {"-frames:v", std::to_string(spec.frames)});
  append(result, codec_arguments(spec));
  append(result, audio_arguments(spec));
  append(result, color_arguments(spec));
  if (!spec.subtitles.empty()) {
    const bool is_mp4 = spec.container == "mp4" || spec.container == "mov";
    append(result, {"-c:s", is_mp4 ? "mov_text" : spec.container == "webm" ? "webvtt" : "srt"});
  }
  if (!spec.title.empty()) append(result, {"-metadata", "title=" + spec.title});
  append(result, {"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"});
  append(result, spec.encoder_arguments);
  result.emplace_back("{out}");
  return result;
}

const char* name_of(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::kH264:
      return "h264";
    case VideoCodec::kHevc:
      return "hevc";
    case VideoCodec::kMpeg2:
      return "mpeg2";
    case VideoCodec::kMpeg4:
      return "mpeg4";
    case VideoCodec::kVp8:
      return "vp8";
    case VideoCodec::kVp9:
      return "vp9";
    case VideoCodec::kAv1:
      return "av1";
    case VideoCodec::kMjpeg:
      return "mjpeg";
    case VideoCodec::kFfv1:
      return "ffv1";
  }
  return "clip";
}

}  // namespace

std::string make_media(std::string_view name, std::string_view extension, const Arguments& arguments) {
  return make_cached(name, extension, {arguments});
}

std::string make_clip(const ClipSpec& spec) {
  std::vector<Arguments> passes = {encoding_pass(spec)};
  if (spec.hidden_frames > 0) {
    // Copying from between key frames keeps the frames from the key frame on, with an edit list that hides them.
    char start[32];
    std::snprintf(start, sizeof start, "%.6f", seconds_of(spec, spec.hidden_frames));
    passes.push_back({"-ss", start, "-i", "{in}", "-map", "0", "-c", "copy", "-fflags", "+bitexact", "{out}"});
  }
  if (spec.rotation_degrees != 0) {
    passes.push_back({"-i", "{in}", "-map", "0", "-c", "copy", "-metadata:s:v:0",
                      "rotate=" + std::to_string(spec.rotation_degrees), "-fflags", "+bitexact", "{out}"});
  }
  return make_cached(name_of(spec.codec), spec.container, passes);
}

}  // namespace zoe::test
