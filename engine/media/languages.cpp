#include "engine/media/languages.hpp"

#include <algorithm>
#include <array>

namespace zoe::media {
namespace {

// ISO 639-1, ISO 639-2 (terminological), ISO 639-2 (bibliographic, where it differs), English name.
struct Language {
  std::string_view two;
  std::string_view three;
  std::string_view other;
  std::string_view name;
};

constexpr std::array kLanguages = {
    Language{"ar", "ara", "", "arabic"},      Language{"bg", "bul", "", "bulgarian"},
    Language{"bn", "ben", "", "bengali"},     Language{"bs", "bos", "", "bosnian"},
    Language{"ca", "cat", "", "catalan"},     Language{"cs", "ces", "cze", "czech"},
    Language{"cy", "cym", "wel", "welsh"},    Language{"da", "dan", "", "danish"},
    Language{"de", "deu", "ger", "german"},   Language{"el", "ell", "gre", "greek"},
    Language{"en", "eng", "", "english"},     Language{"es", "spa", "", "spanish"},
    Language{"et", "est", "", "estonian"},    Language{"eu", "eus", "baq", "basque"},
    Language{"fa", "fas", "per", "persian"},  Language{"fi", "fin", "", "finnish"},
    Language{"fr", "fra", "fre", "french"},   Language{"ga", "gle", "", "irish"},
    Language{"gl", "glg", "", "galician"},    Language{"he", "heb", "", "hebrew"},
    Language{"hi", "hin", "", "hindi"},       Language{"hr", "hrv", "", "croatian"},
    Language{"hu", "hun", "", "hungarian"},   Language{"hy", "hye", "arm", "armenian"},
    Language{"id", "ind", "", "indonesian"},  Language{"is", "isl", "ice", "icelandic"},
    Language{"it", "ita", "", "italian"},     Language{"ja", "jpn", "", "japanese"},
    Language{"ka", "kat", "geo", "georgian"}, Language{"kk", "kaz", "", "kazakh"},
    Language{"ko", "kor", "", "korean"},      Language{"lt", "lit", "", "lithuanian"},
    Language{"lv", "lav", "", "latvian"},     Language{"mk", "mkd", "mac", "macedonian"},
    Language{"ms", "msa", "may", "malay"},    Language{"nb", "nob", "", "bokmal"},
    Language{"nl", "nld", "dut", "dutch"},    Language{"nn", "nno", "", "nynorsk"},
    Language{"no", "nor", "", "norwegian"},   Language{"pl", "pol", "", "polish"},
    Language{"pt", "por", "", "portuguese"},  Language{"ro", "ron", "rum", "romanian"},
    Language{"ru", "rus", "", "russian"},     Language{"sk", "slk", "slo", "slovak"},
    Language{"sl", "slv", "", "slovenian"},   Language{"sq", "sqi", "alb", "albanian"},
    Language{"sr", "srp", "", "serbian"},     Language{"sv", "swe", "", "swedish"},
    Language{"ta", "tam", "", "tamil"},       Language{"te", "tel", "", "telugu"},
    Language{"th", "tha", "", "thai"},        Language{"tr", "tur", "", "turkish"},
    Language{"uk", "ukr", "", "ukrainian"},   Language{"ur", "urd", "", "urdu"},
    Language{"vi", "vie", "", "vietnamese"},  Language{"zh", "zho", "chi", "chinese"},
};

}  // namespace

std::string language_code(std::string_view word) {
  word = word.substr(0, word.find_first_of("-_"));
  std::string folded(word.substr(0, 32));
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  if (folded.size() < 2) return {};
  const auto* found = std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) {
    return folded == each.two || folded == each.three || folded == each.other || folded == each.name;
  });
  return found == kLanguages.end() ? std::string() : std::string(found->three);
}

std::string language_name(std::string_view word) {
  const std::string code = language_code(word);
  const auto found =
      std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) { return each.three == code; });
  if (code.empty() || found == kLanguages.end()) return std::string(word);
  std::string name(found->name);
  name[0] = static_cast<char>(name[0] - 32);
  return name;
}

}  // namespace zoe::media
