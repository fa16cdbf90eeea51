// One video: its picture, what is known of it, and where its viewer stopped.
import { call } from "./api.js";
import { ask, attempt, day, h, iconButton, openDialog, show, size, time, toast } from "./dom.js";
import { icon } from "./icons.js";
import { card, row } from "./cards.js";
import { makeAnalysisView } from "./analysis_view.js";
import { whenLibraryChanges } from "./events.js";
import { help } from "./keys.js";
import { makeBoard } from "./board.js";
import { makeNotes } from "./notes.js";
import { makeNotesView } from "./notes_view.js";
import { makePlayer } from "./player.js";
import { together } from "./rooms.js";

const kReportEveryMs = 10_000;

function stars(item, isPerson) {
  if (!isPerson) return null;
  let mine = item.stars ?? 0;
  const group = h("div", { class: "stars", role: "group", "aria-label": "Your rating" });
  const draw = () => group.replaceChildren(...[1, 2, 3, 4, 5].map((n) => iconButton("star", mine === n ? `Take the ${n} stars back` : `${n} ${n === 1 ? "star" : "stars"}`, () => attempt(async () => {
    const wish = mine === n ? 0 : n;
    await call("ratings.set", { media: item.media, stars: wish });
    mine = wish;
    draw();
    group.children[n - 1].focus();
  }), { "aria-pressed": String(n <= mine) })));
  draw();
  return group;
}

function toggleButton(name, labels, isOn, change) {
  let now = isOn;
  const button = h("button", { type: "button", class: "quiet", "aria-pressed": String(now), onclick: () => attempt(async () => {
    await change(!now);
    now = !now;
    button.setAttribute("aria-pressed", String(now));
    button.lastChild.textContent = labels[now ? 1 : 0];
  }, button) }, icon(name), h("span", {}, labels[now ? 1 : 0]));
  return button;
}

async function addToPlaylist(item) {
  const own = (await call("playlists.list")).playlists.filter((each) => each.may_edit);
  const answer = await ask("Add to a playlist", [
    ...(own.length > 0 ? [{ label: "Playlist", name: "playlist", options: [...own.map((each) => [each.name, String(each.playlist)]), ["A new one…", ""]], value: String(own[0].playlist) }] : []),
    { label: own.length > 0 ? "Name of a new one" : "Name", name: "name", required: own.length === 0 }], "Add");
  if (!answer) return;
  const id = answer.playlist ? Number(answer.playlist) : (await call("playlists.create", { name: answer.name || "New playlist" })).playlist;
  await call("playlists.add", { playlist: id, media: [item.media] });
  toast("Added.");
}

