// Channels: what the server shows for ever, and one of them as one watches it, live or on one's own behind that.
import { makeAnalysisView } from "./analysis_view.js";
import { call } from "./api.js";
import { ask, attempt, confirmed, h, iconButton, show, time, toast } from "./dom.js";
import { empty } from "./cards.js";
import { listen } from "./events.js";
import { icon } from "./icons.js";
import { help } from "./keys.js";
import { makePlayer } from "./player.js";
import { chooseVideos } from "./room_add.js";
import { follow } from "./room_follow.js";
import { makeClock } from "./room_time.js";
import { behindUs, showingAt, showingOf } from "./programme.js";

const kFirstProbes = 6;
const kProbeMs = 5000;
const kTickMs = 250;
const kLiveUs = 500_000; // who comes nearer than that is live

const clock = (utcMs) => new Date(utcMs).toLocaleTimeString([], { timeStyle: "short" });
const nameOf = (item) => (item.is_hidden ? "not for you" : item.title);

async function choose(made) {
  const media = [];
  chooseVideos(async (one) => {
    media.push(one);
    await made(media);
  });
}

async function create(go) {
  const answer = await ask("New channel", [{ label: "Name", name: "name" }], "Choose its videos");
  if (!answer) return;
  let channel = 0;
  await choose(async (media) => {
    if (channel) await call("channels.update", { channel, media });
    else ({ channel } = await call("channels.create", { name: answer.name, media }));
    go("/channels");
  });
}

export async function channels(me, go) {
  const all = (await call("channels.list")).channels;
  const add = me.isAdmin ? h("button", { type: "button", onclick: () => attempt(() => create(go), add) }, "New channel") : null;
  show(h("div", { class: "head" }, h("h1", {}, "Channels"), h("p", { class: "ways" }, add)),
    all.length === 0 ? empty("Nothing is on", me.isAdmin ? "A channel shows a list of videos for ever, to everybody at once." : "Administrators make channels, which show a list of videos for ever.")
      : h("ul", { class: "list boxed channels" }, all.map((each) => h("li", {}, h("a", { class: "line", href: `/channels/${each.channel}` }, h("b", { dir: "auto" }, each.name),
        h("small", {}, `On now: ${nameOf(each.now)} · then ${nameOf(each.next)}`))))));
  return listen((event) => { if (event.event === "channels.changed" && location.pathname === "/channels") go("/channels"); });
}

