// For administrators: people, invites, who sees what, plugins, who is here, what happened.
import { call } from "./api.js";
import { ask, attempt, confirmed, day, h, openDialog, show, size, time } from "./dom.js";
import { empty } from "./cards.js";

const kTabs = [["people", "People"], ["access", "Access"], ["plugins", "Plugins"], ["clients", "Clients"], ["log", "What happened"]];
const kRoles = [["member", "member"], ["admin", "admin"]];

// On a narrow screen each row is a card, and each cell says what it is; the roles keep it a table for whoever hears it.
function row(heads, cells) {
  const made = h("tr", { role: "row" }, cells);
  [...made.children].forEach((cell, i) => {
    cell.setAttribute("role", cell.localName === "th" ? "rowheader" : "cell");
    if (heads[i]) cell.dataset.label = heads[i];
  });
  return made;
}
const tableOf = (heads, body) => h("div", { class: "wide" }, h("table", { role: "table" },
  h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map((each) => h("th", { scope: "col", role: "columnheader" }, each || h("span", { class: "hidden" }, "Actions"))))), body));
const table = (heads, rows) => tableOf(heads, h("tbody", { role: "rowgroup" }, rows.map((cells) => row(heads, cells))));
const button = (label, act) => {
  const made = h("button", { type: "button", class: "quiet small", onclick: () => attempt(act, made) }, label);
  return made;
};

async function people(draw) {
  const [{ users }, { invites }] = await Promise.all([call("admin.users"), call("admin.invites").catch(() => ({ invites: [] }))]);
  const create = async () => {
    const answer = await ask("New account", [{ label: "Name", name: "name" }, { label: "Password", name: "password", type: "password", complete: "new-password" }, { label: "Role", name: "role", options: kRoles, value: "member" }], "Create");
    if (!answer) return;
    await call("admin.create_user", answer);
    await draw();
  };
  const reset = async (user) => {
    const answer = await ask(`New password for ${user.name}`, [{ label: "Password", name: "password", type: "password", complete: "new-password" }], "Set it");
    if (answer) await call("admin.reset_password", { user_id: user.user_id, ...answer });
  };
  const act = async (method, params) => {
    await call(method, params);
    await draw();
  };
  const invite = async () => {
    const answer = await ask("New invite", [{ label: "Note", name: "note", required: false }, { label: "How many may use it", name: "uses", type: "number", value: "1" }, { label: "Role", name: "role", options: kRoles, value: "member" }], "Make it");
    if (!answer) return;
    const made = await call("admin.create_invite", { note: answer.note, uses: Number(answer.uses), role: answer.role });
    await ask("The code, told this once", [{ label: `Good until ${day(made.expires_utc_ns)}`, name: "code", value: made.code }], "Done");
    await draw();
  };
  return [h("div", { class: "head" }, h("h2", {}, "Accounts"), button("New account", create)),
    table(["Name", "Role", "Since", ""], users.map((user) => [h("th", { scope: "row" }, user.name, user.is_disabled ? h("small", {}, " disabled") : null), h("td", {}, user.role), h("td", {}, day(user.created_utc_ns)),
      h("td", { class: "acts" }, button("Password", () => reset(user)), button(user.role === "admin" ? "Make a member" : "Make an admin", () => act("admin.set_role", { user_id: user.user_id, role: user.role === "admin" ? "member" : "admin" })),
        button(user.is_disabled ? "Enable" : "Disable", () => act("admin.set_disabled", { user_id: user.user_id, is_disabled: !user.is_disabled })),
        button("Delete", async () => { if (await confirmed(`Delete ${user.name}?`, "The account and all that is theirs go. This cannot be undone.", "Delete")) await act("admin.delete_user", { user_id: user.user_id }); }))])),
    h("div", { class: "head" }, h("h2", {}, "Invites"), button("New invite", invite)),
    invites.length === 0 ? h("p", { class: "count" }, "None is out.") : table(["Code", "Note", "Role", "Left", "Until", ""], invites.map((each) => [h("th", { scope: "row" }, `${each.code_hint}…`), h("td", {}, each.note), h("td", {}, each.role), h("td", {}, each.uses_left), h("td", {}, day(each.expires_utc_ns)),
      h("td", { class: "acts" }, button("Revoke", () => act("admin.revoke_invite", { invite: each.invite })))]))];
}

