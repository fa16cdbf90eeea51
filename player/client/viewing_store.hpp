// How this computer's viewer watches: sound, the languages chosen last, deinterlacing, and where local files were left.
// One small JSON file, readable by its owner alone.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/core/worker_pool.hpp"

namespace zoe::player {

// What is the same from video to video. Languages are ISO 639, empty where nothing was chosen.
struct ViewingHabits {
  float volume = 1;  // 0 to 1
  bool is_muted = false;
  std::string sound_language;
  std::string subtitle_language;  // "off" for none
  std::string deinterlacing;      // as DeinterlacingSink names its modes
  bool looks_for_servers = true;  // on this network, before one is chosen

  friend bool operator==(const ViewingHabits&, const ViewingHabits&) = default;
};

// Main thread; the file is written on a thread of its own.
class ViewingStore {
 public:
  static constexpr std::size_t kMostFiles = 500;       // whose places are kept: the newest
  static constexpr std::int64_t kLeastUs = 5'000'000;  // of a file that is worth going on with, and of what was seen

  // An empty path remembers nothing beyond the program's end. What is missing or cannot be understood is as if nothing
  // had been kept.
  explicit ViewingStore(std::string path);
  ~ViewingStore();  // writes what has changed
  ViewingStore(const ViewingStore&) = delete;
  ViewingStore& operator=(const ViewingStore&) = delete;

  const ViewingHabits& habits() const { return habits_; }
  void set_habits(ViewingHabits habits);

  // Where the file was left; 0 for one that is new, has changed since, or was seen to its end. Looks at the file's size
  // and time of change.
  std::int64_t place_of(const std::string& path);
  void set_place(const std::string& path, std::int64_t position_us, std::int64_t duration_us);

  // Writes what has changed.
  void save();

  // The file's text and back; `parse` takes any bytes. kMalformed, kTooLarge.
  std::string to_text() const;
  Status parse(Bytes text);

 private:
  struct Place {
    std::string path;
    std::uint64_t size_bytes = 0;
    std::int64_t changed_ns = 0;
    std::int64_t position_us = 0;
  };

  static std::optional<Place> look_at(const std::string& path);

  const std::string path_;
  ViewingHabits habits_;
  std::list<Place> places_;  // newest first
  bool is_changed_ = false;
  WorkerPool pool_{"viewing", 1, 4};
};

}  // namespace zoe::player
