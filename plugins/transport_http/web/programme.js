// What a channel shows when, by the server's clock: `state` is what channels.get told. No page and no network.

const roundOf = (state) => state.items.reduce((sum, each) => sum + each.duration_us, 0);

// The showing of that number, counted over all rounds from 0.
export function showingOf(state, number) {
  const round = Math.floor(number / state.items.length);
  const at = number - round * state.items.length;
  const before = state.items.slice(0, at).reduce((sum, each) => sum + each.duration_us, 0);
  const begins = state.begins_ns + 1000 * (round * roundOf(state) + before);
  return { ...state.items[at], number, begins_ns: begins, ends_ns: begins + 1000 * state.items[at].duration_us };
}

// The one that is on at a moment.
export function showingAt(state, serverMs) {
  const passed = Math.max(0, (serverMs * 1e6 - state.begins_ns) / 1000);
  const round = Math.floor(passed / roundOf(state));
  let left = passed - round * roundOf(state);
  let at = 0;
  while (at + 1 < state.items.length && left >= state.items[at].duration_us) left -= state.items[at++].duration_us;
  return showingOf(state, round * state.items.length + at);
}

// How far a place of a showing lies behind what is live then; below 0 where it has not been yet.
export const behindUs = (showing, positionUs, serverMs) => serverMs * 1000 - showing.begins_ns / 1000 - positionUs;
