// Holds segments, in every way of reading them, against FFmpeg's linear decode of the same file. For use inside a TEST.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/media/probe.hpp"
#include "engine/media/track_index.hpp"
#include "tests/unit/media/linear_decode.hpp"

namespace zoe::media {

struct Opened {
  std::string path;
  TrackInfo track;
  TrackIndexPtr index;
};

// Probed and indexed. Throws std::runtime_error.
Opened open_clip(const std::string& path);

// Frames per segment, each decoded by itself from a flushed decoder. `order` are the segments in the order of reading.
std::vector<std::vector<ShownFrame>> decode_segments(const Opened& clip, const std::vector<std::uint32_t>& order,
                                                     int threads = 1);

std::vector<std::uint32_t> forwards(const Opened& clip);
std::vector<std::uint32_t> backwards(const Opened& clip);

std::vector<ShownFrame> flat(const std::vector<std::vector<ShownFrame>>& segments);

// The same hashes and times, at the first difference a failure that names the frame.
void expect_same_frames(const std::vector<ShownFrame>& got, const std::vector<ShownFrame>& wanted);
void expect_same_hashes(const std::vector<ShownFrame>& got, const std::vector<ShownFrame>& wanted);

// What the index promises of times, counts and packets is what comes out.
void expect_index_holds(const Opened& clip, const std::vector<std::vector<ShownFrame>>& segments);

}  // namespace zoe::media
