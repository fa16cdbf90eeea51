#include "tests/unit/player/line_traces.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "engine/core/clock.hpp"
#include "player/playback/line_meter.hpp"

namespace zoe::test {
namespace {

constexpr double kStepS = 0.1;
constexpr std::size_t kSteps = 1200;
constexpr double kSegmentS = 2;
constexpr double kBufferS = 10;
constexpr double kResumeS = 0.5;

// The same on every machine, unlike the standard's distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2'654'435'769U + 1) {}
  std::uint64_t next(std::uint64_t sides) {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state_ >> 33) % sides;
  }

 private:
  std::uint64_t state_;
};

LineTrace made(std::string name, const std::function<double(double)>& mbit_at) {
  LineTrace trace{std::move(name), {}};
  for (std::size_t i = 0; i < kSteps; ++i)
    trace.bits_per_s.push_back(std::max(0.0, mbit_at(static_cast<double>(i) * kStepS)) * 1e6);
  return trace;
}

// Some seconds in a state, then in one beside it, with noise of a fifth either way.
LineTrace mobile(std::string name, std::uint64_t seed, const std::vector<double>& states_mbit) {
  Dice dice(seed);
  std::size_t state = states_mbit.size() / 2;
  std::uint64_t left = 0;
  return made(std::move(name), [&](double) {
    if (left == 0) {
      left = 20 + dice.next(80);
      const bool is_up = dice.next(2) == 1;
      if (is_up && state + 1 < states_mbit.size()) ++state;
      if (!is_up && state > 0) --state;
    }
    --left;
    return states_mbit[state] * (0.8 + 0.4 * static_cast<double>(dice.next(1000)) / 1000);
  });
}

class Viewer {
 public:
  Viewer(const std::vector<player::Rung>& rungs, std::size_t rung) : rungs_(rungs), rung_(rung) { begin(rung); }

  // One step of the line. `is_border` is called when the next segment is to be chosen.
  void receive(double bits, const std::function<void()>& is_border) {
    while (bits > 0 && buffer_s_ + kSegmentS <= kBufferS) {
      const double taken = std::min(bits, left_bits_);
      bits -= taken;
      left_bits_ -= taken;
      received_bits_ += taken;
      if (left_bits_ > 0) return;
      buffer_s_ += kSegmentS;
      held_.push_back(static_cast<double>(rungs_[rung_].bits_per_s));
      is_border();
      begin(rung_);
    }
  }
  void show(double seconds) {
    if (!is_playing_ && buffer_s_ >= kResumeS) is_playing_ = true;
    if (!is_playing_) {
      (shown_s_ == 0 ? viewing.start_s : viewing.stalled_s) += seconds;
      return;
    }
    const double shown = std::min(seconds, buffer_s_);
    buffer_s_ -= shown;
    shown_s_ += shown;
    const auto segment = std::min(static_cast<std::size_t>(shown_s_ / kSegmentS), held_.size() - 1);
    shown_bits_ += held_[segment] * shown;
    viewing.stalled_s += seconds - shown;
    if (buffer_s_ <= 1e-9) is_playing_ = false;
    viewing.mean_bits_per_s = shown_s_ > 0 ? shown_bits_ / shown_s_ : 0;
  }
  void begin(std::size_t rung) {
    rung_ = rung;
    left_bits_ = static_cast<double>(rungs_[rung].bits_per_s) * kSegmentS;
  }
  void choose(std::size_t rung) {
    viewing.switches += rung != rung_ ? 1 : 0;
    rung_ = rung;
  }
  std::size_t rung() const { return rung_; }
  double buffer_s() const { return buffer_s_; }
  double left_bits() const { return left_bits_; }
  double take_received() { return std::exchange(received_bits_, 0); }
  bool is_full() const { return buffer_s_ + kSegmentS > kBufferS; }

  Viewing viewing;

 private:
  const std::vector<player::Rung>& rungs_;
  std::size_t rung_;
  double left_bits_ = 0;
  double received_bits_ = 0;
  double buffer_s_ = 0;
  double shown_s_ = 0;
  double shown_bits_ = 0;
  bool is_playing_ = false;
  std::vector<double> held_;  // bit rate of each segment that came
};

}  // namespace

