// What a large library costs to list, search and sort, and to look through again.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "server/library/file_walk.hpp"
#include "server/library/listing.hpp"
#include "server/library/sidecar.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace zoe;
using namespace zoe::server;

constexpr int kEntries = 10'000;

Listing make_listing() {
  std::vector<ListedMediaPtr> items;
  for (int i = 0; i < kEntries; ++i) {
    auto entry = std::make_shared<MediaEntry>();
    entry->id = std::to_string(i);
    entry->root = "films";
    entry->relative_path = "season " + std::to_string(i % 20) + "/round " + std::to_string(i % 50) + "/match " +
                           std::to_string(i * 7919 % kEntries) + ".mp4";
    entry->path = "/films/" + entry->relative_path;
    entry->title = "Match " + std::to_string(i * 7919 % kEntries) + (i % 9 == 0 ? " final" : " league");
    entry->info.duration_us = i * 7907 % 90'000;
    items.push_back(std::make_shared<const ListedMedia>(std::move(entry)));
  }
  return Listing(std::move(items));
}

void list(benchmark::State& state, const LibraryQuery& query) {
  static const Listing listing = make_listing();
  for (auto _ : state) benchmark::DoNotOptimize(listing.page(query).total);
}
BENCHMARK_CAPTURE(list, first_page, LibraryQuery{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(list, search, LibraryQuery{.search = "final 99"})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(list, by_duration, LibraryQuery{.sort = SortBy::kDuration})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(list, folder, LibraryQuery{.root = "films", .folder = "season 3"})->Unit(benchmark::kMillisecond);

void folders(benchmark::State& state) {
  static const Listing listing = make_listing();
  for (auto _ : state) benchmark::DoNotOptimize(listing.folders("films", "season 3").size());
}
BENCHMARK(folders)->Unit(benchmark::kMillisecond);

void walk(benchmark::State& state) {
  const test::TempDir dir;
  for (int i = 0; i < kEntries; ++i) dir.write(std::to_string(i % 20) + "/" + std::to_string(i) + ".mp4", "x");
  for (auto _ : state) {
    const WalkResult found = walk_folders({dir.path()}, 1'000'000, {}, [](std::size_t) {});
    benchmark::DoNotOptimize(find_sidecars(found.files).size());
    if (found.files.size() != kEntries) state.SkipWithError("the walk has lost files");
  }
}
BENCHMARK(walk)->Unit(benchmark::kMillisecond);

}  // namespace
