#include "player/playback/sound_state.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

TEST(SoundState, PicksTheTrackOfTheWishedLanguage) {
  const std::vector<SoundTrack> tracks{{.track = 1, .language = "eng"},
                                       {.track = 2, .language = "ger", .is_default = true},
                                       {.track = 4, .language = "deu"},
                                       {.track = 5, .language = "fra"}};
  EXPECT_EQ(pick_sound(tracks, "fr"), 5);
  EXPECT_EQ(pick_sound(tracks, "de"), 2) << "of several the default one";
  EXPECT_EQ(pick_sound(tracks, "jpn"), 2) << "the file's own choice";
  EXPECT_EQ(pick_sound(tracks, ""), 2);
  EXPECT_EQ(pick_sound({{.track = 3}, {.track = 7}}, ""), 3);
  EXPECT_EQ(pick_sound({}, "de"), std::nullopt);
}

TEST(SoundState, IsSilentWhereNobodyCouldListen) {
  for (const Rational rate : {Rational{1, 1}, Rational{-1, 1}, Rational{1, 4}, Rational{-4, 1}})
    EXPECT_TRUE(SoundState::is_audible(rate)) << rate.to_string();
  for (const Rational rate : {Rational{8, 1}, Rational{-16, 1}, Rational{1, 8}})
    EXPECT_FALSE(SoundState::is_audible(rate)) << rate.to_string();
}

TEST(SoundState, ACueIsPlacedWithinItsLap) {
  SoundState sound;
  sound.cue = {.is_set = true, .number = 1, .time_us = 25'000'000, .rate = {1, 1}, .is_looping = true};
  EXPECT_EQ(sound.lap(10'000'000), 2);
  EXPECT_EQ(sound.place_us(10'000'000), 4'750'000) << "with something before it, for the decoder";
  sound.cue.time_us = -1'000'000;
  sound.cue.rate = {-1, 1};
  EXPECT_EQ(sound.lap(10'000'000), -1);
  EXPECT_EQ(sound.place_us(10'000'000), 9'000'000);
  sound.cue.time_us = 100'000;
  sound.cue.rate = {1, 1};
  EXPECT_EQ(sound.place_us(10'000'000), 0);
}

TEST(SoundState, AnUnreadyServerIsAskedAgainAndAnotherErrorSilencesTheTrack) {
  SoundState sound;
  sound.on_tracks(std::vector<SoundTrack>{{.track = 1}}, "", "film");
  EXPECT_TRUE(sound.is_wanted());
  sound.on_opened(fail(Errc::kUnavailable, "in a moment"), kNsPerS);
  EXPECT_TRUE(sound.is_wanted());
  EXPECT_GT(sound.open_after_ns, kNsPerS);
  sound.on_opened(fail(Errc::kUnsupported, "no such thing"), kNsPerS);
  EXPECT_FALSE(sound.is_wanted());
  sound.on_link_ready();
  EXPECT_TRUE(sound.is_wanted()) << "another connection, another try";
  sound.choose(std::nullopt, "film");
  EXPECT_FALSE(sound.is_wanted());
  sound.choose(1, "film");
  EXPECT_TRUE(sound.is_wanted());
}

}  // namespace
}  // namespace zoe::player
