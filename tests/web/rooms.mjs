// Watching together on the page: two people, each with a browser of their own, in one room.
import { correction, makeClock, positionOf, timelineAt } from "../../plugins/transport_http/web/room_time.js";
import { equal, expect, register, until } from "./support.mjs";

const kNearUs = 100_000;

// Where each page is, and where the room is, at about one moment.
const skews = (page) => page.evaluate(() => [...document.querySelectorAll(".people li")].map((each) => Number(each.dataset.skew)));
const stageOf = (page) => page.evaluate(() => ({ ...document.querySelector(".stage").dataset, isPaused: document.querySelector(".stage video").paused, isStill: !document.querySelector(".stage .still").hidden }));

export function addRoomTests(test, { ann, person, openFilm, shot, accessible, shownFrame }) {
  let bob;
  let link = "";

  test("rooms: the server's clock is learned from probes, and a timeline is read by it", () => {
    const clock = makeClock();
    clock.note(1000, 1010, 51_005);
    equal(clock.serverMs(1010), 51_010, "half the round trip lies behind the server's word");
    clock.note(2000, 2300, 52_250); // waited on the way back
    expect(Math.abs(clock.serverMs(2300) - 52_300) < 1, "a long round trip says little");
    clock.note(3000, 3010, 53_045);
    const soon = clock.serverMs(3010);
    expect(soon < 53_050 && soon >= 53_009, "what is learned is made up for slowly");
    expect(clock.serverMs(20_000) > 70_019, "and is made up for in the end");
    clock.note(21_000, 21_010, 1_021_005);
    clock.note(22_000, 22_010, 1_022_005);
    for (let i = 0; i < 12; ++i) clock.note(23_000 + i, 23_010 + i, 1_023_005 + i);
    expect(Math.abs(clock.serverMs(23_021) - 1_023_021) < 1, "another clock is taken over at once");

    const timelines = [{ from_ns: 1e9, media_us: 5e6, rate: "1", is_paused: true, entry: 1 }, { from_ns: 2e9, media_us: 5e6, rate: "-1/2", is_paused: false, entry: 1 }];
    equal(timelineAt(timelines, 1999), timelines[0], "before it begins");
    equal(timelineAt(timelines, 2000), timelines[1], "as it begins");
    equal(positionOf(timelines[0], 1999, 9e6), 5e6, "it stands");
    equal(positionOf(timelines[1], 4000, 9e6), 4e6, "backwards at half the speed");
    equal(positionOf(timelines[1], 40_000, 9e6), 0, "held within the media");
    equal(correction(5_000, 1).speed, 1, "a few milliseconds are nothing");
    expect(correction(50_000, 1).speed < 1 && correction(50_000, 1).speed > 0.94, "ahead: a little slower");
    expect(correction(-50_000, 2).speed > 2, "behind: a little faster");
    expect(correction(-900_000, 1).jump && !correction(-900_000, 4).jump, "far off is a matter of the speed");
  });

  test("rooms: one opens a room from a video, another comes in by the invitation", async () => {
    const page = ann();
    await openFilm(page, "Old numbers");
    await page.click("button:has-text('Watch together')");
    await page.selectOption("dialog select[name=privacy]", "yes");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector(".room-panel .people li");
    await page.waitForSelector(".stage video");
    await page.click(".room-panel button:has-text('Invite')");
    link = await page.inputValue("dialog input[name=link]");
    await page.click("dialog button[type=submit]");
    bob = await person();
    await register(bob, "rita");
    await bob.goto(link);
    await until(async () => (await bob.locator(".people li").count()) === 2 && (await page.locator(".people li").count()) === 2, "both see both");
    equal(new URL(bob.url()).hash, "", "the invitation leaves the address");
    const listed = await bob.evaluate(async () => (await import("/api.js")).call("rooms.list"));
    equal(listed.rooms.filter((each) => each.is_private).length, 0, "a private room is in nobody else's list");
  });

  test("rooms: what one does, both see at the same time", async () => {
    const page = ann();
    await bob.click(".stage button[aria-label^='Play (']");
    await until(async () => (await stageOf(page)).rate === "1" && (await stageOf(bob)).rate === "1", "both play");
    // Each says how far it is from the room's timeline, by its own clock of the server's.
    await until(async () => {
      const all = [...(await skews(page)), ...(await skews(bob))];
      return all.length === 4 && all.some((each) => each !== 0) && all.every((each) => Math.abs(each) < kNearUs);
    }, "both within a tenth of a second of the room", 60_000);
    await shot(page, "room");
    await page.keyboard.press("k");
    await until(async () => (await stageOf(page)).isPaused && (await stageOf(bob)).isPaused, "both stand");
    const same = async (what) => until(async () => {
      const [a, b] = [await shownFrame(page), await shownFrame(bob)];
      return a >= 0 && a === b;
    }, what);
    await same("the same frame");
    const before = await shownFrame(bob);
    await page.keyboard.press(".");
    await until(async () => (await shownFrame(bob)) === (before + 1) % 256, "the next frame, for the other, too");
    await same("the same frame after a step");
    await bob.evaluate(() => {
      const bar = document.querySelector(".seek");
      bar.value = "15000";
      bar.dispatchEvent(new Event("change"));
    });
    await until(async () => Math.abs(Number((await stageOf(page)).position) - 15e6) < 50_000, "the jump reaches the other");
    await same("the same frame after a jump");
    await page.keyboard.press("j");
    await until(async () => Number((await stageOf(bob)).rate) < 0 && Number((await stageOf(bob)).position) < 14.5e6, "backwards for both");
    await page.keyboard.press("k");
    await same("the same frame after playing backwards");
  });

  test("rooms: people talk, wave, and say that they are ready", async () => {
    const page = ann();
    await bob.fill(".say input", "Look <b>there</b>");
    await bob.keyboard.press("Enter");
    await page.waitForSelector(".chat p:text-is('Look <b>there</b>')");
    await page.click(".reactions button[aria-label=Applause]");
    await bob.waitForSelector(".bubble[aria-label$=Applause]");
    await bob.click(".room-panel button:has-text('Ready')");
    await page.waitForSelector(".people li:has-text('rita') .mark svg");
    await accessible(page, "a room");
    await shot(bob, "room-talk");
  });

  test("rooms: whoever leaves is gone, and a closed room ends for all", async () => {
    const page = ann();
    await bob.click("button[aria-label='Leave the room']");
    await until(async () => (await page.locator(".people li").count()) === 1, "one is left");
    await bob.goto(link);
    await until(async () => (await page.locator(".people li").count()) === 2, "and comes back");
    await page.click("button:has-text('Close the room')");
    await page.click("dialog button:has-text('Close it')");
    await bob.waitForSelector("h1:has-text('Rooms')");
    await page.waitForSelector("h1:has-text('Rooms')");
    await accessible(page, "the rooms");
    await bob.context().close();
  });
}
