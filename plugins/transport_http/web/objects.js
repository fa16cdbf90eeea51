// Where the objects of an analysis are at any time of the media: spans of points, and what lies between two of them.
// Time is the media's alone, so that a frame looks the same however one came to it.

export const kSpanUs = 5e6;
export const kGapUs = 5e5; // successive points no farther apart are joined
export const kTrailUs = 2e6;
const kSlackUs = 2000; // what frame times are rounded by on their way
const kMostSpans = 48;

export const spanOf = (us) => Math.floor(us / kSpanUs);

const isFinite = Number.isFinite;
const isPoint = (row) => Array.isArray(row) && row.slice(0, 6).every(isFinite) && row[0] >= 0 && row[4] > 0 && row[5] > 0;

// The index of the first row later than `us`.
function after(rows, us) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] <= us) low = middle + 1;
    else high = middle;
  }
  return low;
}

const mix = (a, b, part) => a + (b - a) * part;

function between(a, b, us) {
  const part = (us - a[0]) / (b[0] - a[0]);
  const near = part < 0.5 ? a : b;
  const isOnPitch = isFinite(a[7]) && isFinite(b[7]) && isFinite(a[8]) && isFinite(b[8]);
  return [us, a[1], ...[2, 3, 4, 5].map((i) => mix(a[i], b[i], part)), mix(a[6] ?? 1, b[6] ?? 1, part), ...(isOnPitch ? [7, 8].map((i) => mix(a[i], b[i], part)) : [near[7], near[8]])];
}

// [time, id, x, y, width, height, confidence, pitch x, pitch y] of `rows` at `us`, or null.
export function pointAt(rows, us) {
  const next = after(rows, us);
  const a = rows[next - 1];
  const b = rows[next];
  if (a && b && b[0] - a[0] <= kGapUs) return between(a, b, us);
  if (a && us - a[0] <= kSlackUs) return a;
  if (b && b[0] - us <= kSlackUs) return b;
  return null;
}

export class Objects {
  #spans = new Map(); // index -> { tracks: id -> rows by time, whole }
  #known = new Map(); // id -> { class, team, label }

  clear() {
    this.#spans.clear();
    this.#known.clear();
  }
  // `isWhole`: nothing will be added to it any more.
  put(index, objects, points, isWhole, here) {
    const tracks = new Map();
    for (const row of points) {
      if (!isPoint(row)) continue;
      if (!tracks.has(row[1])) tracks.set(row[1], []);
      tracks.get(row[1]).push(row);
    }
    for (const rows of tracks.values()) rows.sort((a, b) => a[0] - b[0]);
    for (const each of objects) if (isFinite(each?.id)) this.#known.set(each.id, each);
    this.#spans.set(index, { tracks, isWhole });
    while (this.#spans.size > kMostSpans) {
      let far = index;
      for (const each of this.#spans.keys()) if (Math.abs(each - here) > Math.abs(far - here)) far = each;
      this.#spans.delete(far);
    }
  }
  // None is whole any more; each stays until it is put again.
  open() {
    for (const span of this.#spans.values()) span.isWhole = false;
  }
  isWhole(index) {
    return this.#spans.get(index)?.isWhole ?? false;
  }

  // [{ id, what, at }] of what is there at `us`.
  at(us) {
    const found = [];
    for (const [id, rows] of this.#spans.get(spanOf(us))?.tracks ?? []) {
      const at = pointAt(rows, us);
      if (at) found.push({ id, what: this.#known.get(id) ?? {}, at });
    }
    return found;
  }
  // [x, y, age, isJoined] of where `id` came through in the two seconds before `us`, oldest first.
  trail(id, us) {
    const found = [];
    let before = -Infinity;
    const add = (row) => {
      found.push([row[2] + row[4] / 2, row[3] + row[5], (us - row[0]) / kTrailUs, row[0] - before <= kGapUs]);
      before = row[0];
    };
    for (let index = spanOf(us - kTrailUs); index <= spanOf(us); ++index) {
      const rows = this.#spans.get(index)?.tracks.get(id);
      if (!rows) continue;
      // Neighbouring spans share the points at their seam: each gives its own.
      const begin = Math.max(us - kTrailUs, index * kSpanUs);
      const end = Math.min(us, (index + 1) * kSpanUs);
      for (let i = after(rows, begin - 1); i < rows.length && rows[i][0] < end; ++i) add(rows[i]);
      const now = index === spanOf(us) ? pointAt(rows, us) : null;
      if (now) add(now);
    }
    return found;
  }
}
