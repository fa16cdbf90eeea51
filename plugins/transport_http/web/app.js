// The page: which view an address is, and who is looking.
import { call } from "./api.js";
import { h, show } from "./dom.js";
import { account } from "./account.js";
import { gate } from "./gate.js";
import { library } from "./library.js";
import { watch } from "./watch.js";

const bar = document.getElementById("bar");
const search = document.getElementById("search");
let leave = null; // of the view that is shown
let turn = 0; // of the view that was asked for last

async function view() {
  const mine = ++turn;
  leave?.();
  leave = null;
  const address = new URL(location.href);
  const words = address.searchParams.get("q") ?? "";
  if (document.activeElement !== search) search.value = words;
  try {
    const media = address.pathname.match(/^\/media\/([0-9a-f]{32})$/);
    const done = media ? await watch(media[1]) : address.pathname === "/account" ? await account(enter) : await library(words);
    if (mine === turn) leave = done ?? null;
    else done?.();
    document.title = media ? `${document.querySelector("h1")?.textContent ?? "Video"} – Zoetrope` : "Zoetrope";
  } catch (error) {
    if (mine !== turn) return;
    if (error.status === 401) {
      enter();
      return;
    }
    show(h("div", { class: "note", role: "alert" }, h("p", {}, error.message ?? "Something went wrong."),
      h("button", { type: "button", onclick: view }, "Try again")));
  }
}

async function enter() {
  bar.hidden = true;
  try {
    await gate(start);
  } catch (error) {
    show(h("div", { class: "note", role: "alert" }, h("p", {}, error.message), h("button", { type: "button", onclick: start }, "Try again")));
  }
}

async function start() {
  try {
    const { principal } = await call("auth.whoami");
    document.getElementById("who").textContent = principal.name;
    bar.hidden = false;
    await view();
  } catch (error) {
    if (error.status !== 401 && error.status !== 0) console.error(error);
    enter();
  }
}

function go(address) {
  history.pushState(null, "", address);
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
  view();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!["/", "/account"].includes(link.pathname) && !link.pathname.startsWith("/media/")) return;
  event.preventDefault();
  go(link.href);
});
addEventListener("popstate", view);

let pending = 0;
search.addEventListener("input", () => {
  clearTimeout(pending);
  pending = setTimeout(() => go(search.value ? `/?q=${encodeURIComponent(search.value)}` : "/"), 250);
});
document.getElementById("search-form").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("leave").addEventListener("click", async () => {
  await call("auth.logout").catch(() => {});
  leave?.();
  leave = null;
  history.replaceState(null, "", "/");
  enter();
});

start();
