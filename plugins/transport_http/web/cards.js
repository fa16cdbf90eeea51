// Videos as cards, in rows and grids.
import { h, size, time } from "./dom.js";

export function shot(item) {
  const poster = item.poster
    ? h("img", { src: `/artwork/${item.media}/poster?v=${encodeURIComponent(item.poster)}`, alt: "", loading: "lazy", decoding: "async" })
    : h("span", { class: "empty" }, (item.codec ?? "").toUpperCase());
  const at = item.progress?.resume_us ?? 0;
  const share = item.duration_us > 0 ? Math.min(1, at / item.duration_us) : 0;
  const bar = share > 0 ? h("span", { class: "done" }) : null;
  bar?.style.setProperty("width", `${100 * share}%`);
  return h("div", { class: "shot" }, poster,
    item.progress?.is_watched ? h("span", { class: "watched", title: "Watched" }, "✓") : null,
    item.duration_us > 0 ? h("span", { class: "time" }, time(item.duration_us)) : null, bar);
}

// Puts pictures that have been made meanwhile onto cards that are shown.
export function refreshShots(inside, items) {
  const fresh = new Map(items.map((item) => [item.media, item]));
  for (const each of inside.querySelectorAll(".card[data-poster='']")) {
    const item = fresh.get(each.href.slice(-32));
    if (!item?.poster) continue;
    each.dataset.poster = item.poster;
    each.querySelector(".shot").replaceWith(shot(item));
  }
}

// `more`: what stands below the card and is no part of the link.
export function card(item, reason, more) {
  const facts = reason ?? [`${item.width}×${item.height}`, size(item.size_bytes)].join(" · ");
  const left = item.progress?.resume_us > 0 ? `${time(item.duration_us - item.progress.resume_us)} left. ` : "";
  return h("li", {}, h("a", { class: "card", href: `/media/${item.media}`, "data-poster": item.poster ?? "" }, shot(item), h("b", {}, item.title), h("small", {}, left + facts)), more);
}

export const skeletons = (count) => Array.from({ length: count }, () => h("li", { class: "skeleton", "aria-hidden": "true" }, h("div", { class: "shot" }), h("b", {}), h("small", {})));

export function row(title, cards, link) {
  if (cards.length === 0) return null;
  return h("section", { "aria-label": title }, h("div", { class: "head" }, h("h2", {}, title), link ? h("a", { href: link }, "See all") : null), h("ul", { class: "row", tabindex: "-1" }, cards));
}

export const empty = (title, text, ...more) => h("div", { class: "note" }, h("h2", {}, title), h("p", {}, text), ...more);
