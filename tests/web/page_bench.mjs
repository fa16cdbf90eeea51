// How the page feels with a large library, in Debian's Chromium.
//   node tests/web/page_bench.mjs SERVER_PROGRAM [--entries N] [--rounds N]
// Makes N videos of distinct bytes (10,000), waits until the server has looked into each, and measures in the browser, from
// the act to the first frame in which its result is drawn: opening the library, each letter of a search, a change of the
// sorting, and scrolling to the end. Medians and worst of the rounds, in milliseconds.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ffmpeg, launch, register, Server, until } from "./support.mjs";

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1 || value > 100_000) throw new Error(`--${name} needs a whole number from 1 to 100000`);
  return value;
};
const entries = option("entries", 10_000);
const rounds = option("rounds", 9);
const work = fs.mkdtempSync(path.join(os.tmpdir(), "zoe-page-bench-"));
const films = path.join(work, "films");

// One video, and behind its last box a `free` one with a number, so that no two are the same.
function makeFilms() {
  const seed = path.join(work, "seed.mp4");
  ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=2", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", seed);
  const bytes = fs.readFileSync(seed);
  const words = ["league", "final", "training", "friendly", "replay", "interview", "highlights"];
  for (let i = 0; i < entries; ++i) {
    const folder = path.join(films, `season ${i % 20}`, `round ${i % 50}`);
    fs.mkdirSync(folder, { recursive: true });
    const box = Buffer.alloc(16);
    box.writeUInt32BE(16, 0);
    box.write("free", 4, "latin1");
    box.writeUInt32BE(i, 8);
    fs.writeFileSync(path.join(folder, `Match ${i} ${words[i % words.length]}.mp4`), Buffer.concat([bytes, box]));
  }
}

// Runs the statements `act` in the page and waits for `is` to hold in a frame that was drawn; milliseconds. Both are source
// text: the page's own rules let no text become code there.
const timed = (page, act, is) => page.evaluate(`new Promise((done) => {
  const begun = performance.now();
  { ${act} }
  const look = () => ((${is}) ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look));
  look();
})`);
const kListed = `document.querySelectorAll(".grid .card").length >= 30`;

const results = new Map();
const note = (name, ms) => results.set(name, [...(results.get(name) ?? []), ms]);

async function round(page, origin) {
  await page.goto(`${origin}/favourites`);
  await page.waitForSelector("main h1");
  note("open the library", await timed(page, "document.querySelector('#places a[href=\"/library\"]').click()", kListed));
  for (const [typed, wish] of [["f", "f"], ["fi", "fi"], ["final", "final"], ["final 77", "final 77"]]) {
    const act = `const field = document.getElementById("search"); field.value = ${JSON.stringify(typed)}; field.dispatchEvent(new Event("input"));`;
    note(`search "${wish}"`, await timed(page, act, `document.querySelector("main h1")?.textContent === ${JSON.stringify(`“${wish}”`)}`));
  }
  await page.goto(`${origin}/library`);
  await page.waitForSelector(".grid .card");
  note("sort by size", await timed(page, "window.field = document.querySelector(\"select[aria-label='Sort by']\"); window.field.value = 'size'; window.field.dispatchEvent(new Event('change'));",
    `new URLSearchParams(location.search).get("sort") === "size" && window.field !== document.querySelector("select[aria-label='Sort by']") && ${kListed}`));
}

// A page of cards after the other, as one scrolls: how long no new card came at the end, the longest time.
async function scroll(page, origin) {
  await page.goto(`${origin}/library`);
  await page.waitForSelector(".grid .card");
  for (let i = 0; i < 20; ++i) {
    const before = await page.locator(".grid .card").count();
    note("scroll: the next page of cards", await timed(page, "scrollTo(0, document.documentElement.scrollHeight)", `document.querySelectorAll(".grid .card").length > ${before}`));
  }
}

const server = new Server(process.argv[2], work, films);
let browser;
try {
  console.error(`making ${entries} videos`);
  makeFilms();
  await server.start();
  browser = await launch();
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(server.origin);
  await until(() => server.code(), "the one-time code");
  await register(page, "ann", server.code());
  const begun = Date.now();
  await until(async () => {
    const { result } = await (await page.request.get(`${server.origin}/api/library.list?limit=1`)).json();
    process.stderr.write(`\r${result.total} of ${entries} listed, ${result.scan.pictures_left} pictures left   `);
    return result.total === entries && !result.scan.is_running && result.scan.pictures_left === 0;
  }, "the scan", 3_600_000);
  console.error(`\nlooked into in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  for (let i = 0; i < rounds; ++i) await round(page, server.origin);
  await scroll(page, server.origin);
  for (const [name, all] of results) {
    const sorted = [...all].sort((a, b) => a - b);
    console.log(`${name.padEnd(34)} median ${sorted[Math.floor(sorted.length / 2)].toFixed(0).padStart(5)}   worst ${sorted.at(-1).toFixed(0).padStart(5)}`);
  }
} finally {
  await browser?.close().catch(() => {});
  server.process?.kill("SIGTERM");
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
