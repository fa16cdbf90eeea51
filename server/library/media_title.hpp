// What a media is called.
#pragma once

#include <string>
#include <string_view>

namespace zoe::server {

// The media's title: its tag where that says something, else what the file's name says. Valid UTF-8.
//
// Of a name the ending goes. Where it has no spaces, dots and underscores stand for them. From the first word on that
// only names of releases have ("1080p", "x264", "WEB-DL", …) the rest goes; a year in front of that, or in brackets at
// the end, is put in brackets: "The.Film.2019.1080p.WEB-DL.x264-GROUP.mkv" is "The Film (2019)".
std::string title_of(std::string_view tag, std::string_view file_name);

}  // namespace zoe::server