async function access(draw) {
  const [{ groups }, { roots }, { users }] = await Promise.all([call("admin.groups"), call("admin.roots"), call("admin.users")]);
  const act = async (method, params) => {
    await call(method, params);
    await draw();
  };
  // Boxes to tick: the names that are chosen, or null.
  const choose = (title, all, chosen) => new Promise((done) => {
    const boxes = all.map(([label, key]) => h("label", { class: "tick" }, h("input", { type: "checkbox", value: String(key), checked: chosen.includes(key) }), h("span", {}, label)));
    let answer = null;
    const box = openDialog(title, h("div", { class: "body" }, h("h2", {}, title), boxes.length > 0 ? boxes : h("p", { class: "count" }, "There is nothing to choose from yet."),
      h("p", { class: "ways" }, h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Cancel"), h("button", { type: "button", onclick: () => {
        answer = boxes.map((each) => each.firstChild).filter((each) => each.checked).map((each) => Number(each.value));
        box.close();
      } }, "Save"))), () => done(answer));
  });
  const named = async (title, value, done) => {
    const answer = await ask(title, [{ label: "Name", name: "name", value }], "Save");
    if (answer) await done(answer.name);
  };
  const names = (ids) => ids.map((id) => groups.find((each) => each.group === id)?.name ?? "?").join(", ") || "nobody but administrators";
  return [h("div", { class: "head" }, h("h2", {}, "Groups"), button("New group", () => named("New group", "", (name) => act("admin.create_group", { name })))),
    groups.length === 0 ? h("p", { class: "count" }, "A group of people can be let into folders that others do not see.") : table(["Group", "Members", ""], groups.map((each) => [h("th", { scope: "row" }, each.name), h("td", {}, each.members.map((one) => one.name).join(", ") || "nobody"),
      h("td", { class: "acts" }, button("Members", async () => {
        const ids = await choose(`Who is in ${each.name}`, users.map((one) => [one.name, one.user_id]), each.members.map((one) => one.user_id));
        if (ids) await act("admin.set_group_members", { group: each.group, user_ids: ids });
      }), button("Rename", () => named("Rename", each.name, (name) => act("admin.rename_group", { group: each.group, name }))),
      button("Delete", async () => { if (await confirmed(`Delete ${each.name}?`, "Folders that only this group could see are the administrators' then.", "Delete")) await act("admin.delete_group", { group: each.group }); }))])),
    h("h2", {}, "Folders"),
    table(["Folder", "Videos", "Seen by", ""], roots.map((each) => [h("th", { scope: "row" }, each.root, each.is_configured ? null : h("small", {}, " not served now")), h("td", {}, each.media), h("td", {}, each.policy === "everyone" ? "everyone" : names(each.groups)),
      h("td", { class: "acts" }, each.policy === "everyone" ? null : button("Everyone", () => act("admin.set_root", { root: each.root, policy: "everyone" })), button("Only groups", async () => {
        const ids = await choose(`Who sees ${each.root}`, groups.map((one) => [one.name, one.group]), each.groups ?? []);
        if (ids) await act("admin.set_root", { root: each.root, policy: "groups", groups: ids });
      }))])),
    h("p", { class: "actions" }, button("Look through the folders now", () => call("admin.rescan")))];
}

