// What is drawn on a frame: lines, arrows, ellipses and words, in parts of the picture. No page and no network.

const kKinds = { line: [2, 256, "Line"], arrow: [2, 2, "Arrow"], ellipse: [2, 2, "Ellipse"], text: [1, 1, "Words"] };
const kGrain = 10_000;
const kWordsHeight = 12; // of `width`
const kHead = 6; // of an arrow, times its line

// What a database has kept need not be what this page knows.
export function isShape(shape) {
  const [least, most] = kKinds[Object.hasOwn(kKinds, shape?.kind ?? "") ? shape.kind : ""] ?? [1, 0];
  return Array.isArray(shape?.points) && shape.points.length >= least && shape.points.length <= most && /^#[0-9a-f]{6}$/i.test(shape.color) && shape.width >= 0.001 && shape.width <= 0.05
    && shape.points.every((each) => Array.isArray(each) && each.length === 2 && each.every((part) => Number.isFinite(part) && part >= 0 && part <= 1)) && (shape.kind !== "text" || typeof shape.text === "string");
}

export const nameOfShape = (shape) => kKinds[shape.kind]?.[2] ?? "Drawing";
export const rounded = ([x, y]) => [x, y].map((part) => Math.round(Math.max(0, Math.min(1, part)) * kGrain) / kGrain);

function fromLine([x, y], [ax, ay], [bx, by], aspect) {
  const [dx, dy] = [(bx - ax) * aspect, by - ay];
  const [px, py] = [(x - ax) * aspect, y - ay];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / length)) : 0;
  return Math.hypot(px - share * dx, py - share * dy);
}
// Without the points that lie within `grain` (in heights of the picture) of the line through those that stay (Douglas and Peucker, 1973).
function without(points, grain, aspect) {
  const stays = new Array(points.length).fill(false);
  stays[0] = stays[points.length - 1] = true;
  const spans = [[0, points.length - 1]];
  while (spans.length > 0) {
    const [from, until] = spans.pop();
    let [farthest, far] = [-1, grain];
    for (let i = from + 1; i < until; ++i) {
      const off = fromLine(points[i], points[from], points[until], aspect);
      if (off > far) [farthest, far] = [i, off];
    }
    if (farthest < 0) continue;
    stays[farthest] = true;
    spans.push([from, farthest], [farthest, until]);
  }
  return points.filter((_, i) => stays[i]);
}
// A line as it was drawn by hand, in at most `most` points.
export function thinned(points, aspect, most = kKinds.line[1]) {
  let kept = points;
  for (let grain = 0.001; grain < 2; grain *= 2) {
    kept = without(points, grain, aspect);
    if (kept.length <= most) break;
  }
  return kept.map(rounded);
}

// The most of `text` that takes `most` bytes, and ends with a whole character.
export function cutText(text, most = 200) {
  const bytes = (words) => new TextEncoder().encode(words).length;
  const letters = [...text];
  while (bytes(letters.join("")) > most) letters.pop();
  return letters.join("");
}

// Twice, so that it is seen on any ground.
function inked(context, color, width, ratio, draw) {
  context.lineCap = context.lineJoin = "round";
  for (const [ink, wide] of [["#000a", width + 2 * ratio], [color, width]]) {
    context.strokeStyle = context.fillStyle = ink;
    context.lineWidth = wide;
    context.beginPath();
    draw();
    context.stroke();
  }
}

// Broken between words where it would run out of the picture; inside one where that alone is too long.
function linesOf(context, text, most) {
  const lines = [""];
  const fits = (line) => context.measureText(line).width <= most;
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] === "" ? word : `${lines[lines.length - 1]} ${word}`;
    if (fits(longer)) {
      lines[lines.length - 1] = longer;
      continue;
    }
    if (lines[lines.length - 1] !== "") lines.push("");
    for (const letter of word) {
      const grown = lines[lines.length - 1] + letter;
      if (lines[lines.length - 1] === "" || fits(grown)) lines[lines.length - 1] = grown;
      else lines.push(letter);
    }
  }
  return lines;
}

// `at`: where the picture lies in the canvas (placeOf).
export function paint(context, shape, at) {
  const places = shape.points.map(([x, y]) => [at.x + x * at.width, at.y + y * at.height]);
  const width = Math.max(at.ratio, shape.width * at.height);
  const [[ax, ay], [bx, by] = []] = places;
  if (shape.kind === "text") {
    const size = Math.max(8 * at.ratio, kWordsHeight * shape.width * at.height);
    context.font = `600 ${size}px Inter,system-ui,sans-serif`;
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = size / 6;
    context.strokeStyle = "#000c";
    context.fillStyle = shape.color;
    linesOf(context, shape.text, at.x + at.width - ax).forEach((line, i) => {
      context.strokeText(line, ax, ay + 1.2 * size * i);
      context.fillText(line, ax, ay + 1.2 * size * i);
    });
    context.textBaseline = "alphabetic";
  } else if (shape.kind === "ellipse") {
    inked(context, shape.color, width, at.ratio, () => context.ellipse((ax + bx) / 2, (ay + by) / 2, Math.abs(bx - ax) / 2, Math.abs(by - ay) / 2, 0, 0, 2 * Math.PI));
  } else {
    inked(context, shape.color, width, at.ratio, () => {
      context.moveTo(ax, ay);
      for (const place of places.slice(1)) context.lineTo(...place);
      if (shape.kind !== "arrow") return;
      const head = Math.min(kHead * width, Math.hypot(bx - ax, by - ay) * 0.6);
      const angle = Math.atan2(by - ay, bx - ax);
      for (const side of [0.5, -0.5]) {
        context.moveTo(bx, by);
        context.lineTo(bx - head * Math.cos(angle + side), by - head * Math.sin(angle + side));
      }
    });
  }
}
