// Drawings on the frame that stands, and people's pointers, on a canvas over the picture.
import { h } from "./dom.js";
import { placeOf } from "./place.js";
import { nameOfShape, paint } from "./shapes.js";

const kTrailMs = 350;
const kPointer = "#ff4d4d";
const kMostNamed = 8; // of the drawings on a frame, for whoever does not see them

export function makeBoard(player, notes) {
  const canvas = h("canvas", { class: "glass board" });
  const context = canvas.getContext("2d");
  const isStill = matchMedia("(prefers-reduced-motion:reduce)");
  const pointers = new Map(); // member -> { name, places: [[x, y, when]] }
  let draft = null;
  let mark = null; // where the keyboard is
  let coming = 0;
  let isClear = false;

  const shown = () => (player.isPlaying() ? [] : notes.on(player.shown()));

  function drawPointer({ name, places }, at) {
    const now = performance.now();
    const on = ([x, y]) => [at.x + x * at.width, at.y + y * at.height];
    let before = null;
    for (const place of isStill.matches ? [] : places) {
      const to = on(place);
      if (before) {
        context.globalAlpha = Math.max(0, 1 - (now - place[2]) / kTrailMs) * 0.7;
        context.strokeStyle = kPointer;
        context.lineCap = "round";
        context.lineWidth = 4 * at.ratio;
        context.beginPath();
        context.moveTo(...before);
        context.lineTo(...to);
        context.stroke();
      }
      before = to;
    }
    context.globalAlpha = 1;
    const [x, y] = on(places[places.length - 1]);
    for (const [ink, size] of [["#ff4d4d55", 12], ["#000a", 7], [kPointer, 6], ["#fff", 2.5]]) {
      context.fillStyle = ink;
      context.beginPath();
      context.arc(x, y, size * at.ratio, 0, 2 * Math.PI);
      context.fill();
    }
    if (!name) return;
    const size = 12 * at.ratio;
    context.font = `500 ${size}px Inter,system-ui,sans-serif`;
    const wide = context.measureText(name).width + 10 * at.ratio;
    const left = Math.min(x + 12 * at.ratio, at.x + at.width - wide);
    const top = Math.min(y + 10 * at.ratio, at.y + at.height - size - 8 * at.ratio);
    context.fillStyle = "#000b";
    context.fillRect(left, top, wide, size + 8 * at.ratio);
    context.fillStyle = "#fff";
    context.fillText(name, left + 5 * at.ratio, top + size + 2 * at.ratio);
  }
  function drawMark([x, y], at) {
    const [left, top] = [at.x + x * at.width, at.y + y * at.height];
    const arm = 12 * at.ratio;
    for (const [ink, wide] of [["#000c", 4], ["#fff", 2]]) {
      context.strokeStyle = ink;
      context.lineWidth = wide * at.ratio;
      context.beginPath();
      context.moveTo(left - arm, top);
      context.lineTo(left + arm, top);
      context.moveTo(left, top - arm);
      context.lineTo(left, top + arm);
      context.stroke();
    }
  }

  function draw() {
    const found = shown();
    const isNothing = found.length === 0 && !draft && !mark && pointers.size === 0;
    if (isNothing && isClear) return; // nearly always, while a video plays
    isClear = isNothing;
    const at = placeOf(player, canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const each of found) paint(context, each.shape, at);
    if (draft) paint(context, draft, at);
    if (mark) drawMark(mark, at);
    const now = performance.now();
    let isMoving = false;
    for (const each of pointers.values()) {
      while (each.places.length > 1 && now - each.places[0][2] > kTrailMs) each.places.shift();
      isMoving ||= each.places.length > 1;
      drawPointer(each, at);
    }
    if (isMoving && coming === 0 && !isStill.matches) coming = requestAnimationFrame(() => {
      coming = 0;
      draw();
    });
    Object.assign(canvas.dataset, { notes: String(found.length), pointers: String(pointers.size) });
    if (found.length === 0) {
      canvas.setAttribute("aria-hidden", "true");
      canvas.removeAttribute("role");
      return;
    }
    const words = found.slice(0, kMostNamed).map((each) => `${nameOfShape(each.shape)}${each.shape.kind === "text" ? ` “${each.shape.text}”` : ""} by ${each.name}`);
    canvas.removeAttribute("aria-hidden");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `On this frame: ${words.join(", ")}${found.length > kMostNamed ? `, and ${found.length - kMostNamed} more` : ""}`);
  }

  const stopFollowing = player.follow(draw);
  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  const restless = ["play", "pause", "seeked"];
  for (const name of restless) player.video.addEventListener(name, draw);
  return {
    canvas, draw, shown,
    // A place on the screen as parts of the picture, and whether it is on it.
    placeAt(clientX, clientY) {
      const at = placeOf(player, canvas);
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / Math.max(1, box.width);
      const x = ((clientX - box.left) * scale - at.x) / at.width;
      const y = ((clientY - box.top) * scale - at.y) / at.height;
      return { place: [Math.max(0, Math.min(1, x)), Math.max(0, Math.min(1, y))], isInside: x >= 0 && x <= 1 && y >= 0 && y <= 1, aspect: at.width / at.height };
    },
    // And back: in pixels of the page, from the canvas's corner; with the picture's height.
    spotOf([x, y]) {
      const at = placeOf(player, canvas);
      return { left: (at.x + x * at.width) / at.ratio, top: (at.y + y * at.height) / at.ratio, height: at.height / at.ratio };
    },
    setDraft(shape) {
      draft = shape;
      draw();
    },
    setMark(place) {
      mark = place;
      draw();
    },
    // `place` is null where it is put away.
    point(member, name, place) {
      if (!place) pointers.delete(member);
      else {
        const held = pointers.get(member) ?? { places: [] };
        pointers.set(member, { name, places: [...held.places, [...place, performance.now()]].slice(-40) });
      }
      draw();
    },
    // Of who is gone nothing stays.
    keepPointers(isThere) {
      for (const member of pointers.keys()) if (!isThere(member)) pointers.delete(member);
    },
    end() {
      cancelAnimationFrame(coming);
      stopFollowing();
      resized.disconnect();
      for (const name of restless) player.video.removeEventListener(name, draw);
    },
  };
}
