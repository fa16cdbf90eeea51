// What the server says of drawings, and how one is told to it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/note_types.hpp"

namespace zoe::player {

// A note and the video that it is on.
struct NoteOf {
  std::string media;
  Note note;
};

// kMalformed names what is missing or out of its bounds: a shape that has come through is one that can be drawn.
Result<NoteShape> parse_shape(const nlohmann::json& shape);
Result<NoteOf> parse_note(const nlohmann::json& note);

// A page of notes.list. Notes that cannot be understood (of a kind that a later server knows) are left out.
struct NotePage {
  std::vector<Note> notes;
  std::int64_t total = 0;
  bool is_last = false;  // nothing comes behind it, whatever the total says
};
Result<NotePage> parse_notes(const nlohmann::json& result);

nlohmann::json shape_json(const NoteShape& shape);

}  // namespace zoe::player
