#include "plugins/auth_sql/common_passwords.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace zoe::plugins::auth_sql {
namespace {

// What stands at the top of the lists of leaked passwords year after year, without the digits and signs that people put
// behind it; in order, for the binary search.
constexpr std::array kStems = {
    "aa",        "aaron",         "abc",        "abcd",        "abcdef",     "access",    "adidas",
    "admin",     "administrator", "alexander",  "alexandra",   "amanda",     "america",   "andrea",
    "angel",     "angela",        "animal",     "anthony",     "apollo",     "apple",     "arsenal",
    "asdf",      "asdfasdf",      "asdfgh",     "asdfghjkl",   "ashley",     "austin",    "baby",
    "babygirl",  "bailey",        "banana",     "barbara",     "barcelona",  "baseball",  "basketball",
    "batman",    "beautiful",     "benjamin",   "bigdaddy",    "bismillah",  "blink",     "bonjour",
    "brandon",   "brittany",      "bubbles",    "buddy",       "buster",     "butterfly", "camera",
    "caroline",  "changeme",      "charlie",    "charlotte",   "chelsea",    "chicken",   "chocolate",
    "christian", "christina",     "christine",  "christopher", "compaq",     "computer",  "concrete",
    "cookie",    "corvette",      "cowboys",    "daniel",      "danielle",   "default",   "diamond",
    "dolphins",  "donald",        "dragon",     "einstein",    "elephant",   "elizabeth", "emmanuel",
    "everton",   "falcon",        "ferrari",    "flower",      "football",   "freedom",   "friends",
    "gabriel",   "garfield",      "geheim",     "george",      "ghost",      "ginger",    "gladiator",
    "goldfish",  "google",        "guest",      "hallo",       "hannah",     "happy",     "harley",
    "heather",   "hello",         "hellokitty", "helloworld",  "hockey",     "hunter",    "iloveu",
    "iloveyou",  "internet",      "jackson",    "jennifer",    "jessica",    "jonathan",  "jordan",
    "joseph",    "joshua",        "justin",     "juventus",    "killer",     "kristina",  "lakers",
    "letmein",   "liverpool",     "login",      "london",      "lovely",     "loveme",    "lovers",
    "macintosh", "madison",       "maggie",     "manchester",  "marina",     "marlboro",  "martin",
    "master",    "matrix",        "matthew",    "maverick",    "melissa",    "mercedes",  "michael",
    "michelle",  "midnight",      "monkey",     "monster",     "mustang",    "mynoob",    "naruto",
    "natasha",   "newpassword",   "nicholas",   "nicole",      "ninja",      "nintendo",  "nothing",
    "pass",      "password",      "passwort",   "patricia",    "patrick",    "peaches",   "pepper",
    "phoenix",   "playboy",       "pokemon",    "porsche",     "princess",   "private",   "purple",
    "qazwsx",    "qazwsxedc",     "qwer",       "qwert",       "qwerty",     "qwertyui",  "rachel",
    "rainbow",   "realmadrid",    "rebecca",    "robert",      "rockyou",    "root",      "samantha",
    "samsung",   "scooter",       "secret",     "september",   "shadow",     "silver",    "slipknot",
    "soccer",    "sophie",        "spiderman",  "starwars",    "steelers",   "stephanie", "summer",
    "sunflower", "sunshine",      "superman",   "superstar",   "sweetheart", "sweety",    "system",
    "taylor",    "temp",          "tennis",     "test",        "testing",    "testtest",  "thomas",
    "thunder",   "tigger",        "tinkerbell", "trustno",     "undertaker", "unknown",   "user",
    "vanessa",   "victoria",      "volleyball", "welcome",     "whatever",   "william",   "windows",
    "winter",    "wolverine",     "yankees",    "zaq",         "zoetrope",   "zxcvbn",    "zxcvbnm",
};

static_assert(std::is_sorted(kStems.begin(), kStems.end(),
                             [](std::string_view a, std::string_view b) { return a < b; }));

constexpr std::array kRuns = {std::string_view("0123456789012345678901234567890"),
                              std::string_view("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"),
                              std::string_view("qwertyuiopasdfghjklzxcvbnm"),
                              std::string_view("qwertzuiopasdfghjklyxcvbnm"),
                              std::string_view("azertyuiopqsdfghjklmwxcvbn"),
                              std::string_view("1qaz2wsx3edc4rfv5tgb6yhn7ujm"),
                              std::string_view("1q2w3e4r5t6y7u8i9o0p"),
                              std::string_view("qazwsxedcrfvtgbyhnujmikolp")};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower;
}

// What is left without the digits and signs at its end.
std::string_view stem_of(std::string_view text) {
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

bool is_run(std::string_view text) {
  const std::string backwards(text.rbegin(), text.rend());
  return std::any_of(kRuns.begin(), kRuns.end(), [&](std::string_view run) {
    return run.find(text) != std::string_view::npos || run.find(backwards) != std::string_view::npos;
  });
}

bool is_repeated(std::string_view text) {
  constexpr std::size_t kLongestPiece = 4;
  for (std::size_t piece = 1; piece <= kLongestPiece && 2 * piece <= text.size(); ++piece) {
    bool is_same = true;
    for (std::size_t i = piece; i < text.size() && is_same; ++i) is_same = text[i] == text[i - piece];
    if (is_same) return true;
  }
  return false;
}

}  // namespace

std::string_view why_common(std::string_view password, std::string_view name_key) {
  const std::string lower = folded(password);
  if (is_repeated(lower)) return "one short piece again and again";
  if (is_run(lower)) return "a run along the keyboard or the alphabet";
  const std::string_view stem = stem_of(lower);
  const bool is_name = name_key.size() >= 3 && (lower == name_key || (!stem.empty() && stem == name_key));
  if (is_name) return "the name of the account";
  const auto found =
      std::lower_bound(kStems.begin(), kStems.end(), stem, [](const char* a, std::string_view b) { return a < b; });
  if (found != kStems.end() && *found == stem) return "one of those that are guessed first";
  return {};
}

}  // namespace zoe::plugins::auth_sql
