// Clips for tests, made by the ffmpeg program: deterministic, each frame carrying its number (see frame_number.hpp).
// What is made once is kept in build/test_media under a name that holds a hash of how it was made, so that later runs
// and tests running beside each other share it. Any thread; any number of processes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zoe::test {

enum class VideoCodec { kH264 = 1, kHevc, kMpeg2, kMpeg4, kVp8, kVp9, kAv1, kMjpeg, kFfv1 };

enum class AudioCodec { kNone = 1, kAac, kOpus, kFlac, kMp3, kMp2 };

// How a clip is made. The defaults give two seconds of small H.264 in MP4 with a key frame every half second.
struct ClipSpec {
  VideoCodec codec = VideoCodec::kH264;
  int width = 320;
  int height = 240;
  int fps_num = 30;
  int fps_den = 1;
  int frames = 60;
  int gop = 15;                      // frames from one key frame to the next, fixed: no key frames at scene cuts
  int bframes = 0;                   // H.264, HEVC, MPEG-2, MPEG-4
  bool is_open_gop = false;          // H.264, HEVC, MPEG-2: leading frames of a GOP refer to the GOP before
  std::string container = "mp4";     // mp4, mov, mkv, webm, ts, avi
  std::string pix_fmt = "yuv420p";   // what the codec encodes: yuv422p, yuv420p10le, ...
  std::string picture = "testsrc2";  // a lavfi source that takes size and rate, or "color=gray" for the smallest files
  AudioCodec audio = AudioCodec::kNone;  // a tone that beeps once a second
  int rotation_degrees = 0;  // display matrix, MP4 and MOV only: 90, 180 or 270, counter-clockwise as ffprobe says it
  int sar_num = 1;           // sample aspect ratio
  int sar_den = 1;
  std::string color_range;  // "tv" or "pc"
  std::string color_space;  // "bt709", "smpte170m", "bt2020nc": sets matrix, primaries and transfer
  int hidden_frames = 0;    // MP4 and MOV only: an edit list hides this many first frames; the first shown one is
                            // numbered hidden_frames
  std::string subtitles;    // text of an SRT file, becoming a subtitle track
  int chapters = 0;         // this many of equal length, called "Chapter 1" and so on
  std::string title;
  std::vector<std::string> encoder_arguments;  // more options for ffmpeg, before the output
};

// The clip's path. Throws std::runtime_error with what ffmpeg said where it cannot be made.
std::string make_clip(const ClipSpec& spec);

// Runs ffmpeg with these arguments, {out} among them standing for the file that it writes, and keeps the result like a
// clip. `name` becomes part of the file's name; `extension` has no dot. For media that ClipSpec cannot describe.
std::string make_media(std::string_view name, std::string_view extension, const std::vector<std::string>& arguments);

}  // namespace zoe::test
