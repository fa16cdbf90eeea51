// Home and the library.
import { call } from "./api.js";
import { h, show, size, time } from "./dom.js";

const kPage = 60;

export function card(item, reason) {
  const poster = item.poster
    ? h("img", { src: `/artwork/${item.media}/poster?v=${encodeURIComponent(item.poster)}`, alt: "", loading: "lazy" })
    : h("span", { class: "empty" }, item.codec.toUpperCase());
  const progress = item.progress && item.duration_us > 0 ? (100 * item.progress.resume_us) / item.duration_us : 0;
  const bar = progress > 0 ? h("span", { class: "done" }) : null;
  if (bar) bar.style.width = `${progress}%`;
  return h("li", {},
    h("a", { class: "card", href: `/media/${item.media}`, title: item.title },
      h("div", { class: "shot" }, poster, h("span", { class: "time" }, time(item.duration_us)), bar),
      h("b", {}, item.title),
      h("small", {}, reason ?? `${item.width}×${item.height} · ${size(item.size_bytes)}`)));
}

function row(title, cards) {
  return cards.length === 0 ? null : h("section", { "aria-label": title }, h("h2", {}, title), h("ul", { class: "row" }, cards));
}

export async function library(search) {
  const [home, first] = await Promise.all([
    search ? null : call("home.get", { limit: 20 }).catch(() => null),
    call("library.list", { search, sort: search ? "title" : "title", limit: kPage }),
  ]);
  const list = h("ul", { class: "grid" });
  const count = h("p", { class: "count", role: "status" });
  const more = h("div", { class: "more" });
  const state = { sort: "title", is_descending: false, shown: 0 };

  async function load(from) {
    const page = from === 0 && state.shown === 0 && state.sort === "title" && !state.is_descending ? first
      : await call("library.list", { search, sort: state.sort, is_descending: state.is_descending, offset: from, limit: kPage });
    if (from === 0) list.replaceChildren();
    list.append(...page.items.map((item) => card(item)));
    state.shown = from + page.items.length;
    count.textContent = search ? `${page.total} found for “${search}”` : `${page.total} videos`;
    more.replaceChildren(...(state.shown < page.total
      ? [h("button", { type: "button", class: "quiet", onclick: () => load(state.shown) }, "Show more")] : []));
    if (page.total === 0)
      more.replaceChildren(h("p", { class: "note" }, search ? "Nothing goes by these words." : "There are no videos here yet. They appear as soon as the server has looked into them."));
  }

  const sort = h("select", { "aria-label": "Sort by", onchange: () => {
    [state.sort, state.is_descending] = JSON.parse(sort.value);
    state.shown = -1;
    load(0);
  } },
  [["Title, A to Z", ["title", false]], ["Title, Z to A", ["title", true]], ["Newest first", ["added", true]],
    ["Longest first", ["duration", true]], ["Largest first", ["size", true]]]
    .map(([label, value]) => h("option", { value: JSON.stringify(value) }, label)));

  show(...[
    h("h1", {}, search ? "Search" : "Home"),
    home && row("Continue watching", home.continue.map((item) => card(item))),
    home && row("Recommended", home.recommended.map((each) => card(each.media, each.reason.text))),
    home && row("Recently added", home.recent.map((item) => card(item))),
    search ? null : h("h2", {}, "All videos"),
    h("div", { class: "tools" }, count, sort), list, more].filter(Boolean));
  await load(0);
}
