// The web page in Debian's Chromium, against the real server and clips whose every frame carries its number.
//   node tests/web/run.mjs SERVER_PROGRAM [FILTER|FILTER...]      ZOE_SCREENSHOTS=FOLDER also keeps pictures of the pages
// Prints a line a test; the last one is "N passed, N failed".
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { addAnalysisTests } from "./analysis.mjs";
import { addChannelTests } from "./channels.mjs";
import { addMatchTest } from "./match.mjs";
import { addRoomTests } from "./rooms.mjs";
import { equal, expect, ffmpeg, kPassword, launch, register, Server, signIn, until } from "./support.mjs";
import { addTelestrationTests, makeBlink } from "./telestration.mjs";

const program = process.argv[2];
const filter = process.argv[3] ?? "";
const shots = process.env.ZOE_SCREENSHOTS ?? "";
const work = fs.mkdtempSync(path.join(os.tmpdir(), "zoe-web-"));
const films = path.join(work, "films");
const kFps = 30;

// ---- what is served

// Eight columns, white where that bit of the frame's number is set.
const kNumbers = `geq=lum='if(mod(floor(N/pow(2,floor(8*X/W))),2),235,16)':cb=128:cr=128`;
function makeFilms() {
  fs.mkdirSync(path.join(films, "Series"), { recursive: true });
  const numbers = (seconds) => ["-f", "lavfi", "-i", `color=black:s=640x480:r=${kFps}:d=${seconds},format=yuv420p,${kNumbers}`, "-f", "lavfi", "-i", `sine=f=330:d=${seconds}`];
  ffmpeg(...numbers(8), "-c:v", "libx264", "-preset", "veryfast", "-g", "60", "-bf", "2", "-c:a", "aac", path.join(films, "Numbers.mp4"));
  ffmpeg(...numbers(20), "-c:v", "mpeg2video", "-q:v", "3", "-g", "15", "-c:a", "mp2", path.join(films, "Old numbers.ts"));
  fs.writeFileSync(path.join(films, "Numbers.en.srt"), "1\n00:00:00,500 --> 00:00:06,000\nHello there\n");
  const looks = ["mandelbrot=s=640x360:r=25", "testsrc2=s=640x360:r=25", "life=s=320x180:mold=10:r=25:ratio=0.1:death_color=#204060:life_color=#ffb347,scale=640:360", "gradients=s=640x360:r=25:c0=#ffb347:c1=#204060",
    "cellauto=s=640x360:r=25:rule=110", "smptehdbars=s=640x360:r=25"];
  const names = ["A walk by the sea", "Garden in spring", "Night train to the coast", "Series/Episode 1", "Series/Episode 2", "Rehearsal <b>no markup"];
  names.forEach((name, i) => ffmpeg("-f", "lavfi", "-i", looks[i], "-t", "4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", path.join(films, `${name}.mp4`)));
}

// ---- tests

const tests = [];
const test = (name, run) => tests.push({ name, run });

const config = path.join(work, "server.toml");
fs.writeFileSync(config, makeBlink(path.join(work, "scripts")));
const server = new Server(program, work, films, ["--config", config]);
let browser;
const complaints = [];

async function person(options = {}, origin = server.origin) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // What the browser itself says of an answer that is no success is no fault of the page.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(origin);
  return page;
}

async function shot(page, name) {
  if (!shots) return;
  fs.mkdirSync(shots, { recursive: true });
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(shots, `${name}-phone.png`) });
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
  await page.setViewportSize(size);
  expect(!isTooWide, `${name} is wider than a phone`);
}

// The rules of WCAG 2.2 A and AA and of good practice, by axe-core; it speaks of what it is sure of.
const kAxe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
async function accessible(page, name) {
  await page.evaluate(kAxe);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  expect(passes.length > 10, `${name}: few rules applied`);
  const told = violations.map((each) => `${each.id} (${each.nodes.length}): ${each.nodes[0].html.slice(0, 160)} ${each.nodes[0].failureSummary?.split("\n")[1] ?? ""}`);
  equal(told.length, 0, `${name}: ${told.join(" | ")}`);
}

