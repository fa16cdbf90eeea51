#include "tests/unit/media/clips.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

#include "tests/support/media_maker.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/media/packed_avi.hpp"

namespace zoe::media {
namespace {

using test::ClipSpec;
using test::make_clip;
using test::make_media;
using test::VideoCodec;

const test::TempDir& own_folder() {
  static const test::TempDir folder;
  return folder;
}

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

ClipSpec with(VideoCodec codec, std::string container, int bframes, int gop) {
  ClipSpec spec;
  spec.codec = codec;
  spec.container = std::move(container);
  spec.bframes = bframes;
  spec.gop = gop;
  spec.frames = 75;
  spec.width = 160;
  spec.height = 120;
  return spec;
}

ClipSpec open_gop(VideoCodec codec, std::string container, int bframes = 3, int gop = 20) {
  ClipSpec spec = with(codec, std::move(container), bframes, gop);
  spec.is_open_gop = true;
  return spec;
}

std::function<std::string()> clip(const ClipSpec& spec) {
  return [spec] { return make_clip(spec); };
}

std::function<std::string()> h264(std::string container, std::vector<std::string> arguments,
                                  std::string pix_fmt = "yuv420p") {
  ClipSpec spec = with(VideoCodec::kH264, std::move(container), 2, 20);
  spec.pix_fmt = std::move(pix_fmt);
  spec.encoder_arguments = std::move(arguments);
  return clip(spec);
}

// The picture alone, without numbers, for codecs that ClipSpec does not know.
std::function<std::string()> media(std::string name, std::string extension, std::vector<std::string> arguments) {
  return [=] {
    std::vector<std::string> all{"-f", "lavfi", "-i", "testsrc2=s=160x120:r=30:d=2"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.emplace_back("{out}");
    return make_media(name, extension, all);
  };
}

// A stream that somebody tuned into: its first 188-byte packets are missing.
std::function<std::string()> tuned_in(std::string name, std::function<std::string()> whole_clip) {
  return [=] {
    const std::string whole = read_all(whole_clip());
    constexpr std::size_t kPacket = 188;
    const std::size_t skipped = whole.size() / kPacket / 3 * kPacket;
    return own_folder().write("tuned_in_" + name + ".ts", whole.substr(skipped));
  };
}

// Two recordings in one file: the clock begins anew in the middle.
std::string joined() {
  const std::string first = read_all(make_clip(with(VideoCodec::kH264, "ts", 2, 20)));
  const std::string second = read_all(make_clip(open_gop(VideoCodec::kH264, "ts")));
  return own_folder().write("joined.ts", first + second);
}

std::string packed_b_frames() {
  ClipSpec spec = with(VideoCodec::kMpeg4, "avi", 1, 20);
  const std::string to = own_folder().file("packed.avi");
  pack_b_frames(make_clip(spec), to);
  return to;
}

// libvpx makes hidden alternate reference frames only in two passes, and only where they pay.
std::string vp8_with_hidden_frames() {
  const std::string to = own_folder().file("hidden.webm");
  for (const char* pass : {"1", "2"}) {
    const test::RunResult result = test::run({"ffmpeg",
                                              "-nostdin",
                                              "-v",
                                              "error",
                                              "-y",
                                              "-f",
                                              "lavfi",
                                              "-i",
                                              "mandelbrot=s=160x120:r=30",
                                              "-t",
                                              "3",
                                              "-c:v",
                                              "libvpx",
                                              "-b:v",
                                              "200k",
                                              "-g",
                                              "45",
                                              "-auto-alt-ref",
                                              "1",
                                              "-lag-in-frames",
                                              "25",
                                              "-arnr-maxframes",
                                              "7",
                                              "-arnr-strength",
                                              "5",
                                              "-pass",
                                              pass,
                                              "-passlogfile",
                                              own_folder().file("vp8log"),
                                              to});
    if (!result.ok()) throw std::runtime_error(result.err);
  }
  return to;
}

std::vector<Clip> make_list() {
  ClipSpec edited = open_gop(VideoCodec::kH264, "mp4");
  edited.hidden_frames = 27;
  ClipSpec edited_long = with(VideoCodec::kH264, "mp4", 2, 250);
  edited_long.frames = 120;
  edited_long.hidden_frames = 40;
  ClipSpec long_gop = with(VideoCodec::kH264, "mp4", 2, 250);
  long_gop.frames = 280;
  ClipSpec rotated = with(VideoCodec::kH264, "mp4", 2, 20);
  rotated.rotation_degrees = 90;
  ClipSpec hevc10 = with(VideoCodec::kHevc, "mkv", 3, 20);
  hevc10.pix_fmt = "yuv420p10le";
  ClipSpec av1_10 = with(VideoCodec::kAv1, "mkv", 0, 30);
  av1_10.pix_fmt = "yuv420p10le";
  ClipSpec intra = with(VideoCodec::kH264, "ts", 0, 1);

  const std::vector<std::string> pyramid{"-bf",   "7", "-b_strategy",  "0",
                                         "-refs", "6", "-x264-params", "b-pyramid=normal"};
  const std::vector<std::string> refresh{"-x264-params", "intra-refresh=1:keyint=25:bframes=0"};
  const std::vector<std::string> refresh_b{"-x264-params", "intra-refresh=1:keyint=25:bframes=2"};
  ClipSpec long_refresh = with(VideoCodec::kH264, "ts", 2, 20);
  long_refresh.frames = 200;
  long_refresh.encoder_arguments = refresh_b;
  const std::vector<std::string> interlaced{"-flags", "+ilme+ildct", "-x264-params", "tff=1"};
  const std::vector<std::string> variable{"-vsync", "vfr", "-vf", "select='not(mod(n,3))+not(mod(n,7))'"};

  return {
      {"H264BFrames", clip(with(VideoCodec::kH264, "mp4", 3, 20))},
      {"H264Pyramid", h264("mkv", pyramid)},
      {"H264OpenGopMp4", clip(open_gop(VideoCodec::kH264, "mp4"))},
      {"H264OpenGopTs", clip(open_gop(VideoCodec::kH264, "ts"))},
      {"H264OpenGopMkv", clip(open_gop(VideoCodec::kH264, "mkv"))},
      {"H264LongGop", clip(long_gop)},
      {"H264GradualRefresh", h264("mp4", refresh)},
      {"H264GradualRefreshBFrames", h264("ts", refresh_b)},
      {"H264Interlaced", h264("ts", interlaced)},
      {"H264IntraOnly", clip(intra)},
      {"H264InAvi", clip(with(VideoCodec::kH264, "avi", 3, 20)), Yardstick::kExact, false},
      {"H264OpenGopInAvi", clip(open_gop(VideoCodec::kH264, "avi")), Yardstick::kExact, false},
      {"H264Raw", media("raw", "h264", {"-c:v", "libx264", "-bf", "3", "-g", "20"}), Yardstick::kExact, false},
      {"H264Flv", media("flv", "flv", {"-c:v", "libx264", "-bf", "2", "-g", "20"})},
      {"H264Yuv422TenBit", h264("mov", {}, "yuv422p10le")},
      {"H264Yuv444", h264("mp4", {}, "yuv444p")},
      {"H264Rgb", media("rgb", "mkv", {"-c:v", "libx264rgb", "-g", "20"})},
      {"H264Rotated", clip(rotated)},
      {"H264VariableRate", media("vfr", "mp4",
                                 [&] {
                                   std::vector<std::string> arguments = variable;
                                   arguments.insert(arguments.end(), {"-c:v", "libx264", "-bf", "2", "-g", "10"});
                                   return arguments;
                                 }())},
      {"EditListOpenGop", clip(edited)},
      {"EditListLongGop", clip(edited_long)},
      {"HevcOpenGopMp4", clip(open_gop(VideoCodec::kHevc, "mp4"))},
      {"HevcOpenGopTs", clip(open_gop(VideoCodec::kHevc, "ts"))},
      {"HevcTenBit", clip(hevc10)},
      {"HevcRadl", media("radl", "mp4",
                         {"-c:v", "libx265", "-x265-params", "open-gop=0:radl=2:keyint=20:bframes=4:log-level=none"})},
      {"HevcRaw", media("raw", "hevc", {"-c:v", "libx265", "-x265-params", "keyint=20:log-level=none"}),
       Yardstick::kExact, false},
      {"Mpeg2OpenGopTs", clip(open_gop(VideoCodec::kMpeg2, "ts", 2, 12))},
      {"Mpeg2ClosedGop", clip(with(VideoCodec::kMpeg2, "ts", 2, 12))},
      {"Mpeg2ProgramStream", media("ps", "mpg", {"-c:v", "mpeg2video", "-b:v", "1M", "-bf", "2", "-g", "12"}),
       Yardstick::kExact, false},
      {"Mpeg2Raw", media("raw", "m2v", {"-c:v", "mpeg2video", "-b:v", "1M", "-bf", "2", "-g", "12"}), Yardstick::kExact,
       false},
      {"Mpeg2Interlaced",
       media("interlaced", "ts",
             {"-c:v", "mpeg2video", "-b:v", "2M", "-bf", "2", "-g", "12", "-flags", "+ilme+ildct", "-top", "1"})},
      {"Mpeg1", media("mpeg1", "mpg", {"-c:v", "mpeg1video", "-b:v", "1M", "-bf", "2", "-g", "12"}), Yardstick::kExact,
       false},
      {"Mpeg4InAvi", clip(with(VideoCodec::kMpeg4, "avi", 2, 20)), Yardstick::kExact, false},
      {"Mpeg4PackedBFrames", packed_b_frames, Yardstick::kExact, false},
      {"Mpeg4InMp4", clip(with(VideoCodec::kMpeg4, "mp4", 2, 20))},
      {"Vp8HiddenFrames", vp8_with_hidden_frames},
      {"Vp9", clip(with(VideoCodec::kVp9, "webm", 0, 30))},
      {"Av1", clip(with(VideoCodec::kAv1, "mp4", 0, 30))},
      {"Av1TenBit", clip(av1_10)},
      {"MotionJpeg", clip(with(VideoCodec::kMjpeg, "avi", 0, 1)), Yardstick::kOwnDecoder},
      {"ProRes", media("prores", "mov", {"-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"})},
      {"Ffv1", clip(with(VideoCodec::kFfv1, "mkv", 0, 1))},
      {"RawYuyv", media("raw", "avi", {"-c:v", "rawvideo", "-pix_fmt", "yuyv422"})},
      {"RawBgr", media("bgr", "avi", {"-c:v", "rawvideo", "-pix_fmt", "bgr24"})},
      {"Gif", media("gif", "gif", {})},
      {"Theora", media("theora", "ogv", {"-c:v", "libtheora", "-b:v", "500k"})},
      {"Wmv", media("wmv", "asf", {"-c:v", "wmv2", "-b:v", "500k"})},
      {"TunedInH264", tuned_in("H264", clip(open_gop(VideoCodec::kH264, "ts")))},
      {"TunedInMpeg2", tuned_in("Mpeg2", clip(open_gop(VideoCodec::kMpeg2, "ts", 2, 12)))},
      {"TunedInHevc", tuned_in("Hevc", clip(open_gop(VideoCodec::kHevc, "ts"))), Yardstick::kLossyTail},
      {"TunedInGradualRefresh", tuned_in("refresh", clip(long_refresh)), Yardstick::kLossyTail},
      {"Joined", joined, Yardstick::kExact, false},
  };
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Clip& clip) { return out << clip.name; }

const std::vector<Clip>& all_clips() {
  static const std::vector<Clip> clips = make_list();
  return clips;
}

}  // namespace zoe::media
