// Watching together: the rooms there are, and one of them from inside.
import { call } from "./api.js";
import { ask, attempt, h, iconButton, show, toast } from "./dom.js";
import { empty } from "./cards.js";
import { listen } from "./events.js";
import { icon } from "./icons.js";
import { frameAt } from "./motion.js";
import { chooseVideos } from "./room_add.js";
import { changeSettings, closeRoom, handOver, kPolicies, kPrivacies, showInvitation } from "./room_owner.js";
import { makePanel } from "./room_panel.js";
import { makeClock, rateOf } from "./room_time.js";
import { makeRoomVideo } from "./room_video.js";

const kSmallPicture = 240; // lines: only where the frame lies is asked for
const kFirstProbes = 8;
const kProbeMs = 1000;
const seats = new Map(); // room -> the seat in it, as long as the page lives
const codes = new Map(); // room -> the invitation that led here

async function enterBy(code, go) {
  const joined = await call("rooms.join", { code, is_whole_session: true });
  seats.set(joined.state.room, joined.seat);
  codes.set(joined.state.room, code);
  go(`/rooms/${joined.state.room}`);
}

async function create(go, media = [], name = "") {
  const answer = await ask("New room", [{ label: "Name", name: "name", value: name }, { label: "Who may come in", name: "privacy", options: kPrivacies },
    { label: "Who may play, pause and seek", name: "policy", options: kPolicies }], "Open it");
  if (!answer) return;
  const made = await call("rooms.create", { name: answer.name, ...(media.length > 0 ? { media } : {}), is_private: answer.privacy === "yes", policy: answer.policy });
  codes.set(made.room, made.code);
  go(`/rooms/${made.room}`);
}

// From a video's page.
export const together = (item, go) => create(go, [item.media], item.title.slice(0, 60));

export async function rooms(me, go) {
  const code = decodeURIComponent(location.hash.slice(1));
  if (code) {
    history.replaceState(null, "", "/rooms");
    return enterBy(code, go);
  }
  const all = (await call("rooms.list")).rooms;
  const open = me.isPerson ? h("button", { type: "button", onclick: () => attempt(() => create(go), open) }, "New room") : null;
  const join = h("button", { type: "button", class: "quiet", onclick: () => attempt(async () => {
    const answer = await ask("Join by an invitation", [{ label: "Code or link", name: "code" }], "Join");
    if (answer) await enterBy(answer.code.trim().split("#").pop(), go);
  }, join) }, "I have an invitation");
  show(h("div", { class: "head" }, h("h1", {}, "Rooms"), h("p", { class: "ways" }, join, open)),
    all.length === 0 ? empty("Nobody watches together now", "Open a room here, or by “Watch together” on a video's page: everybody in it sees the same frame at the same moment.")
      : h("ul", { class: "list boxed" }, all.map((each) => h("li", {}, h("a", { class: "line", href: `/rooms/${each.room}` }, h("b", {}, each.name),
        h("small", {}, [each.members === 1 ? "one person" : `${each.members} people`, each.is_own ? "yours" : `of ${each.owner}`, each.is_private ? "by invitation" : "", each.showing?.title ?? ""].filter(Boolean).join(" · ")))))));
  return undefined;
}

