// What an analysis found, drawn on a canvas over the picture, and along the seek bar.
import { h, time } from "./dom.js";
import { placeOf } from "./place.js";

export const kOverlays = [["boxes", "Boxes"], ["ids", "IDs"], ["trails", "Trails"], ["ball", "Ball"], ["map", "Map"], ["possession", "Possession"]];
const kPitch = [105, 68];
const kDefault = { a: "#6fb4ff", b: "#ff8080", none: "#dee2e8", referee: "#ffe066", ball: "#ffb347" };

export const isColor = (text) => typeof text === "string" && /^#[0-9a-f]{6}$/i.test(text);
function light(color) {
  const parts = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16) / 255);
  const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
// Bright enough for grass: 4.5:1 against black.
function lightened(color) {
  let parts = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  const text = () => `#${parts.map((c) => Math.min(255, Math.round(c)).toString(16).padStart(2, "0")).join("")}`;
  while (light(text()) < 0.175) parts = parts.map((c) => c + (255 - c) / 8 + 1);
  return text();
}

export function colorsOf(summary) {
  const colors = { ...kDefault };
  for (const team of ["a", "b"]) if (isColor(summary?.teams?.[team]?.color)) colors[team] = lightened(summary.teams[team].color);
  return colors;
}
const colorOf = (colors, what) => (what.class === "ball" ? colors.ball : what.class === "referee" ? colors.referee : colors[what.team] ?? colors.none);

export function drawPitch(context, x, y, width, height) {
  const metre = width / kPitch[0];
  const line = (left, top, wide, high) => context.strokeRect(x + left * metre, y + top * metre, wide * metre, high * metre);
  context.strokeStyle = "#fff8";
  context.lineWidth = Math.max(1, width / 260);
  line(0, 0, 105, 68);
  line(0, 0, 52.5, 68);
  for (const left of [true, false]) {
    line(left ? 0 : 88.5, 13.84, 16.5, 40.32);
    line(left ? 0 : 99.5, 24.84, 5.5, 18.32);
  }
  context.beginPath();
  context.arc(x + 52.5 * metre, y + 34 * metre, 9.15 * metre, 0, 2 * Math.PI);
  context.stroke();
  return height;
}

