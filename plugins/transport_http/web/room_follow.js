// Keeps a player where a room is: by tiny changes of speed, by a jump where it is far off, and backwards by pictures.
import { correction, positionOf, rateOf, timelineAt } from "./room_time.js";

const kTickMs = 50;
const kSettleMs = 400; // after a jump, before its place is judged
const kBetweenJumpsMs = 1500;
const kNearUs = 60_000; // what a jump has to reach
const kFarPicturesUs = 150_000;
const kMostLeadUs = 2_000_000;
const kPatienceMs = 3000;
const kDryMs = 250;

// `room` has the clock and the state; `say(report)` tells the server of this member.
export function follow(player, item, entry, room, say) {
  const video = player.video;
  const durationUs = item.duration_us;
  let leadUs = 100_000; // how much of the room's time a jump takes here
  let pictureLeadUs = 150_000;
  let jumpedMs = -1e9;
  let isJudged = true; // what the last jump has reached is known
  let prepared = 0; // the number of the jump that is being made ready, or was
  let standing = ""; // the timeline that the canvas stands for
  let skewUs = 0;
  let dryMs = 0; // since when there has been nothing to show
  let wasDry = false;

  const now = () => performance.now();
  const target = (timeline) => positionOf(timeline, room.clock.serverMs(now()), durationUs);

  async function prepare(jump) {
    prepared = jump.number;
    const until = now() + kPatienceMs;
    player.freeze();
    if (player.isRolling()) player.pause();
    video.pause();
    if (!player.isPictures()) {
      video.currentTime = jump.position_us / 1e6 + 0.0005;
      while (now() < until && prepared === jump.number && (video.seeking || video.readyState < 2)) await new Promise((done) => setTimeout(done, 20));
    }
    if (prepared === jump.number) say({ prepared: jump.number });
  }

  // The exact frame, on the canvas; the element below it gets ready to go on from there.
  function stand(timeline) {
    const mark = `${timeline.from_ns} ${timeline.media_us}`;
    if (standing === mark) return;
    standing = mark;
    const us = Math.min(target(timeline), Math.max(0, durationUs - 1));
    skewUs = 0;
    if (player.isRolling()) player.pause();
    video.pause();
    if (!player.isPictures() && Math.abs(video.currentTime * 1e6 - us) > 1000) video.currentTime = us / 1e6 + 0.0005;
    player.exact(us - 499);
  }

  function jump(timeline, rate) {
    jumpedMs = now();
    isJudged = false;
    video.currentTime = Math.max(0, Math.min(durationUs, target(timeline) + leadUs * rate)) / 1e6;
  }

  function run(timeline, rate) {
    standing = "";
    if (player.isRolling()) player.pause();
    if (video.paused) {
      const off = video.currentTime * 1e6 - target(timeline);
      if (Math.abs(off) > kNearUs) jump(timeline, rate);
      video.playbackRate = rate;
      video.play().catch(() => room.needsTouch?.());
    }
    if (player.isStill() && !video.seeking && video.readyState >= 2) player.uncover();
    if (video.seeking || video.readyState < 3) return;
    skewUs = video.currentTime * 1e6 - target(timeline);
    const sinceMs = now() - jumpedMs;
    if (sinceMs < kSettleMs) return;
    if (!isJudged) {
      isJudged = true;
      leadUs = Math.max(0, Math.min(kMostLeadUs, leadUs - skewUs / rate));
      if (Math.abs(skewUs) > kNearUs * Math.max(1, rate) && sinceMs < 4 * kSettleMs) return jump(timeline, rate);
    }
    const { jump: isFar, speed } = correction(skewUs, rate);
    if (isFar && sinceMs > kBetweenJumpsMs) return jump(timeline, rate);
    if (Math.abs(video.playbackRate - speed) > 0.002) video.playbackRate = speed;
    return undefined;
  }

  // Backwards, or faster than the element goes: pictures from the server, each in its time.
  function roll(timeline, rate) {
    standing = "";
    const sinceMs = now() - jumpedMs;
    if (player.isRolling() && player.rate() === rate) {
      if (sinceMs < kBetweenJumpsMs || Math.abs(skewUs) < kFarPicturesUs * Math.max(1, Math.abs(rate))) return;
      pictureLeadUs = Math.max(0, Math.min(kMostLeadUs, pictureLeadUs - skewUs / rate));
    }
    jumpedMs = now();
    player.roll(rate, Math.max(0, Math.min(durationUs, target(timeline) + pictureLeadUs * rate)));
  }
  const stopHearing = player.follow(() => {
    const timeline = timelineAt(room.state.timelines, room.clock.serverMs(now()));
    if (timeline && player.isRolling()) skewUs = player.shown() - target(timeline);
  });

  function tick() {
    if (!room.clock.isSet() || room.state.entry !== entry) return;
    const timeline = timelineAt(room.state.timelines, room.clock.serverMs(now()));
    if (!timeline || timeline.entry !== entry) return;
    room.showAt?.(target(timeline) / Math.max(1, durationUs));
    const coming = room.state.prepare;
    if (coming && coming.entry === entry && coming.number !== prepared) prepare(coming);
    if (coming) return;
    const rate = rateOf(timeline.rate);
    if (timeline.is_paused) stand(timeline);
    else if (rate >= 0.25 && rate <= 4 && !player.isPictures()) run(timeline, rate);
    else roll(timeline, rate);
    // Who has nothing to show says so.
    const isDry = !timeline.is_paused && rate > 0 && !player.isPictures() && target(timeline) < durationUs - 1e5 && !player.isRolling() && video.readyState < 3 && now() - jumpedMs > kSettleMs;
    if (!isDry) dryMs = 0;
    else if (dryMs === 0) dryMs = now();
    const isDryNow = isDry && now() - dryMs > kDryMs;
    if (isDryNow !== wasDry) {
      wasDry = isDryNow;
      say({});
    }
  }
  const timer = setInterval(tick, kTickMs);

  return {
    tick,
    report: () => ({ is_buffering: wasDry, skew_us: Math.round(skewUs) }),
    end() {
      clearInterval(timer);
      stopHearing();
    },
  };
}
