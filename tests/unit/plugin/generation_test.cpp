#include "engine/plugin/host/generation.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/plugin/bridge/status.hpp"
#include "tests/plugins/fixtures/plugin_service_user/service_user.h"
#include "tests/plugins/test_host.hpp"

namespace zoe::plugin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// True when this process maps a file whose path contains `part`.
bool is_file_mapped(const std::string& part) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find(part) != std::string::npos) return true;
  return false;
}

TEST(GenerationState, FollowsThePictureInEntryH) {
  using enum GenerationState;
  EXPECT_TRUE(is_allowed(kLoaded, kInitialised));
  EXPECT_TRUE(is_allowed(kInitialised, kActive));
  EXPECT_TRUE(is_allowed(kActive, kDraining));
  EXPECT_TRUE(is_allowed(kDraining, kIdle));
  EXPECT_TRUE(is_allowed(kIdle, kGone));
  EXPECT_TRUE(is_allowed(kInitialised, kGone));
  EXPECT_FALSE(is_allowed(kActive, kGone)) << "deinit while it serves";
  EXPECT_FALSE(is_allowed(kDraining, kActive));
  EXPECT_FALSE(is_allowed(kGone, kInitialised));
  EXPECT_FALSE(is_allowed(kIdle, kDraining));
}

class GenerationTest : public testing::Test {
 protected:
  Result<std::shared_ptr<Generation>> load(const std::string& fixture) {
    const auto file = host_.registry().stage(test::test_plugin_file(fixture));
    if (!file) return fail(file.error());
    copy_ = (*file)->path;
    Generation::Options options;
    options.number = ++number_;
    options.wake = [this] { ++wakes_; };
    return Generation::load(*file, host_.services(), options);
  }
  Error error_of(const std::string& fixture) {
    auto generation = load(fixture);
    EXPECT_FALSE(generation);
    EXPECT_FALSE(is_file_mapped("plugins-run/" + fixture)) << "nothing of a failure is left";
    EXPECT_FALSE(std::filesystem::exists(copy_));
    return generation ? Error{} : generation.error();
  }
  test::TestHost host_;
  std::string copy_;
  std::uint64_t number_ = 0;
  std::atomic<int> wakes_{0};
};

TEST_F(GenerationTest, ACPluginLivesItsWholeLife) {
  auto loaded = load("plugin_ok_c");
  ASSERT_TRUE(loaded) << loaded.error().message;
  Generation& generation = **loaded;
  EXPECT_EQ(generation.state(), GenerationState::kInitialised);
  const GenerationInfo info = generation.info();
  EXPECT_EQ(info.id, "ok_c");
  EXPECT_EQ(info.name, "Packets as they are");
  EXPECT_EQ(info.version, "1.2.3");
  EXPECT_EQ(info.kind, "codec");
  EXPECT_EQ(info.path, test::test_plugin_file("plugin_ok_c"));
  EXPECT_TRUE(is_file_mapped("plugins-run/plugin_ok_c"));
  EXPECT_FALSE(is_file_mapped("test_plugins/plugin_ok_c")) << "the file itself may be replaced at any time";

  generation.publish();
  EXPECT_EQ(generation.state(), GenerationState::kActive);
  generation.drain();
  EXPECT_TRUE(generation.is_unloadable());
  const UnloadReport report = generation.unload();
  EXPECT_FALSE(report.is_resident);
  EXPECT_EQ(generation.state(), GenerationState::kGone);
  EXPECT_FALSE(is_file_mapped("plugins-run/plugin_ok_c"));
  loaded = fail(Errc::kNotFound, "let go of");
  EXPECT_FALSE(std::filesystem::exists(copy_));
  EXPECT_THAT(host_.log_text(), AllOf(HasSubstr("[ok_c] init"), HasSubstr("[ok_c] drain"), HasSubstr("[ok_c] deinit")));
}

