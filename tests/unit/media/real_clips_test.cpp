// The same on real clips, where the environment names a folder of them.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/paths.hpp"
#include "tests/unit/media/exact_frames.hpp"

namespace zoe::media {
namespace {

// Minutes of 1080p are compared at their beginning and read at their end.
constexpr std::size_t kMostCompared = 300;

std::vector<std::string> clips_in(const std::string& folder) {
  std::vector<std::string> paths;
  for (const char* part : {"clips", "football"}) {
    const std::filesystem::path path = std::filesystem::path(folder) / part;
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(path)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void compare_whole(const Opened& clip) {
  const auto segments = decode_segments(clip, forwards(clip), 2);
  expect_index_holds(clip, segments);
  expect_same_hashes(flat(segments), decode_linearly(clip.path, clip.track.stream_index));
  expect_same_frames(flat(decode_segments(clip, backwards(clip))), flat(segments));
}

void compare_ends(const Opened& clip) {
  const auto count = static_cast<std::uint32_t>(clip.index->segments().size());
  std::vector<std::uint32_t> order{0};
  while (order.size() < count && clip.index->segments()[order.back()].first_frame < kMostCompared)
    order.push_back(order.back() + 1);
  std::vector<ShownFrame> beginning = flat(decode_segments(clip, order, 2));
  beginning.resize(std::min(beginning.size(), kMostCompared));
  expect_same_frames(beginning, decode_linearly(clip.path, clip.track.stream_index, beginning.size()));
  const auto last = decode_segments(clip, {count - 1, count - 2}, 2);
  EXPECT_EQ(last[count - 1].size(), clip.index->segments()[count - 1].frame_count);
  EXPECT_EQ(last[count - 2].size(), clip.index->segments()[count - 2].frame_count);
}

TEST(RealClips, SegmentsShowWhatALinearDecodeShows) {
  const auto folder = test::real_clips_folder();
  if (!folder) GTEST_SKIP() << test::kNoClips;
  const std::vector<std::string> paths = clips_in(*folder);
  ASSERT_FALSE(paths.empty()) << *folder << " holds no clips";
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const Opened clip = open_clip(path);
    if (clip.index->frames().size() > 3 * kMostCompared && clip.track.height >= 1080) {
      compare_ends(clip);
    } else {
      compare_whole(clip);
    }
  }
}

}  // namespace
}  // namespace zoe::media
