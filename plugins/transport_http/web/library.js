// The whole library: search, sort, filter, folders; a page at a time as one scrolls.
import { call } from "./api.js";
import { h, show, toast } from "./dom.js";
import { icon } from "./icons.js";
import { card, empty, refreshShots, skeletons } from "./cards.js";
import { whenLibraryChanges } from "./events.js";

const kPage = 60;
const kSorts = [["Title, A to Z", "title", false], ["Title, Z to A", "title-", true], ["Newest first", "added", true], ["Oldest first", "added-", false],
  ["Longest first", "duration", true], ["Shortest first", "duration-", false], ["Largest first", "size", true], ["Smallest first", "size-", false]];

const link = (wish, change) => {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...wish, ...change })) if (value && !(key === "sort" && value === "title")) words.set(key, value);
  return `/library${words.size > 0 ? `?${words}` : ""}`;
};

function crumbs(wish) {
  if (!wish.root) return null;
  const parts = wish.folder ? wish.folder.split("/") : [];
  return h("nav", { class: "crumbs", "aria-label": "Folder" }, h("a", { href: link(wish, { root: "", folder: "" }) }, "All"),
    h("a", { href: link(wish, { folder: "" }) }, wish.root),
    parts.map((name, i) => h("a", { href: link(wish, { folder: parts.slice(0, i + 1).join("/") }) }, name)));
}

async function folders(wish, roots) {
  if (wish.q) return null;
  if (!wish.root) {
    if (roots.length < 2) return roots.length === 1 ? folders({ ...wish, root: roots[0].root }, roots) : null;
    return h("ul", { class: "folders" }, roots.map((each) => h("li", {}, h("a", { href: link(wish, { root: each.root }) }, icon("folder"), h("b", {}, each.root), h("small", {}, each.media)))));
  }
  const inside = (await call("library.folders", { root: wish.root, folder: wish.folder })).folders;
  if (inside.length === 0) return null;
  return h("ul", { class: "folders" }, inside.map((each) => h("li", {}, h("a", { href: link(wish, { folder: each.folder }) }, icon("folder"), h("b", {}, each.name), h("small", {}, each.media)))));
}

export async function library(address, go) {
  const words = address.searchParams;
  const wish = { q: words.get("q") ?? "", root: words.get("root") ?? "", folder: words.get("folder") ?? "", sort: words.get("sort") ?? "title" };
  const [, , isDescending] = kSorts.find(([, key]) => key === wish.sort) ?? kSorts[0];
  const question = { search: wish.q, ...(wish.root ? { root: wish.root } : {}), ...(wish.folder ? { folder: wish.folder } : {}),
    sort: wish.sort.replace("-", ""), is_descending: isDescending };
  const ask = (offset) => call("library.list", { ...question, offset, limit: kPage });
  const [first, { roots }] = await Promise.all([ask(0), call("library.roots")]);
  const list = h("ul", { class: "grid" });
  const more = h("div", { class: "more" });
  let shown = 0;
  let isLoading = false;
  let isOver = false;
  function add(page) {
    list.querySelectorAll(".skeleton").forEach((each) => each.remove());
    list.append(...page.items.map((item) => card(item)));
    shown += page.items.length;
    isOver = page.items.length === 0 || shown >= page.total;
  }
  async function next() {
    if (isLoading || isOver) return;
    isLoading = true;
    list.append(...skeletons(Math.min(12, first.total - shown)));
    try {
      add(await ask(shown));
      more.replaceChildren();
    } catch (error) {
      list.querySelectorAll(".skeleton").forEach((each) => each.remove());
      more.replaceChildren(h("p", { class: "error" }, error.message), h("button", { type: "button", class: "quiet", onclick: next }, "Try again"));
    }
    isLoading = false;
  }
  const sort = h("select", { "aria-label": "Sort by", onchange: () => go(link(wish, { sort: sort.value })) },
    kSorts.map(([label, key]) => h("option", { value: key, selected: key === wish.sort }, label)));
  const title = wish.q ? `“${wish.q}”` : wish.folder ? wish.folder.split("/").pop() : wish.root || "Library";
  show(crumbs(wish), h("h1", {}, title),
    h("div", { class: "tools" }, h("p", { class: "count", role: "status" }, wish.q ? `${first.total} found` : first.total === 1 ? "1 video" : `${first.total} videos`), sort),
    await folders(wish, roots), list, more);
  add(first);
  if (first.total === 0) more.replaceChildren(wish.q ? empty("Nothing goes by these words", "Fewer or other words may.") : empty("There is nothing here", "Videos appear as soon as the server has looked into them."));
  const watcher = new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) next(); }, { rootMargin: "1200px" });
  const end = h("div", { class: "end" });
  more.before(end);
  watcher.observe(end);
  // One that stays in view gives no further notice.
  const filler = setInterval(() => { if (end.getBoundingClientRect().top < innerHeight + 1200) next(); }, 500);
  const stop = whenLibraryChanges(async () => {
    const now = await call("library.list", { ...question, offset: 0, limit: Math.max(1, Math.min(500, shown)) });
    if (first.total === 0 && now.total > 0) go(location.href);
    else if (now.total !== first.total) toast("The library has changed.", { label: "Show", act: () => go(location.href) });
    else refreshShots(list, now.items);
  });
  return () => {
    stop();
    watcher.disconnect();
    clearInterval(filler);
  };
}
