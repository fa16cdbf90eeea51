#include "player/automation/script.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>

namespace zoe::player::script {
namespace {

using Words = std::span<const std::string>;

Result<std::vector<std::string>> split(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
      ++at;
      continue;
    }
    if (line[at] == '#') break;
    std::string word;
    if (line[at] == '"') {
      const std::size_t end = line.find('"', at + 1);
      if (end == std::string_view::npos) return fail(Errc::kMalformed, "a quotation mark is not closed");
      word = line.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
      word = line.substr(at, end - at);
      at = end;
    }
    words.push_back(std::move(word));
  }
  return words;
}

Result<std::int64_t> integer(const std::string& word, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < low || value > high)
    return fail(Errc::kMalformed, fmt::format("\"{}\" is no whole number from {} to {}", word, low, high));
  return value;
}

Result<double> number(const std::string& word, double low, double high) {
  char* end = nullptr;
  const double value = word.empty() ? NAN : std::strtod(word.c_str(), &end);
  if (!std::isfinite(value) || *end != '\0' || value < low || value > high)
    return fail(Errc::kMalformed, fmt::format("\"{}\" is no number from {} to {}", word, low, high));
  return value;
}

Result<Coordinate> coordinate(std::string word) {
  Coordinate result;
  if (!word.empty() && word.back() == '%') {
    result.is_percent = true;
    word.pop_back();
  }
  ZOE_TRY(result.value, number(word, -100'000, 100'000));
  return result;
}

Result<Place> place(Words words) {
  Place result;
  ZOE_TRY(result.x, coordinate(words[0]));
  ZOE_TRY(result.y, coordinate(words[1]));
  return result;
}

Result<Press> press(const std::string& word) {
  Press result;
  std::string_view rest = word;
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 4> kMods = {
      {{"shift+", app::kModShift}, {"ctrl+", app::kModCtrl}, {"alt+", app::kModAlt}, {"super+", app::kModSuper}}};
  for (bool is_mod = true; is_mod;) {
    is_mod = false;
    for (const auto& [name, bit] : kMods) {
      if (!rest.starts_with(name)) continue;
      result.mods |= bit;
      rest.remove_prefix(name.size());
      is_mod = true;
    }
  }
  const auto key = app::parse_key(rest);
  if (!key) return fail(Errc::kMalformed, fmt::format("there is no key \"{}\"", rest));
  result.key = *key;
  return result;
}

constexpr std::array kPlayStates = {PlayState::kIdle,   PlayState::kOpening, PlayState::kBuffering, PlayState::kPlaying,
                                    PlayState::kPaused, PlayState::kEnded,   PlayState::kFailed};
constexpr std::array kLinkStates = {LinkState::kIdle,         LinkState::kConnecting, LinkState::kKeyChanged,
                                    LinkState::kSignInNeeded, LinkState::kSigningIn,  LinkState::kSignedIn,
                                    LinkState::kReconnecting, LinkState::kFailed};

template <typename States>
auto state_of(const States& states, const std::string& word) -> Result<typename States::value_type> {
  std::string known;
  for (const auto state : states) {
    if (to_string(state) == word) return state;
    known += (known.empty() ? "" : ", ") + std::string(to_string(state));
  }
  return fail(Errc::kMalformed, fmt::format("\"{}\" is no state; they are {}", word, known));
}

Result<bool> on_or_off(const std::string& word) {
  if (word == "on" || word == "off") return word == "on";
  return fail(Errc::kMalformed, fmt::format("\"{}\" is neither on nor off", word));
}

Result<Action> click(Words words, int clicks) {
  Click result{.clicks = clicks};
  ZOE_TRY(result.place, place(words));
  if (words.size() > 2) {
    if (words[2] == "right") {
      result.button = app::PointerButton::kRight;
    } else if (words[2] == "middle") {
      result.button = app::PointerButton::kMiddle;
    } else if (words[2] != "left") {
      return fail(Errc::kMalformed, fmt::format("\"{}\" is no button; they are left, right, middle", words[2]));
    }
  }
  return result;
}

Result<Action> half_press(const std::string& word, bool is_down) {
  ZOE_TRY(Press result, press(word));
  result.is_down = is_down;
  result.is_up = !is_down;
  return result;
}

