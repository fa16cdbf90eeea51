// Scripts written as files: ASS with its fonts, and WebVTT.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "engine/media/subtitles.hpp"

namespace zoe::media {
namespace {

// "1:02:03.45"
std::string ass_time(std::int64_t us) {
  const std::int64_t hundredths = std::max<std::int64_t>(us + 5'000, 0) / 10'000;
  return fmt::format("{}:{:02}:{:02}.{:02}", hundredths / 360'000, hundredths / 6'000 % 60, hundredths / 100 % 60,
                     hundredths % 100);
}

// "01:02:03.450"
std::string vtt_time(std::int64_t us) {
  const std::int64_t ms = std::max<std::int64_t>(us + 500, 0) / 1'000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1'000 % 60, ms % 1'000);
}

// What is left of an event's text behind its first `count` fields.
std::string_view behind_fields(std::string_view text, int count) {
  for (; count > 0; --count) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return {};
    text.remove_prefix(comma + 1);
  }
  return text;
}

std::string_view field(std::string_view text, int index) {
  const std::string_view from = behind_fields(text, index);
  return from.substr(0, from.find(','));
}

// The binary-in-text of SubStation Alpha: six bits a character from 33 on, 80 characters a line.
void add_font(std::string& out, const SubtitleFont& font) {
  std::string name = font.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  out += "fontname: " + name + "\n";
  std::size_t column = 0;
  const auto put = [&](unsigned value) {
    out.push_back(static_cast<char>(33U + (value & 0x3FU)));
    if (++column % 80 == 0) out.push_back('\n');
  };
  for (std::size_t i = 0; i < font.data.size(); i += 3) {
    const std::size_t left = font.data.size() - i;
    const unsigned a = font.data[i];
    const unsigned b = left > 1 ? font.data[i + 1] : 0U;
    const unsigned c = left > 2 ? font.data[i + 2] : 0U;
    put(a >> 2);
    put((a << 4) | (b >> 4));
    if (left > 1) put((b << 2) | (c >> 6));
    if (left > 2) put(c);
  }
  out += "\n";
}

// An event's text with its override blocks turned into WebVTT's tags.
class VttText {
 public:
  explicit VttText(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto close = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
      if (close != std::string_view::npos) {
        take_block(text.substr(i + 1, close - i - 1));
        i = close;
      } else if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'N' || text[i + 1] == 'n')) {
        add_line_end();
        ++i;
      } else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'h') {
        add("\u00A0");
        ++i;
      } else {
        add_letter(text[i]);
      }
    }
    set(0);
  }

  bool is_at_top() const { return is_at_top_; }
  const std::string& text() const { return out_; }

 private:
  static constexpr std::string_view kTags = "biu";

  void add(std::string_view letters) {
    if (!is_drawing_) out_ += letters;
  }
  // An empty line would end the cue.
  void add_line_end() {
    if (!is_drawing_ && !out_.empty() && out_.back() != '\n') out_.push_back('\n');
  }
  void add_letter(char letter) {
    if (letter == '&') return add("&amp;");
    if (letter == '<') return add("&lt;");
    if (letter == '>') return add("&gt;");
    add({&letter, 1});
  }

  void take_block(std::string_view block) {
    unsigned wanted = open_;
    for (std::size_t at = block.find('\\'); at != std::string_view::npos; at = block.find('\\', at + 1)) {
      const std::string_view tag = block.substr(at + 1);
      if (tag.size() < 2) continue;
      const bool is_off = tag[1] == '0';
      const auto which = kTags.find(tag[0]);
      if (which != std::string_view::npos && tag[1] >= '0' && tag[1] <= '9')
        wanted = is_off ? wanted & ~(1U << which) : wanted | (1U << which);
      if (tag[0] == 'p' && tag[1] >= '0' && tag[1] <= '9') is_drawing_ = !is_off;
      if (tag.starts_with("an") && tag.size() > 2) is_at_top_ = tag[2] >= '7' && tag[2] <= '9';
    }
    set(wanted);
  }

  // Tags nest: to close one, those inside it are closed and opened again.
  void set(unsigned wanted) {
    if (wanted == open_) return;
    for (std::size_t i = kTags.size(); i-- > 0;)
      if ((open_ & (1U << i)) != 0) out_ += std::string("</") + kTags[i] + ">";
    for (std::size_t i = 0; i < kTags.size(); ++i)
      if ((wanted & (1U << i)) != 0) out_ += std::string("<") + kTags[i] + ">";
    open_ = wanted;
  }

  std::string out_;
  unsigned open_ = 0;
  bool is_drawing_ = false;
  bool is_at_top_ = false;
};

constexpr int kTextField = 8;  // "ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text"

}  // namespace

std::string to_ass(const SubtitleScript& script) {
  std::string out = script.header;
  if (!out.empty() && out.back() != '\n') out.push_back('\n');
  if (!script.fonts.empty()) {
    // In front of the events, to which whatever follows belongs.
    const auto events = out.find("[Events]");
    std::string tail = events == std::string::npos ? std::string() : out.substr(events);
    if (events != std::string::npos) out.resize(events);
    out += "[Fonts]\n";
    for (const SubtitleFont& font : script.fonts) add_font(out, font);
    out += "\n" + tail;
  }
  if (out.find("[Events]") == std::string::npos)
    out += "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";
  for (const SubtitleEvent& event : script.events)
    out += fmt::format("Dialogue: {},{},{},{}\n", field(event.text, 1), ass_time(event.start_us),
                       ass_time(event.start_us + event.duration_us), behind_fields(event.text, 2));
  return out;
}

std::string to_webvtt(const SubtitleScript& script) {
  std::string out = "WEBVTT\n\n";
  for (const SubtitleEvent& event : script.events) {
    const VttText text(behind_fields(event.text, kTextField));
    if (text.text().find_first_not_of(" \n") == std::string::npos) continue;
    out += fmt::format("{} --> {}{}\n{}\n\n", vtt_time(event.start_us), vtt_time(event.start_us + event.duration_us),
                       text.is_at_top() ? " line:0" : "", text.text());
  }
  return out;
}

}  // namespace zoe::media
