#include "player/panels/team_colors.hpp"

#include <algorithm>

namespace zoe::player {
namespace {

constexpr ui::Color kBlack{0, 0, 0, 255};
constexpr ui::Color kWhite{255, 255, 255, 255};
constexpr double kLeastContrast = 4.5;  // against black, which is darker than any shadow on grass

ui::Color lightened(TeamColor color) {
  ui::Color light{color.r, color.g, color.b, 255};
  const auto up = [](std::uint8_t value) { return static_cast<std::uint8_t>(value + (255 - value) / 8 + 1); };
  for (int i = 0; i < 16 && ui::contrast(light, kBlack) < kLeastContrast; ++i)
    light = {up(std::min<std::uint8_t>(light.r, 254)), up(std::min<std::uint8_t>(light.g, 254)),
             up(std::min<std::uint8_t>(light.b, 254)), 255};
  return light;
}

}  // namespace

TeamColors TeamColors::of(const ui::Palette& palette, const AnalysisSummary* summary) {
  TeamColors colors{.a = {111, 180, 255, 255},
                    .b = {255, 128, 128, 255},
                    .none = {222, 226, 232, 255},
                    .referee = {255, 224, 102, 255},
                    .ball = palette.accent};
  if (summary == nullptr) return colors;
  if (summary->teams[0].color) colors.a = lightened(*summary->teams[0].color);
  if (summary->teams[1].color) colors.b = lightened(*summary->teams[1].color);
  return colors;
}

ui::Color TeamColors::of(const TrackObject& object) const {
  if (object.kind == TrackClass::kBall) return ball;
  if (object.kind == TrackClass::kReferee) return referee;
  return of(object.team);
}

ui::Color text_on(ui::Color ground) {
  return ui::contrast(kBlack, ground) >= ui::contrast(kWhite, ground) ? kBlack : kWhite;
}

}  // namespace zoe::player
