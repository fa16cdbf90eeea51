#include "plugins/transport_http/frames.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/rational.hpp"
#include "plugins/transport_http/answers.hpp"
#include "plugins/transport_http/segment_plan.hpp"

namespace zoe::transport_http {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMostPositionUs = std::int64_t{1} << 50;
constexpr std::int64_t kMostSteps = 299;  // a step of the native protocol, and the frame itself
constexpr double kMostRate = 16;
// A segment in reverse is sent whole before its last frame is shown, and the next one has to be on its way by then.
constexpr std::int64_t kAheadUs = 4'500'000;
constexpr std::string_view kBoundary = "frame";

// A whole number out of the query; kInvalidArgument says what is allowed.
Result<std::int64_t> whole_number(const Target& target, const std::string& name, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return fail(Errc::kInvalidArgument, fmt::format("{} is a whole number from {} to {}", name, least, most));
  return value;
}

// What every picture is asked for with.
struct Wish {
  std::string media;
  std::string rendition;
  std::int64_t position_us = 0;
};

Result<Wish> read_wish(const Target& target) {
  Wish wish;
  wish.media = target.path[1];
  ZOE_TRY(wish.position_us, whole_number(target, "position_us", 0, kMostPositionUs, 0));
  ZOE_TRY(const std::int64_t height, whole_number(target, "height", 0, 9999, 0));
  wish.rendition = "jpeg@";
  if (height > 0) wish.rendition += std::to_string(height) + "p,";
  wish.rendition += "jfif";
  return wish;
}

Error error_of(const json& answer) {
  const json error = answer.value("error", json::object());
  return {errc_from_string(error.value("code", "internal")),
          error.value("message", "the server's answer is malformed")};
}

Response refusal(const Error& error) { return error_response(to_string(error.code), error.message); }

// A stream of JPEG pictures of one video, as the server sends them.
class PictureStream {
 public:
  explicit PictureStream(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}

  struct Picture {
    std::shared_ptr<const void> lent;
    Bytes data;
    std::int64_t position_us = 0;  // since the first frame
    std::uint32_t number = 0;      // from 0
  };

  asio::awaitable<Status> open(Wish wish, json params) {
    json asked = json::object();
    asked["media"] = wish.media;
    asked["rendition"] = wish.rendition;
    const json cut = co_await caller_->ask("stream.segments", std::move(asked));
    if (cut.contains("error")) co_return fail(error_of(cut));
    const json told = cut.value("result", json::object());
    auto plan = parse_plan(told);
    if (!plan) co_return fail(plan.error());
    plan_ = std::move(*plan);
    params["media"] = wish.media;
    params["rendition"] = wish.rendition;
    params["position_us"] = wish.position_us;
    params["serial"] = 1;
    const json opened = co_await caller_->ask("stream.open", std::move(params));
    if (opened.contains("error")) co_return fail(error_of(opened));
    stream_ = opened.value("result", json::object()).value("stream", 0U);
    serial_ = 1;
    co_return Status();
  }

  asio::awaitable<Status> step(std::int64_t count) {
    json params = json::object();
    params["stream"] = stream_;
    params["serial"] = ++serial_;
    params["count"] = count;
    const json answer = co_await caller_->ask("stream.step", std::move(params));
    if (answer.contains("error")) co_return fail(error_of(answer));
    co_return Status();
  }

  // Of one run, in the order in which they lie in the file. `flags`: ZOE_RUN_…
  asio::awaitable<Result<std::vector<Picture>>> next(std::uint32_t& flags) {
    auto run = co_await caller_->next_run(stream_, serial_);
    if (!run) co_return fail(run.error());
    flags = run->flags;
    std::vector<Picture> pictures;
    if (run->segment >= plan_.segments()) co_return pictures;
    for (const media::PacketView& packet : run->packets) {
      if (packet.record.pts == media::kNoTimestamp) continue;
      const std::int64_t us = media::ticks_to_us(packet.record.pts - plan_.first_pts, plan_.track.time_base);
      pictures.push_back({run->lent, packet.data, us, plan_.first_frames[run->segment] + packet.record.ordinal});
    }
    co_return pictures;
  }

