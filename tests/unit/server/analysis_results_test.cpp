// Results of analyses in their file: read while they are written, after a crash, on a full disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "server/analysis/result_export.hpp"
#include "server/analysis/result_reader.hpp"
#include "server/analysis/result_writer.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kAll = std::int64_t{1} << 53;

class ResultsTest : public testing::Test {
 protected:
  ResultWriter writer(ResultLimits limits = {}) { return ResultWriter::create(path, limits).value(); }
  ResultReader reader() {
    ResultReader opened = ResultReader::open(path).value();
    EXPECT_TRUE(opened.refresh());
    return opened;
  }
  static Status add(ResultWriter& to, std::int64_t time_us, std::uint32_t id, std::uint16_t x = 1,
                    const std::string& team = "a") {
    ResultPoint point{.time_us = time_us, .id = id, .x = x};
    return to.add(point, {id, "player", team, ""});
  }
  static std::vector<std::string> places(const PointPage& page) {
    std::vector<std::string> all;
    for (const ResultPoint& each : page.points)
      all.push_back(std::to_string(each.time_us) + "." + std::to_string(each.id));
    return all;
  }

  const zoe::test::TempDir folder;
  const std::string path = folder.file("job.results");
};

TEST_F(ResultsTest, CanBeReadWhileTheyAreWritten) {
  ResultWriter out = writer();
  ResultReader in = reader();
  EXPECT_TRUE(in.points(0, kAll, {}, 10)->points.empty());
  ASSERT_TRUE(add(out, 40, 7));
  ASSERT_TRUE(add(out, 0, 8, 2, "b"));
  ASSERT_TRUE(out.add(ResultEvent{.time_us = 5, .kind = "shot", .text = "wide"}));
  ASSERT_TRUE(out.add(6, 1.5, {"pace", "Pace", "m/s"}));
  ASSERT_TRUE(out.flush());
  ASSERT_TRUE(in.refresh());
  const PointPage page = in.points(0, kAll, {}, 10).value();
  EXPECT_THAT(places(page), ElementsAre("0.8", "40.7"));
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects[1].team, "b");
  EXPECT_EQ(in.events(0, 10)->at(0).text, "wide");
  EXPECT_EQ(in.series("", 10)->at(0).series.unit, "m/s");
  ASSERT_TRUE(add(out, 41, 7, 1, "b"));
  ASSERT_TRUE(out.flush());
  ASSERT_TRUE(in.refresh());
  EXPECT_EQ(in.points(40, kAll, {}, 10)->objects.at(0).team, "b") << "what is said last of an object counts";
}

TEST_F(ResultsTest, HowFarTheyHaveComeIsNoFurtherThanAReaderFinds) {
  ResultWriter out = writer();
  ResultReader in = reader();
  ASSERT_TRUE(add(out, 40, 7));
  EXPECT_EQ(out.written_us(), 0) << "nothing of it is in the file yet";
  ASSERT_TRUE(out.flush());
  EXPECT_EQ(out.written_us(), 40);
  ASSERT_TRUE(add(out, 90, 7));
  ASSERT_TRUE(in.refresh());
  EXPECT_THAT(places(in.points(0, kAll, {}, 10).value()), ElementsAre("40.7"));
  EXPECT_EQ(out.written_us(), 40);
  ASSERT_TRUE(out.finish());
  EXPECT_EQ(out.written_us(), 90);
}

