// AI on the page with the real football script, on a generated match whose truth is known.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, register, Server, until } from "./support.mjs";

const kFps = 25;
const kEventUs = 3_240_000;
const kScript = `/usr/bin/python3 -B "$@" | sed -u '/^{"type":"summary"/i {"type":"event","kind":"shot","time_us":${kEventUs},"team":"a"}'\n`;
const kFootball = fileURLToPath(new URL("../../plugins/analysis_script/scripts/football/football.py", import.meta.url));
const kGenerator = fileURLToPath(new URL("../../assets/football/make_match.py", import.meta.url));

// The frames of a match of five seconds in which the ball is won once.
function makeMatch(video, truth) {
  execFileSync("/usr/bin/python3", ["-B", kGenerator, video, "--truth", truth, "--seconds", "5", "--seed", "14", "--size", "864x486", "--fps", String(kFps), "--kits", "blue,yellow"], { stdio: ["ignore", "ignore", "inherit"] });
  return fs.readFileSync(truth, "utf8").trim().split("\n").map((line) => JSON.parse(line)).filter((each) => each.type === "frame");
}

function overlap([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const w = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const h = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  return w <= 0 || h <= 0 ? 0 : (w * h) / (aw * ah + bw * bh - w * h);
}

// Keeps what the canvas over the picture was last drawn of: its boxes, as parts of the picture, and their colours.
const watchCanvas = () => {
  const { clearRect, strokeRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...words) {
    if (this.canvas.className === "glass") window.zoeBoxes = [];
    return clearRect.apply(this, words);
  };
  CanvasRenderingContext2D.prototype.strokeRect = function (...words) {
    // The pitch of the map is drawn in white, what lies around a box in black.
    if (this.canvas.className === "glass" && /^#[0-9a-f]{6}$/.test(this.strokeStyle)) window.zoeBoxes.push({ at: words, color: this.strokeStyle });
    return strokeRect.apply(this, words);
  };
};
// What lies on the picture, and of how many of the boxes the canvas has the colour where they say.
const drawn = (page) => page.evaluate(() => {
  const glass = document.querySelector(".glass");
  const video = document.querySelector(".stage video");
  const still = document.querySelector(".stage .still");
  const [wide, high] = still.hidden ? [video.videoWidth, video.videoHeight] : [still.width, still.height];
  const scale = Math.min(glass.width / wide, glass.height / high);
  const [left, top] = [(glass.width - wide * scale) / 2, (glass.height - high * scale) / 2];
  const context = glass.getContext("2d");
  let inked = 0;
  const boxes = (window.zoeBoxes ?? []).map(({ at: [x, y, w, h], color }) => {
    if (context.getImageData(Math.round(x + w / 2), Math.round(y + h), 1, 1).data[3] > 100) ++inked;
    return { box: [(x - left) / (wide * scale), (y - top) / (high * scale), w / (wide * scale), h / (high * scale)], color };
  });
  return { us: Number(glass.dataset.us), boxes, inked };
});

// Most people have a box, most boxes have someone, and each team has a colour of its own.
function expectTrue({ us, boxes, inked }, frames, what) {
  const truth = frames[Math.round((us * kFps) / 1e6)];
  expect(truth, `${what}: no frame at ${us}`);
  const taken = new Set();
  const colors = { a: {}, b: {} };
  let plain = 0;
  let found = 0;
  for (const each of truth.objects) {
    const isPlain = each.class !== "assistant" && each.occlusion < 0.3;
    if (isPlain) ++plain;
    const shares = boxes.map(({ box }, i) => (taken.has(i) ? 0 : overlap(box, each.box)));
    const best = shares.indexOf(Math.max(...shares));
    if (best < 0 || shares[best] < 0.5) continue;
    taken.add(best);
    if (isPlain) ++found;
    if (each.class === "player") colors[each.team][boxes[best].color] = (colors[each.team][boxes[best].color] ?? 0) + 1;
  }
  expect(plain >= 8 && found >= 0.8 * plain, `${what}: ${found} of ${plain} people have a box`);
  expect(taken.size >= 0.8 * boxes.length, `${what}: ${taken.size} of ${boxes.length} boxes have someone`);
  expect(inked >= 0.9 * boxes.length, `${what}: ${inked} of ${boxes.length} boxes are to be seen`);
  const main = ["a", "b"].map((team) => Object.entries(colors[team]).sort((x, y) => y[1] - x[1])[0]);
  expect(main[0] && main[1] && main[0][0] !== main[1][0], `${what}: the teams' colours ${JSON.stringify(colors)}`);
}

export function addMatchTest(test, { program, work, person, shot }) {
  test("AI finds the players of a generated match, and what happened can be gone to", async () => {
    const folder = path.join(work, "match");
    fs.mkdirSync(path.join(folder, "films"), { recursive: true });
    const frames = makeMatch(path.join(folder, "films", "Match.mp4"), path.join(folder, "truth.jsonl"));
    // The football script, and an event more, so that there is one at a time that is known.
    fs.mkdirSync(path.join(folder, "scripts", "match"), { recursive: true, mode: 0o755 });
    fs.writeFileSync(path.join(folder, "scripts", "match", "run.sh"), kScript);
    fs.writeFileSync(path.join(folder, "scripts", "match", "match.toml"), `id = "match"\nname = "Match"\nversion = "1"\ncommand = ["sh", "{folder}/run.sh", "${kFootball}", "{media}", "{parameters}", "{work}"]\n`);
    const config = path.join(folder, "server.toml");
    fs.writeFileSync(config, `[plugins.analysis_script]\nscripts = ["${path.join(folder, "scripts")}"]\n`);
    const server = new Server(program, folder, path.join(folder, "films"), ["--config", config]);
    try {
      await server.start();
      const page = await person({}, server.origin);
      await page.addInitScript(watchCanvas);
      await register(page, "ann", "");
      await until(async () => {
        await page.goto(`${server.origin}/library`);
        return page.waitForSelector(".card:has(b:text-is('Match'))", { timeout: 2000 }).then(() => true, () => false);
      }, "the match in the library", 60_000);
      await page.click(".card:has(b:text-is('Match'))");
      await page.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
      await page.click(".stage .ai");
      await page.click("[data-analyser=match] button[type=submit]");
      // It goes on, and what it has found lies on the picture meanwhile.
      await page.waitForSelector(".analysis progress");
      await until(async () => (await drawn(page)).boxes.length > 5 || (await page.isVisible(".analysis .state:has-text('Done')")), "the first boxes", 240_000);
      await page.waitForSelector(".analysis .state:has-text('Done')", { timeout: 240_000 });
      const go = async (us) => {
        await page.locator(".seek").fill(String(us / 1000));
        await until(async () => Math.abs((await drawn(page)).us - us) < 1e6 / kFps, `the frame at ${us}`);
        await until(async () => (await drawn(page)).boxes.length > 0, `boxes at ${us}`);
      };
      await go(2.42e6);
      expectTrue(await drawn(page), frames, "by the seek bar");
      const before = (await drawn(page)).us;
      await page.keyboard.press(",");
      await until(async () => (await drawn(page)).us < before, "the frame before");
      await until(async () => (await drawn(page)).boxes.length > 0, "boxes on the frame before");
      expectTrue(await drawn(page), frames, "a step back");
      await page.locator(".analysis [data-event='0']").click();
      await until(async () => Math.abs((await drawn(page)).us - kEventUs) < 1e6 / kFps, "the event");
      expectTrue(await drawn(page), frames, "at the event");
      await go(1e6);
      await page.locator(".events .event").first().click();
      await until(async () => Math.abs((await drawn(page)).us - kEventUs) < 1e6 / kFps, "the event, by its mark");
      await shot(page, "match");
      await page.context().close();
    } finally {
      server.stop();
    }
  });
}