  void credit(std::int64_t total_us) const { caller_->credit(stream_, serial_, static_cast<std::uint64_t>(total_us)); }

  asio::awaitable<void> close() {
    json params = json::object();
    params["stream"] = stream_;
    static_cast<void>(co_await caller_->ask("stream.close", std::move(params)));
  }

  const SegmentPlan& plan() const { return plan_; }

 private:
  const std::shared_ptr<Caller> caller_;
  SegmentPlan plan_;
  std::uint32_t stream_ = 0;
  std::uint32_t serial_ = 0;
};

using Picture = PictureStream::Picture;

std::string bytes_of(const Picture& picture, const SegmentPlan& plan) {
  return turned(picture.data, plan.track.rotation_degrees);
}

// The frame `step` frames from the cursor, where the stream stands still. Forward the first one is the cursor's own.
asio::awaitable<Result<Picture>> step_to(PictureStream& stream, std::int64_t step) {
  const bool is_forward = step >= 0;
  const std::int64_t count = is_forward ? step + 1 : step;
  Status asked = co_await stream.step(count);
  if (!asked) co_return fail(asked.error());
  std::optional<Picture> best;
  std::int64_t left = std::abs(count);
  while (left > 0) {
    std::uint32_t flags = 0;
    auto pictures = co_await stream.next(flags);
    if (!pictures) co_return fail(pictures.error());
    for (Picture& each : *pictures) {
      --left;
      if (!best || (each.position_us > best->position_us) == is_forward) best = std::move(each);
    }
    if ((flags & ZOE_RUN_END) != 0) break;
  }
  if (best) co_return std::move(*best);
  co_return fail(Errc::kNotFound, "there is no frame");
}

// A stream in time. One part a call.
class Motion final : public BodySource {
 public:
  Motion(asio::io_context& context, PictureStream stream, Rational rate)
      : stream_(std::move(stream)), timer_(context), speed_(std::abs(rate.to_double())), is_forward_(rate.num > 0) {}

  asio::awaitable<Result<std::string>> next() override {
    if (is_done_) co_return std::string();
    for (;;) {
      if (ready_.empty()) {
        if (has_all_) {
          is_done_ = true;
          co_return fmt::format("--{}--\r\n", kBoundary);
        }
        Status filled = co_await fill();
        if (!filled) co_return fail(filled.error());
        continue;
      }
      const Picture picture = std::move(ready_.front());
      ready_.pop_front();
      const Clock::time_point when = due(picture);
      stream_.credit(passed_us(picture) + kAheadUs);
      // Who reads too slowly, or a server that was late, is caught up with.
      if (!ready_.empty() && due(ready_.front()) <= Clock::now()) continue;
      timer_.expires_at(when);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      const std::string jpeg = bytes_of(picture, stream_.plan());
      co_return fmt::format(
          "--{}\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\nX-Position-Us: {}\r\nX-Frame: {}\r\n\r\n{}\r\n",
          kBoundary, jpeg.size(), picture.position_us, picture.number, jpeg);
    }
  }

 private:
  std::int64_t passed_us(const Picture& picture) const { return std::abs(picture.position_us - first_us_); }

  // Time begins with the first frame.
  Clock::time_point due(const Picture& picture) {
    if (!has_begun_) {
      has_begun_ = true;
      first_us_ = picture.position_us;
      begin_ = Clock::now();
    }
    return begin_ + std::chrono::microseconds(std::llround(static_cast<double>(passed_us(picture)) / speed_));
  }

  // The pictures of the next run; in reverse those of a whole segment, the last one first.
  asio::awaitable<Status> fill() {
    std::uint32_t flags = 0;
    do {
      auto pictures = co_await stream_.next(flags);
      if (!pictures) co_return fail(pictures.error());
      for (Picture& each : *pictures) {
        if (is_forward_)
          ready_.push_back(std::move(each));
        else
          ready_.push_front(std::move(each));
      }
    } while (!is_forward_ && (flags & (ZOE_RUN_SEGMENT_END | ZOE_RUN_END)) == 0);
    has_all_ = (flags & ZOE_RUN_END) != 0;
    co_return Status();
  }