TEST_F(GenerationTest, ACodecWorksAcrossTheBoundary) {
  const auto loaded = load("plugin_ok_c");
  ASSERT_TRUE(loaded);
  (*loaded)->publish();
  {
    const Pin pin(*loaded);
    const auto* codec = pin.table<zoe_codec_v1>();
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(pin.table<zoe_auth_v1>(), nullptr) << "it is no auth plugin";
    zoe_track track{};
    track.struct_size = sizeof track;
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    zoe_error error = abi::empty_error();
    EXPECT_EQ(codec->resolve(pin.plugin(), &track, abi::to_abi("other"), &rendition, &error), ZOE_E_INVALID_ARGUMENT);
    EXPECT_STREQ(error.message, "the only rendition is 'same'");
    ASSERT_EQ(codec->resolve(pin.plugin(), &track, abi::to_abi("same"), &rendition, &error), ZOE_OK);
    zoe_codec_session* session = nullptr;
    ASSERT_EQ(codec->open(pin.plugin(), &track, &rendition, &session, &error), ZOE_OK);
    const Buffer buffer = Buffer::alloc(10).value();
    const zoe_packet packet{sizeof(zoe_packet), ZOE_PACKET_KEY, 5, 5, 1, buffer.get(), buffer.data(), 10};
    EXPECT_EQ(codec->send_packet(session, &packet, &error), ZOE_OK);
    EXPECT_EQ(codec->send_packet(session, &packet, &error), ZOE_AGAIN);
    zoe_packet out{};
    out.struct_size = sizeof out;
    EXPECT_EQ(codec->receive_packet(session, &out, &error), ZOE_OK);
    EXPECT_EQ(out.pts, 5);
    const Buffer received = Buffer::adopt(out.buffer);
    EXPECT_EQ(received.get(), buffer.get());
    EXPECT_EQ(codec->receive_packet(session, &out, &error), ZOE_AGAIN);
    EXPECT_EQ(codec->flush(session, &error), ZOE_OK);
    EXPECT_EQ(codec->receive_packet(session, &out, &error), ZOE_END);
    codec->close(session);
  }
  (*loaded)->drain();
  EXPECT_FALSE((*loaded)->unload().is_resident);
}

TEST_F(GenerationTest, EachRefusalNamesFileAndReason) {
  const Error major = error_of("plugin_other_major");
  EXPECT_EQ(major.code, Errc::kUnsupported);
  EXPECT_THAT(major.message, AllOf(HasSubstr("plugin_other_major.so"), HasSubstr("built for version 2.0"),
                                   HasSubstr("this program has 1.4")));
  EXPECT_EQ(error_of("plugin_newer_minor").code, Errc::kUnsupported);
  EXPECT_THAT(error_of("plugin_no_symbol").message,
              AllOf(HasSubstr("plugin_no_symbol.so is no plugin"), HasSubstr("zoe_plugin_entry")));
  EXPECT_THAT(error_of("plugin_bad_id").message, HasSubstr("its id is not made of"));
  EXPECT_THAT(error_of("plugin_lacks_function").message, HasSubstr("its entry lacks a function"));
  const Error init = error_of("plugin_init_fails");
  EXPECT_EQ(init.code, Errc::kIo);
  EXPECT_THAT(init.message, AllOf(HasSubstr("plugin_init_fails.so"), HasSubstr("the encoder card is not there")));
  EXPECT_THAT(error_of("plugin_no_interface").message, HasSubstr("it does not offer zoe.codec/1"));
}

TEST_F(GenerationTest, ALoaderErrorIsTold) {
  const auto program = host_.registry().prepare(test::program("test_plugin"));
  ASSERT_FALSE(program);
  EXPECT_THAT(program.error().message,
              AllOf(HasSubstr("bin/test_plugin cannot be loaded: "), Not(HasSubstr("plugins-run"))));
}