export async function channel(id, me, go, signedOut) {
  const settings = me.isPerson ? await call("settings.get").then((answer) => answer.settings).catch(() => ({})) : {};
  const here = { clock: makeClock(), state: { entry: -1, timelines: [], prepare: null, is_paused: false }, showAt: null, needsTouch: null };
  const stage = h("div", { class: "room-stage" });
  const title = h("h1", { dir: "auto" });
  const what = h("p", { class: "facts", role: "status" });
  const live = h("button", { type: "button", class: "live", onclick: () => attempt(goLive) });
  const schedule = h("ol", { class: "list boxed schedule" });
  let state = null; // as the server told it last
  const below = h("div", {});
  let player = null;
  let analysis = null;
  let follower = null; // while it is live
  let shown = null; // the showing that is presented
  let isOver = false;
  let turn = 0;

  const nowMs = () => here.clock.serverMs(performance.now());
  const onAir = () => showingAt(state, nowMs());

  async function probe() {
    const sent = performance.now();
    state = await call("channels.get", { channel: id });
    here.clock.note(sent, performance.now(), state.server_ns / 1e6);
    title.textContent = state.name;
  }

  function close() {
    analysis?.end();
    player?.end();
    player = analysis = null;
  }

  function letGo() {
    follower?.end();
    follower = null;
  }

  // Another video, or none: `isLive` says whether the channel's clock leads it from then on.
  async function present(showing, isLive, fromUs = 0) {
    const mine = ++turn;
    letGo();
    close();
    shown = showing;
    below.replaceChildren();
    if (showing.is_hidden) {
      stage.replaceChildren(h("div", { class: "note" }, h("h2", {}, "This video is not for you"), h("p", {}, "The next one may be.")));
      return draw();
    }
    const item = await call("library.get", { media: showing.media });
    if (isOver || mine !== turn) return undefined;
    const own = (act) => (...params) => leaveLive(() => player.own[act](...params));
    player = makePlayer(item, { audio: settings.audio_language ?? "", subtitles: settings.subtitle_language ?? "" }, {
      does: { toggle: own("toggle"), step: own("step"), slower: own("slower"), faster: own("faster"), setSpeed: own("setSpeed"), seek: seek }, signedOut, help,
      ended: () => attempt(goOn), analysis: () => analysis.toggle(),
    });
    analysis = makeAnalysisView(item, player, me, settings);
    below.replaceChildren(analysis.section);
    const cursor = h("i", { class: "cursor", title: "Live" });
    player.onBar(cursor);
    here.showAt = (share) => cursor.style.setProperty("left", `${100 * Math.min(1, share)}%`);
    here.needsTouch = () => toast("The browser plays with sound only when you have pressed something.", { label: "Play", act: () => player.video.play().catch(() => {}) });
    stage.replaceChildren(player.stage);
    if (isLive) {
      here.state = { entry: showing.number, prepare: null, is_paused: false, timelines: [{ entry: showing.number, from_ns: showing.begins_ns, media_us: 0, rate: "1", is_paused: false }] };
      follower = follow(player, item, showing.number, here, () => {});
      player.load((nowMs() - showing.begins_ns / 1e6) * 1000);
    } else {
      player.load(fromUs);
    }
    return draw();
  }

  const goLive = () => present(onAir(), true);
  function leaveLive(act) {
    letGo();
    act();
    draw();
  }
  // Nothing lies ahead of live.
  function seek(us) {
    const place = Math.max(0, Math.min(us, shown.duration_us));
    if (behindUs(shown, place, nowMs()) < kLiveUs) return follower ? undefined : attempt(goLive);
    return leaveLive(() => player.own.seek(place));
  }
  // On one's own from video to video, through what has been.
  function goOn() {
    if (follower) return undefined; // the tick goes on by the clock
    const next = showingOf(state, shown.number + 1);
    return behindUs(next, 0, nowMs()) < kLiveUs ? goLive() : present(next, false);
  }

  function draw() {
    const isLive = follower !== null || Boolean(shown?.is_hidden);
    const behind = shown && player && !isLive ? behindUs(shown, player.here(), nowMs()) : 0;
    live.dataset.live = String(isLive);
    live.replaceChildren(icon("dot"), isLive ? "Live" : `${time(behind)} behind · back to live`);
    const now = onAir();
    what.replaceChildren(h("span", { dir: "auto" }, shown ? nameOf(shown) : ""), h("span", {}, `then ${nameOf(showingOf(state, (shown ?? now).number + 1))}`));
    if (schedule.dataset.number === String(now.number)) return;
    schedule.dataset.number = String(now.number);
    schedule.replaceChildren(...[0, 1, 2, 3, 4, 5].map((i) => {
      const each = showingOf(state, now.number + i);
      return h("li", {}, h("span", { class: "line" }, h("b", { dir: "auto" }, nameOf(each)), h("small", {}, `${i === 0 ? "now" : clock(Date.now() + each.begins_ns / 1e6 - nowMs())} · ${time(each.duration_us)}`)));
    }));
  }

  function tick() {
    if (!state || !here.clock.isSet()) return;
    const now = onAir();
    if ((follower || shown?.is_hidden) && now.number !== shown.number) attempt(() => present(now, true));
    else if (!follower && player) here.showAt?.(now.number === shown.number ? (nowMs() - now.begins_ns / 1e6) * 1000 / now.duration_us : 1);
    draw();
  }

  const stop = listen((event) => {
    if (event.event !== "channels.changed" && event.event !== "events.missed") return;
    if (event.event === "events.missed") here.clock.forget();
    probe().then(() => goLive()).catch((error) => {
      toast(error.message);
      go("/channels");
    });
  });
  const remove = me.isAdmin ? h("button", { type: "button", class: "quiet", onclick: () => attempt(async () => {
    if (!(await confirmed("Take the channel away?", "Its videos stay in the library.", "Take it away"))) return;
    await call("channels.delete", { channel: id });
    go("/channels");
  }, remove) }, "Take it away") : null;
  const videos = me.isAdmin ? h("button", { type: "button", class: "quiet", onclick: () => attempt(() => choose((media) => call("channels.update", { channel: id, media }))) }, "Other videos") : null;
  const key = (event) => {
    if (event.key.toLowerCase() !== "g" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,select,textarea,dialog")) return;
    attempt(goLive);
  };
  try {
    for (let i = 0; i < kFirstProbes; ++i) await probe();
  } catch (error) {
    stop();
    throw error;
  }
  show(h("div", { class: "channel" }, stage, h("div", { class: "head" }, title, h("p", { class: "ways" }, live, videos, remove, iconButton("close", "Leave the channel", () => go("/channels")))), what,
    h("section", {}, h("h2", {}, "What is on"), schedule), below));
  await goLive();
  document.addEventListener("keydown", key);
  const probing = setInterval(() => probe().catch(() => {}), kProbeMs);
  const ticking = setInterval(tick, kTickMs);
  return () => {
    isOver = true;
    clearInterval(probing);
    clearInterval(ticking);
    document.removeEventListener("keydown", key);
    stop();
    letGo();
    close();
  };
}
