// Drawing on the picture in a room: two people, each with a browser of their own, one of them on a screen that is touched.
import fs from "node:fs";
import path from "node:path";
import { cutText, isShape, thinned } from "../../plugins/transport_http/web/shapes.js";
import { equal, expect, register, until } from "./support.mjs";

export const kBlink = "blink"; // an analysis whose one box is somewhere else in each frame
const kFps = 30;

// Where the left edge of its box is at a time, as a part of the picture's width.
const boxAt = (us) => 0.1 + 0.6 * (us / 20e6);
// Writes the script into `folder`; what the server's configuration says of it is the answer.
export function makeBlink(folder) {
  const place = path.join(folder, kBlink);
  fs.mkdirSync(place, { recursive: true, mode: 0o755 });
  const lines = [{ type: "hello", protocol: 1 }];
  for (let us = 0; us < 20e6; us += 200_000) lines.push({ type: "track", time_us: us, id: 1, class: "thing", box: [boxAt(us), 0.3, 0.1, 0.2] });
  lines.push({ type: "event", kind: "turn", time_us: 4e6, text: "<i>Turn" }, { type: "summary", text: "One box.", teams: {} });
  fs.writeFileSync(path.join(place, "found.jsonl"), lines.map((each) => JSON.stringify(each)).join("\n") + "\n");
  fs.writeFileSync(path.join(place, "blink.toml"), `id = "${kBlink}"\nname = "Blink"\nversion = "1"\ncommand = ["cat", "{folder}/found.jsonl"]\n`);
  return `[plugins.analysis_script]\nscripts = ["${folder}"]\n`;
}

// Whether a canvas over the picture has ink of this colour near a place, in parts of the picture as it is shown on the screen.
const hasInk = (page, canvas, [x, y], color) => page.evaluate(([name, x, y, color]) => {
  const board = document.querySelector(name);
  const still = document.querySelector(".stage .still");
  const video = document.querySelector(".stage video");
  const shown = still.hidden ? video : still;
  const [wide, high] = still.hidden ? [video.videoWidth, video.videoHeight] : [still.width, still.height];
  // By where the picture is on the screen, and by where the canvas is: nothing of the page's own reckoning.
  const [a, b] = [shown.getBoundingClientRect(), board.getBoundingClientRect()];
  const scale = Math.min(a.width / wide, a.height / high);
  const left = a.left + (a.width - wide * scale) / 2 + x * wide * scale;
  const top = a.top + (a.height - high * scale) / 2 + y * high * scale;
  const fine = board.width / b.width;
  const near = 3;
  const [cx, cy] = [Math.round((left - b.left) * fine) - near, Math.round((top - b.top) * fine) - near];
  const pixels = board.getContext("2d").getImageData(cx, cy, 2 * near + 1, 2 * near + 1).data;
  const wanted = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 200 && wanted.every((part, k) => Math.abs(pixels[i + k] - part) < 24)) return true;
  return false;
}, [canvas, x, y, color]);
const onBoard = (page, place, color) => hasInk(page, ".board", place, color);
// Where a place of the picture is on the screen.
const screenOf = (page, [x, y]) => page.evaluate(([x, y]) => {
  const still = document.querySelector(".stage .still");
  const box = still.getBoundingClientRect();
  const scale = Math.min(box.width / still.width, box.height / still.height);
  return [box.left + (box.width - still.width * scale) / 2 + x * still.width * scale, box.top + (box.height - still.height * scale) / 2 + y * still.height * scale];
}, [x, y]);
const boardOf = (page) => page.evaluate(() => ({ ...document.querySelector(".board").dataset, label: document.querySelector(".board").getAttribute("aria-label") }));
const notesOf = async (page) => Number((await boardOf(page)).notes);

async function drag(page, from, ...places) {
  const [x, y] = await screenOf(page, from);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const each of places) await page.mouse.move(...(await screenOf(page, each)), { steps: 6 });
  await page.mouse.up();
}
async function touch(page, ...places) {
  const client = await page.context().newCDPSession(page);
  const send = async (type, place) => {
    const [x, y] = place ? await screenOf(page, place) : [];
    await client.send("Input.dispatchTouchEvent", { type, touchPoints: place ? [{ x, y }] : [] });
  };
  await send("touchStart", places[0]);
  for (const each of places.slice(1)) await send("touchMove", each);
  await send("touchEnd");
  await client.detach();
}
// As whoever reads it otherwise has it: dark and light, wide and narrow.
async function accessibleAll(page, accessible, name) {
  const size = page.viewportSize();
  for (const [colorScheme, width] of [["dark", 1280], ["light", 390]]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" }); // colours that change slowly are neither
    await page.setViewportSize({ width, height: 844 });
    await accessible(page, `${name}, ${colorScheme}, ${width}`);
  }
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: null });
  await page.setViewportSize(size);
}
const tool = (page, name) => page.click(`.tools-bar button[aria-label="${name}"]`);