async function openFilm(page, title) {
  await page.goto(`${server.origin}/library`);
  await page.click(`.card:has(b:text-is("${title}"))`);
  await page.waitForSelector(".stage video");
}

// The number of the frame that the stage shows: of the canvas where it lies on top, else of the video; -1: none. And the
// position that is told at that very moment.
const shownAndTold = (page) => page.evaluate(() => {
  const still = document.querySelector(".stage .still");
  const video = document.querySelector(".stage video");
  const source = still.hidden ? video : still;
  const canvas = document.createElement("canvas");
  canvas.width = 64;
  canvas.height = 8;
  const context = canvas.getContext("2d");
  if (source === video && video.readyState < 2) return [-1, -1];
  context.drawImage(source, 0, 0, 64, 8);
  const pixels = context.getImageData(0, 4, 64, 1).data;
  let number = 0;
  for (let bit = 0; bit < 8; ++bit) if (pixels[4 * (8 * bit + 4)] > 128) number += 2 ** bit;
  return [number, Number(document.querySelector(".stage").dataset.position)];
});
const shownFrame = async (page) => (await shownAndTold(page))[0];
const state = (page) => page.evaluate(() => ({ ...document.querySelector(".stage").dataset, time: document.querySelector(".stage video").currentTime }));
const frameOf = (us) => Math.floor((us / 1e6) * kFps + 0.01);

let ann;
let film;

test("the first account is made with the server's code, and wrong words are answered", async () => {
  ann = await person();
  await until(() => server.code(), "the one-time code");
  await ann.waitForSelector(".gate input");
  await shot(ann, "register");
  await ann.fill("input[name=name]", "ann");
  await ann.fill("input[name=password]", "short");
  await ann.fill("input[name=code]", server.code());
  await ann.click("button[type=submit]");
  await ann.waitForSelector(".error:not([hidden])");
  expect(/8/.test(await ann.textContent(".error")), "it says how long a password is");
  await register(ann, "ann", server.code());
  const cookie = (await ann.context().cookies()).find((each) => each.name === "zoetrope_session");
  expect(cookie?.httpOnly, "no script reads the session");
  equal(await ann.evaluate(() => localStorage.length + sessionStorage.length), 0, "what is stored for scripts");
  expect(!(await ann.evaluate(() => document.cookie)).includes(cookie.value), "what scripts can read of it");
});

test("the library lists, searches, sorts, and goes into folders", async () => {
  await until(async () => {
    await ann.goto(`${server.origin}/library`);
    await ann.waitForSelector(".count");
    const text = await ann.textContent(".count");
    return text.startsWith("8 ") && (await ann.locator(".card img").count()) === 8;
  }, "eight videos with posters", 90_000);
  // The pictures over the seek bar come after the posters.
  await until(async () => {
    const answer = await ann.context().request.get(`${server.origin}/api/library.list`);
    return (await answer.json()).result.scan.pictures_left === 0;
  }, "previews", 90_000);
  expect((await ann.locator("main b").allTextContents()).includes("Rehearsal <b>no markup"), "a title is text");
  await ann.selectOption("select[aria-label='Sort by']", "title-");
  await ann.waitForURL(/sort=title-/);
  await ann.waitForFunction(() => document.querySelector(".card b")?.textContent === "Rehearsal <b>no markup");
  await shot(ann, "library");
  await ann.click(".folders a:has-text('Series')");
  await ann.waitForURL(/folder=Series/);
  await ann.waitForFunction(() => document.querySelectorAll(".card").length === 2);
  // Typed slowly: results come between the letters, and the next letter still gets there.
  await ann.click("#search");
  for (const [letter, found] of [["s", /q=s$/], ["e", /q=se$/], ["a", /q=sea$/]]) {
    await ann.keyboard.type(letter);
    await ann.waitForURL(found);
    await ann.waitForFunction(() => /found/.test(document.querySelector(".count")?.textContent));
  }
  equal(await ann.inputValue("#search"), "sea", "what was typed");
  await ann.waitForFunction(() => document.querySelectorAll(".card").length === 1);
  await ann.goBack();
  await ann.waitForURL(/folder=Series/);
  await ann.waitForFunction(() => document.querySelectorAll(".card").length === 2);
  await ann.fill("#search", "nothing like it");
  await ann.waitForSelector("text=Nothing goes by these words");
  await ann.goBack();
});