TEST_F(ResultsTest, AreFoundByTimeInPages) {
  ResultWriter out = writer();
  // Some fifty blocks, each a little out of order.
  for (std::int64_t i = 0; i < 100'000; ++i)
    ASSERT_TRUE(add(out, (i ^ 7) * 1000, static_cast<std::uint32_t>(i % 23 + 1)));
  ASSERT_TRUE(out.finish());
  EXPECT_EQ(out.counts().points, 100'000);
  ResultReader in = reader();
  std::optional<PointCursor> after;
  std::vector<std::string> found;
  std::size_t pages = 0;
  do {
    const PointPage page = in.points(50'000'000, 60'000'000, after, 3000).value();
    EXPECT_LE(page.points.size(), 3000U);
    for (const std::string& each : places(page)) found.push_back(each);
    after = page.next;
    ++pages;
  } while (after);
  EXPECT_EQ(pages, 4U);
  ASSERT_EQ(found.size(), 10'000U);
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_EQ(found[i].substr(0, found[i].find('.')), std::to_string(50'000'000 + i * 1000));
}

TEST_F(ResultsTest, OfTwoPointsOfOneMomentTheLaterCounts) {
  ResultWriter out = writer();
  for (std::uint16_t x = 1; x <= 9; ++x) ASSERT_TRUE(add(out, 40, 7, x));
  ASSERT_TRUE(out.finish());
  const PointPage page = reader().points(0, kAll, {}, 10).value();
  ASSERT_EQ(page.points.size(), 1U);
  EXPECT_EQ(page.points[0].x, 9);
}

TEST_F(ResultsTest, ATornEndIsPassedOver) {
  ResultWriter out = writer();
  ASSERT_TRUE(add(out, 1, 7));
  ASSERT_TRUE(out.flush());
  const auto whole = std::filesystem::file_size(path);
  ASSERT_TRUE(add(out, 2, 7));
  ASSERT_TRUE(out.flush());
  const auto all = std::filesystem::file_size(path);
  for (auto size = all - 1; size >= whole; --size) {
    std::filesystem::resize_file(path, size);
    EXPECT_THAT(places(reader().points(0, kAll, {}, 10).value()), ElementsAre("1.7")) << size;
  }
  // Other bytes than were written are not believed.
  std::fstream(path, std::ios::in | std::ios::out).seekp(static_cast<std::streamoff>(whole) - 3).put('!');
  EXPECT_EQ(reader().points(0, kAll, {}, 10).error().code, Errc::kMalformed);
}

TEST_F(ResultsTest, BoundsAreKept) {
  ResultWriter out = writer({.bytes = 100'000, .objects = 2, .events = 1, .series = 1, .samples = 2});
  ASSERT_TRUE(add(out, 100'000'000, 1));
  EXPECT_EQ(add(out, 1, 1).error().code, Errc::kInvalidArgument) << "so far back is not told";
  ASSERT_TRUE(add(out, 100'000'000, 2));
  EXPECT_EQ(add(out, 100'000'000, 3).error().code, Errc::kTooLarge);
  ASSERT_TRUE(out.add(ResultEvent{.kind = "a"}));
  EXPECT_EQ(out.add(ResultEvent{.kind = "a"}).error().code, Errc::kTooLarge);
  ASSERT_TRUE(out.add(100'000'000, 1, {"a", "", ""}));
  EXPECT_EQ(out.add(100'000'000, 1, {"b", "", ""}).error().code, Errc::kTooLarge);
  Status how;
  for (int i = 0; i < 10'000 && how; ++i) how = add(out, 100'000'000 + i, 1);
  EXPECT_EQ(how.error().code, Errc::kTooLarge);
  EXPECT_THAT(how.error().message, HasSubstr("MiB"));
  EXPECT_LE(std::filesystem::file_size(path), 100'000U);
}

// A file that may not grow stands for a full disk: both fail the write in the middle.
TEST_F(ResultsTest, WhatWasWrittenBeforeTheDiskWasFullIsKept) {
  ResultWriter out = writer();
  ASSERT_TRUE(add(out, 1, 7));
  ASSERT_TRUE(out.flush());
  const auto size = std::filesystem::file_size(path);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{size + 20, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  ASSERT_TRUE(add(out, 2, 7));
  const Status how = out.flush();
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(how.error().code, Errc::kIo);
  EXPECT_EQ(add(out, 3, 7).error().code, Errc::kIo) << "it goes on as if nothing had happened";
  EXPECT_EQ(std::filesystem::file_size(path), size);
  EXPECT_THAT(places(reader().points(0, kAll, {}, 10).value()), ElementsAre("1.7"));
}

TEST_F(ResultsTest, LongSeriesKeepTheirExtremes) {
  ResultWriter out = writer();
  for (std::int64_t i = 0; i < 50'000; ++i)
    ASSERT_TRUE(out.add(i * 1000, i == 31'415 ? 9.0 : i == 27'182 ? -9.0 : 0.5, {"s", "", ""}));
  for (std::int64_t i = 0; i < 3; ++i) ASSERT_TRUE(out.add(49'999'000, static_cast<double>(i), {"few", "", ""}));
  ASSERT_TRUE(out.finish());
  const auto all = reader().series("", 100).value();
  ASSERT_EQ(all.size(), 2U);
  const auto& points = all[0].points;
  EXPECT_LE(points.size(), 100U);
  EXPECT_TRUE(std::is_sorted(points.begin(), points.end()));
  EXPECT_THAT(points, testing::Contains(std::pair<std::int64_t, double>(31'415'000, 9.0)));
  EXPECT_THAT(points, testing::Contains(std::pair<std::int64_t, double>(27'182'000, -9.0)));
  EXPECT_EQ(all[1].points.size(), 3U);
  EXPECT_TRUE(reader().series("none", 100)->empty());
}

TEST_F(ResultsTest, EventsComeInPages) {
  ResultWriter out = writer();
  for (int i = 0; i < 5000; ++i)
    ASSERT_TRUE(out.add(ResultEvent{.time_us = i, .kind = "k", .text = std::string(40, 'x') + std::to_string(i)}));
  ASSERT_TRUE(out.finish());
  ResultReader in = reader();
  EXPECT_EQ(in.event_count(), 5000U);
  const auto page = in.events(2500, 1000).value();
  ASSERT_EQ(page.size(), 1000U);
  EXPECT_EQ(page.front().time_us, 2500);
  EXPECT_EQ(page.back().time_us, 3499);
  EXPECT_EQ(in.events(4999, 1000)->size(), 1U);
  EXPECT_TRUE(in.events(5000, 1000)->empty());
}

TEST_F(ResultsTest, AreExported) {
  ResultWriter out = writer();
  ResultPoint point{.time_us = 40, .id = 7, .x = 65'535, .pitch_x = 5025, .pitch_y = -100};
  ASSERT_TRUE(out.add(point, {7, "player", "a", "=1+\"2\""}));
  ASSERT_TRUE(out.add(ResultEvent{.time_us = 5, .end_us = 9, .kind = "shot", .text = "a, b\nc"}));
  ASSERT_TRUE(out.add(6, 1.5, {"pace", "", "m/s"}));
  ASSERT_TRUE(out.finish());
  const std::string file = folder.write("export", "");
  const auto exported = [&](ExportFormat format) {
    std::filesystem::resize_file(file, 0);
    std::FILE* stream = std::fopen(file.c_str(), "r+");
    const auto size = export_results(format, {{"job", "x"}}, reader(), ::fileno(stream));
    std::fclose(stream);
    EXPECT_TRUE(size);
    const std::string text = zoe::test::read_whole_file(file);
    EXPECT_EQ(size.value_or(0), text.size());
    return text;
  };
  const json all = json::parse(exported(ExportFormat::kJson));
  EXPECT_EQ(all.at("tracks"), json::parse("[[40,7,1.0,0.0,0.0,0.0,0.0,50.25,-1.0]]"));
  EXPECT_EQ(all.at("objects").at(0).at("label"), "=1+\"2\"");
  EXPECT_EQ(all.at("events").at(0).at("end_us"), 9);
  EXPECT_EQ(all.at("values"), json::parse(R"([["pace",6,1.5]])"));
  const std::string csv = exported(ExportFormat::kCsv);
  EXPECT_THAT(csv, HasSubstr("track,40,,7,\"player\",\"a\",\"'=1+\"\"2\"\"\",1,0,0,0,0,50.25,-1,,,,\r\n"));
  EXPECT_THAT(csv, HasSubstr("\"a, b\nc\""));
  EXPECT_THAT(csv, HasSubstr("series,6,"));
  const auto head = std::count(csv.begin(), csv.begin() + static_cast<std::ptrdiff_t>(csv.find('\n')), ',');
  const std::string series = csv.substr(csv.find("series,6,"));
  EXPECT_EQ(std::count(series.begin(), series.end(), ','), head);
  const std::string event = csv.substr(csv.find("event,5,"), csv.find("series,6,") - csv.find("event,5,"));
  EXPECT_EQ(std::count(event.begin(), event.end(), ','), head + 1) << "one is in its text";
}

}  // namespace
}  // namespace zoe::server