export function addTelestrationTests(test, { ann, person, openFilm, shot, accessible, shownFrame }) {
  let dora;
  let room = "";
  const both = (what, is) => until(async () => (await is(ann())) && (await is(dora)), what);
  const goTo = async (ms) => {
    await ann().evaluate((value) => {
      const bar = document.querySelector(".seek");
      bar.value = String(value);
      bar.dispatchEvent(new Event("change"));
    }, ms);
    const frame = Math.round((ms / 1000) * kFps) % 256;
    await both(`frame ${frame} for both`, async (page) => (await shownFrame(page)) === frame && (await page.isVisible(".stage .still")));
  };

  test("drawing: what is drawn by hand is thinned, and what is no shape is none", () => {
    const circle = Array.from({ length: 4000 }, (_, i) => [0.5 + 0.4 * Math.cos(i / 300), 0.5 + 0.4 * Math.sin(i / 300)]);
    const thin = thinned(circle, 16 / 9);
    expect(thin.length <= 256 && thin.length > 16, `points of a circle: ${thin.length}`);
    expect(thin.every(([x, y]) => Math.abs(Math.hypot((x - 0.5) * 1, y - 0.5) - 0.4) < 0.001), "they lie on it");
    equal(thinned([[0, 0], [0.5, 0.5], [1, 1]], 1).length, 2, "points of a straight line");
    const noise = Array.from({ length: 4000 }, (_, i) => [(i * 0.37) % 1, (i * 0.73) % 1]);
    expect(thinned(noise, 1).length <= 256, "a scribble, too");
    const line = { kind: "line", color: "#ff0000", width: 0.01, points: [[0, 0], [1, 1]] };
    expect(isShape(line), "a line");
    for (const wrong of [null, {}, { ...line, kind: "toString" }, { ...line, kind: "text" }, { ...line, color: "red" }, { ...line, width: 1 }, { ...line, points: [[0, 0]] }, { ...line, points: [[0, 0], [2, 0]] }, { ...line, points: [[0, 0], ["0", null]] },
      { ...line, kind: "arrow", points: [[0, 0], [1, 1], [0, 0]] }, { ...line, kind: "text", points: [[0, 0]], text: {} }]) expect(!isShape(wrong), JSON.stringify(wrong));
    equal(cutText("ä".repeat(150)).length, 100, "two bytes each");
    equal(cutText("🎬".repeat(60)), "🎬".repeat(50), "no half of a letter");
  });

  test("drawing: one draws on the frame that stands, and the other sees it at once in the same place", async () => {
    const page = ann();
    await openFilm(page, "Old numbers");
    await page.click("button:has-text('Watch together')");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector(".stage video");
    room = page.url();
    await page.click(".room-panel button:has-text('Invite')");
    const link = await page.inputValue("dialog input[name=link]");
    await page.click("dialog button:has-text('Copy')");
    await page.waitForSelector("dialog button:has-text('Copied')");
    await page.click("dialog button:has-text('Done')");
    dora = await person({ viewport: { width: 900, height: 700 }, deviceScaleFactor: 2, hasTouch: true });
    await register(dora, "dora");
    await dora.goto(link);
    await dora.waitForSelector(".stage video");
    await goTo(7000);
    // Nothing is there yet, and it says so.
    await page.waitForSelector(".drawings:has-text('Nothing has been drawn')");
    await page.keyboard.press("d");
    await page.waitForSelector(".tools-bar:not([hidden])");
    await tool(page, "Red");
    await drag(page, [0.2, 0.3], [0.4, 0.3], [0.4, 0.6]);
    await both("the line", async (each) => (await onBoard(each, [0.3, 0.3], "#ff4d4d")) && (await onBoard(each, [0.4, 0.5], "#ff4d4d")));
    expect(!(await onBoard(dora, [0.25, 0.5], "#ff4d4d")), "nothing beside it");
    await tool(page, "Arrow");
    await tool(page, "Blue");
    await drag(page, [0.9, 0.8], [0.6, 0.4]);
    await tool(page, "Ellipse");
    await tool(page, "Green");
    await tool(page, "Thick");
    await drag(page, [0.1, 0.6], [0.3, 0.9]);
    await both("arrow and ellipse", async (each) => (await onBoard(each, [0.75, 0.6], "#4da6ff")) && (await onBoard(each, [0.2, 0.6], "#4dd97a")) && (await onBoard(each, [0.1, 0.75], "#4dd97a")));
    expect(!(await onBoard(dora, [0.2, 0.75], "#4dd97a")), "an ellipse is not filled");
    await tool(page, "Words");
    await page.mouse.click(...(await screenOf(page, [0.5, 0.1])));
    await page.keyboard.type("<b>Press</b> & hold");
    await page.keyboard.press("Enter");
    await both("four drawings", async (each) => (await notesOf(each)) === 4);
    await dora.waitForSelector(".notes .what:has-text('<b>Press</b> & hold')");
    expect(/Arrow by ann/.test((await boardOf(dora)).label), "what is there is told to who does not see it");
    await shot(page, "drawing");
  });

  test("drawing: it vanishes when the frame is left, comes back at it, and fits whatever the window is", async () => {
    const page = ann();
    await page.keyboard.press(".");
    await both("the next frame is bare", async (each) => (await shownFrame(each)) === 211 && (await notesOf(each)) === 0 && !(await onBoard(each, [0.3, 0.3], "#ff4d4d")));
    await page.keyboard.press(",");
    await both("back at it", async (each) => (await shownFrame(each)) === 210 && (await onBoard(each, [0.3, 0.3], "#ff4d4d")));
    for (const size of [{ width: 390, height: 844 }, { width: 844, height: 390 }, { width: 2560, height: 1440 }, { width: 900, height: 700 }]) {
      await dora.setViewportSize(size);
      await until(async () => (await onBoard(dora, [0.3, 0.3], "#ff4d4d")) && (await onBoard(dora, [0.75, 0.6], "#4da6ff")), `at ${size.width} by ${size.height}`);
      if (size.width === 2560) await shot(dora, "drawing-wide");
    }
    for (const size of [null, { width: 390, height: 844 }]) {
      if (size) await dora.setViewportSize(size);
      await dora.evaluate(() => document.querySelector(".stage").requestFullscreen());
      await dora.waitForFunction(() => document.fullscreenElement);
      await until(async () => (await onBoard(dora, [0.3, 0.3], "#ff4d4d")) && (await onBoard(dora, [0.75, 0.6], "#4da6ff")), `in full screen, ${size ? "small" : "large"}`);
      await dora.evaluate(() => document.exitFullscreen());
      await dora.waitForFunction(() => !document.fullscreenElement);
    }
    await until(async () => onBoard(dora, [0.3, 0.3], "#ff4d4d"), "after full screen");
    await dora.setViewportSize({ width: 900, height: 700 });
  });

  test("drawing: by touch and by keys, taken back by who drew it, and pointing leaves nothing behind", async () => {
    const page = ann();
    await page.keyboard.press("Escape");
    await page.waitForSelector(".tools-bar", { state: "hidden" });
    await dora.tap(".buttons .draw");
    await tool(dora, "Yellow");
    await touch(dora, [0.6, 0.7], [0.7, 0.75], [0.85, 0.9]);
    await both("by touch", async (each) => (await notesOf(each)) === 5 && (await onBoard(each, [0.7, 0.75], "#ffe14d")));
    await tool(dora, "Arrow");
    await tool(dora, "White");
    await dora.focus(".pad");
    await dora.keyboard.press("Enter"); // the mark, in the middle
    await dora.keyboard.press("Enter");
    for (let i = 0; i < 3; ++i) await dora.keyboard.press("Shift+ArrowDown");
    await dora.keyboard.press("Enter");
    await both("by keys", async (each) => (await notesOf(each)) === 6 && (await onBoard(each, [0.5, 0.6], "#ffffff")));
    await dora.keyboard.press("Control+z");
    await both("taken back", async (each) => (await notesOf(each)) === 5 && !(await onBoard(each, [0.5, 0.6], "#ffffff")));
    await tool(dora, "Pointer");
    await touch(dora, [0.5, 0.5], [0.55, 0.5]);
    await page.keyboard.press("d");
    await tool(page, "Pointer");
    await page.mouse.move(...(await screenOf(page, [0.5, 0.5])));
    await until(async () => (await boardOf(dora)).pointers === "1" && (await onBoard(dora, [0.5, 0.5], "#ffffff")), "the pointer is seen");
    await accessibleAll(page, accessible, "drawing");
    await shot(dora, "drawing-pointer");
    await tool(page, "Line");
    await until(async () => (await boardOf(dora)).pointers === "0", "and is put away");
    await page.keyboard.press("Escape");
    await dora.keyboard.press("Escape");
    await page.keyboard.press("k");
    await both("while it plays nothing is drawn", async (each) => (await notesOf(each)) === 0);
    await page.keyboard.press("k");
    equal(await page.locator(".notes li").count(), 5, "what is kept");
  });

  test("rooms: an analysis that one asks for is seen by both, in step with the frame", async () => {
    const page = ann();
    await page.evaluate(() => document.activeElement.blur());
    await goTo(5000);
    await page.keyboard.press("a");
    await page.click(`[data-analyser=${kBlink}] button[type=submit]`);
    const color = "#dee2e8";
    const box = async (us) => both(`a box at ${boxAt(us)}`, async (each) => (await hasInk(each, ".glass", [boxAt(us), 0.4], color)) && (await hasInk(each, ".glass", [boxAt(us) + 0.1, 0.4], color)));
    await box(5e6);
    await goTo(15_000);
    await box(15e6);
    for (const each of [page, dora]) expect(!(await hasInk(each, ".glass", [boxAt(5e6), 0.4], color)), "the box went with the frame");
    // What was found is gone to by one, and both are there.
    await dora.keyboard.press("a");
    await dora.click(".analysis [data-event='0']");
    await both("the event", async (each) => (await shownFrame(each)) === 120);
    await box(4e6);
    await shot(dora, "room-analysis");
    await page.keyboard.press("a");
  });

  test("rooms: their owner decides who may what, gives them another name, and hands them over", async () => {
    const page = ann();
    const settings = async (changes) => {
      await page.click(".room-main button:has-text('Settings')");
      for (const [name, value] of Object.entries(changes)) await (name === "name" ? page.fill(`dialog [name=${name}]`, value) : page.selectOption(`dialog [name=${name}]`, value));
      if (changes.name) await accessibleAll(page, accessible, "a room's settings");
      if (changes.name) await shot(page, "room-settings");
      await page.click("dialog button[type=submit]");
      await page.waitForSelector("dialog", { state: "detached" });
    };
    await settings({ name: "Half <i>time", policy: "named", drawing: "commanders", patience: "leave_behind", owner_leaves: "keep" });
    await dora.waitForSelector("h1:text-is('Half <i>time')");
    await dora.waitForSelector(".buttons .draw", { state: "hidden" });
    const state = await dora.evaluate(async (id) => (await import("/api.js")).call("rooms.get", { room: id }), room.split("/").pop());
    equal([state.policy, state.drawing, state.patience, state.owner_leaves].join(), "named,commanders,leave_behind,keep", "what is settled");
    await page.click(".people li:has-text('dora') button[aria-label*='may play']");
    await dora.waitForSelector(".buttons .draw", { state: "visible" });
    await page.waitForSelector(".people li:has-text('dora') button[aria-pressed=true]");
    await settings({ is_private: "yes", drawing: "everyone", policy: "owner" });
    await until(async () => (await dora.evaluate(async () => (await import("/api.js")).call("rooms.list"))).rooms.every((each) => !each.is_private), "a private room is in no list");
    equal(await dora.locator(".room-main button:has-text('Settings')").isVisible(), false, "only its owner's");
    await page.click(".room-panel button:has-text('Add')");
    await page.fill("dialog input[type=search]", "rehearsal");
    await page.waitForFunction(() => document.querySelectorAll("dialog .found-videos li").length === 1);
    await accessibleAll(page, accessible, "videos to add");
    await page.click("dialog .found-videos button");
    await page.waitForSelector("dialog .found-videos button:has-text('Added')");
    await page.click("dialog button:has-text('Done')");
    for (const each of [page, dora]) await each.waitForSelector(".entries li:has-text('Rehearsal <b>no markup')");
    await accessibleAll(page, accessible, "a room with two videos");
    await page.click(".people li:has-text('dora') button[aria-label*='the owner']");
    await page.click("dialog button:has-text('Hand it over')");
    await dora.waitForSelector(".room-main button:has-text('Settings')", { state: "visible" });
    await dora.click(".people li:has-text('ann') button[aria-label*='the owner']");
    await dora.click("dialog button:has-text('Hand it over')");
    await until(async () => (await page.locator(".people li:has-text('ann')").textContent()).includes("owner"), "and back");
  });

  test("drawings: outside the room they are marks and a list to go to, to take along and to delete", async () => {
    const page = ann();
    const closed = page.locator(".room-main button:has-text('Close the room')");
    await closed.click();
    await page.click("dialog button:has-text('Close it')");
    await page.waitForSelector("h1:has-text('Rooms')");
    await dora.waitForSelector("h1:has-text('Rooms')");
    // A room that nothing is shown in yet.
    await page.click("button:has-text('New room')");
    await page.fill("dialog input[name=name]", "Empty");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector(".room-stage:has-text('Nothing is shown yet')");
    await accessible(page, "an empty room");
    await page.click(".room-panel button:has-text('Add')");
    await page.click("dialog .found-videos button[aria-label='Add Numbers']");
    await page.click("dialog button:has-text('Done')");
    await page.waitForSelector(".room-stage .stage video");
    await page.click(".room-main button:has-text('Close the room')");
    await page.click("dialog button:has-text('Close it')");
    await page.waitForSelector("h1:has-text('Rooms')");
    for (const each of [page, dora]) {
      await openFilm(each, "Old numbers");
      await each.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
      await each.waitForFunction(() => document.querySelectorAll(".notes li").length === 5);
    }
    equal(await page.locator(".buttons .draw").count(), 0, "one draws in rooms only");
    await page.locator(".seek").fill("2000");
    await until(async () => (await shownFrame(page)) === 60, "frame 60");
    equal(await notesOf(page), 0, "drawings on another frame");
    equal(await page.locator(".note-marks button").count(), 1, "drawings of one frame are one mark");
    await page.click(".note-marks button");
    await until(async () => (await shownFrame(page)) === 210 && (await onBoard(page, [0.3, 0.3], "#ff4d4d")), "the mark leads there");
    await accessibleAll(page, accessible, "drawings");
    await page.locator(".drawings").scrollIntoViewIfNeeded();
    await shot(page, "drawings");
    await page.locator(".seek").fill("2000");
    await until(async () => (await shownFrame(page)) === 60, "frame 60 again");
    await page.focus(".notes li:nth-child(2) .line");
    await page.keyboard.press("Enter");
    await until(async () => (await notesOf(page)) === 5, "the list leads there by the keyboard");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".drawings button:has-text('JSON')")]);
    equal(download.suggestedFilename(), "Old numbers – drawings.json", "its name");
    const taken = JSON.parse(fs.readFileSync(await download.path(), "utf8"));
    const media = page.url().split("/").pop();
    const { notes } = await page.evaluate(async (id) => (await import("/api.js")).call("notes.list", { media: id }), media);
    equal(JSON.stringify(taken.notes), JSON.stringify(notes.map(({ may_delete, ...rest }) => rest)), "what is taken along");
    equal(taken.notes.map((each) => each.shape.kind).join(), "line,arrow,ellipse,text,line", "and what that is");
    // Each deletes one's own; an administrator all.
    equal(await dora.locator(".notes button[aria-label^='Delete']").count(), 1, "of what another drew nothing");
    await dora.click(".notes button[aria-label^='Delete']");
    await dora.click("dialog button:has-text('Delete it')");
    await dora.waitForFunction(() => document.querySelectorAll(".notes li").length === 4);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll(".notes li").length === 4);
    for (let left = 3; left >= 0; --left) {
      await page.click(".notes li:first-child button[aria-label^='Delete']");
      await page.click("dialog button:has-text('Delete it')");
      await page.waitForFunction((count) => document.querySelectorAll(".notes li").length === count, left);
    }
    await page.waitForSelector(".drawings", { state: "hidden" });
    equal(await page.locator(".note-marks button").count(), 0, "marks");
    await dora.context().close();
  });
}