test("a video plays by HLS, in sync with its numbers, and seeks", async () => {
  await openFilm(ann, "Numbers");
  film = ann.url();
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 3);
  equal((await state(ann)).source, "hls", "source");
  await ann.click("button[aria-label^='Play (']");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.currentTime > 1);
  await ann.keyboard.press("k");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.paused);
  await ann.waitForTimeout(200);
  const { time } = await state(ann);
  const number = await shownFrame(ann);
  expect(Math.abs(number - time * kFps) <= 1.5, `frame ${number} at ${time}`);
  await ann.locator(".seek").fill("5000");
  await ann.waitForFunction(() => !document.querySelector(".stage video").seeking && Math.abs(document.querySelector(".stage video")?.currentTime - 5) < 0.01);
  await until(async () => (await shownFrame(ann)) === 150, "frame 150");
  await ann.keyboard.press("ArrowLeft");
  await until(async () => (await shownFrame(ann)) === 0, "frame 0");
  await ann.mouse.move(0, 0);
  await ann.hover(".seek", { position: { x: 400, y: 12 } });
  await ann.waitForSelector(".thumb:not([hidden]) .picture:not([hidden])");
  if (!shots) return;
  await openFilm(ann, "A walk by the sea");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 3);
  await ann.locator(".seek").fill("2500");
  await ann.hover(".seek", { position: { x: 500, y: 12 } });
  await shot(ann, "watch");
});

test("frames are stepped exactly, both ways, and fast", async () => {
  await ann.goto(film);
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
  await ann.locator(".seek").fill("3000");
  await until(async () => (await shownFrame(ann)) === 90, "frame 90");
  await ann.keyboard.press(".");
  await until(async () => (await shownFrame(ann)) === 91, "frame 91");
  await ann.keyboard.press(",");
  await ann.keyboard.press(",");
  await ann.keyboard.press(",");
  await until(async () => (await shownFrame(ann)) === 88, "frame 88");
  await ann.click("button[aria-label^='One frame on']");
  await until(async () => (await shownFrame(ann)) === 89, "frame 89");
  equal(frameOf(Number((await state(ann)).position)), 89, "position");
  await ann.keyboard.press("k");
  await ann.waitForFunction(() => document.querySelector(".stage .still")?.hidden && document.querySelector(".stage video")?.currentTime > 3.1);
  await ann.keyboard.press("k");
});

test("it plays backwards, every frame in turn, and goes on forwards from there", async () => {
  await ann.goto(film);
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
  await ann.locator(".seek").fill("6000");
  await until(async () => (await shownFrame(ann)) === 180, "frame 180");
  // What is drawn while it runs, read at each change.
  await ann.evaluate(() => {
    window.drawn = [];
    const stage = document.querySelector(".stage");
    new MutationObserver(() => { if (Number(stage.dataset.rate) < 0) window.drawn.push(Number(stage.dataset.position)); }).observe(stage, { attributes: true, attributeFilter: ["data-position"] });
  });
  await ann.keyboard.press("j");
  await ann.waitForFunction(() => Number(document.querySelector(".stage")?.dataset.position) < 4_000_000);
  const [number, told] = await shownAndTold(ann);
  equal(number, frameOf(told), "what is drawn is what is told");
  await ann.keyboard.press(" ");
  const drawn = await ann.evaluate(() => window.drawn.map((us) => Math.round(us * 30 / 1e6)));
  const distinct = [...new Set(drawn)];
  expect(distinct.every((each, i) => i === 0 || each < distinct[i - 1]), `always backwards: ${distinct.slice(0, 40)}`);
  expect(distinct.length > 12, `frame after frame, here ${distinct.length}`);
  const stopped = await shownFrame(ann);
  await ann.waitForTimeout(300);
  equal(await shownFrame(ann), stopped, "it stands");
  await ann.keyboard.press("l");
  await until(async () => (await state(ann)).time * kFps > stopped + 15 && (await ann.isHidden(".stage .still")), "forwards again");
  await ann.keyboard.press("k");
});

