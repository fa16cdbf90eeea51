// The drawings of a video as marks on the seek bar and as a list to go to, to delete from and to take along.
import { download } from "./api.js";
import { attempt, confirmed, day, h, iconButton, keep, time } from "./dom.js";
import { icon } from "./icons.js";
import { nameOfShape } from "./shapes.js";

const kMostMarks = 300;

// `isHere`: whether one could draw here, so that it is worth saying that nothing was drawn yet.
export function makeNotesView(item, player, notes, isHere) {
  const durationUs = Math.max(1, item.duration_us);
  const marks = h("div", { class: "note-marks" });
  const list = h("ul", { class: "notes", "aria-label": "Drawings" });
  const count = h("h2", {});
  const words = h("p", { class: "count" });
  const said = h("p", { class: "hidden", role: "status" });
  const take = h("button", { type: "button", class: "quiet small", onclick: () => attempt(() => download("notes.export", { media: item.media }, `${item.title} – drawings.json`), take) }, icon("download"), "JSON");
  const section = h("section", { class: "drawings", "aria-label": "Drawings on the video" }, h("div", { class: "head" }, count, take), words, list, said);
  let coming = 0;

  const label = (note) => `${nameOfShape(note.shape)}${note.shape.kind === "text" ? ` “${note.shape.text}”` : ""}`;

  // What lies closer together than a mark is wide is one mark. For the pointer; the list has them for everybody.
  function drawMarks() {
    const places = new Map();
    for (const each of notes.all()) {
      const place = Math.round((kMostMarks * Math.min(each.time_us, durationUs)) / durationUs);
      places.set(place, [...(places.get(place) ?? []), each]);
    }
    keep(marks, [...places], ([place, some]) => `${place} ${some[0].note}`, ([, some]) => {
      const mark = h("button", { type: "button", tabindex: "-1", onclick: () => player.seek(some[0].time_us) });
      mark.style.setProperty("left", `${(100 * Math.min(some[0].time_us, durationUs)) / durationUs}%`);
      mark.style.setProperty("--ink", some[0].shape.color);
      return mark;
    }, (mark, [, some]) => {
      const title = some.length === 1 ? `${label(some[0])} by ${some[0].name} at ${time(some[0].time_us)}` : `${some.length} drawings at ${time(some[0].time_us)}`;
      mark.title = title;
      mark.setAttribute("aria-label", title);
    });
  }
  async function remove(note, button) {
    if (!(await confirmed("Delete this drawing?", `${label(note)} by ${note.name} is gone for everybody who may see the video.`, "Delete it"))) return;
    await attempt(() => notes.remove(note.note), button);
    if (document.activeElement === document.body) (list.querySelector("button") ?? take).focus({ preventScroll: true });
  }
  function line(note) {
    const spot = h("i", { class: "swatch" });
    spot.style.setProperty("background", note.shape.color);
    return h("li", { "data-note": String(note.note) },
      h("button", { type: "button", class: "line", onclick: () => player.seek(note.time_us) }, spot, h("span", { class: "at" }, time(note.time_us)), h("span", { class: "what" }, nameOfShape(note.shape), note.shape.kind === "text" ? [" ", h("bdi", {}, `“${note.shape.text}”`)] : null),
        h("small", {}, h("bdi", {}, note.name), ` · ${day(note.created_utc_ns)}`)));
  }
  function mayRemove(element, note) {
    const there = element.querySelector(".tool");
    if (note.may_delete && !there) {
      const button = iconButton("trash", `Delete: ${label(note)} by ${note.name} at ${time(note.time_us)}`, () => remove(note, button));
      element.append(button);
    } else if (!note.may_delete) there?.remove();
  }
  function draw() {
    coming = 0;
    const all = notes.all();
    drawMarks();
    keep(list, all, (note) => note.note, line, mayRemove);
    section.hidden = all.length === 0 && !isHere && !notes.error();
    count.textContent = all.length === 0 ? "Drawings" : `Drawings (${all.length})`;
    take.hidden = all.length === 0;
    list.hidden = all.length === 0;
    words.hidden = all.length > 0 && !notes.error();
    words.className = notes.error() ? "error" : "count";
    words.textContent = notes.error() || "Nothing has been drawn on this video yet. What is drawn in the room, on a frame that stands, is kept here.";
  }

  player.onBar(marks);
  draw();
  return {
    section,
    // Once for all that comes in one go.
    refresh() {
      if (coming === 0) coming = requestAnimationFrame(draw);
    },
    say(note) {
      said.textContent = `${note.name} drew: ${label(note)}, at ${time(note.time_us)}`;
    },
    end: () => cancelAnimationFrame(coming),
  };
}