std::vector<LineTrace> line_traces() {
  const auto wave = [](double seconds, double low, double high) {
    return [=](double at) { return low + (high - low) * (0.5 + 0.5 * std::sin(at / seconds * 2 * std::numbers::pi)); };
  };
  const auto square = [](double seconds, double low, double high) {
    return [=](double at) { return std::fmod(at, seconds) < seconds / 2 ? high : low; };
  };
  const std::vector<double> third{0.2, 0.5, 0.9, 1.5, 2.2, 3.0};
  const std::vector<double> fourth{0.8, 2, 4, 7, 11, 16};
  std::vector<LineTrace> traces;
  for (const double mbit : {0.5, 1.0, 2.0, 4.0, 8.0})
    traces.push_back(made("steady " + std::to_string(mbit).substr(0, 3), [mbit](double) { return mbit; }));
  traces.push_back(made("falling", [](double at) { return 8 - at / 120 * 7.4; }));
  traces.push_back(made("rising", [](double at) { return 0.6 + at / 120 * 7.4; }));
  traces.push_back(made("a drop", [](double at) { return at < 40 ? 9.0 : 0.7; }));
  traces.push_back(made("a rise", [](double at) { return at < 40 ? 0.7 : 9.0; }));
  traces.push_back(made("a dip", [](double at) { return at > 50 && at < 65 ? 0.5 : 5.0; }));
  traces.push_back(made("gaps of 4 s", [](double at) { return std::fmod(at, 20) >= 16 ? 0.0 : 4.0; }));
  traces.push_back(made("slow wave", wave(60, 0.5, 6)));
  traces.push_back(made("quick wave", wave(8, 0.6, 4)));
  traces.push_back(made("square, 30 s", square(30, 0.8, 6)));
  traces.push_back(made("square, 10 s", square(10, 0.6, 5)));
  traces.push_back(made("square, 3 s", square(3, 0.5, 3)));
  traces.push_back(mobile("3G, 1", 1, third));
  traces.push_back(mobile("3G, 2", 2, third));
  traces.push_back(mobile("4G, 1", 3, fourth));
  traces.push_back(mobile("4G, 2", 4, fourth));
  return traces;
}

Viewing view_fixed(const LineTrace& trace, const std::vector<player::Rung>& rungs, std::size_t rung) {
  Viewer viewer(rungs, rung);
  for (const double bits_per_s : trace.bits_per_s) {
    viewer.receive(bits_per_s * kStepS, [] {});
    viewer.show(kStepS);
  }
  return viewer.viewing;
}

Viewing view_by_rule(const LineTrace& trace, const std::vector<player::Rung>& rungs) {
  const player::LadderRule rule(rungs, static_cast<std::int64_t>(kBufferS * 1e6));
  player::LineMeter meter;
  Viewer viewer(rungs, rule.first());
  const auto look = [&] {
    return player::LadderView{.buffer_us = static_cast<std::int64_t>(viewer.buffer_s() * 1e6),
                              .line_bits_per_s = meter.bits_per_s(),
                              .current = viewer.rung()};
  };
  for (const double bits_per_s : trace.bits_per_s) {
    viewer.receive(bits_per_s * kStepS, [&] { viewer.choose(rule.choose(look())); });
    const double received = viewer.take_received();
    // The time in which the line was busy.
    const double busy_s = viewer.is_full() ? received / bits_per_s : kStepS;
    meter.on_received(static_cast<std::size_t>(received / 8), static_cast<std::int64_t>(busy_s * 1e9));
    if (viewer.is_full()) {
      viewer.show(kStepS);
      continue;
    }
    if (const auto lower = rule.abandon(look(), static_cast<std::int64_t>(viewer.left_bits()))) {
      viewer.choose(*lower);
      viewer.begin(*lower);
      ++viewer.viewing.abandoned;
    }
    viewer.show(kStepS);
  }
  return viewer.viewing;
}

}  // namespace zoe::test