async function plugins(draw) {
  const all = (await call("admin.plugins")).plugins;
  const act = (method, params) => async () => {
    await call(method, params);
    await draw();
  };
  return [h("h2", {}, "Plugins"), table(["Plugin", "Version", "Generation", "State", "In use", "Memory", ""], all.map((each) => {
    const now = each.generations.at(-1);
    return [h("th", { scope: "row" }, each.id, h("small", {}, ` ${each.kind}`), each.last && !each.last.ok ? h("small", { class: "error" }, each.last.message) : null), h("td", {}, now?.version ?? each.version), h("td", {}, each.generations.map((one) => one.generation).join(", ") || "–"),
      h("td", {}, each.is_enabled ? each.generations.map((one) => one.state).join(", ") || "not loaded" : "disabled"), h("td", {}, each.generations.reduce((sum, one) => sum + one.pins, 0)), h("td", {}, size(each.generations.reduce((sum, one) => sum + one.memory_bytes, 0))),
      h("td", { class: "acts" }, button("Swap", act("admin.plugin_swap", { id: each.id })), each.previous ? button("Roll back", act("admin.plugin_rollback", { id: each.id })) : null,
        each.is_enabled ? button("Disable", async () => { if (await confirmed(`Disable ${each.id}?`, "What needs it ends.", "Disable")) await act("admin.plugin_disable", { id: each.id })(); }) : button("Enable", act("admin.plugin_enable", { id: each.id })))];
  }))];
}

async function clients(draw) {
  const [status, { clients: all, total }] = await Promise.all([call("admin.status"), call("admin.clients", { limit: 200 })]);
  const figure = (label, value) => h("div", { class: "figure" }, h("b", {}, value), h("small", {}, label));
  return [h("div", { class: "figures" }, figure("clients", total), figure("streams", status.streams), figure("sent", size(status.bytes_sent)), figure("up", time(status.uptime_s * 1e6)), figure("memory", size(status.rss_bytes)),
    figure("segments", `${size(status.store.bytes)} of ${size(status.store.budget_bytes)}`)),
    all.length === 0 ? empty("Nobody is here", "") : table(["Who", "Where from", "Program", "By", "Watches", "Per second", ""], all.map((each) => [h("th", { scope: "row" }, each.user || "not signed in"), h("td", {}, each.address), h("td", {}, each.program), h("td", {}, each.transport),
      h("td", {}, each.streams.map((one) => `${one.title} (${one.rendition}, ${one.rate}×)`).join(", ") || "–"), h("td", {}, size(each.bytes_per_s)),
      h("td", { class: "acts" }, button("End", async () => {
        await call("admin.end_client", { client: each.client });
        await draw();
      }))]))];
}

async function log() {
  const heads = ["When", "Who", "What", "About", "From"];
  const lines = h("tbody", { role: "rowgroup" });
  let last = 0;
  const search = h("input", { type: "search", "aria-label": "Search what happened", placeholder: "Name, act, address" });
  const more = h("div", { class: "more" });
  async function load(from) {
    const { entries } = await call("admin.audit", { ...(from ? { before: from } : {}), search: search.value, limit: 100 });
    if (!from) lines.replaceChildren();
    lines.append(...entries.map((each) => row(heads, [h("td", {}, day(each.utc_ns)), h("th", { scope: "row" }, each.actor), h("td", {}, each.action, each.is_ok ? null : h("small", { class: "error" }, " refused")), h("td", {}, [each.subject, each.detail].filter(Boolean).join(" · ")), h("td", {}, each.address)])));
    last = entries.at(-1)?.id ?? last;
    more.replaceChildren(...(entries.length === 100 ? [button("Show more", () => load(last))] : []));
  }
  search.addEventListener("change", () => attempt(() => load(0)));
  await load(0);
  return [h("div", { class: "head" }, h("h2", {}, "Sign-ins and changes"), search), tableOf(heads, lines), more];
}

const kViews = { people, access, plugins, clients, log };

export async function admin(tab) {
  const current = kViews[tab] ? tab : "people";
  async function draw() {
    const inside = await kViews[current](draw);
    show(h("h1", {}, "Administration"), h("nav", { class: "tabs", "aria-label": "Administration" }, kTabs.map(([key, label]) => h("a", { href: `/admin/${key}`, "aria-current": key === current ? "page" : null }, label))),
      h("section", { class: "admin" }, inside));
  }
  await draw();
}
