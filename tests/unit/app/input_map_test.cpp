#include "engine/app/input_map.hpp"

#include <gtest/gtest.h>

#include "engine/app/sdl_events.hpp"
#include "player/layers/actions.hpp"

#include <SDL.h>

namespace zoe::app {
namespace {

constexpr ActionId kOne = 1;
constexpr ActionId kTwo = 2;

KeyEvent down(Key key, std::uint8_t mods = 0) { return {.key = key, .action = KeyAction::kDown, .mods = mods}; }

TEST(InputMap, FindsByKeyAndExactModifiers) {
  const auto map =
      InputMap::create({{.key = Key::kF, .action = kOne}, {.key = Key::kF, .mods = kModCtrl, .action = kTwo}});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->action_of(down(Key::kF)), kOne);
  EXPECT_EQ(map->action_of(down(Key::kF, kModCtrl)), kTwo);
  EXPECT_EQ(map->action_of(down(Key::kF, kModCtrl | kModShift)), std::nullopt);
  EXPECT_EQ(map->action_of(down(Key::kG)), std::nullopt);
}

TEST(InputMap, RepeatsOnlyWhereTold) {
  const auto map = InputMap::create(
      {{.key = Key::kLeft, .action = kOne, .on_repeat = OnRepeat::kAct}, {.key = Key::kSpace, .action = kTwo}});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->action_of({.key = Key::kLeft, .action = KeyAction::kRepeat}), kOne);
  EXPECT_EQ(map->action_of({.key = Key::kSpace, .action = KeyAction::kRepeat}), std::nullopt);
  EXPECT_EQ(map->action_of({.key = Key::kSpace, .action = KeyAction::kUp}), std::nullopt);
}

TEST(InputMap, RefusesTwoMeaningsOfOneKey) {
  const auto map = InputMap::create({{.key = Key::kF, .action = kOne}, {.key = Key::kF, .action = kTwo}});
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().code, Errc::kConflict);
  EXPECT_NE(map.error().message.find("F"), std::string::npos);
  EXPECT_FALSE(InputMap::create({{.key = Key::kNone, .action = kOne}}));
}

TEST(InputMap, NamesTheKeyOfAnAction) {
  const auto map = InputMap::create({{.key = Key::kSpace, .action = kOne},
                                     {.key = Key::kK, .action = kOne},
                                     {.key = Key::kF, .mods = kModCtrl | kModShift, .action = kTwo}});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->label_of(kOne), "Space");
  EXPECT_EQ(map->label_of(kTwo), "Ctrl+Shift+F");
  EXPECT_EQ(map->label_of(99), "");
}

TEST(InputMap, EveryKeyHasANameThatReadsBack) {
  for (int i = 1; i < static_cast<int>(Key::kCount); ++i) {
    const auto key = static_cast<Key>(i);
    ASSERT_FALSE(key_label(key).empty()) << i;
    if (key == Key::kKeypadEnter) continue;  // shares its label with the other Enter
    if (key == Key::kPageUp || key == Key::kPageDown) continue;
    const auto read = parse_key(key_label(key));
    if (!read) continue;  // "," is written comma in a script
    EXPECT_EQ(*read, key) << key_label(key);
  }
  EXPECT_EQ(parse_key("comma"), Key::kComma);
  EXPECT_EQ(parse_key("F11"), Key::kF11);
  EXPECT_EQ(parse_key("j"), Key::kJ);
  EXPECT_EQ(parse_key("esc"), Key::kEscape);
  EXPECT_EQ(parse_key("page_up"), Key::kPageUp);
  EXPECT_EQ(parse_key("hyper"), std::nullopt);
  EXPECT_EQ(parse_key(""), std::nullopt);
}

