// Favourites, playlists, history.
import { call } from "./api.js";
import { ask, attempt, confirmed, day, h, iconButton, show, time } from "./dom.js";
import { card, empty } from "./cards.js";

export async function favourites() {
  const { items } = await call("favourites.list");
  show(h("h1", {}, "Favourites"), items.length > 0 ? h("ul", { class: "grid" }, items.map((item) => card(item)))
    : empty("Nothing here yet", "The heart on a video's page puts it here."));
}

const kSharing = [["Only me", "private"], ["Those I name", "named"], ["Everyone here", "everyone"]];

export async function playlists(go) {
  const all = (await call("playlists.list")).playlists;
  const create = h("button", { type: "button", onclick: async () => {
    const answer = await ask("New playlist", [{ label: "Name", name: "name" }], "Create");
    if (answer) await attempt(async () => go(`/playlists/${(await call("playlists.create", answer)).playlist}`), create);
  } }, "New playlist");
  show(h("div", { class: "head" }, h("h1", {}, "Playlists"), create),
    all.length > 0 ? h("ul", { class: "list boxed" }, all.map((each) => h("li", {}, h("a", { class: "line", href: `/playlists/${each.playlist}` },
      h("b", {}, each.name), h("small", {}, [`${each.entries} ${each.entries === 1 ? "video" : "videos"}`, each.is_own ? (each.sharing === "private" ? "" : "shared") : `of ${each.owner}`].filter(Boolean).join(" · "))))))
      : empty("No playlists yet", "Make one here, or add a video to one on its page."));
}

export async function playlist(id, go) {
  async function draw() {
    const list = await call("playlists.get", { playlist: id });
    const change = (method, params) => attempt(async () => {
      await call(method, { playlist: id, ...params });
      await draw();
    });
    const entry = (each, i) => h("li", {},
      each.is_available ? h("a", { class: "line", href: `/media/${each.media}` }, h("b", {}, each.title)) : h("span", { class: "line" }, h("b", {}, each.title), h("small", {}, "not in the library any more")),
      list.may_edit ? h("span", { class: "ends" },
        iconButton("up", `Move ${each.title} up`, () => change("playlists.move", { entry: each.entry, to: i - 1 }), { disabled: i === 0 }),
        iconButton("down", `Move ${each.title} down`, () => change("playlists.move", { entry: each.entry, to: i + 1 }), { disabled: i + 1 === list.entries.length }),
        iconButton("close", `Remove ${each.title}`, () => change("playlists.remove", { entries: [each.entry] }))) : null);
    const rename = async () => {
      const answer = await ask("Rename", [{ label: "Name", name: "name", value: list.name }], "Rename");
      if (answer) await change("playlists.rename", answer);
    };
    const share = async () => {
      const answer = await ask("Who may see it", [{ label: "Sharing", name: "sharing", options: kSharing, value: list.sharing }], "Save");
      if (answer) await change("playlists.share", answer);
    };
    const name = async () => {
      const answer = await ask("Share with somebody", [{ label: "Their name", name: "user" }, { label: "They may", name: "may_edit", options: [["look at it", ""], ["change it", "yes"]] }], "Share");
      if (answer) await change("playlists.share_with", { user: answer.user, may_edit: answer.may_edit === "yes" });
    };
    const remove = async () => {
      if (!(await confirmed("Delete the playlist?", `“${list.name}” is gone for everyone who sees it. The videos stay.`, "Delete"))) return;
      await attempt(async () => {
        await call("playlists.delete", { playlist: id });
        go("/playlists");
      });
    };
    show(h("nav", { class: "crumbs", "aria-label": "Place" }, h("a", { href: "/playlists" }, "Playlists")),
      h("h1", {}, list.name), h("p", { class: "facts" }, h("span", {}, list.is_own ? "yours" : `of ${list.owner}`), h("span", {}, kSharing.find(([, key]) => key === list.sharing)?.[0] ?? "")),
      list.is_own ? h("div", { class: "actions" }, h("button", { type: "button", class: "quiet", onclick: rename }, "Rename"), h("button", { type: "button", class: "quiet", onclick: share }, "Sharing"),
        list.sharing === "named" ? h("button", { type: "button", class: "quiet", onclick: name }, "Share with…") : null, h("button", { type: "button", class: "quiet", onclick: remove }, "Delete")) : null,
      list.is_own && list.sharing === "named" && list.shares?.length > 0 ? h("ul", { class: "list boxed" }, list.shares.map((each) => h("li", {}, h("span", { class: "line" }, h("b", {}, each.user), h("small", {}, each.may_edit ? "may change it" : "may look at it")),
        h("button", { type: "button", class: "quiet", onclick: () => change("playlists.unshare_with", { user: each.user }) }, "Stop")))) : null,
      list.entries.length > 0 ? h("ol", { class: "list boxed" }, list.entries.map(entry)) : empty("It is empty", "Add videos on their pages."));
  }
  await draw();
}

export async function history() {
  const list = h("ul", { class: "list boxed" });
  const more = h("div", { class: "more" });
  let shown = 0;
  async function load() {
    const page = await call("history.list", { offset: shown, limit: 50 });
    list.append(...page.viewings.map((each) => {
      const line = h("li", {},
        each.is_available ? h("a", { class: "line", href: `/media/${each.media}` }, h("b", {}, each.title), h("small", {}, `${day(each.ended_utc_ns)} · ${time(each.from_us)} to ${time(each.to_us)} · ${each.client || "unnamed"}`))
          : h("span", { class: "line" }, h("b", {}, each.title), h("small", {}, `${day(each.ended_utc_ns)} · not in the library any more`)),
        iconButton("close", `Remove ${each.title} from the history`, (event) => attempt(async () => {
          await call("history.remove", { viewing: each.viewing });
          line.remove();
        }, event.currentTarget)));
      return line;
    }));
    shown += page.viewings.length;
    more.replaceChildren(...(shown < page.total && page.viewings.length > 0 ? [h("button", { type: "button", class: "quiet", onclick: (event) => attempt(load, event.currentTarget) }, "Show more")] : []));
    if (page.total === 0) more.replaceChildren(empty("Nothing was watched yet", "What you watch is listed here, for you alone."));
    return page.total;
  }
  const clear = h("button", { type: "button", class: "quiet", onclick: async () => {
    if (!(await confirmed("Clear the history?", "All viewings, positions and watched marks go. This cannot be undone.", "Clear"))) return;
    await attempt(async () => {
      await call("history.clear");
      await history();
    }, clear);
  } }, "Clear all");
  show(h("div", { class: "head" }, h("h1", {}, "History"), clear), list, more);
  clear.hidden = (await load()) === 0;
}
