// An analysis on the page: what a script finds is made up here, and what the page makes of it is looked at.
import { Objects, kGapUs } from "../../plugins/transport_http/web/objects.js";
import { equal, expect, until } from "./support.mjs";

const kRed = "#ff2020";
// Where the left edge of the one box is, as a part of the picture's width: from left to right in ten seconds.
const truthAt = (us) => 0.05 + 0.08 * (us / 1e6);
const point = (us) => [us, 7, truthAt(us), 0.2, 0.1, 0.3, 1, null, null];

// Answers for the server, which has no script for this; `made.state` says how far it has come.
async function makeUp(page, made) {
  const job = () => ({ job: "j1", media: made.media, analyser: "boxes", name: "Boxes", version: "1.0.0", parameters: {}, state: made.state, fraction: made.state === "done" ? 1 : 0.4, message: made.state === "done" ? "" : "Looking",
    analysed_us: 8e6, counts: { tracks: 81, events: 2, series: 2 }, started_by: "ann", created_utc_ns: 1 });
  const answers = {
    "analysis.jobs": ({ media }) => {
      made.media = media;
      const jobs = made.state ? [job()] : [];
      return { jobs, total: jobs.length };
    },
    "analysis.analysers": () => ({ analysers: [
      { analyser: "boxes", name: "Boxes", description: "One box.", version: "1.0.0", is_available: true, parameters: [{ name: "step", title: "Step", type: "integer", default: 1, min: 1, max: 9 }, { name: "heat", title: "Heat maps", type: "boolean", default: true }] },
      { analyser: "cuts", name: "Cuts", description: "", version: "1", is_available: false, unavailable_reason: "There is no <b>node</b> here.", parameters: [] }] }),
    "analysis.start": (params) => {
      made.started = params;
      made.state = "running";
      return { job: job() };
    },
    "analysis.cancel": () => {
      made.state = "cancelled";
      return {};
    },
    "analysis.get": () => ({ job: { ...job(), summary: { text: "One box.", values: { shots: 1 }, teams: { a: { name: "Reds", color: kRed } }, tables: [{ title: "Distances", columns: ["Player", "km"], rows: [["7", 1.5]] }],
      grids: [{ title: "Reds", columns: 2, rows: 1, values: [0.2, 1], team: "a" }], not_seen: ["The other team"] } } }),
    "analysis.events": ({ after }) => (after === undefined ? { events: [{ event: 0, kind: "fast_break", time_us: 5e6, confidence: 0.5, team: "a" }], next: 0 } : { events: [{ event: 1, kind: "shot", time_us: 2e6, text: "Just <i>wide", team: "a" }] }),
    "analysis.series": () => ({ series: [{ name: "possession", points: [[0, 1], [4e6, -1], [8e6, 0]] }, { name: "pressure", unit: "%", points: [[0, 10], [8e6, 60]] }] }),
    "analysis.tracks": ({ from_us, until_us }) => {
      const points = [];
      for (let us = from_us; us < Math.min(until_us, 8.1e6); us += 1e5) points.push(point(us));
      return { objects: [{ id: 7, class: "player", team: "a" }], points, until_us: 8e6 };
    },
  };
  await page.route(/\/api\/analysis\.[a-z]+$/, (route) => {
    const method = route.request().url().split("/").pop();
    return route.fulfill({ json: { result: answers[method](JSON.parse(route.request().postData() || "{}")) } });
  });
}

const shownAt = (page) => page.evaluate(() => Number(document.querySelector(".glass").dataset.us));
// The columns of the canvas in the box's colour, half-way down the box, as parts of the picture's width.
const redColumns = (page) => page.evaluate(() => {
  const glass = document.querySelector(".glass");
  const video = document.querySelector(".stage video");
  const still = document.querySelector(".stage .still");
  const [wide, high] = still.hidden ? [video.videoWidth, video.videoHeight] : [still.width, still.height];
  const scale = Math.min(glass.width / wide, glass.height / high);
  const left = (glass.width - wide * scale) / 2;
  const y = Math.round((glass.height - high * scale) / 2 + 0.35 * high * scale);
  const pixels = glass.getContext("2d").getImageData(0, y, glass.width, 1).data;
  const found = [];
  for (let x = 0; x < glass.width; ++x) if (pixels[4 * x] > 180 && pixels[4 * x + 1] < 90 && pixels[4 * x + 3] > 180) found.push((x - left) / (wide * scale));
  return found;
});
async function expectBox(page, us, what) {
  let columns = [];
  await until(async () => {
    columns = await redColumns(page);
    return columns.length > 0 && Math.abs(columns[0] - truthAt(us)) < 0.006 && Math.abs(columns[columns.length - 1] - truthAt(us) - 0.1) < 0.006;
  }, `${what}: a box at ${truthAt(us)}`).catch((error) => { throw new Error(`${error.message}, not at ${columns[0]} to ${columns[columns.length - 1]}`); });
}

