// The drawings that are kept with one video.
import { call } from "./api.js";
import { listen } from "./events.js";
import { isShape } from "./shapes.js";

const kPage = 200;
const kMost = 2000; // of a video, as the server has it
const kRightsMs = 1000; // for drawings that came by an event: whether one may delete them is asked for together
const kGrainUs = 2000; // what a browser's and a file's idea of a frame's time may differ by

// `mayOwn`: whether one owns the place where others draw now; `changed(note)` is called after anything has, with what has just come.
export function makeNotes(item, me, mayOwn, changed) {
  const media = item.media;
  const frameUs = item.frame_rate?.[0] > 0 ? (1e6 * item.frame_rate[1]) / item.frame_rate[0] : 40_000;
  const known = new Map(); // number -> note
  const gone = new Set(); // what was deleted while it might still be in a list under way
  const mine = new Set(); // drawn here
  let heard = new Map(); // what has come since the list was last asked for
  let inOrder = null;
  let error = "";
  let isOver = false;
  let asking = 0; // timer
  let turn = 0;

  function tell(note = null) {
    inOrder = null;
    if (!isOver) changed(note);
  }
  const all = () => (inOrder ??= [...known.values()].sort((a, b) => a.time_us - b.time_us || a.note - b.note));

  async function fetchAll() {
    const run = ++turn;
    heard = new Map();
    try {
      const found = new Map();
      for (let offset = 0; offset < kMost; offset += kPage) {
        const { notes, total } = await call("notes.list", { media, offset, limit: kPage });
        for (const each of notes) if (isShape(each.shape)) found.set(each.note, each);
        if (notes.length === 0 || offset + notes.length >= total) break;
      }
      if (run !== turn || isOver) return;
      known.clear();
      for (const [number, note] of [...heard, ...found]) if (!gone.has(number)) known.set(number, note);
      error = "";
    } catch (problem) {
      if (run !== turn) return;
      error = problem.message;
    }
    tell();
  }
  function put(note) {
    if (gone.has(note.note) || !isShape(note.shape)) return;
    const isNew = !known.has(note.note);
    const kept = { ...note, may_delete: known.get(note.note)?.may_delete || me.isAdmin || (me.isPerson && mine.has(note.note)) };
    known.set(note.note, kept);
    heard.set(note.note, kept);
    tell(isNew && !mine.has(note.note) ? kept : null);
    if (kept.may_delete || !me.isPerson || !(mayOwn() || note.name === me.name)) return;
    clearTimeout(asking);
    asking = setTimeout(fetchAll, kRightsMs);
  }
  function drop(number) {
    gone.add(number);
    heard.delete(number);
    if (known.delete(number)) tell();
  }

  const stop = listen((event) => {
    if (event.event === "events.missed") fetchAll();
    else if (event.event === "room.note" && event.note?.media === media) put(event.note);
    else if (event.event === "room.note_deleted" && event.media === media) drop(event.note);
  });
  fetchAll();

  return {
    all, fetchAll,
    error: () => error,
    // Those on the frame that begins at `us`.
    on: (us) => all().filter((each) => each.time_us >= us - kGrainUs && each.time_us < us + Math.max(kGrainUs, frameUs - kGrainUs)),
    // One's own that was drawn here, and of which the server has just told the number.
    drawn(number, shape, timeUs) {
      mine.add(number);
      const note = known.get(number) ?? { note: number, media, time_us: timeUs, name: me.name, created_utc_ns: Date.now() * 1e6, shape };
      put(note);
    },
    lastOfMine: (notes) => notes.filter((each) => mine.has(each.note) && each.may_delete).pop() ?? null,
    async remove(number) {
      await call("notes.delete", { note: number });
      drop(number);
    },
    end() {
      isOver = true;
      clearTimeout(asking);
      stop();
    },
  };
}
