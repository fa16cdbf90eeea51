// A server's streams of pictures and of sound without a server.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/player/clip_link.hpp"

namespace zoe::test {

// A ClipLink for the pictures and one for the sound, which is track 1.
class SoundLink final : public player::StreamLink {
 public:
  explicit SoundLink(const std::string& path) : pictures(path), sound(path, 1) {}

  void set_listener(player::StreamListener* listener) override {
    pictures.set_listener(listener);
    sound.set_listener(listener);
  }
  bool is_ready() const override { return pictures.is_ready(); }
  void open_stream(const player::StreamRequest& request,
                   std::function<void(Result<player::StreamInfo>)> done) override {
    (request.track ? sound : pictures).open_stream(request, std::move(done));
  }
  void seek_stream(const player::SeekRequest& request, std::function<void(Result<player::SeekReply>)> done) override {
    link_of(request.stream).seek_stream(request, std::move(done));
  }
  void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) override {
    link_of(stream).set_stream_rate(stream, rate, max_fps);
  }
  void set_stream_looping(std::uint32_t stream, bool is_looping) override {
    link_of(stream).set_stream_looping(stream, is_looping);
  }
  void close_stream(std::uint32_t stream) override { link_of(stream).close_stream(stream); }
  void list_sounds(const std::string&, std::function<void(Result<std::vector<player::SoundTrack>>)> done) override {
    done(std::vector<player::SoundTrack>{{.track = 1, .codec = sound.track().codec, .channels = 2}});
  }
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override {
    link_of(stream).grant_credit(stream, serial, total_us);
  }
  Traffic traffic() const override { return pictures.traffic(); }

  // The connection drops, and comes back.
  void drop() {
    sound.drop();
    pictures.drop();
  }
  void restore() {
    sound.restore();
    pictures.restore();
  }

  ClipLink pictures;
  ClipLink sound;

 private:
  ClipLink& link_of(std::uint32_t stream) { return stream >= 1000 ? sound : pictures; }
};

}  // namespace zoe::test