// Addresses for players that cannot sign in.
async function elsewhere(item, isPerson) {
  const list = h("ul", { class: "list" });
  async function draw() {
    if (!isPerson) return;
    const { tickets } = await call("tickets.list");
    list.replaceChildren(...tickets.filter((each) => each.media === item.media).map((each) => h("li", {},
      h("span", { class: "line" }, h("b", {}, `made ${day(each.created_utc_ns)}`), h("small", {}, `ends ${day(each.expires_utc_ns)}${each.last_used_utc_ns ? `, used ${day(each.last_used_utc_ns)}` : ", not used yet"}`)),
      h("button", { type: "button", class: "quiet", onclick: (event) => attempt(async () => {
        await call("tickets.revoke", { ticket_id: each.ticket_id });
        await draw();
      }, event.currentTarget) }, "Revoke"))));
  }
  const made = h("div", { class: "made" });
  const create = h("button", { type: "button", onclick: () => attempt(async () => {
    const { ticket, expires_utc_ns } = await call("tickets.create", { media: item.media });
    const address = (label, path) => {
      const field = h("input", { readonly: true, value: `${location.origin}${path}?ticket=${ticket}`, onfocus: () => field.select() });
      return h("label", {}, h("span", {}, label), field);
    };
    made.replaceChildren(address("The file (VLC, mpv, ffmpeg)", `/watch/${item.media}`), address("HLS, in sizes that fit the line", `/hls/${item.media}/master.m3u8`),
      h("p", { class: "count" }, `For this video only, until ${day(expires_utc_ns)}. Whoever has the address can watch it.`));
    await draw();
  }, create) }, "Make an address");
  const box = openDialog("Open in another player", h("div", { class: "body" }, h("h2", {}, "Open in another player"), h("p", { class: "count" }, "An address with a ticket in it opens this video, without signing in, for twelve hours."), made, list,
    h("p", { class: "ways" }, h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Close"), create)));
  await attempt(draw);
}

export async function watch(media, me, go, signedOut) {
  const [item, settings] = await Promise.all([call("library.get", { media }), me.isPerson ? call("settings.get").then((answer) => answer.settings).catch(() => ({})) : {}]);
  const report = (position, isEnded = false, keepalive = false) => {
    if (me.isPerson) call("progress.report", { media, position_us: Math.round(position), is_ended: isEnded, client: "web" }, "", keepalive).catch(() => {});
  };
  const player = makePlayer(item, { audio: settings.audio_language ?? "", subtitles: settings.subtitle_language ?? "" },
    { analysis: () => analysis.toggle(), paused: (position) => report(position), ended: () => report(item.duration_us, true), signedOut, help });
  const analysis = makeAnalysisView(item, player, me, settings);
  const notes = makeNotes(item, me, () => false, () => {
    board.draw();
    drawings.refresh();
  });
  const board = makeBoard(player, notes);
  player.cover(board.canvas);
  const drawings = makeNotesView(item, player, notes, false);
  const resume = item.progress?.resume_us ?? 0;
  const best = item.tracks.find((track) => track.track === item.video_track);
  const facts = [time(item.duration_us), `${item.width}×${item.height}`, item.codec.toUpperCase(), best?.bit_depth > 8 ? `${best.bit_depth} bit` : "", item.is_hdr ? "HDR" : "",
    item.frame_rate[1] > 0 ? `${Number((item.frame_rate[0] / item.frame_rate[1]).toFixed(2))} fps` : "", size(item.size_bytes)].filter(Boolean);
  const place = [item.root, ...(item.folder ? item.folder.split("/") : [])];
  const around = h("div", {});
  show(h("article", { class: "watch" }, player.stage,
    h("div", { class: "head" }, h("h1", {}, item.title), stars(item, me.isPerson)),
    h("p", { class: "facts" }, facts.map((fact) => h("span", {}, fact))),
    h("nav", { class: "crumbs", "aria-label": "Folder" }, place.map((name, i) => h("a", { href: `/library?root=${encodeURIComponent(item.root)}${i > 0 ? `&folder=${encodeURIComponent(place.slice(1, i + 1).join("/"))}` : ""}` }, name))),
    h("div", { class: "actions" },
      me.isPerson ? toggleButton("heart", ["Favourite", "A favourite"], item.is_favourite ?? false, (on) => call(on ? "favourites.add" : "favourites.remove", { media })) : null,
      me.isPerson ? toggleButton("check", ["Mark as watched", "Watched"], item.progress?.is_watched ?? false, (on) => call("watched.set", { media, is_watched: on })) : null,
      me.isPerson ? h("button", { type: "button", class: "quiet", onclick: () => attempt(() => addToPlaylist(item)) }, icon("plus"), "Playlist") : null,
      me.isPerson ? h("button", { type: "button", class: "quiet", onclick: (event) => attempt(() => together(item, go), event.currentTarget) }, icon("people"), "Watch together") : null,
      h("button", { type: "button", class: "quiet", onclick: () => elsewhere(item, me.isPerson) }, icon("link"), "Open in another player"),
      h("a", { class: "button quiet", href: `/download/${media}`, download: true }, icon("download"), `Download (${size(item.size_bytes)})`),
      h("button", { type: "button", class: "quiet", onclick: help }, "Keys")),
    analysis.section, drawings.section,
    item.chapters.length < 2 ? null : h("section", {}, h("h2", {}, "Chapters"), h("ol", { class: "chapters" }, item.chapters.map((each, i) => h("li", {},
      h("button", { type: "button", onclick: () => player.seek(each.start_us) }, h("small", {}, time(each.start_us)), each.title || `Chapter ${i + 1}`))))),
    around));
  const rate = Number(settings.default_speed);
  if (rate >= 0.25 && rate <= 4 && rate !== 1) player.setSpeed(rate);
  player.load(resume);
  if (resume > 0) toast(`Goes on at ${time(resume)}.`, { label: "From the beginning", act: () => player.seek(0) });
  const timer = setInterval(() => { if (player.isPlaying()) report(player.here()); }, kReportEveryMs);
  const leaving = () => { if (player.isPlaying()) report(player.here(), false, true); };
  addEventListener("pagehide", leaving);
  const stopPreviews = whenLibraryChanges(async () => {
    if (!item.preview) item.preview = (await call("library.get", { media })).preview;
  });
  call("recommendations.get", { media, limit: 12 }).then(({ recommended }) => {
    const next = row("What goes well behind it", recommended.map((each) => card(each.media, each.reason.text)));
    if (next) around.append(next);
  }).catch(() => {});
  return () => {
    clearInterval(timer);
    stopPreviews();
    removeEventListener("pagehide", leaving);
    leaving();
    analysis.end();
    drawings.end();
    board.end();
    notes.end();
    player.end();
  };
}
