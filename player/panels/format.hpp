// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/rational.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

enum class TimeStyle : std::uint8_t { kSeconds = 1, kMilliseconds };

// "0:07", "12:34", "1:02:03", "-0:05"; with milliseconds "0:07.040".
std::string time_text(std::int64_t time_us, TimeStyle style = TimeStyle::kSeconds);

// How long something is: "12:34", rounded to the second; "4.2 s" below ten seconds.
std::string duration_text(std::int64_t duration_us);

// "812 B", "4.2 kB", "18 MB", "1.3 GB": powers of 1000.
std::string bytes_text(double bytes);

// "3.2 MB/s".
std::string rate_text(double bytes_per_second);

// "1×", "−2×", "¼×".
std::string speed_text(Rational rate);

// "1080p", "720p", "4K", "320×240"; empty when not known.
std::string resolution_text(int width, int height);

// "H.264" for "h264"; the name itself for a codec that has no better one.
std::string codec_text(const std::string& codec);

// "Original" for "copy", "JPEG 80" for "jpeg@q80".
std::string rendition_text(const std::string& rendition);

// "Admin", "Member", "Guest".
std::string role_text(Role role);

// "H.264 · 30 fps · 24 MB", with what is known.
std::string details_text(const LibraryItem& item);

// "3f2a 91bc …": the first eight groups of a key's fingerprint.
std::string fingerprint_text(const std::string& hex, std::size_t groups);

}  // namespace zoe::player
