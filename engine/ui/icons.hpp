// The icons in use, as UTF-8 of Font Awesome 4.7's private code points.
#pragma once

#include <array>
#include <string_view>

namespace zoe::ui::icon {

// clang-format off
inline constexpr std::string_view kSearch        = "\xEF\x80\x82";  // f002
inline constexpr std::string_view kFilm          = "\xEF\x80\x88";  // f008
inline constexpr std::string_view kCheck         = "\xEF\x80\x8C";  // f00c
inline constexpr std::string_view kClose         = "\xEF\x80\x8D";  // f00d
inline constexpr std::string_view kSignal        = "\xEF\x80\x92";  // f012
inline constexpr std::string_view kClock         = "\xEF\x80\x97";  // f017
inline constexpr std::string_view kReplay        = "\xEF\x80\x9E";  // f01e
inline constexpr std::string_view kRepeat        = "\xEF\x81\xB9";  // f079
inline constexpr std::string_view kLanguage      = "\xEF\x86\xAB";  // f1ab
inline constexpr std::string_view kMuted         = "\xEF\x80\xA6";  // f026
inline constexpr std::string_view kVolume        = "\xEF\x80\xA8";  // f028
inline constexpr std::string_view kRefresh       = "\xEF\x80\xA1";  // f021
inline constexpr std::string_view kLock          = "\xEF\x80\xA3";  // f023
inline constexpr std::string_view kStepBack      = "\xEF\x81\x88";  // f048
inline constexpr std::string_view kRewind        = "\xEF\x81\x8A";  // f04a
inline constexpr std::string_view kPlay          = "\xEF\x81\x8B";  // f04b
inline constexpr std::string_view kPause         = "\xEF\x81\x8C";  // f04c
inline constexpr std::string_view kForward       = "\xEF\x81\x8E";  // f04e
inline constexpr std::string_view kStepForward   = "\xEF\x81\x91";  // f051
inline constexpr std::string_view kWarning       = "\xEF\x81\xB1";  // f071
inline constexpr std::string_view kInfo          = "\xEF\x81\x9A";  // f05a
inline constexpr std::string_view kArrowLeft     = "\xEF\x81\xA0";  // f060
inline constexpr std::string_view kExpand        = "\xEF\x81\xA5";  // f065
inline constexpr std::string_view kCompress      = "\xEF\x81\xA6";  // f066
inline constexpr std::string_view kChevronDown   = "\xEF\x81\xB8";  // f078
inline constexpr std::string_view kChevronUp     = "\xEF\x81\xB7";  // f077
inline constexpr std::string_view kSignOut       = "\xEF\x82\x8B";  // f08b
inline constexpr std::string_view kUnlock        = "\xEF\x82\x9C";  // f09c
inline constexpr std::string_view kList          = "\xEF\x80\xBA";  // f03a
inline constexpr std::string_view kBars          = "\xEF\x82\x80";  // f080 bar chart
inline constexpr std::string_view kServer        = "\xEF\x88\xB3";  // f233
inline constexpr std::string_view kSort          = "\xEF\x83\x9C";  // f0dc
inline constexpr std::string_view kSortUp        = "\xEF\x85\xA0";  // f160 amount ascending
inline constexpr std::string_view kSortDown      = "\xEF\x85\xA1";  // f161 amount descending
inline constexpr std::string_view kKey           = "\xEF\x82\x84";  // f084
inline constexpr std::string_view kUser          = "\xEF\x80\x87";  // f007
inline constexpr std::string_view kShield        = "\xEF\x84\xB2";  // f132
inline constexpr std::string_view kDashboard     = "\xEF\x83\xA4";  // f0e4
inline constexpr std::string_view kUnlink        = "\xEF\x84\xA7";  // f127
inline constexpr std::string_view kFolderOpen    = "\xEF\x84\x95";  // f115
inline constexpr std::string_view kSliders       = "\xEF\x87\x9E";  // f1de
inline constexpr std::string_view kCamera        = "\xEF\x80\xB0";  // f030
inline constexpr std::string_view kEye           = "\xEF\x81\xAE";  // f06e
inline constexpr std::string_view kEyeSlash      = "\xEF\x81\xB0";  // f070
inline constexpr std::string_view kUsers         = "\xEF\x83\x80";  // f0c0
inline constexpr std::string_view kPuzzle        = "\xEF\x84\xAE";  // f12e
inline constexpr std::string_view kDatabase      = "\xEF\x87\x80";  // f1c0
inline constexpr std::string_view kLog           = "\xEF\x83\xB6";  // f0f6
inline constexpr std::string_view kUndo          = "\xEF\x83\xA2";  // f0e2
inline constexpr std::string_view kExchange      = "\xEF\x83\xAC";  // f0ec
inline constexpr std::string_view kPower         = "\xEF\x80\x91";  // f011
inline constexpr std::string_view kCopy          = "\xEF\x83\x85";  // f0c5
inline constexpr std::string_view kPlus          = "\xEF\x81\xA7";  // f067
inline constexpr std::string_view kMore          = "\xEF\x85\x82";  // f142
inline constexpr std::string_view kTint          = "\xEF\x81\x83";  // f043
inline constexpr std::string_view kHeart         = "\xEF\x80\x84";  // f004
inline constexpr std::string_view kHeartEmpty    = "\xEF\x82\x8A";  // f08a
inline constexpr std::string_view kBan           = "\xEF\x81\x9E";  // f05e
inline constexpr std::string_view kHome          = "\xEF\x80\x95";  // f015
inline constexpr std::string_view kFolder        = "\xEF\x81\xBB";  // f07b
inline constexpr std::string_view kHistory       = "\xEF\x87\x9A";  // f1da
inline constexpr std::string_view kListOl        = "\xEF\x83\x8B";  // f0cb
inline constexpr std::string_view kTrash         = "\xEF\x87\xB8";  // f1f8
inline constexpr std::string_view kPencil        = "\xEF\x81\x80";  // f040
inline constexpr std::string_view kShare         = "\xEF\x87\xA0";  // f1e0
inline constexpr std::string_view kDownload      = "\xEF\x80\x99";  // f019
inline constexpr std::string_view kArrowUp       = "\xEF\x81\xA2";  // f062
inline constexpr std::string_view kArrowDown     = "\xEF\x81\xA3";  // f063
inline constexpr std::string_view kChevronRight  = "\xEF\x81\x94";  // f054
inline constexpr std::string_view kAngleRight    = "\xEF\x84\x85";  // f105
inline constexpr std::string_view kAngleDown     = "\xEF\x84\x87";  // f107
inline constexpr std::string_view kComputer      = "\xEF\x84\x88";  // f108
inline constexpr std::string_view kGlobe         = "\xEF\x82\xAC";  // f0ac
inline constexpr std::string_view kTicket        = "\xEF\x85\x85";  // f145
inline constexpr std::string_view kPrevious      = "\xEF\x81\x89";  // f049
inline constexpr std::string_view kNext          = "\xEF\x81\x90";  // f050
inline constexpr std::string_view kMinus         = "\xEF\x81\xA8";  // f068
inline constexpr std::string_view kWords         = "\xEF\x88\x8A";  // f20a closed captions
inline constexpr std::string_view kGrip          = "\xEF\x83\x89";  // f0c9
inline constexpr std::string_view kBall          = "\xEF\x87\xA3";  // f1e3
inline constexpr std::string_view kTarget        = "\xEF\x81\x9B";  // f05b
inline constexpr std::string_view kBolt          = "\xEF\x83\xA7";  // f0e7
inline constexpr std::string_view kFlag          = "\xEF\x80\xA4";  // f024
inline constexpr std::string_view kScissors      = "\xEF\x83\x84";  // f0c4
inline constexpr std::string_view kPin           = "\xEF\x81\x81";  // f041
inline constexpr std::string_view kEraser        = "\xEF\x84\xAD";  // f12d
inline constexpr std::string_view kLetters       = "\xEF\x80\xB1";  // f031
inline constexpr std::string_view kCircle        = "\xEF\x84\x8C";  // f10c
inline constexpr std::string_view kLongArrow     = "\xEF\x85\xB8";  // f178
inline constexpr std::string_view kBrush         = "\xEF\x87\xBC";  // f1fc
inline constexpr std::string_view kLink          = "\xEF\x83\x81";  // f0c1
inline constexpr std::string_view kBullseye      = "\xEF\x85\x80";  // f140
inline constexpr std::string_view kMagic         = "\xEF\x83\x90";  // f0d0

// The icon font's glyphs that the atlas holds.
inline constexpr std::array kAll{
    kSearch, kFilm, kCheck, kClose, kSignal, kClock, kReplay, kRepeat, kLanguage, kMuted, kVolume, kRefresh, kLock, kStepBack, kRewind, kPlay, kPause,
    kForward, kStepForward, kWarning, kInfo, kArrowLeft, kExpand, kCompress, kChevronDown, kChevronUp, kSignOut,
    kUnlock, kList, kBars, kServer, kSort, kSortUp, kSortDown, kKey, kUser, kShield, kDashboard, kUnlink, kFolderOpen,
    kSliders, kCamera, kEye, kEyeSlash, kUsers, kPuzzle, kDatabase, kLog, kUndo, kExchange, kPower, kCopy, kPlus, kMore, kTint, kBan,
    kHeart, kHeartEmpty, kHome, kFolder, kHistory, kListOl, kTrash, kPencil, kShare, kDownload, kArrowUp, kArrowDown,
    kChevronRight, kAngleRight, kAngleDown, kComputer, kGlobe, kTicket, kMinus, kWords, kGrip, kPrevious, kNext,
    kBall, kTarget, kBolt, kFlag, kScissors, kPin, kMagic, kEraser, kLetters, kCircle, kLongArrow, kBrush, kLink, kBullseye,
};
// clang-format on

}  // namespace zoe::ui::icon
