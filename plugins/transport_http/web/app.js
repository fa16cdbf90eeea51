// The page: which view an address is, and who is looking.
import { call, onSessionEnd } from "./api.js";
import { h, show } from "./dom.js";
import { icon } from "./icons.js";
import { account } from "./account.js";
import { admin } from "./admin.js";
import { channel, channels } from "./channels.js";
import { connect, disconnect } from "./events.js";
import { gate } from "./gate.js";
import { home } from "./home.js";
import { library } from "./library.js";
import { favourites, history as viewings, playlist, playlists } from "./mine.js";
import { room, rooms } from "./rooms.js";
import { watch } from "./watch.js";

const bar = document.getElementById("bar");
const search = document.getElementById("search");
let me = { name: "", isPerson: false, isAdmin: false };
let leave = null; // of the view that is shown
let turn = 0; // of the view that was asked for last
let isAtGate = false;

const kPlaces = [["/", "Home", "home"], ["/library", "Library", "library"], ["/favourites", "Favourites", "heart"], ["/playlists", "Playlists", "list"], ["/history", "History", "history"], ["/rooms", "Rooms", "people"], ["/channels", "Channels", "screen"], ["/admin", "Admin", "shield"]];
const isOwn = (path) => path === "/" || /^\/(library|favourites|playlists|history|rooms|channels|account|admin|media)(\/|$)/.test(path);

function places() {
  const open = kPlaces.filter(([path]) => (path === "/admin" ? me.isAdmin : me.isPerson || path === "/" || path === "/library" || path === "/rooms" || path === "/channels"));
  document.getElementById("places").replaceChildren(...open.map(([path, label, picture]) => h("a", { href: path, "aria-current": path === "/" ? (location.pathname === "/" ? "page" : null) : location.pathname.startsWith(path) ? "page" : null }, icon(picture), h("span", {}, label))));
}

function find(address) {
  const path = address.pathname;
  const media = path.match(/^\/media\/([0-9a-f]{32})$/);
  if (media) return () => watch(media[1], me, go, enter);
  const list = path.match(/^\/playlists\/(\d{1,15})$/);
  if (list) return () => playlist(Number(list[1]), go);
  if (path === "/") return home;
  if (path === "/library") return () => library(address, go);
  if (path === "/favourites") return favourites;
  if (path === "/playlists") return () => playlists(go);
  if (path === "/history") return viewings;
  if (path === "/rooms") return () => rooms(me, go);
  const seat = path.match(/^\/rooms\/([0-9A-Za-z_-]{1,64})$/);
  if (seat) return () => room(seat[1], me, go, enter);
  if (path === "/channels") return () => channels(me, go);
  const tuned = path.match(/^\/channels\/(\d{1,15})$/);
  if (tuned) return () => channel(Number(tuned[1]), me, go, enter);
  if (path === "/account") return () => account(enter);
  if (path === "/admin" || path.startsWith("/admin/")) return () => admin(path.split("/")[2]);
  return async () => show(h("div", { class: "note" }, h("h1", {}, "There is nothing here"), h("p", {}, "The address leads nowhere."), h("a", { class: "button", href: "/" }, "Home")));
}

async function view() {
  if (isAtGate) return;
  const mine = ++turn;
  leave?.();
  leave = null;
  const address = new URL(location.href);
  if (document.activeElement !== search) search.value = address.searchParams.get("q") ?? "";
  places();
  try {
    const done = await find(address)();
    if (mine === turn) leave = done ?? null;
    else done?.();
    const title = document.querySelector("main h1")?.textContent;
    document.title = title && title !== "Home" ? `${title} – Zoetrope` : "Zoetrope";
  } catch (error) {
    if (mine !== turn || error.status === 401) return;
    show(h("div", { class: "note", role: "alert" }, h("h1", {}, error.status === 404 ? "This is not here" : error.status === 403 ? "This is not for you" : "That did not work"), h("p", {}, error.message ?? "Something went wrong."),
      h("p", { class: "ways" }, h("button", { type: "button", onclick: view }, "Try again"), h("a", { class: "button quiet", href: "/" }, "Home"))));
  }
}

async function enter() {
  if (isAtGate) return;
  isAtGate = true;
  ++turn;
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  leave?.();
  leave = null;
  disconnect();
  bar.hidden = true;
  document.title = "Zoetrope";
  try {
    await gate(start);
  } catch (error) {
    show(h("div", { class: "note", role: "alert" }, h("p", {}, error.message), h("button", { type: "button", onclick: start }, "Try again")));
  }
}

async function start() {
  try {
    const { principal } = await call("auth.whoami");
    me = { name: principal.name, isPerson: principal.user_id !== 0, isAdmin: principal.role === "admin" };
    document.getElementById("who").replaceChildren(icon("user"), h("span", {}, principal.name));
    bar.hidden = false;
    isAtGate = false;
    connect();
    await view();
  } catch (error) {
    if (error.status !== 401 && error.status !== 0) console.error(error);
    isAtGate = false;
    enter();
  }
}

function go(address) {
  if (new URL(address, location.href).href !== location.href) history.pushState(null, "", address);
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
  view();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (!isOwn(link.pathname)) return;
  event.preventDefault();
  if (link.href !== location.href) go(link.href);
});
addEventListener("popstate", () => {
  search.value = new URLSearchParams(location.search).get("q") ?? "";
  view();
});

// Results follow the typing; all of it is one step of the way back.
let pending = 0;
search.addEventListener("input", () => {
  clearTimeout(pending);
  pending = setTimeout(() => {
    const words = search.value.trim();
    const address = words ? `/library?q=${encodeURIComponent(words)}` : "/library";
    const isRefined = location.pathname === "/library" && new URLSearchParams(location.search).has("q");
    history[isRefined ? "replaceState" : "pushState"](null, "", address);
    scrollTo(0, 0);
    view();
  }, 80);
});
document.getElementById("search-form").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input,select,textarea,dialog") || bar.hidden) return;
  event.preventDefault();
  search.focus();
});
document.getElementById("leave").addEventListener("click", async () => {
  await call("auth.logout").catch(() => {});
  history.replaceState(null, "", "/");
  enter();
});

onSessionEnd(enter);
start();
