// What belongs to the person: password, sessions, data, and the end of the account.
import { call } from "./api.js";
import { h, show } from "./dom.js";

const day = (ns) => new Date(ns / 1e6).toLocaleString();

function form(title, button, fields, act) {
  const note = h("p", { role: "status", class: "count" });
  const element = h("form", { class: "panel" }, h("h2", {}, title),
    ...fields.map(([label, name, complete]) => h("label", {}, h("span", {}, label),
      h("input", { name, type: "password", autocomplete: complete, required: true, maxlength: 256 }))),
    note, h("button", { type: "submit" }, button));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const submit = element.querySelector("button");
    submit.disabled = true;
    note.className = "count";
    try {
      note.textContent = await act(Object.fromEntries(new FormData(element)));
      element.reset();
    } catch (error) {
      note.className = "error";
      note.textContent = error.message;
    }
    submit.disabled = false;
  });
  return element;
}

function session(each, redraw) {
  const end = h("button", { type: "button", class: "quiet", onclick: async () => {
    end.disabled = true;
    await call("auth.revoke", { session_id: each.session_id }).catch(() => {});
    redraw();
  } }, "Sign out");
  return h("li", {}, h("div", {}, h("b", {}, each.client || "unnamed"), h("small", {}, `last used ${day(each.last_used_utc_ns)}`)),
    each.is_current ? h("span", { class: "here" }, "here") : end);
}

export async function account(leave) {
  const { principal } = await call("auth.whoami");
  if (principal.user_id === 0) {
    show(h("h1", {}, "Account"), h("p", { class: "note" }, "You are here as a guest: nothing is kept of you. Sign out to make an account."));
    return;
  }
  const sessions = h("ul", { class: "list" });
  const draw = async () => sessions.replaceChildren(...(await call("auth.sessions")).sessions.map((each) => session(each, draw)));
  show(h("h1", {}, principal.name), h("p", { class: "facts" }, h("span", {}, principal.role)),
    h("div", { class: "columns" },
      form("Password", "Change it", [["Password now", "old", "current-password"], ["New password", "new", "new-password"]], async (values) => {
        await call("auth.change_password", values);
        draw();
        return "Changed. Everywhere else you are signed out.";
      }),
      h("section", { class: "panel" }, h("h2", {}, "Where you are signed in"), sessions),
      h("section", { class: "panel" }, h("h2", {}, "Your data"),
        h("p", { class: "count" }, "History, favourites, playlists, ratings and settings, as one file."),
        h("a", { class: "button quiet", href: "/api/account.export", download: true }, "Save it")),
      form("The end of the account", "Delete the account", [["Password", "password", "current-password"]], async (values) => {
        if (!confirm(`Delete the account ${principal.name} with all that is yours? This cannot be undone.`)) return "Nothing was deleted.";
        await call("account.delete", values);
        leave();
        return "";
      })));
  await draw();
}