  PictureStream stream_;
  asio::steady_timer timer_;
  const double speed_;
  const bool is_forward_;
  std::deque<Picture> ready_;  // in the order in which they are shown
  bool has_all_ = false;
  bool is_done_ = false;
  bool has_begun_ = false;
  std::int64_t first_us_ = 0;
  Clock::time_point begin_;
};

Result<Rational> read_rate(const Target& target) {
  const auto found = target.query.find("rate");
  if (found == target.query.end()) return Rational{1, 1};
  const auto rate = Rational::parse(found->second);
  if (!rate || rate->num == 0 || std::abs(rate->to_double()) > kMostRate)
    return fail(Errc::kInvalidArgument, "rate is a number from -16 to 16 such as -1, 0.5 or 2, and not 0");
  return *rate;
}

}  // namespace

std::string turned(Bytes jpeg, int degrees) {
  // Exif 2.3, tag Orientation: what is stored has to be turned clockwise so far.
  const char orientation = degrees == 90 ? 6 : degrees == 180 ? 3 : degrees == 270 ? 8 : 1;
  const std::string_view text = as_text(jpeg);
  if (orientation == 1 || text.size() < 2) return std::string(text);
  constexpr std::array<char, 36> kSegment = {'\xFF', '\xE1', 0, 34, 'E', 'x', 'i', 'f', 0, 0,  'M', 'M',
                                             0,      42,     0, 0,  0,   8,   0,   1,   1, 18, 0,   3,
                                             0,      0,      0, 1,  0,   0,   0,   0,   0, 0,  0,   0};
  constexpr std::size_t kOrientation = 29;
  std::string segment(kSegment.data(), kSegment.size());
  segment[kOrientation] = orientation;
  std::string out;
  out.reserve(text.size() + segment.size());
  out.append(text.substr(0, 2)).append(segment).append(text.substr(2));
  return out;
}

asio::awaitable<Response> frame_answer(std::shared_ptr<Caller> caller, const Target& target) {
  auto wish = read_wish(target);
  if (!wish) co_return refusal(wish.error());
  const auto step = whole_number(target, "step", -kMostSteps, kMostSteps, 0);
  if (!step) co_return refusal(step.error());
  PictureStream stream(caller);
  json params = json::object();
  params["is_paused"] = true;
  Status opened = co_await stream.open(*wish, std::move(params));
  if (!opened) co_return refusal(opened.error());
  auto picture = co_await step_to(stream, *step);
  // Before the first frame there is none, but that one.
  if (!picture && picture.error().code == Errc::kNotFound) picture = co_await step_to(stream, 0);
  Response response;
  if (picture) {
    response.body = bytes_of(*picture, stream.plan());
    response.with("Content-Type", "image/jpeg")
        .with("Cache-Control", "private, no-cache")
        .with("X-Content-Type-Options", "nosniff")
        .with("X-Position-Us", std::to_string(picture->position_us))
        .with("X-Frame", std::to_string(picture->number))
        .with("X-Frames", std::to_string(stream.plan().frames));
  } else {
    response = refusal(picture.error());
  }
  co_await stream.close();
  co_return response;
}

asio::awaitable<Response> motion_answer(std::shared_ptr<Caller> caller, asio::io_context& context,
                                        const Target& target) {
  auto wish = read_wish(target);
  if (!wish) co_return refusal(wish.error());
  const auto rate = read_rate(target);
  if (!rate) co_return refusal(rate.error());
  const auto fps = whole_number(target, "max_fps", 0, 240, 0);
  if (!fps) co_return refusal(fps.error());
  PictureStream stream(caller);
  json params = json::object();
  params["rate"] = rate->to_string();
  params["credit_us"] = kAheadUs;
  if (*fps > 0) params["max_fps"] = *fps;
  Status opened = co_await stream.open(*wish, std::move(params));
  if (!opened) co_return refusal(opened.error());
  Response response;
  response.with("Content-Type", fmt::format("multipart/x-mixed-replace; boundary={}", kBoundary))
      .with("Cache-Control", "no-store")
      .with("X-Content-Type-Options", "nosniff")
      .with("X-Frames", std::to_string(stream.plan().frames));
  response.source = std::make_unique<Motion>(context, std::move(stream), *rate);
  co_return response;
}

}  // namespace zoe::transport_http