// The keys that the viewer was promised.
TEST(InputMap, ThePlayersKeysDoWhatTheyShould) {
  using player::Action;
  const InputMap map = player::default_input_map();
  const auto action = [&](Key key, std::uint8_t mods = 0) {
    const auto found = map.action_of(down(key, mods));
    return found ? static_cast<Action>(*found) : Action{};
  };
  EXPECT_EQ(action(Key::kSpace), Action::kTogglePause);
  EXPECT_EQ(action(Key::kJ), Action::kBackwards);
  EXPECT_EQ(action(Key::kK), Action::kTogglePause);
  EXPECT_EQ(action(Key::kL), Action::kForwards);
  EXPECT_EQ(action(Key::kLeft), Action::kSeekBack);
  EXPECT_EQ(action(Key::kRight), Action::kSeekForward);
  EXPECT_EQ(action(Key::kUp), Action::kFaster);
  EXPECT_EQ(action(Key::kDown), Action::kSlower);
  EXPECT_EQ(action(Key::kComma), Action::kStepBack);
  EXPECT_EQ(action(Key::kPeriod), Action::kStepForward);
  EXPECT_EQ(action(Key::kF), Action::kToggleFullscreen);
  EXPECT_EQ(action(Key::kF11), Action::kToggleFullscreen);
  EXPECT_EQ(action(Key::kEscape), Action::kLeave);
  EXPECT_EQ(action(Key::kTab), Action::kToggleOverlays);
}

TEST(InputMap, ShuttleGoesOneTwoFour) {
  using player::shuttle_rate;
  EXPECT_EQ(shuttle_rate({1, 1}, 1), (Rational{2, 1}));
  EXPECT_EQ(shuttle_rate({2, 1}, 1), (Rational{4, 1}));
  EXPECT_EQ(shuttle_rate({4, 1}, 1), (Rational{4, 1}));
  EXPECT_EQ(shuttle_rate({1, 2}, 1), (Rational{1, 1}));
  EXPECT_EQ(shuttle_rate({4, 1}, -1), (Rational{-1, 1}));
  EXPECT_EQ(shuttle_rate({-1, 1}, -1), (Rational{-2, 1}));
  EXPECT_EQ(shuttle_rate({-2, 1}, -1), (Rational{-4, 1}));
  EXPECT_EQ(shuttle_rate({-2, 1}, 1), (Rational{1, 1}));
}

TEST(InputMap, SpeedsGoFromMinusFourToFour) {
  using player::next_rate;
  EXPECT_EQ(next_rate({1, 1}, 1), (Rational{3, 2}));
  EXPECT_EQ(next_rate({4, 1}, 1), (Rational{4, 1}));
  EXPECT_EQ(next_rate({1, 4}, -1), (Rational{-1, 4}));
  EXPECT_EQ(next_rate({-4, 1}, -1), (Rational{-4, 1}));
  EXPECT_EQ(next_rate({5, 4}, -1), (Rational{1, 1})) << "from a speed that is not in the list";
}

TEST(SdlEvents, SpeakOurWords) {
  SDL_Event event{};
  event.type = SDL_KEYDOWN;
  event.key.keysym.sym = SDLK_j;
  event.key.keysym.mod = KMOD_LSHIFT;
  auto translated = translate_sdl_event(event, 1);
  ASSERT_TRUE(translated);
  EXPECT_EQ(std::get<KeyEvent>(*translated).key, Key::kJ);
  EXPECT_EQ(std::get<KeyEvent>(*translated).mods, kModShift);
  event.key.repeat = 1;
  EXPECT_EQ(std::get<KeyEvent>(*translate_sdl_event(event, 1)).action, KeyAction::kRepeat);

  event = {};
  event.type = SDL_MOUSEMOTION;
  event.motion.x = 10;
  event.motion.y = 20;
  translated = translate_sdl_event(event, 2);
  ASSERT_TRUE(translated);
  EXPECT_EQ(std::get<PointerMove>(*translated).x, 20);
  EXPECT_EQ(std::get<PointerMove>(*translated).y, 40);

  event = {};
  event.type = SDL_MOUSEBUTTONDOWN;
  event.button.button = SDL_BUTTON_LEFT;
  event.button.state = SDL_PRESSED;
  event.button.clicks = 2;
  translated = translate_sdl_event(event, 1);
  ASSERT_TRUE(translated);
  EXPECT_EQ(std::get<PointerPress>(*translated).clicks, 2);

  event = {};
  event.type = SDL_JOYAXISMOTION;
  EXPECT_FALSE(translate_sdl_event(event, 1));
}

}  // namespace
}  // namespace zoe::app
