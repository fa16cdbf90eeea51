// Drawings on frames as the player knows them. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace zoe::player {

inline constexpr std::size_t kMostVideoNotes = 2000;  // of a video
inline constexpr std::size_t kMostNotePoints = 256;   // of a line
inline constexpr std::size_t kMostNoteText = 200;     // bytes
inline constexpr float kLeastNoteWidth = 0.001F;      // of a line, in parts of the picture's height
inline constexpr float kMostNoteWidth = 0.05F;
inline constexpr float kNoteTextHeight = 12;  // of a text, over its width

enum class NoteKind : std::uint8_t { kLine = 1, kArrow, kEllipse, kText };

// In parts of the picture as it is shown, 0 to 1.
struct NotePoint {
  float x = 0;
  float y = 0;

  friend bool operator==(const NotePoint&, const NotePoint&) = default;
};

// A line has 2 points or more, an arrow 2 (it points at the second), an ellipse 2 (corners of what it fills), a text 1
// (its top left).
struct NoteShape {
  NoteKind kind = NoteKind::kLine;
  std::uint32_t color = 0xFFFFFF;  // 0xRRGGBB
  float width = 0.006F;            // of its lines, in parts of the picture's height
  std::vector<NotePoint> points;
  std::string text;

  friend bool operator==(const NoteShape&, const NoteShape&) = default;
};

struct Note {
  std::uint64_t note = 0;  // its number; 0: the server has not answered yet
  std::int64_t time_us = 0;
  std::string name;  // of who drew it
  std::int64_t created_utc_ns = 0;
  NoteShape shape;
  bool may_delete = false;
};

// Somebody points at the picture.
struct NotePointer {
  std::uint64_t member = 0;
  std::string name;
  NotePoint at;
  std::int64_t heard_ns = 0;
};

// Immutable; by time, of one time by number.
using NoteList = std::shared_ptr<const std::vector<Note>>;

struct NotesSnapshot {
  std::string media;
  NoteList notes = std::make_shared<const std::vector<Note>>();
  bool is_known = false;     // the server has told them
  bool is_undoable = false;  // one's own newest can be taken back
  std::string error;         // why they are not known
};

}  // namespace zoe::player