addAnalysisTests(test, { ann: () => ann, openFilm, shot, accessible });
addMatchTest(test, { program, work, person, shot });
addRoomTests(test, { ann: () => ann, person, openFilm, shot, accessible, shownFrame });
addChannelTests(test, { ann: () => ann, person, shot, accessible });
addTelestrationTests(test, { ann: () => ann, person, openFilm, shot, accessible, shownFrame });

test("subtitles, quality and speed are chosen", async () => {
  await ann.goto(film);
  await ann.waitForFunction(() => document.querySelector("select[aria-label=Quality]")?.options.length >= 4);
  const names = await ann.locator("select[aria-label=Quality] option").allTextContents();
  expect(names.some((name) => name.includes("480p (original)")) && names.some((name) => name === "240p"), `sizes: ${names}`);
  await ann.selectOption("select[aria-label=Quality]", { label: "240p" });
  await ann.keyboard.press("Escape");
  await ann.click("button[aria-label^='Play (']");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.videoHeight === 240);
  await ann.waitForSelector("select[aria-label=Subtitles]:not([hidden])");
  await ann.selectOption("select[aria-label=Subtitles]", { index: 1 });
  await ann.locator(".seek").fill("1000");
  await ann.waitForFunction(() => [...(document.querySelector(".stage video")?.textTracks ?? [])].some((track) => track.mode === "showing" && [...(track.activeCues ?? [])].some((cue) => cue.text.includes("Hello there"))));
  await ann.selectOption("select[aria-label=Speed]", "2");
  equal(await ann.evaluate(() => document.querySelector(".stage video").playbackRate), 2, "speed");
  await ann.evaluate(() => document.querySelector(".stage video").pause());
});

test("what browsers cannot decode is encoded for them", async () => {
  await openFilm(ann, "Old numbers");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 3);
  equal((await state(ann)).source, "hls", "source");
  await ann.locator(".seek").fill("7000");
  await until(async () => (await shownFrame(ann)) === 210, "frame 210");
  await ann.locator(".seek").fill("2000");
  await until(async () => (await shownFrame(ann)) === 60, "frame 60");
});

test("a download is the file, byte by byte", async () => {
  await ann.goto(film);
  await ann.waitForSelector(".actions");
  const [download] = await Promise.all([ann.waitForEvent("download"), ann.click("a:has-text('Download')")]);
  equal(download.suggestedFilename(), "Numbers.mp4", "its name");
  const hash = (file) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  equal(hash(await download.path()), hash(path.join(films, "Numbers.mp4")), "its bytes");
});

test("what was begun goes on after a reload, and is listed at home", async () => {
  await openFilm(ann, "Old numbers");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 3);
  await ann.locator(".seek").fill("12000");
  await ann.click("button[aria-label^='Play (']");
  await ann.waitForFunction(() => document.querySelector(".stage video")?.currentTime > 12.3);
  await ann.keyboard.press("k");
  await ann.waitForTimeout(500);
  await ann.reload();
  await ann.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2 && document.querySelector(".stage video")?.currentTime > 12);
  await ann.goto(server.origin);
  await ann.waitForSelector("section[aria-label='Continue watching'] .card:has-text('Old numbers')");
  await shot(ann, "home");
});

