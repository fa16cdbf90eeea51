// Files that were made to hurt, in a library with good ones.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/quarantine.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// A picture of 100,000 by 100,000 pixels in a few kilobytes: a gigabyte once it is decoded.
constexpr const char* kBomb = R"(
import struct, sys, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
side = 100000
packer = zlib.compressobj(9)
row = bytes(1 + side // 8)
body = b''.join(packer.compress(row) for _ in range(side // 20)) + packer.flush()
open(sys.argv[1], 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 1, 0, 0, 0, 0)) +
                              chunk(b'IDAT', body) + chunk(b'IEND', b''))
)";

void must_run(const std::vector<std::string>& command) {
  const test::RunResult result = test::run(command);
  ASSERT_TRUE(result.ok()) << result.err;
}

TEST(HostileFiles, CostTheServerNothing) {
  const test::TempDir dir;
  const std::string root = dir.file("films");
  fs::create_directories(root);
  fs::copy_file(test::make_clip({.width = 64, .height = 48, .frames = 30}), root + "/good.mp4");
  const std::string bomb = dir.file("bomb.png");
  must_run({"python3", "-c", kBomb, bomb});
  fs::copy_file(bomb, root + "/bomb.mp4");
  const std::string clip = test::make_clip({.frames = 30, .container = "mkv"});
  must_run({"ffmpeg", "-v", "error", "-i", clip, "-attach", bomb, "-metadata:s:t", "mimetype=image/png", "-c", "copy",
            root + "/cover.mkv"});
  // A second of picture, twelve hours of subtitles.
  std::ofstream endless(dir.file("endless.srt"));
  for (int i = 0; i < 43'200; ++i)
    endless << i + 1 << "\n"
            << i / 3600 << ":" << i / 60 % 60 << ":" << i % 60 << ",000 --> " << i / 3600 << ":" << i / 60 % 60 << ":"
            << i % 60 << ",900\nline\n\n";
  endless.close();
  must_run({"ffmpeg", "-v", "error", "-i", clip, "-i", dir.file("endless.srt"), "-c:v", "copy", "-c:s", "srt",
            root + "/endless.mkv"});
  // A header that promises pictures larger than anybody has.
  must_run({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:s=16000x64:r=5:d=1", "-c:v", "ffv1",
            root + "/wide.mkv"});
  dir.write("films/zeros.mkv", std::string(200'000, '\0'));
  const std::string whole = test::read_whole_file(clip);
  dir.write("films/cut.mkv", whole.substr(0, whole.size() / 2));
  dir.write("films/crossed.mp4", whole.substr(0, 600) + whole.substr(whole.size() / 2) + whole.substr(0, 9000));

  Metrics metrics;
  SystemClock clock;
  IndexCache indexes({}, metrics);
  const Quarantine quarantine;
  fs::create_directories(dir.file("artwork"));
  Library library({.folders = {root}, .rescan_every = {}, .artwork = {dir.file("artwork")}}, indexes, quarantine, clock,
                  Log::null(), metrics);
  library.start([](std::size_t) {});
  ASSERT_TRUE(
      test::wait_until([&] { return metrics.counter("library_scans_total").value() > 0; }, std::chrono::seconds(120)));
  std::vector<std::string> listed;
  for (const MediaEntryPtr& entry : library.list({}).items) listed.push_back(entry->relative_path);
  EXPECT_THAT(listed, Contains("good.mp4"));
  EXPECT_THAT(listed, Contains("cover.mkv")) << "what is attached is never opened";
  EXPECT_THAT(listed, Contains("endless.mkv"));
  EXPECT_THAT(listed, Not(Contains("bomb.mp4")));
  EXPECT_THAT(listed, Not(Contains("zeros.mkv")));
  for (const LibraryProblem& problem : library.problems()) EXPECT_FALSE(problem.message.empty()) << problem.path;
}

}  // namespace
}  // namespace zoe::server