Result<Action> hold(Words words, bool is_down) {
  Hold result{.is_down = is_down};
  ZOE_TRY(result.place, place(words));
  return result;
}

Result<Action> wheel(Words words) {
  Wheel result;
  ZOE_TRY(result.place, place(words));
  ZOE_TRY(result.dy, number(words[2], -1000, 1000));
  return result;
}

Result<Action> resize(Words words) {
  ZOE_TRY(const std::int64_t width, integer(words[0], 16, 16'384));
  ZOE_TRY(const std::int64_t height, integer(words[1], 16, 16'384));
  return Resize{static_cast<int>(width), static_cast<int>(height)};
}

Result<Action> seek(const std::string& word) {
  ZOE_TRY(const double seconds, number(word, 0, 1e9));
  return Seek{std::llround(seconds * 1e6)};
}

Result<Action> rate(const std::string& word) {
  ZOE_TRY(const Rational value, Rational::parse(word));
  if (value.is_zero()) return fail(Errc::kMalformed, "a rate is not 0; use pause");
  return Rate{value};
}

constexpr std::int64_t kMostMs = 24LL * 3600 * 1000;

// Wraps a parser of one word in its action.
template <typename Made, typename Parsed>
Result<Action> make(Parsed&& parsed) {
  if (!parsed) return fail(std::move(parsed.error()));
  return Made{*parsed};
}

struct Command {
  std::string_view name;
  std::size_t least;
  std::size_t most;
  std::string_view usage;
  Result<Action> (*parse)(Words words);
};

constexpr std::array kCommands = {
    Command{"key", 1, 1, "key [shift+|ctrl+|alt+]NAME",
            [](Words w) -> Result<Action> {
              ZOE_TRY(Press result, press(w[0]));
              return result;
            }},
    Command{"key-down", 1, 1, "key-down NAME", [](Words w) { return half_press(w[0], true); }},
    Command{"key-up", 1, 1, "key-up NAME", [](Words w) { return half_press(w[0], false); }},
    Command{"text", 1, 1, "text \"what is typed\"", [](Words w) -> Result<Action> { return Type{w[0]}; }},
    Command{"move", 2, 2, "move X Y", [](Words w) -> Result<Action> { return make<Move>(place(w)); }},
    Command{"click", 2, 3, "click X Y [left|right|middle]", [](Words w) { return click(w, 1); }},
    Command{"double-click", 2, 3, "double-click X Y [left|right|middle]", [](Words w) { return click(w, 2); }},
    Command{"click-on", 1, 1, "click-on NAME", [](Words w) -> Result<Action> { return OnControl{w[0]}; }},
    Command{"point-at", 1, 1, "point-at NAME", [](Words w) -> Result<Action> { return OnControl{w[0], false}; }},
    Command{"wait-for", 1, 2, "wait-for NAME [\"WHAT IT SAYS\"]",
            [](Words w) -> Result<Action> { return WaitFor{w[0], w.size() > 1 ? w[1] : std::string()}; }},
    Command{"press", 2, 2, "press X Y", [](Words w) { return hold(w, true); }},
    Command{"release", 2, 2, "release X Y", [](Words w) { return hold(w, false); }},
    Command{"wheel", 3, 3, "wheel X Y LINES", [](Words w) { return wheel(w); }},
    Command{"resize", 2, 2, "resize WIDTH HEIGHT", [](Words w) { return resize(w); }},
    Command{"wait", 1, 1, "wait MILLISECONDS",
            [](Words w) -> Result<Action> { return make<Wait>(integer(w[0], 0, kMostMs)); }},
    Command{"wait-frame", 1, 1, "wait-frame NUMBER",
            [](Words w) -> Result<Action> { return make<WaitFrame>(integer(w[0], 0, INT64_MAX)); }},
    Command{"wait-shown", 1, 1, "wait-shown COUNT",
            [](Words w) -> Result<Action> { return make<WaitShown>(integer(w[0], 0, INT64_MAX)); }},
    Command{"wait-state", 1, 1, "wait-state STATE",
            [](Words w) -> Result<Action> { return make<WaitState>(state_of(kPlayStates, w[0])); }},
    Command{"wait-link", 1, 1, "wait-link STATE",
            [](Words w) -> Result<Action> { return make<WaitLink>(state_of(kLinkStates, w[0])); }},
    Command{"wait-library", 1, 1, "wait-library COUNT",
            [](Words w) -> Result<Action> { return make<WaitLibrary>(integer(w[0], 0, INT64_MAX)); }},
    Command{"timeout", 1, 1, "timeout MILLISECONDS",
            [](Words w) -> Result<Action> { return make<Timeout>(integer(w[0], 1, kMostMs)); }},
    Command{"drop", 1, 1, "drop FILE|FOLDER", [](Words w) -> Result<Action> { return Drop{w[0]}; }},
    Command{"open", 1, 1, "open TITLE|ID", [](Words w) -> Result<Action> { return Open{w[0]}; }},
    Command{"play", 0, 0, "play", [](Words) -> Result<Action> { return Play{}; }},
    Command{"pause", 0, 0, "pause", [](Words) -> Result<Action> { return Pause{}; }},
    Command{"seek", 1, 1, "seek SECONDS", [](Words w) { return seek(w[0]); }},
    Command{"rate", 1, 1, "rate FACTOR", [](Words w) { return rate(w[0]); }},
    Command{"step", 1, 1, "step COUNT",
            [](Words w) -> Result<Action> {
              ZOE_TRY(const std::int64_t count, integer(w[0], -300, 300));
              return Steps{static_cast<int>(count)};
            }},
    Command{"loop", 1, 1, "loop on|off", [](Words w) -> Result<Action> { return make<Loop>(on_or_off(w[0])); }},
    Command{"rendition", 1, 1, "rendition NAME", [](Words w) -> Result<Action> { return Rendition{w[0]}; }},
    Command{"ai", 0, 1, "ai [ANALYSER]",
            [](Words w) -> Result<Action> { return Analyse{w.empty() ? std::string() : w[0]}; }},
    Command{"screenshot", 1, 1, "screenshot FILE.png", [](Words w) -> Result<Action> { return Screenshot{w[0]}; }},
    Command{"mark", 1, 1, "mark NAME", [](Words w) -> Result<Action> { return Mark{w[0]}; }},
    Command{"quit", 0, 1, "quit [CODE]",
            [](Words w) -> Result<Action> {
              if (w.empty()) return Quit{};
              ZOE_TRY(const std::int64_t code, integer(w[0], 0, 255));
              return Quit{static_cast<int>(code)};
            }},
};

Result<Action> parse_line(const std::vector<std::string>& words) {
  for (const Command& command : kCommands) {
    if (command.name != words[0]) continue;
    const Words arguments = Words(words).subspan(1);
    if (arguments.size() < command.least || arguments.size() > command.most)
      return fail(Errc::kMalformed, fmt::format("write it as: {}", command.usage));
    return command.parse(arguments);
  }
  return fail(Errc::kMalformed, fmt::format("there is no command \"{}\"", words[0]));
}

}  // namespace

std::string_view to_string(LinkState state) {
  switch (state) {
    case LinkState::kIdle:
      return "idle";
    case LinkState::kConnecting:
      return "connecting";
    case LinkState::kKeyChanged:
      return "key-changed";
    case LinkState::kSignInNeeded:
      return "sign-in-needed";
    case LinkState::kSigningIn:
      return "signing-in";
    case LinkState::kSignedIn:
      return "signed-in";
    case LinkState::kReconnecting:
      return "reconnecting";
    case LinkState::kFailed:
      return "failed";
  }
  return "?";
}

Result<std::vector<Step>> parse(std::string_view text, const std::string& name) {
  if (text.size() > kMostScriptBytes)
    return fail(Errc::kTooLarge, fmt::format("{}: an input script has at most {} bytes", name, kMostScriptBytes));
  std::vector<Step> steps;
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view content = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), content.size() + 1));
    const auto at = [&](Error error) { return fail(std::move(error).with(fmt::format("{}:{}", name, line))); };
    auto words = split(content);
    if (!words) return at(words.error());
    if (words->empty()) continue;
    auto action = parse_line(*words);
    if (!action) return at(action.error());
    std::string shown;
    for (const std::string& word : *words) shown += (shown.empty() ? "" : " ") + word;
    steps.push_back({line, std::move(shown), std::move(*action)});
  }
  return steps;
}

}  // namespace zoe::player::script
