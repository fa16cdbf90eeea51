#include <gtest/gtest.h>

#include "server/library/media_filter.hpp"

namespace zoe::server {
namespace {

media::TrackInfo track(media::TrackKind kind, bool is_picture = false) {
  media::TrackInfo info;
  info.kind = kind;
  info.width = 64;
  info.height = 64;
  info.is_attached_picture = is_picture;
  return info;
}

media::MediaInfo media_of(const char* container, std::vector<media::TrackInfo> tracks) {
  media::MediaInfo info;
  info.container = container;
  info.tracks = std::move(tracks);
  return info;
}

TEST(MediaFilter, PassesOverWhatIsCertainlyNoVideo) {
  for (const char* name : {"a.srt", "a.JPG", "cover.png", "notes.txt", "a.mp4.part", "list.m3u8", "a.mp4~"})
    EXPECT_FALSE(may_be_media(name)) << name;
  for (const char* name : {"a.mp4", "a.MKV", "noextension", "a.xyz", "a.jpg.mp4", "a."})
    EXPECT_TRUE(may_be_media(name)) << name;
}

TEST(MediaFilter, KnowsNamesThatClaimToBeVideos) {
  EXPECT_TRUE(claims_to_be_video("a.MP4"));
  EXPECT_TRUE(claims_to_be_video("b.webm"));
  EXPECT_FALSE(claims_to_be_video("a.mp3"));
  EXPECT_FALSE(claims_to_be_video("README"));
}

TEST(MediaFilter, WantsAVideoTrack) {
  using media::TrackKind;
  EXPECT_TRUE(check_is_video(media_of("mov,mp4,m4a", {track(TrackKind::kVideo)})));
  EXPECT_FALSE(check_is_video(media_of("mov,mp4,m4a", {track(TrackKind::kAudio)})));
  EXPECT_FALSE(check_is_video(media_of("mp3", {track(TrackKind::kAudio), track(TrackKind::kVideo, true)})));
  EXPECT_FALSE(check_is_video(media_of("matroska,webm", {})));
}

TEST(MediaFilter, TakesNoPicturesTextOrPlaylistsForVideos) {
  for (const char* container : {"png_pipe", "image2", "gif", "tty", "hls", "concat", "sdp"})
    EXPECT_FALSE(check_is_video(media_of(container, {track(media::TrackKind::kVideo)}))) << container;
}

}  // namespace
}  // namespace zoe::server