test("favourites, stars, watched marks, playlists and history are kept", async () => {
  await ann.goto(film);
  await ann.click("button:has-text('Favourite')");
  await ann.waitForSelector("button[aria-pressed=true]:has-text('A favourite')");
  await ann.click("button[aria-label='4 stars']");
  await ann.waitForFunction(() => document.querySelectorAll(".stars [aria-pressed=true]").length === 4);
  await ann.click("button:has-text('Mark as watched')");
  await ann.waitForSelector("button[aria-pressed=true]:has-text('Watched')");
  await ann.click("button:has-text('Playlist')");
  await ann.fill("dialog input[name=name]", "Evening");
  await ann.click("dialog button[type=submit]");
  await ann.waitForSelector("#toast:has-text('Added')");
  await ann.reload();
  await ann.waitForFunction(() => document.querySelectorAll(".stars [aria-pressed=true]").length === 4);
  await ann.goto(`${server.origin}/favourites`);
  await ann.waitForSelector(".card:has-text('Numbers')");
  await ann.goto(`${server.origin}/playlists`);
  await ann.click("a:has-text('Evening')");
  await ann.waitForSelector("h1:has-text('Evening')");
  await ann.waitForSelector("ol li:has-text('Numbers')");
  await shot(ann, "playlist");
  await ann.goto(`${server.origin}/history`);
  await ann.waitForSelector("li:has-text('Old numbers')");
  await shot(ann, "history");
});

test("another player opens the video with a ticket, until it is revoked", async () => {
  await ann.goto(film);
  await ann.click("button:has-text('Open in another player')");
  await ann.click("dialog button:has-text('Make an address')");
  await ann.waitForSelector("dialog .made input");
  await shot(ann, "ticket");
  const [file, list] = await ann.locator("dialog .made input").evaluateAll((all) => all.map((each) => each.value));
  const probe = (address) => execFileSync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", address], { encoding: "utf8", timeout: 60_000 });
  expect(/h264/.test(probe(file)) && /aac/.test(probe(file)), "the file");
  expect(/h264/.test(probe(list)), "HLS");
  await ann.click("dialog button:has-text('Revoke')");
  await ann.waitForFunction(() => !document.querySelector("dialog .list li"));
  equal((await fetch(file)).status, 401, "revoked");
  await ann.click("dialog button:has-text('Close')");
});

test("keys work alone, and everything has a name", async () => {
  await ann.goto(film);
  await ann.waitForSelector(".stage .seek");
  const nameless = await ann.evaluate(() => [...document.querySelectorAll("button,a[href],input,select")].filter((each) => {
    const label = each.getAttribute("aria-label") || each.textContent.trim() || each.closest("label")?.textContent.trim() || (each.id && document.querySelector(`label[for="${each.id}"]`)?.textContent.trim()) || each.querySelector("img[alt]")?.alt;
    return !label;
  }).map((each) => each.outerHTML.slice(0, 100)));
  equal(nameless.length, 0, `nameless: ${nameless}`);
  await ann.goto(server.origin);
  await ann.waitForSelector(".card");
  await ann.evaluate(() => document.body.focus());
  const seen = [];
  for (let i = 0; i < 40; ++i) {
    await ann.keyboard.press("Tab");
    const at = await ann.evaluate(() => document.activeElement.getAttribute("href") ?? document.activeElement.id);
    seen.push(at);
    if (at?.startsWith("/media/")) break;
  }
  expect(seen.at(-1)?.startsWith("/media/"), `the keyboard gets to a video: ${seen}`);
  await ann.keyboard.press("Enter");
  await ann.waitForSelector(".stage");
});