TEST_F(GenerationTest, AnExceptionBecomesWords) {
  host_.set_settings("throws", R"({"in_create": "std"})");
  EXPECT_THAT(error_of("plugin_throws").message, HasSubstr("thrown in create"));
  host_.set_settings("throws", R"({"in_create": "other"})");
  EXPECT_EQ(error_of("plugin_throws").code, Errc::kInternal);
  host_.set_settings("throws", "{}");

  const auto loaded = load("plugin_throws");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT((*loaded)->self_test().error().message, HasSubstr("thrown in the self-test"));
  (*loaded)->publish();
  {
    const Pin pin(*loaded);
    const auto* codec = pin.table<zoe_codec_v1>();
    zoe_track track{};
    zoe_rendition rendition{};
    zoe_error error = abi::empty_error();
    EXPECT_EQ(codec->resolve(pin.plugin(), &track, abi::to_abi("x"), &rendition, &error), ZOE_E_INTERNAL);
    EXPECT_STREQ(error.message, "thrown in resolve");
    std::uint32_t count = 5;
    EXPECT_EQ(codec->ladder(pin.plugin(), &track, &rendition, 1, &count), ZOE_E_NO_MEMORY);
    EXPECT_EQ(count, 0U);
    zoe_codec_session* session = nullptr;
    EXPECT_EQ(codec->open(pin.plugin(), &track, &rendition, &session, nullptr), ZOE_E_NO_MEMORY);
  }
  (*loaded)->drain();
  EXPECT_FALSE((*loaded)->unload().is_resident);
}

TEST_F(GenerationTest, SettingsCanKeepItOut) {
  host_.set_settings("ok_c", R"({"enabled": false})");
  EXPECT_EQ(error_of("plugin_ok_c").code, Errc::kUnavailable);
  host_.set_settings("ok_c", R"({"enabled": "yes"})");
  EXPECT_EQ(error_of("plugin_ok_c").code, Errc::kInvalidArgument);
}

TEST_F(GenerationTest, PinsKeepItUntilTheLastHasGone) {
  const auto loaded = load("plugin_ok_c");
  ASSERT_TRUE(loaded);
  Generation& generation = **loaded;
  generation.publish();
  Pin first(*loaded);
  Pin second = first;
  EXPECT_EQ(generation.pins(), 2U);
  generation.drain();
  EXPECT_FALSE(generation.is_unloadable());
  const int before = wakes_;
  first.reset();
  EXPECT_FALSE(generation.is_unloadable());
  EXPECT_EQ(wakes_, before);
  std::jthread([&] { second.reset(); }).join();
  EXPECT_EQ(wakes_, before + 1) << "the last pin wakes the main thread";
  EXPECT_TRUE(generation.is_unloadable());
  generation.unload();
  EXPECT_FALSE(Pin(*loaded)) << "what is gone cannot be pinned";
}

TEST_F(GenerationTest, AFailedSelfTestIsToldInItsWords) {
  const auto broken = load("plugin_self_test_fails");
  ASSERT_TRUE(broken);
  EXPECT_THAT((*broken)->self_test().error().message, HasSubstr("two and two make five"));
  (*broken)->unload();
  const auto good = load("plugin_ok_c");
  ASSERT_TRUE(good);
  EXPECT_TRUE((*good)->self_test()) << "offering none is fine";
  (*good)->unload();
}

TEST_F(GenerationTest, ALibraryThatStaysInMemoryIsReported) {
  const auto loaded = load("plugin_sticky");
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_TRUE(test::wait_until([&] { return (*loaded)->info().jobs == 0; }));
  const UnloadReport report = (*loaded)->unload();
  EXPECT_TRUE(report.is_resident);
  EXPECT_THAT(report.why, HasSubstr("thread-local object"));
}

// ---- what a plugin does with the services

class ServiceUserTest : public GenerationTest {
 protected:
  ServiceUserTest() {
    auto loaded = load("plugin_service_user");
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    generation_ = *loaded;
    generation_->publish();
    pin_ = Pin(generation_);
    // The test interface is no part of the host's vocabulary, so it is asked for behind the codec's table.
    user_ = static_cast<const zoe_test_service_user_v1*>(generation_->interface(ZOE_TEST_SERVICE_USER_V1));
    EXPECT_NE(user_, nullptr);
  }
  ~ServiceUserTest() override {
    pin_.reset();
    if (generation_->state() == GenerationState::kActive) generation_->drain();
    if (generation_->state() == GenerationState::kDraining) {
      EXPECT_FALSE(generation_->unload().has_left_jobs);
    }
  }

  std::shared_ptr<Generation> generation_;
  Pin pin_;
  const zoe_test_service_user_v1* user_ = nullptr;
};