export function addAnalysisTests(test, { ann, openFilm, shot, accessible }) {
  test("objects are where two points of them put them, whatever the direction", () => {
    const objects = new Objects();
    const rows = [[40_000, 0.2], [80_000, 0.4], [4_900_000, 0.2], [5_100_000, 0.4]].map(([us, x]) => [us, 7, x, 0.5, 0.1, 0.2, 1, null, null]);
    objects.put(0, [{ id: 7, class: "player" }], [...rows, "nonsense", [1, 2]], true, 0);
    objects.put(1, [], rows.slice(2), true, 0);
    const at = (us) => objects.at(us)[0]?.at[2];
    for (const [us, x] of [[60_000, 0.3], [40_000, 0.2], [5e6, 0.3], [4_999_999, 0.3], [60_000, 0.3]]) expect(Math.abs(at(us) - x) < 1e-5, `at ${us}: ${at(us)}`);
    equal(objects.at(80_000 + kGapUs).length, 0, "objects in a gap");
    equal(objects.trail(7, 5_050_000).length, 2, "points of a trail across a seam");
    objects.open();
    expect(!objects.isWhole(0) && Math.abs(at(60_000) - 0.3) < 1e-5, "what may be more stays until it is read again");
  });

  test("AI is pressed, and what was found lies on the right pixels and can be gone to", async () => {
    const page = ann();
    const made = { state: "" };
    await makeUp(page, made);
    await openFilm(page, "Numbers");
    await page.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
    await page.keyboard.press("a");
    await page.waitForSelector("[data-analyser=cuts]:has-text('There is no <b>node</b> here.')");
    await page.click("[data-analyser=boxes] summary");
    await page.fill("[data-analyser=boxes] input[name=step]", "3");
    await page.click("[data-analyser=boxes] button[type=submit]");
    await page.waitForSelector(".analysis progress");
    equal(JSON.stringify(made.started), JSON.stringify({ media: made.media, analyser: "boxes", parameters: { step: 3 } }), "what was started");
    await page.click(".analysis .cancel");
    await page.waitForSelector(".analysis .state:has-text('Cancelled')");
    made.state = "done";
    await page.reload();
    await page.waitForFunction(() => document.querySelector(".stage video")?.readyState >= 2);
    // Between two points of the analysis; then the same frame as a picture of its own, come to backwards.
    await page.locator(".seek").fill("3250");
    await until(async () => Math.abs((await shownAt(page)) - 3.25e6) < 34_000, "the frame at 3.25 s");
    await expectBox(page, await shownAt(page), "forwards");
    const frame = await shownAt(page);
    await page.keyboard.press(".");
    await page.waitForFunction((before) => Number(document.querySelector(".glass").dataset.us) > before, frame);
    await page.keyboard.press(",");
    await until(async () => Math.abs((await shownAt(page)) - frame) < 1000, "the frame before");
    await expectBox(page, frame, "a step back");
    await page.click(".stage .ai");
    equal(await page.locator(".analysis [data-event]").count(), 2, "events");
    await page.click(".analysis [data-event='1']");
    await until(async () => Math.abs((await shownAt(page)) - 2e6) < 34_000, "the event");
    await expectBox(page, await shownAt(page), "at the event");
    expect(await page.isVisible(".possession"), "who had the ball");
    equal(await page.locator(".events .event").count(), 2, "marks");
    await accessible(page, "an analysis");
    await shot(page, "analysis");
    await page.click("[data-overlay=boxes]");
    await until(async () => (await redColumns(page)).length === 0, "no boxes");
    await page.click("[data-overlay=boxes]");
    await page.unrouteAll();
  });
}