test("an administrator makes accounts, swaps plugins and sees what happened", async () => {
  await ann.goto(`${server.origin}/admin`);
  await ann.click("button:has-text('New account')");
  await ann.fill("dialog input[name=name]", "bob");
  await ann.fill("dialog input[name=password]", kPassword);
  await ann.click("dialog button[type=submit]");
  await ann.waitForSelector("tr:has(th:text-is('bob'))");
  await shot(ann, "admin-people");
  await ann.click(".tabs a:has-text('Plugins')");
  const row = ann.locator("tr:has(th:has-text('codec_h264'))");
  await row.waitFor();
  const before = await row.locator("td").nth(1).textContent();
  await row.locator("button:has-text('Swap')").click();
  await ann.waitForFunction((old) => [...document.querySelectorAll("tr")].some((each) => each.textContent.includes("codec_h264") && each.children[2].textContent !== old), before);
  await shot(ann, "admin-plugins");
  await ann.click(".tabs a:has-text('Access')");
  await ann.waitForSelector("tr:has(th:has-text('films'))");
  await ann.click(".tabs a:has-text('Clients')");
  await ann.waitForSelector("tr:has-text('transport_http')");
  await ann.click(".tabs a:has-text('What happened')");
  await ann.waitForSelector("tr:has-text('admin.create_user')");
  await shot(ann, "admin-log");
});

test("a second person sees what is theirs only, and no administration", async () => {
  const bob = await person();
  await signIn(bob, "bob", "wrong password");
  await bob.waitForSelector(".error:not([hidden])");
  await until(async () => {
    await bob.fill("input[name=password]", kPassword);
    await bob.click("button[type=submit]");
    return bob.waitForSelector("#bar:not([hidden])", { timeout: 3000 }).then(() => true, () => false);
  }, "bob's log-in");
  await bob.waitForSelector(".card");
  equal(await bob.locator("section[aria-label='Continue watching']").count(), 0, "nothing begun");
  await bob.goto(`${server.origin}/history`);
  await bob.waitForSelector("text=Nothing was watched yet");
  await bob.goto(`${server.origin}/favourites`);
  await bob.waitForSelector("text=Nothing here yet");
  equal(await bob.locator("a[href='/admin']").count(), 0, "no way to the administration");
  await bob.goto(`${server.origin}/admin`);
  await bob.waitForSelector("text=This is not for you");
  await bob.goto(`${server.origin}/account`);
  await bob.selectOption("section:has-text('Wishes') select >> nth=0", "eng");
  await bob.waitForSelector("text=Saved.");
  await shot(bob, "account");
  // Liked subtitles are on from the beginning.
  await bob.goto(film);
  await bob.waitForFunction(() => document.querySelector("select[aria-label=Subtitles]")?.value === "0");
  await bob.click("#leave");
  await bob.waitForSelector(".gate");
  await bob.context().close();
});

test("it looks right by day, on a small and on a wide screen", async () => {
  const light = await person({ colorScheme: "light", viewport: { width: 2560, height: 1440 } });
  await signIn(light, "ann");
  await light.waitForSelector(".card");
  await shot(light, "home-light");
  await light.goto(film);
  await light.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
  await shot(light, "watch-light");
  const worst = await light.evaluate(() => {
    const parts = (color) => color.match(/[\d.]+/g).map(Number);
    const lum = ([r, g, b]) => [r, g, b].map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
      for (let each = element; each; each = each.parentElement) {
        const [r, g, b, a = 1] = parts(getComputedStyle(each).backgroundColor);
        if (a > 0.9) return [r, g, b];
      }
      return parts(getComputedStyle(document.documentElement).backgroundColor);
    };
    let least = { ratio: 99 };
    for (const each of document.querySelectorAll("h1,h2,p,small,b,a,button,span,label")) {
      if (each.closest(".stage,.shot,#toast") || each.children.length > 0 || !each.textContent.trim() || each.offsetWidth === 0) continue;
      const [a, b] = [lum(parts(getComputedStyle(each).color)), lum(ground(each))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < least.ratio) least = { ratio, text: each.textContent };
    }
    return least;
  });
  expect(worst.ratio >= 4.5, `contrast ${worst.ratio.toFixed(2)} of “${worst.text}”`);
  await light.context().close();
});