TEST_F(ServiceUserTest, LogConfigClockAndMetrics) {
  std::array<char, 256> folder{};
  ASSERT_EQ(user_->use_services(pin_.plugin(), folder.data()), ZOE_OK);
  EXPECT_EQ(folder.data(), host_.data_folder("service_user"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.data()));
  EXPECT_THAT(host_.log_text(), HasSubstr("[service_user] settings {}"));
  EXPECT_EQ(host_.metrics().counter("service_user_uses_total").value(), 2U);
  EXPECT_EQ(host_.metrics().gauge("service_user_level").value(), -7);
}

TEST_F(ServiceUserTest, ABufferOutlivesItsPlugin) {
  zoe_buffer* raw = user_->make_buffer(pin_.plugin(), 1'000, 9);
  ASSERT_NE(raw, nullptr);
  const Buffer buffer = Buffer::adopt(raw);
  EXPECT_EQ(generation_->info().buffers, 1);
  EXPECT_EQ(generation_->info().buffer_bytes, 1'000);
  EXPECT_EQ(user_->make_buffer(pin_.plugin(), SIZE_MAX, 0), nullptr);
  pin_.reset();
  generation_->drain();
  EXPECT_FALSE(generation_->unload().is_resident);
  EXPECT_EQ(buffer.data()[999], 9);
}

TEST_F(ServiceUserTest, AJobKeepsItLoaded) {
  struct Gate {
    std::promise<void> entered;
    std::promise<void> opened;
  } gate;
  ASSERT_EQ(user_->post(
                pin_.plugin(),
                [](void* user) {
                  auto& g = *static_cast<Gate*>(user);
                  g.entered.set_value();
                  g.opened.get_future().wait();
                },
                &gate),
            ZOE_OK);
  gate.entered.get_future().wait();
  pin_.reset();
  generation_->drain();
  EXPECT_FALSE(generation_->is_unloadable());
  EXPECT_EQ(generation_->info().jobs, 1);
  const int before = wakes_;
  gate.opened.set_value();
  EXPECT_TRUE(test::wait_until([&] { return generation_->is_unloadable(); }));
  EXPECT_TRUE(test::wait_until([&] { return wakes_ > before; }));
}

TEST_F(ServiceUserTest, TooManyJobsAreRefused) {
  struct Gate {
    std::promise<void> opened;
    std::shared_future<void> future{opened.get_future().share()};
  } gate;
  const auto wait = [](void* user) { std::shared_future<void>(static_cast<Gate*>(user)->future).wait(); };
  zoe_status status = ZOE_OK;
  for (int i = 0; i < 1'000 && status == ZOE_OK; ++i) status = user_->post(pin_.plugin(), wait, &gate);
  EXPECT_EQ(status, ZOE_E_TOO_LARGE);
  gate.opened.set_value();
  EXPECT_TRUE(test::wait_until([&] { return generation_->info().jobs == 0; })) << "also the refused ones are uncounted";
}

TEST_F(ServiceUserTest, TimersFireUntilTheyAreCancelled) {
  std::atomic<int> fired{0};
  const auto count = [](void* user) { ++*static_cast<std::atomic<int>*>(user); };
  ASSERT_EQ(user_->start_timer(pin_.plugin(), kNsPerMs, count, &fired), ZOE_OK);
  EXPECT_TRUE(test::wait_until([&] { return fired >= 3; }));
  EXPECT_EQ(generation_->info().timers, 1);
  user_->stop_timers(pin_.plugin());
  EXPECT_EQ(generation_->info().timers, 0);
}

TEST_F(ServiceUserTest, ATimerLeftBehindIsCancelledAndReported) {
  user_->leave_timers(pin_.plugin());
  pin_.reset();
  generation_->drain();
  const UnloadReport report = generation_->unload();
  EXPECT_EQ(report.timers_left, 1U);
  EXPECT_FALSE(report.is_resident);
}

TEST_F(ServiceUserTest, AHostFunctionKnowsWhoCalls) {
  const Pin again = Pin::of(generation_->context().host());
  ASSERT_TRUE(again);
  EXPECT_EQ(again.generation().id(), "service_user");
  EXPECT_EQ(generation_->pins(), 2U);
}

}  // namespace
}  // namespace zoe::plugin
