// A room's timeline and its members, on times that the test makes up.
#include "server/streams/room.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoe::server {
namespace {

using testing::ElementsAre;
using What = RoomCommand::What;

constexpr std::int64_t kMs = kNsPerMs;
constexpr std::int64_t kUtc = 1'700'000'000 * kNsPerS;
const AccountKey kOwner{"accounts", 1};

struct RoomTest : testing::Test {
  static RoomPlace two_videos() {
    return {.entries = {{.media = "first", .duration_us = 10'000'000, .frame_us = 33'333},
                        {.media = "second", .duration_us = 5'000'000, .frame_us = 40'000}},
            .utc_ns = kUtc};
  }
  std::uint64_t join(std::uint64_t user, std::int64_t round_trip_ms = 0) {
    RoomMember member;
    member.seat = "seat " + std::to_string(++seats);
    member.account = {"accounts", user};
    const std::uint64_t number = room.join(member, now).value();
    report(number, {.round_trip_ns = round_trip_ms * kMs});
    return number;
  }
  void report(std::uint64_t member, RoomReport what) {
    if (what.round_trip_ns == 0) what.round_trip_ns = room.find(member)->round_trip_ns;
    if (what.prepared == 0) what.prepared = room.find(member)->prepared;
    room.report(member, what, now);
  }
  // Has everybody report that they are ready for the jump.
  void all_prepared() {
    ASSERT_TRUE(room.preparation());
    const std::uint64_t number = room.preparation()->number;
    std::vector<std::uint64_t> all;
    for (const RoomMember& each : room.members()) all.push_back(each.member);
    for (const std::uint64_t member : all) report(member, {.prepared = number});
  }
  std::int64_t command(RoomCommand what) {
    const auto at = room.command(what, now);
    EXPECT_TRUE(at) << at.error().message;
    return at.value_or(0);
  }
  // Lets time pass, everybody saying every half second that they are well.
  void pass(std::int64_t ms) {
    const std::int64_t until = now + ms * kMs;
    while (now < until) {
      now = std::min(until, now + 50 * kMs);
      for (const RoomMember& each : room.members()) room.heard(each.member, now);
      room.tick(now);
    }
  }
  const Timeline& last() const { return room.timelines().back().timeline; }
  std::int64_t position() const { return room.timelines().front().timeline.position_us(now); }
  std::string media() const { return room.entry()->media; }

  int seats = 0;
  std::int64_t now = 1'000 * kNsPerS;
  Room room{{.name = "room"}, kOwner, two_videos(), now, kUtc};
};

TEST_F(RoomTest, ACommandHoldsFromAMomentThatTheSlowestMemberHearsOfInTime) {
  join(1, 5);
  join(2, 300);
  const std::int64_t at = command({.what = What::kPlay});
  EXPECT_GE(at - now, 300 * kMs);
  EXPECT_LE(at - now, Room::kMostLeadNs);
  ASSERT_EQ(room.timelines().size(), 2U) << "until then the former one";
  EXPECT_TRUE(room.timelines().front().timeline.is_paused);
  pass(1'000 + (at - now) / kMs);
  EXPECT_EQ(room.timelines().size(), 1U);
  EXPECT_NEAR(static_cast<double>(position()), 1'000'000, 51'000);
}

TEST_F(RoomTest, TheLeadIsBoundedWhateverMembersSay) {
  report(join(1), {.round_trip_ns = 3'600 * kNsPerS});
  EXPECT_EQ(command({.what = What::kPlay}) - now, Room::kMostLeadNs);
}

TEST_F(RoomTest, APauseStandsWhereTheTimelineWillBeAtItsMoment) {
  join(1);
  const std::int64_t began = command({.what = What::kPlay});
  pass(2'000);
  const std::int64_t at = command({.what = What::kPause});
  EXPECT_GT(at, now);
  EXPECT_TRUE(last().is_paused);
  EXPECT_EQ(last().media_us, (at - began) / 1000);
}

TEST_F(RoomTest, BackwardsAndAtOtherRatesTooWithoutAJump) {
  join(1);
  command({.what = What::kPlay});
  pass(3'000);
  const Timeline before = last();
  const std::int64_t turns = command({.what = What::kRate, .rate = {-2, 1}});
  EXPECT_EQ(last().media_us, before.position_us(turns));
  pass((turns - now) / kMs + 500);
  EXPECT_EQ(position(), before.position_us(turns) - 2 * (now - turns) / 1000);
  const std::int64_t slows = command({.what = What::kRate, .rate = {1, 2}});
  EXPECT_EQ(last().rate, (Rational{1, 2}));
  EXPECT_GT(slows, now);
}

TEST_F(RoomTest, CommandsHoldInTheOrderInWhichTheyWereGiven) {
  join(1);
  const std::int64_t first = command({.what = What::kPlay});
  now += kMs;
  const std::int64_t second = command({.what = What::kRate, .rate = {2, 1}});
  now += kMs;
  const std::int64_t third = command({.what = What::kPause});
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_EQ(last().media_us, (second - first) / 1000 + 2 * (third - second) / 1000);
  for (int i = 0; i < 100; ++i) command({.what = i % 2 == 0 ? What::kPlay : What::kPause});
  EXPECT_LE(room.timelines().size(), 8U) << "what waits is bounded";
  for (std::size_t i = 1; i < room.timelines().size(); ++i)
    EXPECT_LE(room.timelines()[i - 1].timeline.from_ns, room.timelines()[i].timeline.from_ns);
}

TEST_F(RoomTest, AJumpIsShownByAllAtOneMomentOnceTheyHaveItsFrame) {
  const std::uint64_t quick = join(1);
  const std::uint64_t slow = join(2);
  command({.what = What::kPlay});
  pass(1'000);
  command({.what = What::kSeek, .position_us = 7'000'000});
  ASSERT_TRUE(room.preparation());
  EXPECT_TRUE(last().is_paused) << "meanwhile all stand on one frame";
  const std::int64_t stands = last().media_us;
  pass(300);
  report(quick, {.prepared = room.preparation()->number});
  ASSERT_TRUE(room.preparation());
  report(slow, {.prepared = room.preparation()->number});
  EXPECT_FALSE(room.preparation());
  EXPECT_GT(last().from_ns, now);
  EXPECT_EQ(last().media_us, 7'000'000);
  EXPECT_FALSE(last().is_paused);
  EXPECT_EQ(position(), stands);
}

TEST_F(RoomTest, WhoNeedsTooLongForAJumpComesLater) {
  join(1);
  join(2);
  command({.what = What::kSeek, .position_us = 7'000'000});
  report(1, {.prepared = room.preparation()->number});
  pass(2'000);
  EXPECT_TRUE(room.preparation());
  pass(2'000);
  EXPECT_FALSE(room.preparation());
  EXPECT_EQ(last().media_us, 7'000'000);
}

TEST_F(RoomTest, OfManyJumpsTheLastOneCounts) {
  join(1);
  command({.what = What::kSeek, .position_us = 7'000'000});
  const std::uint64_t first = room.preparation()->number;
  command({.what = What::kSeek, .position_us = 2'000'000});
  report(1, {.prepared = first});
  ASSERT_TRUE(room.preparation()) << "the frame of the former one is not that of this one";
  report(1, {.prepared = 1'000'000});
  EXPECT_FALSE(room.preparation()) << "a number beyond all that there are counts as the newest";
  EXPECT_EQ(last().media_us, 2'000'000);
}

TEST_F(RoomTest, StepsGoFromFrameToFrameAndPause) {
  join(1);
  command({.what = What::kPlay});
  pass(1'000);
  command({.what = What::kPause});
  pass(500);
  const std::int64_t frame = position() / 33'333;
  command({.what = What::kStep, .count = 1});
  command({.what = What::kStep, .count = 1});
  EXPECT_EQ(last().media_us / 33'333, frame + 2) << "two before either holds are two frames";
  command({.what = What::kStep, .count = -300});
  EXPECT_EQ(last().media_us, 0);
  command({.what = What::kStep, .count = 1, .frame_at_us = 123'456});
  EXPECT_EQ(last().media_us, 123'456);
  EXPECT_TRUE(room.is_paused());
}

TEST_F(RoomTest, TheNextVideoFollowsAndTheLastOneEnds) {
  join(1);
  command({.what = What::kSeek, .position_us = 9'900'000});
  all_prepared();
  command({.what = What::kPlay});
  pass(1'000);
  ASSERT_TRUE(room.preparation());
  EXPECT_EQ(room.preparation()->entry, 1U);
  EXPECT_EQ(media(), "first") << "its last frame stays until the next one is there";
  all_prepared();
  pass(1'000);
  EXPECT_EQ(media(), "second");
  EXPECT_GT(position(), 500'000);
  pass(6'000);
  EXPECT_TRUE(room.is_paused());
  EXPECT_EQ(position(), 4'999'999);
  command({.what = What::kPlay});
  all_prepared();
  EXPECT_EQ(last().media_us, 0) << "from the beginning again";
  EXPECT_FALSE(room.command({.what = What::kNext}, now));
  ASSERT_TRUE(room.command({.what = What::kPrevious}, now));
  all_prepared();
  pass(2'000);
  EXPECT_EQ(media(), "first");
}

TEST_F(RoomTest, ItWaitsForWhoseBufferIsDryAndNotForEver) {
  const std::uint64_t ann = join(1);
  const std::uint64_t bob = join(2);
  command({.what = What::kPlay});
  pass(1'000);
  report(bob, {.is_buffering = true});
  pass(100);
  EXPECT_FALSE(room.is_held()) << "that may pass at once";
  pass(400);
  EXPECT_TRUE(room.is_held());
  EXPECT_THAT(room.awaited(), ElementsAre(bob));
  EXPECT_TRUE(last().is_paused);
  EXPECT_FALSE(room.is_paused()) << "it is still wanted to play";
  report(bob, {.is_buffering = false});
  EXPECT_FALSE(room.is_held());
  EXPECT_FALSE(last().is_paused);
  report(bob, {.is_buffering = true});
  pass(500);
  ASSERT_TRUE(room.is_held());
  pass(Room::kLongestWaitNs / kMs + 200);
  EXPECT_FALSE(room.is_held()) << "left behind";
  pass(1'000);
  EXPECT_FALSE(room.is_held());
  report(bob, {.is_buffering = false});
  report(bob, {.is_buffering = true});
  pass(500);
  EXPECT_TRUE(room.is_held()) << "who has caught up counts again";
  room.leave(bob, now);
  EXPECT_FALSE(room.is_held());
  EXPECT_NE(room.find(ann), nullptr);
}

TEST_F(RoomTest, OrLeavesThemBehind) {
  room.set_settings({.name = "room", .patience = RoomPatience::kLeaveBehind});
  join(1);
  const std::uint64_t bob = join(2);
  command({.what = What::kPlay});
  pass(500);
  report(bob, {.is_buffering = true});
  pass(1'000);
  EXPECT_FALSE(room.is_held());
  EXPECT_FALSE(last().is_paused);
}

TEST_F(RoomTest, NobodyWaitsForWhoIsNotHeardOf) {
  join(1);
  const std::uint64_t bob = join(2);
  command({.what = What::kPlay});
  pass(500);
  report(bob, {.is_buffering = true});
  pass(500);
  ASSERT_TRUE(room.is_held());
  room.lost(bob, now);
  EXPECT_FALSE(room.is_held());
  EXPECT_FALSE(room.find(bob)->is_here);
  room.heard(bob, now);
  EXPECT_TRUE(room.find(bob)->is_here);
  now += Room::kGoneNs + 1;
  room.tick(now);
  EXPECT_TRUE(room.members().empty()) << "and in the end they are gone";
}

TEST_F(RoomTest, ASeatIsTakenAgainByWhoHeldIt) {
  RoomMember member;
  member.seat = "secret";
  member.account = {"accounts", 3};
  const std::uint64_t number = room.join(member, now).value();
  EXPECT_EQ(room.join(member, now).value(), number);
  EXPECT_EQ(room.members().size(), 1U);
}

TEST_F(RoomTest, ItIsBounded) {
  for (std::size_t i = 0; i < Room::kMostMembers; ++i) join(i + 1);
  RoomMember member;
  member.seat = "one more";
  EXPECT_EQ(room.join(member, now).error().code, Errc::kTooLarge);
  EXPECT_EQ(room.add_entries(std::vector<RoomEntry>(Room::kMostEntries), now).error().code, Errc::kTooLarge);
}

TEST_F(RoomTest, ThePolicySaysWhoMayCommand) {
  const std::uint64_t owner = join(1);
  const std::uint64_t named = join(2);
  const std::uint64_t other = join(3);
  const std::uint64_t guest = join(0);
  const auto may = [&] {
    std::vector<bool> all;
    for (const std::uint64_t member : {owner, named, other, guest}) all.push_back(room.may_command(*room.find(member)));
    return all;
  };
  EXPECT_THAT(may(), ElementsAre(true, true, true, true));
  room.set_settings({.name = "room", .policy = RoomPolicy::kOwner});
  EXPECT_THAT(may(), ElementsAre(true, false, false, false));
  room.set_settings({.name = "room", .policy = RoomPolicy::kNamed, .named = {{"accounts", 2}, {"accounts", 0}}});
  EXPECT_THAT(may(), ElementsAre(true, true, false, false)) << "a guest has no name";
}

TEST_F(RoomTest, ItSurvivesItsOwner) {
  const std::uint64_t owner = join(1);
  join(0);
  join(2);
  command({.what = What::kPlay});
  pass(1'000);
  room.leave(owner, now);
  EXPECT_EQ(room.owner(), (AccountKey{"accounts", 2})) << "the longest here of those with an account";
  EXPECT_FALSE(last().is_paused);
  EXPECT_FALSE(room.is_closing());
}

TEST_F(RoomTest, OrStaysTheirsOrCloses) {
  room.set_settings({.name = "room", .owner_leaves = OwnerLeaves::kKeep});
  const std::uint64_t owner = join(1);
  join(2);
  room.leave(owner, now);
  EXPECT_EQ(room.owner(), kOwner);
  room.set_settings({.name = "room", .owner_leaves = OwnerLeaves::kClose});
  const std::uint64_t again = join(1);
  const std::uint64_t elsewhere = join(1);
  room.leave(again, now);
  EXPECT_FALSE(room.is_closing()) << "its owner is still here, on another screen";
  room.leave(elsewhere, now);
  EXPECT_TRUE(room.is_closing());
}

TEST_F(RoomTest, ARestartOnAnotherClockLosesNoTime) {
  join(1);
  command({.what = What::kRate, .rate = {2, 1}});
  command({.what = What::kPlay});
  pass(1'000);
  const RoomPlace place = room.place(now, kUtc);
  const std::int64_t before = position();
  // The clock of the machine began anew; a second and a half of the day has passed.
  const Room again({.name = "room"}, kOwner, place, 5, kUtc + 1'500 * kMs);
  const Timeline& timeline = again.timelines().front().timeline;
  EXPECT_EQ(timeline.from_ns, 5);
  EXPECT_FALSE(timeline.is_paused);
  EXPECT_EQ(timeline.media_us, before + 3'000'000);
  EXPECT_EQ(again.entries().size(), 2U);
}

TEST_F(RoomTest, ALongOneAndAStrangeDatabaseAreSafe) {
  join(1);
  command({.what = What::kPlay});
  pass(1'000);
  RoomPlace place = room.place(now, kUtc);
  const std::int64_t before = place.position_us;
  const Room later({}, kOwner, place, 5, kUtc + Room::kLongestDownNs + 1);
  EXPECT_TRUE(later.is_paused()) << "nobody knows any more who was watching";
  EXPECT_EQ(later.timelines().front().timeline.media_us, before);
  place.rate = {INT32_MAX, 1};
  place.position_us = INT64_MAX;
  place.entry = 77;
  place.utc_ns = kUtc + kNsPerS;
  const Room strange({}, kOwner, place, 5, kUtc);
  EXPECT_EQ(strange.timelines().front().timeline.media_us, 9'999'999);
  EXPECT_EQ(strange.rate(), (Rational{1, 1}));
  Room empty({}, kOwner, {.is_paused = false, .utc_ns = kUtc}, 5, kUtc);
  EXPECT_TRUE(empty.is_paused());
  EXPECT_EQ(empty.command({.what = What::kPlay}, 6).error().code, Errc::kConflict);
  ASSERT_TRUE(empty.add_entries({{.media = "one"}}, 7));
  EXPECT_EQ(empty.entry()->media, "one");
}

TEST_F(RoomTest, ThePlaylistChangesRoundWhatIsWatched) {
  join(1);
  ASSERT_TRUE(room.add_entries({{.media = "third"}}, now));
  EXPECT_EQ(room.remove_entry(1, now).error().code, Errc::kConflict);
  EXPECT_EQ(room.remove_entry(99, now).error().code, Errc::kNotFound);
  command({.what = What::kEntry, .entry = 3});
  all_prepared();
  pass(500);
  ASSERT_TRUE(room.remove_entry(1, now));
  EXPECT_EQ(media(), "third");
  EXPECT_EQ(room.entries().size(), 2U);
}

}  // namespace
}  // namespace zoe::server