export async function room(id, me, go, signedOut) {
  const here = { clock: makeClock(), state: null, member: 0, showAt: null, needsTouch: null };
  const stage = h("div", { class: "room-stage" });
  const below = h("div", { class: "room-below" });
  const settings = me.isPerson ? await call("settings.get").then((answer) => answer.settings).catch(() => ({})) : {};
  let video = null; // that is shown
  let shownEntry = -1;
  let isOver = false;
  let members = [];

  const seated = (params = {}) => ({ room: id, seat: seats.get(id), ...params });
  const command = (what, more = {}) => attempt(() => call("rooms.command", seated({ what, ...more })));
  const mayOwn = () => here.state.is_own || me.isAdmin;
  const mine = () => members.find((each) => each.member === here.member);

  async function join() {
    const seat = seats.get(id);
    const joined = await call("rooms.join", { ...(codes.has(id) ? { code: codes.get(id) } : { room: id }), ...(seat ? { seat } : {}), is_whole_session: true });
    seats.set(id, joined.seat);
    here.member = joined.member;
    here.state = joined.state;
    members = joined.members;
    return joined;
  }

  // What is asked for once a second is a look at the server's clock, too.
  async function report(more = {}) {
    const sent = performance.now();
    const answer = await call("rooms.report", seated({ ...(video?.follower.report() ?? {}), round_trip_us: Math.round(here.clock.roundTripMs() * 1000), ...more }));
    here.clock.note(sent, performance.now(), answer.server_ns / 1e6);
  }
  const say = (more) => report(more).catch(() => {});

  const does = {
    toggle: () => command(here.state.is_paused ? "play" : "pause"),
    seek: (us) => command("seek", { position_us: Math.round(Math.max(0, us)) }),
    // The room is told which frame is meant: by the media's own times, which need not be even.
    async step(count) {
      const frame = await frameAt(video.player.media, video.player.shown() + 500, count, kSmallPicture);
      await command("step", { count, position_us: frame.position + 500 });
    },
    slower: () => does.setSpeed(rateOf(here.state.rate) < 0 ? Math.max(rateOf(here.state.rate) * 2, -8) : -1),
    faster: () => does.setSpeed(rateOf(here.state.rate) < 0 ? 1 : here.state.is_paused ? rateOf(here.state.rate) : Math.min(rateOf(here.state.rate) * 2, 4)),
    async setSpeed(rate) {
      if (rate !== rateOf(here.state.rate)) await command("rate", { rate: String(rate) });
      if (here.state.is_paused) await command("play");
    },
  };

  // Another video: the player is made anew.
  async function present() {
    const wanted = here.state.prepare?.entry ?? here.state.entry;
    if (wanted === shownEntry) return;
    shownEntry = wanted;
    video?.end();
    video = null;
    below.replaceChildren();
    const entry = here.state.entries.find((each) => each.entry === wanted);
    if (!entry || entry.is_hidden) {
      stage.replaceChildren(h("div", { class: "note" }, h("h2", {}, entry ? "This video is not for you" : "Nothing is shown yet"), h("p", {}, entry ? "The others see it; you may not." : "Whoever may control the room adds videos to it, by “Add”.")));
      return;
    }
    const item = await call("library.get", { media: entry.media });
    if (isOver || shownEntry !== wanted) return;
    video = makeRoomVideo(item, wanted, here, me, settings, { does, mine, command, seated, say, signedOut });
    stage.replaceChildren(video.player.stage);
    below.replaceChildren(...video.sections);
    draw();
  }

  const panel = makePanel({
    react: (reaction) => attempt(() => call("rooms.react", seated({ reaction }))),
    ready: (isReady) => attempt(() => call("rooms.ready", seated({ is_ready: isReady }))),
    chat: (text) => call("rooms.chat", seated({ text })),
    entry: (entry) => command("entry", { entry }),
    add: () => chooseVideos((media) => call("rooms.add", seated({ media: [media] }))),
    remove: (entry) => attempt(() => call("rooms.remove", seated({ entry }))),
    isMine: (member) => member === here.member,
    allow: (member, may) => attempt(() => call("rooms.allow", { room: id, member, may_command: may })),
    handOver: (member) => attempt(() => handOver(id, member)),
    async invite() {
      if (mayOwn()) codes.set(id, (await call("rooms.invite", { room: id })).code);
      await showInvitation(id, codes.get(id), mayOwn(), (code) => codes.set(id, code));
    },
  });
  const title = h("h1", { dir: "auto" });
  const change = h("button", { type: "button", class: "quiet", onclick: () => attempt(() => changeSettings(id, here.state), change) }, icon("gear"), "Settings");
  const close = h("button", { type: "button", class: "quiet", onclick: () => attempt(() => closeRoom(id), close) }, "Close the room");
  function draw() {
    title.textContent = here.state.name;
    change.hidden = close.hidden = !mayOwn();
    panel.draw(here.state, members, mine(), { mayOwn: mayOwn(), mayInvite: mayOwn() || codes.has(id) || !here.state.is_private });
    video?.update(members);
  }

  const early = []; // what came before the answer to joining
  function hear(event) {
    if (!here.state) {
      if (event.room === id && early.length < 100) early.push(event);
      return;
    }
    if (event.event === "events.missed") {
      here.clock.forget();
      join().then(async () => {
        await probe();
        await present();
        draw();
      }).catch(() => {});
    }
    if (event.room !== id) return;
    if (event.event === "room.state" && event.revision > here.state.revision) {
      here.state = event;
      present().catch((error) => toast(error.message));
      video?.follower.tick();
      draw();
    } else if (event.event === "room.members") {
      members = event.members;
      draw();
    } else if (event.event === "room.chat") panel.say(event.message);
    else if (event.event === "room.reaction") panel.react(stage, event);
    else if (event.event === "room.pointer") video?.point(event);
    else if (event.event === "room.closed") {
      seats.delete(id);
      toast(event.message);
      go("/rooms");
    }
  }
  const stop = listen(hear);
  async function probe() {
    for (let i = 0; i < kFirstProbes && !isOver; ++i) await report();
  }

  const leave = iconButton("close", "Leave the room", () => go("/rooms"));
  let joined;
  try {
    joined = await join();
  } catch (error) {
    stop();
    throw error;
  }
  show(h("div", { class: "room" }, h("div", { class: "room-main" }, stage, h("div", { class: "head" }, title, h("p", { class: "ways" }, change, close, leave)), below), panel.element));
  for (const message of joined.messages) panel.say(message);
  draw();
  for (const event of early) hear(event);
  await probe();
  await present();
  const timer = setInterval(() => say({}), kProbeMs);
  const leaving = () => call("rooms.leave", seated(), "", true).catch(() => {});
  addEventListener("pagehide", leaving);
  return () => {
    isOver = true;
    clearInterval(timer);
    stop();
    removeEventListener("pagehide", leaving);
    leaving();
    seats.delete(id);
    video?.end();
  };
}
