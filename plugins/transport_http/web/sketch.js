// Drawing on the frame at which a room stands: the tools, and the hand, by pointer or by keys.
import { h, iconButton, toast } from "./dom.js";
import { icon } from "./icons.js";
import { cutText, rounded, thinned } from "./shapes.js";

const kTools = [["line", "Line"], ["arrow", "Arrow"], ["ellipse", "Ellipse"], ["text", "Words"], ["laser", "Pointer"]];
const kColors = [["#ff4d4d", "Red"], ["#ffb347", "Orange"], ["#ffe14d", "Yellow"], ["#4dd97a", "Green"], ["#4da6ff", "Blue"], ["#ffffff", "White"]];
const kWidths = [[0.003, "Thin"], [0.006, "Middling"], [0.012, "Thick"]];
const kMostHeld = 4096; // points of a line under the hand
const kLeastSize = 0.01; // of an arrow and an ellipse, in heights of the picture: less was a slip
const kPointEveryMs = 40; // the server takes thirty a second
const kMoves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `acts`: mayDraw(), stands() (whether a frame stands that can be drawn on), pause(), draw(shape), point(place or null), canUndo(), undo(), mayUndo.
export function makeSketch(player, board, acts) {
  const pad = h("div", { class: "glass pad", tabindex: "0", role: "application", "aria-label": "Drawing", "aria-describedby": "pad-help", hidden: true });
  const help = h("p", { class: "hidden", id: "pad-help" }, "Arrow keys move the mark, with Shift farther. Enter begins, and Enter ends. Escape goes back.");
  const told = h("p", { class: "hidden", role: "status" });
  const button = iconButton("pencil", "Draw (D)", () => toggle(), { "aria-pressed": "false", class: "tool draw" });
  let tool = "line";
  let color = kColors[0][0];
  let width = kWidths[1][0];
  let points = null; // under the hand
  let aspect = 16 / 9;
  let hand = null; // the pointer that draws
  let words = null; // the field that is being written into
  let mark = null; // where the keyboard is
  let pointed = null; // the place that is to be told next; undefined: put away
  let isTelling = false;
  let isPointing = false;

  // ---- the tools

  const choice = (kind, key, label, content, act) => h("button", { type: "button", class: "tool", "aria-label": label, title: label, "aria-pressed": "false", "data-kind": kind, "data-key": String(key), onclick: () => {
    act();
    update();
  } }, content);
  const swatch = (key) => {
    const spot = h("i", { class: "swatch" });
    spot.style.setProperty("background", key);
    return spot;
  };
  const stroke = (key) => {
    const spot = h("i", { class: "stroke" });
    spot.style.setProperty("height", `${Math.round(key * 1000)}px`);
    return spot;
  };
  const undo = acts.mayUndo ? iconButton("undo", "Take back (Ctrl+Z)", () => acts.undo()) : null;
  const bar = h("div", { class: "tools-bar", role: "group", "aria-label": "Drawing tools", hidden: true },
    h("div", {}, kTools.map(([key, label]) => choice("tool", key, label, icon(key), () => setTool(key)))),
    h("div", {}, kColors.map(([key, label]) => choice("color", key, label, swatch(key), () => { color = key; }))),
    h("div", {}, kWidths.map(([key, label]) => choice("width", key, label, stroke(key), () => { width = key; })), undo, iconButton("close", "Done drawing", () => toggle())));

  const isOpen = () => !bar.hidden;
  const shapeOf = (some) => ({ kind: tool, color, width, points: some });
  function update() {
    const may = acts.mayDraw();
    button.hidden = !may;
    if (!isOpen()) return;
    if (!may) return close();
    button.setAttribute("aria-pressed", "true");
    for (const each of bar.querySelectorAll("[data-kind]")) each.setAttribute("aria-pressed", String(each.dataset.key === String({ tool, color, width }[each.dataset.kind])));
    if (undo) undo.disabled = !acts.canUndo();
    if (!acts.stands()) stopHand();
    pad.classList.toggle("laser", tool === "laser");
    return undefined;
  }
  function setTool(key) {
    stopHand();
    putAway();
    tool = key;
  }
  // All of the picture can be drawn on: it makes room for what lies over it otherwise.
  const stage = player.stage;
  const controls = stage.querySelector(".controls");
  const measure = () => {
    stage.style.setProperty("--head", `${bar.offsetTop + bar.offsetHeight + 8}px`);
    stage.style.setProperty("--foot", `${[...controls.children].reduce((sum, each) => sum + each.offsetHeight, 8)}px`);
  };
  const resized = new ResizeObserver(measure);
  for (const each of [bar, controls]) resized.observe(each);
  function open() {
    bar.hidden = pad.hidden = false;
    measure();
    stage.classList.add("sketching");
    if (tool !== "laser") acts.pause();
    update();
    pad.focus({ preventScroll: true });
  }
  function close() {
    const held = pad.contains(document.activeElement) || bar.contains(document.activeElement);
    stopHand();
    putAway();
    words?.remove();
    bar.hidden = pad.hidden = true;
    stage.classList.remove("sketching");
    mark = null;
    board.setMark(null);
    button.setAttribute("aria-pressed", "false");
    if (held) button.focus({ preventScroll: true });
  }
  function toggle() {
    if (isOpen()) close();
    else if (acts.mayDraw()) open();
    else toast("Whoever owns this room lets only those draw who may control it.");
  }

  // ---- one drawing

  function stopHand() {
    if (!points && hand === null) return;
    points = null;
    hand = null;
    board.setDraft(null);
  }
  function begin(place) {
    if (!acts.stands()) {
      acts.pause();
      return false;
    }
    points = tool === "line" ? [place] : [place, place];
    board.setDraft(shapeOf(tool === "line" ? [place, place] : points));
    return true;
  }
  function lead(place) {
    if (tool === "line") {
      if (points.length >= kMostHeld) points = thinned(points, aspect, kMostHeld / 2);
      points.push(place);
    } else points = [points[0], place];
    board.setDraft(shapeOf(points.length > 1 ? points : [place, place]));
  }
  async function end() {
    let made = points;
    points = null;
    hand = null;
    if (tool === "line") made = thinned(made.length > 1 ? made : [made[0], made[0]], aspect);
    else made = made.map(rounded);
    const size = Math.hypot((made[1][0] - made[0][0]) * aspect, made[1][1] - made[0][1]);
    if (tool !== "line" && size < kLeastSize) {
      board.setDraft(null);
      return;
    }
    await keep(shapeOf(made));
  }
  async function keep(shape) {
    board.setDraft(shape);
    try {
      await acts.draw(shape);
      told.textContent = "Drawn.";
    } catch (error) {
      toast(error.message);
    }
    if (!points) board.setDraft(null);
    update();
  }
  function write(place) {
    if (!acts.stands()) {
      acts.pause();
      return;
    }
    words?.remove();
    const { left, top, height } = board.spotOf(place); // from the canvas's corner, which is the pad's
    const field = h("input", { class: "words", "aria-label": "Words on the picture", placeholder: "Write, then Enter", autocomplete: "off", dir: "auto" });
    words = field;
    const most = pad.clientWidth;
    field.style.setProperty("left", `${Math.max(4, Math.min(left, most - 180))}px`);
    field.style.setProperty("top", `${pad.offsetTop + Math.min(top, pad.clientHeight - 48)}px`);
    field.style.setProperty("color", color);
    field.style.setProperty("font-size", `${Math.max(16, Math.min(40, 12 * width * height))}px`);
    let isDone = false;
    const done = (text, isBack) => {
      if (isDone) return;
      isDone = true;
      if (words === field) words = null;
      field.remove();
      if (isBack) pad.focus({ preventScroll: true });
      if (text) keep({ kind: "text", color, width, points: [rounded(place)], text });
    };
    field.addEventListener("input", () => {
      const cut = cutText(field.value);
      if (cut !== field.value) field.value = cut;
    });
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      done(event.key === "Enter" ? field.value.trim() : "", true);
    });
    field.addEventListener("blur", () => done(field.value.trim(), false));
    pad.after(field);
    field.focus({ preventScroll: true });
  }

  // ---- the pointer, which is told and not kept: one place at a time is under way, the newest follows it

  async function tellPlace() {
    if (isTelling) return;
    isTelling = true;
    while (pointed !== null) {
      const place = pointed;
      pointed = null;
      await acts.point(place === undefined ? null : place).catch(() => {});
      await new Promise((done) => setTimeout(done, kPointEveryMs));
    }
    isTelling = false;
  }
  function pointAt(place) {
    isPointing = true;
    pointed = rounded(place);
    tellPlace();
  }
  function putAway() {
    if (!isPointing) return;
    isPointing = false;
    pointed = undefined;
    tellPlace();
  }

  // ---- pointer and keys

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    mark = null;
    board.setMark(null);
    const at = board.placeAt(event.clientX, event.clientY);
    aspect = at.aspect;
    if (!at.isInside) return;
    if (tool === "laser") pointAt(at.place);
    else if (tool === "text") write(at.place);
    else if (begin(at.place)) {
      hand = event.pointerId;
      pad.setPointerCapture(hand);
    }
  });
  pad.addEventListener("pointermove", (event) => {
    if (tool === "laser") {
      if (event.pointerType !== "mouse" && event.buttons === 0) return;
      const at = board.placeAt(event.clientX, event.clientY);
      if (at.isInside) pointAt(at.place);
      else putAway();
      return;
    }
    if (!points || event.pointerId !== hand) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length > 0 ? all : [event]) lead(board.placeAt(each.clientX, each.clientY).place);
  });
  pad.addEventListener("pointerup", (event) => {
    if (tool === "laser" && event.pointerType !== "mouse") putAway();
    if (points && event.pointerId === hand) end();
  });
  pad.addEventListener("pointercancel", (event) => {
    putAway();
    if (event.pointerId === hand) stopHand();
  });
  pad.addEventListener("pointerleave", () => { if (tool === "laser") putAway(); });

  function placeMark(place) {
    mark = place;
    board.setMark(place);
    if (points) lead(place);
    if (tool === "laser") pointAt(place);
    told.textContent = `${Math.round(100 * place[0])} % across, ${Math.round(100 * place[1])} % down`;
  }
  pad.addEventListener("keydown", (event) => {
    const move = kMoves[event.key];
    if (move) {
      const step = event.shiftKey ? 0.08 : 0.01;
      const [x, y] = mark ?? [0.5, 0.5];
      aspect = board.placeAt(0, 0).aspect;
      placeMark([Math.max(0, Math.min(1, x + (move[0] * step) / (aspect > 1 ? 1.5 : 1))), Math.max(0, Math.min(1, y + move[1] * step))]);
    } else if (event.key === "Enter") {
      if (!mark) placeMark([0.5, 0.5]);
      else if (tool === "text") write(mark);
      else if (points) end();
      else if (tool !== "laser" && begin(mark)) told.textContent = "Begun. Move, then Enter.";
    } else if (event.key === "Escape") {
      if (points) stopHand();
      else close();
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      if (undo && !undo.disabled) acts.undo();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  update();
  return {
    button, toggle, update, isOpen,
    elements: [pad, bar, help, told],
    end() {
      putAway();
      words?.remove();
      resized.disconnect();
      button.remove();
    },
  };
}
