// Builds a TrackIndex: reads every packet once, settles their times, and cuts the track into segments.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/media/packet_inspector.hpp"
#include "engine/media/track_index.hpp"

struct AVPacket;

namespace zoe::media {

class PacketSource;

// Used once, on one thread.
class TrackIndexBuilder {
 public:
  TrackIndexBuilder(const TrackInfo& track, const TrackIndex::BuildOptions& options);

  Result<TrackIndexPtr> build(const std::string& path);

 private:
  // Of a packet, besides what the index keeps.
  struct Note {
    std::int32_t order = 0;
    PictureType type = PictureType::kUnknown;
    bool has_order = false;
    bool starts_order = false;
    bool is_leading_closed = false;
    bool is_reference = true;
  };
  // Of a key frame.
  struct Key {
    std::uint32_t packet = 0;
    std::uint32_t recovery_references = 0;
    std::uint32_t references_before = 0;  // reference pictures before it in the track
    std::int64_t seek_time = 0;
    std::int64_t seek_position = -1;
  };

  Status read_packets(PacketSource& source);
  void add(const AVPacket& packet, const PacketFacts& facts);
  void follow_jump(std::int64_t& pts, std::int64_t& dts, std::int64_t duration);
  void follow_header(const AVPacket& packet);
  void drop_before_first_key();

  void settle_dts();
  void settle_pts();
  std::vector<std::uint32_t> display_order() const;
  std::vector<std::uint32_t> sorted_by_order(const std::vector<std::uint32_t>& decoded) const;
  std::vector<std::uint32_t> sorted_by_type(const std::vector<std::uint32_t>& decoded) const;
  void make_pts_rise();
  void settle_start();
  void hide_until_recovery();
  void settle_durations();

  std::vector<TrackIndex::Cut> cut() const;
  bool find_preroll(const Key& key, const TrackIndex::Cut& before, TrackIndex::Cut& out) const;

  bool is_shown(std::uint32_t packet) const;
  std::vector<IndexedPacket>& packets() { return index_->packets_; }
  const std::vector<IndexedPacket>& packets() const { return index_->packets_; }

  const TrackInfo& track_;
  const TrackIndex::BuildOptions& options_;
  std::shared_ptr<TrackIndex> index_;
  std::vector<Note> notes_;
  std::vector<Key> keys_;
  std::uint32_t references_ = 0;
  std::vector<std::uint8_t> header_;  // in force, as the container says it

  std::int64_t usual_duration_ = 1;  // of a frame, in ticks
  bool may_jump_ = false;
  bool has_last_ = false;
  std::int64_t last_time_ = 0;
  std::int64_t last_duration_ = 0;
  std::int64_t offset_ = 0;
};

}  // namespace zoe::media
