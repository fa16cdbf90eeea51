#include <gtest/gtest.h>

#include "server/library/catalog.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

CatalogRecord sample() {
  CatalogRecord record;
  record.path = "/films/caf\xE9 \n.mkv";
  record.size_bytes = 123'456'789'012;
  record.mtime_ns = 1'700'000'000'123'456'789;
  record.added_utc_ns = 42;
  record.id = "0123";
  record.content_id = "4567";
  record.is_video = true;
  record.info.container = "matroska,webm";
  record.info.title = "T\xFF";
  record.info.duration_us = 5'000'000;
  media::TrackInfo track;
  track.stream_index = 3;
  track.codec = "h264";
  track.width = 1920;
  track.height = 1080;
  track.time_base = {1, 90'000};
  track.frame_rate = {30'000, 1001};
  track.sample_aspect_ratio = {4, 3};
  track.rotation_degrees = 90;
  track.color = {9, 16, 9, true};
  track.bit_depth = 10;
  track.start = -1024;
  track.duration = 450'000;
  track.extradata = {0, 1, 255};
  track.profile = 100;
  track.level = 41;
  track.bit_rate = 5'000'000;
  track.language = "deu";
  track.title = "Bild";
  track.is_default = true;
  track.codec_tag = 0x31637661;
  track.bits_per_coded_sample = 24;
  track.pixel_format = "yuv420p";
  record.info.tracks.push_back(track);
  record.info.chapters.push_back({0, 1000, "One"});
  return record;
}

TEST(Catalog, ComesBackAsItWasSaved) {
  const test::TempDir dir;
  const CatalogRecord record = sample();
  CatalogRecord problem;
  problem.path = "/films/bad.mp4";
  problem.problem = "damaged";
  ASSERT_TRUE(save_catalog(dir.file("library"), {&record, &problem}));
  const auto loaded = load_catalog(dir.file("library"));
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->size(), 2u);
  const CatalogRecord& back = loaded->at(0);
  EXPECT_EQ(back.path, record.path);
  EXPECT_TRUE(back.is_of(record.size_bytes, record.mtime_ns));
  EXPECT_EQ(back.added_utc_ns, 42);
  EXPECT_EQ(back.id, "0123");
  EXPECT_EQ(back.content_id, "4567");
  EXPECT_TRUE(back.is_listed());
  EXPECT_EQ(back.info.title, "T\xFF");
  ASSERT_EQ(back.info.tracks.size(), 1u);
  const media::TrackInfo& track = back.info.tracks[0];
  const media::TrackInfo& expected = record.info.tracks[0];
  EXPECT_EQ(track.stream_index, 3);
  EXPECT_EQ(track.codec, "h264");
  EXPECT_EQ(track.time_base, expected.time_base);
  EXPECT_EQ(track.frame_rate, expected.frame_rate);
  EXPECT_EQ(track.sample_aspect_ratio, expected.sample_aspect_ratio);
  EXPECT_EQ(track.rotation_degrees, 90);
  EXPECT_EQ(track.color, expected.color);
  EXPECT_EQ(track.bit_depth, 10);
  EXPECT_EQ(track.start, -1024);
  EXPECT_EQ(track.extradata, expected.extradata);
  EXPECT_EQ(track.language, "deu");
  EXPECT_TRUE(track.is_default);
  EXPECT_EQ(track.codec_tag, expected.codec_tag);
  EXPECT_EQ(track.bits_per_coded_sample, 24);
  EXPECT_EQ(track.pixel_format, "yuv420p");
  ASSERT_EQ(back.info.chapters.size(), 1u);
  EXPECT_EQ(back.info.chapters[0].title, "One");
  EXPECT_FALSE(loaded->at(1).is_listed());
  EXPECT_EQ(loaded->at(1).problem, "damaged");
}

TEST(Catalog, IsAbsentWhereThereIsNoFile) {
  const test::TempDir dir;
  EXPECT_FALSE(load_catalog(dir.file("library")));
}

TEST(Catalog, LosesOnlyTheLinesThatAreDamaged) {
  const test::TempDir dir;
  const CatalogRecord record = sample();
  ASSERT_TRUE(save_catalog(dir.file("library"), {&record}));
  const std::string good = test::read_whole_file(dir.file("library"));
  dir.write("library", good + "{\"path\": 7}\nnot json\n{\"path\":\"6\"}\n[]\n");
  EXPECT_EQ(load_catalog(dir.file("library")).value().size(), 1u);
  dir.write("library", good.substr(0, good.size() / 2));
  EXPECT_TRUE(load_catalog(dir.file("library")).value().empty());
}

TEST(Catalog, OfAnotherFormatIsEmpty) {
  const test::TempDir dir;
  dir.write("library", "zoetrope library 999\n{}\n");
  EXPECT_TRUE(load_catalog(dir.file("library")).value().empty());
  dir.write("library", std::string("\0\1\2\3", 4));
  EXPECT_TRUE(load_catalog(dir.file("library")).value().empty());
}

}  // namespace
}  // namespace zoe::server
