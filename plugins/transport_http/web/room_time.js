// The server's clock beside ours, and where a room's timeline is by it. No page and no network: both are told times.

const kMostProbes = 64;
const kFarMs = 60;
const kMostSlew = 0.005; // what is made up for, a second: nobody hears it

// Learns from probes: a round trip from `sentMs` to `heardMs` by our clock, in which the server said what its own was.
export function makeClock() {
  let probes = [];
  let wantedMs = 0;
  let believedMs = 0;
  let atMs = 0; // when `believedMs` was right
  let isSet = false;

  // Towards what is known now, no faster than nobody hears.
  function offset(nowMs) {
    const most = kMostSlew * Math.max(0, nowMs - atMs);
    return believedMs + Math.max(-most, Math.min(most, wantedMs - believedMs));
  }
  return {
    isSet: () => isSet,
    roundTripMs: () => (probes.length > 0 ? Math.min(...probes.map((each) => each.tripMs)) : 0),
    // Of the last probes those with about the shortest round trip count: what was longer was waiting, on one of the two ways.
    note(sentMs, heardMs, serverMs) {
      probes = [...probes, { tripMs: heardMs - sentMs, offsetMs: serverMs - (sentMs + heardMs) / 2 }].slice(-kMostProbes);
      const shortest = Math.min(...probes.map((each) => each.tripMs));
      const good = probes.filter((each) => each.tripMs <= shortest * 1.25 + 0.5).slice(-8);
      const now = offset(heardMs);
      wantedMs = good.reduce((sum, each) => sum + each.offsetMs, 0) / good.length;
      believedMs = !isSet || Math.abs(wantedMs - now) > kFarMs ? wantedMs : now;
      atMs = heardMs;
      isSet = true;
    },
    // After a lost connection it may be another server's.
    forget() {
      probes = [];
      isSet = false;
    },
    serverMs: (nowMs) => nowMs + offset(nowMs),
  };
}

// "-1/2" as a number.
export function rateOf(text) {
  const [above, below = "1"] = String(text).split("/");
  return Number(above) / Number(below);
}

// The timeline that holds at a moment of the server's clock; the last that has begun, or the first.
export function timelineAt(timelines, serverMs) {
  let found = timelines[0] ?? null;
  for (const each of timelines) if (each.from_ns / 1e6 <= serverMs) found = each;
  return found;
}

// Where it is then, held within the media.
export function positionOf(timeline, serverMs, durationUs) {
  const passed = timeline.is_paused ? 0 : Math.max(0, serverMs - timeline.from_ns / 1e6) * 1000 * rateOf(timeline.rate);
  return Math.max(0, Math.min(durationUs, timeline.media_us + passed));
}

// What makes up for being `skewUs` ahead (below 0: behind): a speed a little beside the room's, or a jump.
export function correction(skewUs, rate) {
  const off = Math.abs(skewUs);
  if (off > 400_000 * Math.max(1, Math.abs(rate))) return { jump: true, speed: rate };
  if (off < 8_000) return { jump: false, speed: rate };
  // A second's worth of it, and at most a twentieth, which keeps its pitch.
  const share = Math.max(-0.05, Math.min(0.05, -skewUs / 1e6));
  return { jump: false, speed: rate * (1 + share) };
}
