// A codec plugin driven as the server drives it. Thread: the test's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/buffer.hpp"
#include "tests/plugins/test_host.hpp"

namespace zoe::test {

class CodecDriver {
 public:
  CodecDriver(TestHost& host, const std::string& id) : pin_(host.load(plugin_file(id))) {}

  const zoe_codec_v1& codec() const { return *pin_.table<zoe_codec_v1>(); }
  zoe_plugin* plugin() const { return pin_.plugin(); }

  zoe_status resolve(const zoe_track& source, std::string_view name, zoe_rendition& out) {
    out = {};
    out.struct_size = sizeof out;
    error_ = abi::empty_error();
    return codec().resolve(plugin(), &source, abi::to_abi(name), &out, &error_);
  }

  // The canonical name, or the words of the refusal.
  std::string resolved_name(const zoe_track& source, std::string_view name) {
    zoe_rendition out{};
    return resolve(source, name, out) == ZOE_OK ? std::string(out.name) : "refused: " + message();
  }

  std::vector<zoe_rendition> ladder(const zoe_track& source, std::uint32_t capacity = 8) {
    std::vector<zoe_rendition> out(capacity);
    for (zoe_rendition& each : out) each.struct_size = sizeof each;
    std::uint32_t count = 0;
    EXPECT_EQ(codec().ladder(plugin(), &source, out.data(), capacity, &count), ZOE_OK);
    out.resize(count);
    return out;
  }

  // The plugin's own check. ZOE_OK, or its status with `message`.
  zoe_status self_test() {
    const auto* test = static_cast<const zoe_self_test_v1*>(pin_.generation().interface(ZOE_SELF_TEST_V1));
    return test == nullptr ? ZOE_E_UNSUPPORTED : test->run(plugin(), error());
  }

  struct Close {
    const zoe_codec_v1* codec;
    void operator()(zoe_codec_session* session) const { codec->close(session); }
  };
  using Session = std::unique_ptr<zoe_codec_session, Close>;

  Session open(const zoe_track& source, std::string_view name) {
    zoe_rendition rendition{};
    EXPECT_EQ(resolve(source, name, rendition), ZOE_OK) << message();
    zoe_codec_session* session = nullptr;
    EXPECT_EQ(codec().open(plugin(), &source, &rendition, &session, &error_), ZOE_OK) << message();
    return Session(session, Close{&codec()});
  }

  zoe_error* error() { return &(error_ = abi::empty_error()); }
  std::string message() const { return std::string(abi::view_of(error_.message)); }

 private:
  plugin::Pin pin_;
  zoe_error error_ = abi::empty_error();
};

inline zoe_packet empty_packet() {
  zoe_packet packet{};
  packet.struct_size = sizeof packet;
  return packet;
}

inline zoe_track video_track(int width, int height) {
  zoe_track track{};
  track.struct_size = sizeof track;
  track.kind = ZOE_TRACK_VIDEO;
  abi::copy_text(track.codec, "h264");
  track.width = width;
  track.height = height;
  track.time_base = {1, 90'000};
  track.frame_rate = {30, 1};
  track.sample_aspect_ratio = {1, 1};
  track.color = {1, 1, 1, 0};
  return track;
}

}  // namespace zoe::test