test("every page is fit for whoever reads it otherwise, dark and light, narrow and wide", async () => {
  for (const [colorScheme, width] of [["dark", 1280], ["light", 390]]) {
    const page = await person({ colorScheme, viewport: { width, height: 844 }, reducedMotion: "reduce" });
    await page.waitForSelector(".gate input");
    await accessible(page, `gate, ${colorScheme}, ${width}`);
    await signIn(page, "ann");
    await page.waitForSelector(".card");
    for (const [address, there] of [["/", ".card"], ["/library", ".card"], ["/favourites", ".card"], ["/playlists", ".list li"], ["/history", ".list li"], ["/account", ".panel"], [new URL(film).pathname, ".stage .seek"],
      ["/admin/people", "tbody tr"], ["/admin/access", "tbody tr"], ["/admin/plugins", "tbody tr"], ["/admin/clients", "tbody tr"], ["/admin/log", "tbody tr"], ["/library?q=nothing+like+it", "text=Nothing goes by these words"], ["/nowhere", "h1"]]) {
      await page.goto(server.origin + address);
      await page.waitForSelector(there);
      await accessible(page, `${address}, ${colorScheme}, ${width}`);
    }
    await page.goto(film);
    await page.click("button:has-text('Open in another player')");
    await page.waitForSelector("dialog .ways");
    await accessible(page, `a dialog, ${colorScheme}, ${width}`);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    equal(await page.evaluate(() => document.activeElement.textContent), "Open in another player", "where the keyboard is after a dialog");
    await page.context().close();
  }
});

test("a session that is ended elsewhere leads to the gate, and from there back", async () => {
  const here = await person();
  await signIn(here, "ann");
  await here.waitForSelector(".card");
  await here.goto(`${server.origin}/playlists`);
  await here.waitForSelector(".list li");
  await ann.goto(`${server.origin}/account`);
  await ann.waitForSelector("section:has-text('Where you are signed in') .here");
  // All of Ann's other sessions end; nothing is pressed in the page that looks on.
  for (;;) {
    const others = ann.locator("section:has-text('Where you are signed in') button:has-text('Sign out')");
    const count = await others.count();
    if (count === 0) break;
    await others.first().click();
    await until(async () => (await others.count()) < count, "one session fewer");
  }
  await here.waitForSelector(".gate input");
  await signIn(here, "ann");
  await here.waitForSelector("h1:has-text('Playlists')");
  equal(new URL(here.url()).pathname, "/playlists", "where it goes on");
  await here.context().close();
});

test("signing out ends it, and the way back leads to the gate", async () => {
  await ann.goto(server.origin);
  await ann.click("#leave");
  await ann.waitForSelector(".gate");
  await ann.goto(film);
  await ann.waitForSelector(".gate");
  equal((await ann.context().cookies()).filter((each) => each.name === "zoetrope_session" && each.value).length, 0, "cookies");
});

test("nothing was complained of: no error, no breach of the page's own rules", async () => {
  equal(complaints.length, 0, complaints.slice(0, 5).join(" | "));
});

// ---- all of it

let failed = 0;
let passed = 0;
try {
  makeFilms();
  await server.start();
  browser = await launch();
  for (const { name, run } of tests) {
    if (filter && !filter.split("|").some((part) => name.includes(part))) continue;
    const begun = Date.now();
    try {
      await run();
      ++passed;
      console.log(`[  OK  ] ${name} (${Date.now() - begun} ms)`);
    } catch (error) {
      ++failed;
      console.log(`[FAILED] ${name}: ${error.message.split("\n").slice(0, 6).join("\n    ")}`);
      if (shots && ann) await ann.screenshot({ path: path.join(shots, `failed-${failed}.png`) }).catch(() => {});
    }
  }
} catch (error) {
  ++failed;
  console.log(`[FAILED] ${error.stack}\n${server.log.split("\n").slice(-10).join("\n")}`);
} finally {
  await browser?.close().catch(() => {});
  server.process?.kill("SIGTERM");
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
