#include "player/automation/script.hpp"

#include <gtest/gtest.h>

namespace zoe::player::script {
namespace {

template <typename T>
T only(std::string_view text) {
  const auto steps = parse(text, "test.txt");
  if (!steps) {
    ADD_FAILURE() << steps.error().message;
    return {};
  }
  EXPECT_EQ(steps->size(), 1U);
  const T* action = std::get_if<T>(&steps->at(0).action);
  EXPECT_NE(action, nullptr) << text;
  return action != nullptr ? *action : T{};
}

std::string error_of(std::string_view text) {
  const auto steps = parse(text, "test.txt");
  return steps ? "" : steps.error().message;
}

TEST(Script, ReadsInput) {
  const Press press = only<Press>("key ctrl+shift+f");
  EXPECT_EQ(press.key, app::Key::kF);
  EXPECT_EQ(press.mods, app::kModCtrl | app::kModShift);
  EXPECT_TRUE(press.is_down && press.is_up);
  EXPECT_FALSE(only<Press>("key-down space").is_up);
  EXPECT_FALSE(only<Press>("key-up space").is_down);
  EXPECT_EQ(only<Type>("text \"two words\"").text, "two words");
  const Click click = only<Click>("double-click 12.5 50% right");
  EXPECT_EQ(click.clicks, 2);
  EXPECT_EQ(click.button, app::PointerButton::kRight);
  EXPECT_DOUBLE_EQ(click.place.x.value, 12.5);
  EXPECT_FALSE(click.place.x.is_percent);
  EXPECT_TRUE(click.place.y.is_percent);
  EXPECT_DOUBLE_EQ(only<Wheel>("wheel 1 2 -3").dy, -3);
  EXPECT_FALSE(only<Hold>("release 1 2").is_down);
  EXPECT_EQ(only<Resize>("resize 640 480").height, 480);
}

TEST(Script, ReadsWaits) {
  EXPECT_EQ(only<Wait>("wait 250").ms, 250);
  EXPECT_EQ(only<WaitFrame>("wait-frame 77").frame, 77);
  EXPECT_EQ(only<WaitShown>("wait-shown 5").frames, 5);
  EXPECT_EQ(only<WaitState>("wait-state buffering").state, PlayState::kBuffering);
  EXPECT_EQ(only<WaitLink>("wait-link sign-in-needed").state, LinkState::kSignInNeeded);
  EXPECT_EQ(only<WaitLibrary>("wait-library 3").items, 3);
  EXPECT_EQ(only<Timeout>("timeout 1000").ms, 1000);
}

TEST(Script, ReadsCommands) {
  EXPECT_EQ(only<Open>("open \"Cup final\"").media, "Cup final");
  EXPECT_EQ(only<Seek>("seek 1.25").position_us, 1'250'000);
  EXPECT_EQ(only<Rate>("rate -1/4").rate, (Rational{-1, 4}));
  EXPECT_EQ(only<Steps>("step -12").count, -12);
  EXPECT_TRUE(only<Loop>("loop on").is_on);
  EXPECT_EQ(only<Rendition>("rendition jpeg@q80").name, "jpeg@q80");
  EXPECT_EQ(only<Analyse>("ai").analyser, "");
  EXPECT_EQ(only<Analyse>("ai football").analyser, "football");
  EXPECT_EQ(only<Screenshot>("screenshot a.png").path, "a.png");
  EXPECT_EQ(only<Mark>("mark here").name, "here");
  EXPECT_EQ(only<Quit>("quit").code, 0);
  EXPECT_EQ(only<Quit>("quit 7").code, 7);
}

TEST(Script, SkipsCommentsAndEmptyLines) {
  const auto steps = parse("# a comment\n\n  play   # another\r\n\tpause\n", "test.txt");
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->size(), 2U);
  EXPECT_EQ(steps->at(0).line, 3);
  EXPECT_EQ(steps->at(1).line, 4);
  EXPECT_EQ(steps->at(0).text, "play");
}

TEST(Script, ErrorsNameTheLineAndSayWhatToWrite) {
  EXPECT_EQ(error_of("play\nfly away"), "test.txt:2: there is no command \"fly\"");
  EXPECT_EQ(error_of("click 5"), "test.txt:1: write it as: click X Y [left|right|middle]");
  EXPECT_EQ(error_of("key f99"), "test.txt:1: there is no key \"f99\"");
  EXPECT_EQ(error_of("wait soon"), "test.txt:1: \"soon\" is no whole number from 0 to 86400000");
  EXPECT_EQ(error_of("text \"open"), "test.txt:1: a quotation mark is not closed");
  EXPECT_EQ(error_of("rate 0"), "test.txt:1: a rate is not 0; use pause");
  EXPECT_NE(error_of("wait-state sleeping").find("they are idle, opening, buffering"), std::string::npos);
  EXPECT_NE(error_of("seek nan"), "");
  EXPECT_NE(error_of("step 99999999999999999999"), "");
  EXPECT_NE(error_of("loop maybe"), "");
  EXPECT_NE(error_of("click 1 2 sideways"), "");
}

TEST(Script, IsBounded) {
  const auto steps = parse(std::string(kMostScriptBytes + 1, '\n'), "test.txt");
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().code, Errc::kTooLarge);
}

}  // namespace
}  // namespace zoe::player::script