// The canvas goes over `video`; `bar` is what the marks of the seek bar lie in.
export function makeGlass(player, analysis, durationUs) {
  const canvas = h("canvas", { class: "glass", "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const marks = h("div", { class: "events" });
  const strip = h("div", { class: "possession", "aria-hidden": "true", hidden: true });
  let wanted = new Set(kOverlays.map(([name]) => name));
  let hasPitch = false;
  let job = "";

  function drawTrail(id, us, color, at) {
    context.strokeStyle = color;
    context.lineWidth = 2 * at.ratio;
    let from = null;
    for (const [x, y, age, isJoined] of analysis.now.objects.trail(id, us)) {
      const to = [at.x + x * at.width, at.y + y * at.height];
      if (isJoined && from) {
        context.globalAlpha = 0.1 + 0.75 * Math.max(0, 1 - age);
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...to);
        context.stroke();
      }
      from = to;
    }
    context.globalAlpha = 1;
  }
  function drawBox({ what, at: point }, color, at) {
    const [x, y, width, height] = [at.x + point[2] * at.width, at.y + point[3] * at.height, point[4] * at.width, point[5] * at.height].map(Math.round);
    context.globalAlpha = 0.55 + 0.45 * (point[6] ?? 1);
    if (what.class === "ball") {
      for (const [ink, line] of [["#0009", 4], [color, 2]]) {
        context.strokeStyle = ink;
        context.lineWidth = line * at.ratio;
        context.beginPath();
        context.arc(x + width / 2, y + height / 2, Math.max(7 * at.ratio, Math.max(width, height) / 2 + 3 * at.ratio), 0, 2 * Math.PI);
        context.stroke();
      }
    } else {
      for (const [ink, line] of [["#0009", 4], [color, 2]]) {
        context.strokeStyle = ink;
        context.lineWidth = line * at.ratio;
        context.strokeRect(x + at.ratio, y + at.ratio, width - 2 * at.ratio, height - 2 * at.ratio);
      }
    }
    context.globalAlpha = 1;
  }
  function drawName({ id, what, at: point }, color, at) {
    const text = String(what.label ?? "").slice(0, 40) || String(id);
    const size = 12 * at.ratio;
    context.font = `500 ${size}px Inter,system-ui,sans-serif`;
    const wide = context.measureText(text).width + 8 * at.ratio;
    const middle = at.x + (point[2] + point[4] / 2) * at.width;
    const top = at.y + point[3] * at.height - size - 6 * at.ratio;
    const y = top < at.y ? at.y + point[3] * at.height + 2 * at.ratio : top;
    context.fillStyle = color;
    context.fillRect(middle - wide / 2, y, wide, size + 4 * at.ratio);
    context.fillStyle = light(color) > 0.18 ? "#000" : "#fff";
    context.fillText(text, middle - wide / 2 + 4 * at.ratio, y + size);
  }
  function drawMap(found, colors, at) {
    const width = Math.min(240 * at.ratio, at.width * 0.3);
    const height = (width * kPitch[1]) / kPitch[0];
    const [x, y, edge] = [at.x + 16 * at.ratio, at.y + 16 * at.ratio, 8 * at.ratio];
    context.fillStyle = "#0a1a11d0";
    context.fillRect(x - edge / 2, y - edge / 2, width + edge, height + edge);
    drawPitch(context, x, y, width, height);
    for (const { what, at: point } of found) {
      if (!Number.isFinite(point[7]) || !Number.isFinite(point[8])) continue;
      context.fillStyle = colorOf(colors, what);
      context.beginPath();
      context.arc(x + Math.max(0, Math.min(1, point[7] / kPitch[0])) * width, y + Math.max(0, Math.min(1, point[8] / kPitch[1])) * height, (what.class === "ball" ? 3 : 4) * at.ratio, 0, 2 * Math.PI);
      context.fill();
    }
  }

  // Of the frame that is shown, at its own time.
  function draw() {
    const at = placeOf(player, canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (analysis.now.job?.job !== job) {
      job = analysis.now.job?.job;
      hasPitch = false;
    }
    const us = player.shown();
    const found = wanted.size > 0 && !canvas.hidden ? analysis.now.objects.at(us) : [];
    canvas.dataset.shown = String(found.length);
    canvas.dataset.us = String(Math.round(us));
    if (found.length === 0) return;
    const colors = colorsOf(analysis.now.summary);
    if (wanted.has("trails")) for (const each of found) drawTrail(each.id, us, colorOf(colors, each.what), at);
    for (const each of found) if (wanted.has(each.what.class === "ball" ? "ball" : "boxes")) drawBox(each, colorOf(colors, each.what), at);
    if (wanted.has("ids")) for (const each of found) if (each.what.class !== "ball") drawName(each, colorOf(colors, each.what), at);
    hasPitch ||= found.some((each) => Number.isFinite(each.at[7]));
    if (hasPitch && wanted.has("map")) drawMap(found, colors, at);
  }

  function drawStrip() {
    const series = analysis.now.series.find((each) => each.name === "possession");
    strip.hidden = !series || series.points.length === 0 || !wanted.has("possession");
    if (strip.hidden) return;
    const colors = colorsOf(analysis.now.summary);
    const stops = [];
    series.points.forEach(([us, value], i) => {
      const color = value > 0.15 ? colors.a : value < -0.15 ? colors.b : "transparent";
      const until = series.points[i + 1]?.[0] ?? us;
      const share = (at) => `${((100 * at) / Math.max(1, durationUs)).toFixed(3)}%`;
      stops.push(`transparent ${share(us)}`, `${color} ${share(us)}`, `${color} ${share(until)}`, `transparent ${share(until)}`);
    });
    strip.style.setProperty("background", `linear-gradient(to right,${stops.join(",")})`);
  }
  let marked = null;
  function drawMarks() {
    if (marked === analysis.now.events) return;
    marked = analysis.now.events;
    const colors = colorsOf(analysis.now.summary);
    // For the pointer; the list below the video has them for everybody.
    marks.replaceChildren(...analysis.now.events.slice(0, 400).map((event) => {
      const label = `${nameOf(event.kind)} at ${time(event.time_us)}${event.text ? `: ${event.text}` : ""}`;
      const mark = h("button", { type: "button", class: "event", tabindex: "-1", title: label, "aria-label": label, onclick: () => player.seek(event.time_us) });
      mark.style.setProperty("left", `${(100 * event.time_us) / Math.max(1, durationUs)}%`);
      mark.style.setProperty("--team", colors[event.team] ?? colors.none);
      return mark;
    }));
  }

  const stopFollowing = player.follow(() => {
    draw();
    analysis.fetchTracks();
  });
  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  return {
    canvas, marks, strip,
    refresh() {
      drawMarks();
      drawStrip();
      draw();
    },
    set(names) {
      wanted = new Set(names);
      drawStrip();
      draw();
    },
    end() {
      stopFollowing();
      resized.disconnect();
    },
  };
}

// "fast_break" as "Fast break".
export function nameOf(kind) {
  const words = String(kind).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
