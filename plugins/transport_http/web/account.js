// What belongs to the person: settings, password, sessions, data, and the end of the account.
import { call } from "./api.js";
import { attempt, confirmed, day, h, show } from "./dom.js";

const kLanguages = [["No wish", ""], ["English", "eng"], ["Deutsch", "ger"], ["Français", "fre"], ["Español", "spa"], ["Italiano", "ita"], ["Português", "por"], ["Nederlands", "dut"],
  ["Polski", "pol"], ["Svenska", "swe"], ["Türkçe", "tur"], ["Русский", "rus"], ["العربية", "ara"], ["हिन्दी", "hin"], ["中文", "chi"], ["日本語", "jpn"], ["한국어", "kor"]];

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
  const end = h("button", { type: "button", class: "quiet", onclick: () => attempt(async () => {
    await call("auth.revoke", { session_id: each.session_id });
    await redraw();
  }, end) }, "Sign out");
  return h("li", {}, h("div", {}, h("b", {}, each.client || "unnamed"), h("small", {}, `last used ${day(each.last_used_utc_ns)}`)),
    each.is_current ? h("span", { class: "here" }, "here") : end);
}

function wishes(settings) {
  const note = h("p", { role: "status", class: "count" });
  const pick = (label, key, options) => {
    const select = h("select", { onchange: () => attempt(async () => {
      await call("settings.set", { key, value: select.value });
      note.textContent = "Saved.";
    }, select) }, options.map(([shown, value]) => h("option", { value, selected: value === (settings[key] ?? "") }, shown)));
    return h("label", {}, h("span", {}, label), select);
  };
  return h("section", { class: "panel" }, h("h2", {}, "Wishes"),
    pick("Subtitles", "subtitle_language", [...kLanguages.slice(0, 1), ["Off", "off"], ...kLanguages.slice(1)]), pick("Sound", "audio_language", kLanguages),
    pick("Speed of a video that is opened", "default_speed", [["Normal", ""], ...["0.5", "0.75", "1.25", "1.5", "2"].map((each) => [`${each}×`, each])]), note);
}

export async function account(leave) {
  const { principal } = await call("auth.whoami");
  if (principal.user_id === 0) {
    show(h("h1", {}, "Account"), h("div", { class: "note" }, h("h2", {}, "You are here as a guest"), h("p", {}, "Nothing is kept of you. Sign out to make an account.")));
    return;
  }
  const { settings } = await call("settings.get");
  const sessions = h("ul", { class: "list" });
  const draw = async () => sessions.replaceChildren(...(await call("auth.sessions")).sessions.map((each) => session(each, draw)));
  show(h("h1", {}, principal.name), h("p", { class: "facts" }, h("span", {}, principal.role)),
    h("div", { class: "columns" }, wishes(settings),
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
        if (!(await confirmed("Delete the account?", `${principal.name} and all that is yours go. This cannot be undone.`, "Delete"))) return "Nothing was deleted.";
        await call("account.delete", values);
        leave();
        return "";
      })));
  await draw();
}
