#include "server/api/resume_rules.hpp"

#include <gtest/gtest.h>

namespace zoe::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

TEST(ResumeRules, WhenAMediaCountsAsWatched) {
  struct Case {
    std::int64_t position;
    std::int64_t duration;
    bool is_end;
  };
  for (const Case& c :
       {Case{94 * kSecond, 100 * kSecond, false}, Case{95 * kSecond, 100 * kSecond, true},
        Case{100 * kSecond, 100 * kSecond, true}, Case{0, 100 * kSecond, false},
        // Ninety minutes: the last 5 % are four and a half minutes, so that is the earlier end.
        Case{90 * kMinute - 271 * kSecond, 90 * kMinute, false}, Case{90 * kMinute - 269 * kSecond, 90 * kMinute, true},
        // Twenty minutes: the credits begin earlier than the last 5 %.
        Case{20 * kMinute - 121 * kSecond, 20 * kMinute, false}, Case{20 * kMinute - 119 * kSecond, 20 * kMinute, true},
        Case{5 * kMinute, 0, false}})
    EXPECT_EQ(is_at_its_end(c.position, c.duration), c.is_end) << c.position << " of " << c.duration;
}

TEST(ResumeRules, WhereItGoesOn) {
  struct Case {
    std::int64_t position;
    std::int64_t duration;
    bool is_watched;
    std::int64_t resumes;
  };
  for (const Case& c : {Case{9 * kSecond, 5 * kMinute, false, 0},                // hardly begun
                        Case{11 * kSecond, 5 * kMinute, false, 11 * kSecond},    //
                        Case{50 * kSecond, 60 * kMinute, false, 0},              // less than 2 %
                        Case{61 * kSecond, 600 * kMinute, false, 61 * kSecond},  // never above a minute
                        Case{30 * kMinute, 60 * kMinute, false, 30 * kMinute},   //
                        Case{30 * kMinute, 60 * kMinute, true, 0},               // seen
                        Case{59 * kMinute, 60 * kMinute, false, 0},              // at its end
                        Case{40 * kSecond, 0, false, 40 * kSecond}})             // of unknown length
    EXPECT_EQ(resume_position(c.position, c.duration, c.is_watched), c.resumes) << c.position << " of " << c.duration;
}

}  // namespace
}  // namespace zoe::server
