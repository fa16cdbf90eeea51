// Channels on the page: an administrator makes one, two people tune in, one goes back on their own and returns.
import { behindUs, showingAt, showingOf } from "../../plugins/transport_http/web/programme.js";
import { equal, expect, register, until } from "./support.mjs";

const kNearUs = 120_000;

// How far what a page shows is from what the channel shows at that moment, by the server's own word; null while it shows no picture.
const offLive = (page) => page.evaluate(async () => {
  const { call } = await import("/api.js");
  const { behindUs, showingAt } = await import("/programme.js");
  const id = Number(location.pathname.split("/").pop());
  const sent = performance.now();
  const state = await call("channels.get", { channel: id });
  const video = document.querySelector(".stage video");
  if (!video || video.readyState < 2 || video.seeking) return null;
  const now = showingAt(state, state.server_ns / 1e6 + (performance.now() - sent) / 2);
  return { behind: behindUs(now, video.currentTime * 1e6, state.server_ns / 1e6 + (performance.now() - sent) / 2), number: now.number, title: document.querySelector(".channel .facts span").textContent, wanted: now.title };
});
const isLive = async (page) => {
  const off = await offLive(page);
  return off !== null && off.title === off.wanted && Math.abs(off.behind) < kNearUs;
};

export function addChannelTests(test, { ann, person, shot, accessible }) {
  let bob;

  test("channels: what is on follows from the list and from when it began", () => {
    const state = { begins_ns: -3e9, items: [{ duration_us: 2e6, title: "a" }, { duration_us: 5e6, title: "b" }] };
    const at = (serverMs) => `${showingAt(state, serverMs).number} ${showingAt(state, serverMs).title}`;
    equal(at(-3000), "0 a", "it begins");
    equal(at(-1001), "0 a", "until the end");
    equal(at(-1000), "1 b", "then the next one");
    equal(at(4000), "2 a", "then from the first again");
    equal(showingOf(state, 3).begins_ns, 6e9, "when a showing begins");
    equal(showingOf(state, 3).ends_ns, 11e9, "and ends");
    equal(behindUs(showingOf(state, 2), 500_000, 5000), 500_000, "how far back a place lies");
  });

  test("channels: an administrator makes one, and who tunes in sees what is on", async () => {
    const page = ann();
    await page.click("#places a[href='/channels']");
    await page.waitForSelector("text=Nothing is on");
    await page.click("button:has-text('New channel')");
    await page.fill("dialog input[name=name]", "All day <b>long");
    await page.click("dialog button[type=submit]");
    await page.click(".found-videos button[aria-label='Add Numbers']");
    await page.waitForSelector(".found-videos button:has-text('Added')");
    await page.click(".found-videos button[aria-label='Add Old numbers']");
    await until(async () => (await page.locator(".found-videos button:has-text('Added')").count()) === 2, "both are in it");
    await page.click("dialog button:has-text('Done')");
    await page.click(".channels a:has-text('All day <b>long')");
    await until(() => isLive(page), "it shows what is on");
    equal(await page.getAttribute(".live", "data-live"), "true", "and says so");
    bob = await person();
    await register(bob, "tim");
    await bob.goto(page.url());
    await until(() => isLive(bob), "somebody else sees it, too");
    equal(await bob.locator("button:has-text('Take it away')").count(), 0, "who is no administrator changes nothing");
  });

  test("channels: one pauses and goes back, and is live again at a key", async () => {
    await until(() => isLive(bob), "live");
    await bob.keyboard.press("k");
    await until(async () => (await bob.getAttribute(".live", "data-live")) === "false", "on one's own");
    await until(async () => /0:0[1-9] behind/.test(await bob.textContent(".live")), "it falls behind");
    expect(await isLive(ann()), "the other one goes on");
    await shot(bob, "channel");
    await accessible(bob, "a channel");
    await bob.keyboard.press("g");
    await until(() => isLive(bob), "live again");
    equal(await bob.getAttribute(".live", "data-live"), "true", "and says so");
  });

  test("channels: the next video follows when its time has come", async () => {
    const before = await offLive(bob);
    await until(async () => (await offLive(bob))?.number > before.number && (await isLive(bob)), "the next video", 40_000);
    await until(() => isLive(ann()), "for everybody");
  });

  test("channels: one that is taken away is gone for all", async () => {
    await ann().click("button:has-text('Take it away')");
    await ann().click("dialog button[type=submit]");
    await ann().waitForSelector("text=Nothing is on");
    await bob.waitForSelector("text=Nothing is on");
    await bob.context().close();
  });
}
