// Elements without markup in strings, so that no title can become code.
import { icon } from "./icons.js";

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function show(...children) {
  document.getElementById("main").replaceChildren(...children.flat().filter(Boolean));
}

// Makes the children of `list` those of `items`. Each that stays keeps its element, so that what has the keyboard keeps it.
export function keep(list, items, keyOf, make, update = () => {}) {
  const there = new Map([...list.children].map((each) => [each.dataset.kept, each]));
  const wanted = items.map((item) => [String(keyOf(item)), item]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, element] of there) if (!keys.has(key)) element.remove();
  let next = list.firstElementChild;
  for (const [key, item] of wanted) {
    const element = there.get(key) ?? make(item);
    element.dataset.kept = key;
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
    update(element, item);
  }
}

// A button with a picture, named for whoever does not see it.
export function iconButton(name, label, act, attributes = {}) {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: act, ...attributes }, icon(name));
}

export function setIcon(button, name, label) {
  if (button.dataset.icon !== name) button.querySelector("svg")?.replaceWith(icon(name));
  button.dataset.icon = name;
  button.setAttribute("aria-label", label);
  button.title = label;
}

// Runs what a button asks for; what goes wrong is said.
export async function attempt(act, button) {
  if (button) button.disabled = true;
  try {
    return await act();
  } catch (error) {
    toast(error.message ?? "Something went wrong.");
    return undefined;
  } finally {
    if (button) {
      button.disabled = false;
      // A disabled button loses the keyboard, to a dialog too.
      if (document.activeElement === document.body && button.isConnected) button.focus();
    }
  }
}

let fading = 0;
export function toast(text, action) {
  const box = document.getElementById("toast");
  // What lies outside an open dialog is behind it and cannot be pressed.
  (document.querySelector("dialog[open]") ?? document.body).append(box);
  box.replaceChildren(h("span", {}, text), ...(action ? [h("button", { type: "button", class: "quiet", onclick: () => { box.replaceChildren(); action.act(); } }, action.label)] : []));
  clearTimeout(fading);
  fading = setTimeout(() => box.replaceChildren(), action ? 12000 : 6000);
}

// Opens a dialog of the page's own; `closed` is called when it is gone, by whatever way.
export function openDialog(title, content, closed = () => {}) {
  const box = h("dialog", { class: "ask", "aria-label": title }, content);
  box.addEventListener("close", () => {
    const words = box.querySelector("#toast");
    if (words) document.body.append(words);
    box.remove();
    closed();
  });
  document.body.append(box);
  box.showModal();
  return box;
}

// Asks in a dialog; the answer is an object of the fields, or null.
export function ask(title, fields, button, more = []) {
  return new Promise((done) => {
    const form = h("form", { method: "dialog" }, h("h2", {}, title), ...more,
      ...fields.map(({ label, name, type = "text", value = "", options, required = true, complete = "off" }) => h("label", {}, h("span", {}, label),
        options ? h("select", { name }, options.map(([shown, key]) => h("option", { value: key, selected: key === value }, shown)))
          : h("input", { name, type, value, required, autocomplete: complete, maxlength: 256 }))),
      h("p", { class: "ways" }, h("button", { type: "button", class: "quiet", onclick: () => box.close() }, "Cancel"), h("button", { type: "submit" }, button)));
    let answer = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = Object.fromEntries(new FormData(form));
      box.close();
    });
    const box = openDialog(title, form, () => done(answer));
  });
}
export const confirmed = async (title, text, button) => (await ask(title, [], button, [h("p", {}, text)])) !== null;

export function time(us) {
  const s = Math.max(0, Math.floor(us / 1e6));
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

export const day = (ns) => new Date(ns / 1e6).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit + 1 < units.length) {
    bytes /= 1000;
    ++unit;
  }
  return `${bytes.toFixed(unit > 1 && bytes < 100 ? 1 : 0)} ${units[unit]}`;
}
