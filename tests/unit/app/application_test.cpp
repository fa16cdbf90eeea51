#include "engine/app/application.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/unit/app/gl_test.hpp"

namespace zoe::app {
namespace {

std::unique_ptr<Application> make_application(Clock& clock) {
  auto made = Application::create({.surface = Surface::kOffscreen, .width = 64, .height = 48}, clock, Log::null());
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

// Writes down what is done to it.
class NotingLayer : public Layer {
 public:
  NotingLayer(std::string name, std::vector<std::string>& notes) : name_(std::move(name)), notes_(notes) {}

  bool consumes = false;
  Wish wish;

  void on_attach(Application&) override { note("attach"); }
  void on_detach() override { note("detach"); }
  bool on_event(const Event&) override {
    note("event");
    return consumes;
  }
  Wish on_update(const UpdateContext&) override {
    note("update");
    return wish;
  }
  void on_render(const RenderContext&) override { note("render"); }
  void on_presented(std::int64_t) override { note("presented"); }

 private:
  void note(const char* what) { notes_.push_back(name_ + " " + what); }

  std::string name_;
  std::vector<std::string>& notes_;
};

class ApplicationTest : public testing::Test {
 protected:
  void SetUp() override {
    application_ = make_application(clock_);
    ASSERT_NE(application_, nullptr);
    application_->run_once(0);  // the first round draws whatever the layers say
  }

  NotingLayer& push(const std::string& name) {
    auto layer = std::make_unique<NotingLayer>(name, notes_);
    return static_cast<NotingLayer&>(application_->layers().push_layer(std::move(layer)));
  }
  NotingLayer& push_overlay(const std::string& name) {
    auto layer = std::make_unique<NotingLayer>(name, notes_);
    return static_cast<NotingLayer&>(application_->layers().push_overlay(std::move(layer)));
  }

  FakeClock clock_;
  std::vector<std::string> notes_;
  std::unique_ptr<Application> application_;
};

TEST_F(ApplicationTest, EventsGoDownAndDrawingGoesUp) {
  push_overlay("top");
  push("bottom");
  push("middle");  // below the overlay, though it came later
  notes_.clear();
  application_->post(PointerMove{1, 2});
  application_->request_redraw();
  application_->run_once(0);
  EXPECT_EQ(notes_, (std::vector<std::string>{"top event", "middle event", "bottom event", "bottom update",
                                              "middle update", "top update", "bottom render", "middle render",
                                              "top render", "bottom presented", "middle presented", "top presented"}));
}

TEST_F(ApplicationTest, AConsumedEventGoesNoFurther) {
  push("bottom");
  push("middle").consumes = true;
  push_overlay("top");
  notes_.clear();
  EXPECT_TRUE(application_->layers().dispatch(PointerMove{1, 2}));
  EXPECT_EQ(notes_, (std::vector<std::string>{"top event", "middle event"}));
}

TEST_F(ApplicationTest, LayersLeaveFromTheTop) {
  push("bottom");
  auto& middle = push("middle");
  push_overlay("top");
  notes_.clear();
  application_->layers().remove(middle);
  EXPECT_EQ(notes_, (std::vector<std::string>{"middle detach"}));
  push("late");
  application_.reset();
  EXPECT_EQ(notes_,
            (std::vector<std::string>{"middle detach", "late attach", "top detach", "late detach", "bottom detach"}));
}

TEST_F(ApplicationTest, DrawsOnlyWhenSomethingChanged) {
  auto& layer = push("layer");
  const auto drawn = [&] { return application_->frame_costs().count(); };
  const auto before = drawn();
  application_->run_once(0);
  EXPECT_EQ(drawn(), before) << "nothing changed";
  layer.wish.is_dirty = true;
  application_->run_once(0);
  EXPECT_EQ(drawn(), before + 1);
  layer.wish.is_dirty = false;
  application_->run_once(0);
  EXPECT_EQ(drawn(), before + 1);
  application_->post(WindowExposed{});
  application_->run_once(0);
  EXPECT_EQ(drawn(), before + 2);
}

TEST_F(ApplicationTest, ClosingEndsUnlessALayerMinds) {
  auto& layer = push("layer");
  layer.consumes = true;
  application_->post(CloseRequested{});
  EXPECT_TRUE(application_->run_once(0));
  layer.consumes = false;
  application_->post(CloseRequested{});
  EXPECT_FALSE(application_->run_once(0));
}

TEST_F(ApplicationTest, TasksRunOnTheMainThreadInOrder) {
  std::vector<int> order;
  const auto main_thread = std::this_thread::get_id();
  std::jthread other([&] {
    for (int i = 0; i < 3; ++i)
      application_->post_task([&order, i, main_thread] {
        EXPECT_EQ(std::this_thread::get_id(), main_thread);
        order.push_back(i);
      });
  });
  other.join();
  application_->run_once(0);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST_F(ApplicationTest, AWakeUpEndsALongWait) {
  std::jthread other([&] { application_->wake(); });
  const auto start = std::chrono::steady_clock::now();
  application_->run_once(60 * kNsPerS);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_F(ApplicationTest, AWakeUpBeforeTheWaitIsNotLost) {
  application_->wake();
  const auto start = std::chrono::steady_clock::now();
  application_->run_once(60 * kNsPerS);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_F(ApplicationTest, QuitFromAnotherThreadEndsTheLoopWithItsCode) {
  std::jthread other([&] { application_->quit(7); });
  EXPECT_EQ(application_->run(), 7);
}

// Asleep until the layer's deadline, which the clock reaches at once here.
TEST_F(ApplicationTest, WakesForTheLayersDeadline) {
  auto& layer = push("layer");
  layer.wish.wake_at_ns = clock_.now_ns() + 5 * kNsPerMs;
  application_->run_once(0);
  const auto start = std::chrono::steady_clock::now();
  application_->run_once(60 * kNsPerS);
  const auto passed = std::chrono::steady_clock::now() - start;
  EXPECT_GE(passed, std::chrono::milliseconds(4));
  EXPECT_LT(passed, std::chrono::seconds(30));
}

TEST(FrameCosts, KeepTheNewest) {
  FrameCosts costs;
  for (int i = 0; i < 600; ++i) costs.add({.start_ns = i});
  EXPECT_EQ(costs.count(), 600U);
  EXPECT_EQ(costs.kept(), FrameCosts::kKept);
  EXPECT_EQ(costs.newest(0).start_ns, 599);
  EXPECT_EQ(costs.newest(511).start_ns, 88);
}

}  // namespace
}  // namespace zoe::app
