// Beside a room's picture: who is there, what is said, what comes.
import { attempt, h, iconButton, time } from "./dom.js";
import { icon } from "./icons.js";

const kReactions = [["like", "👍", "Like"], ["love", "❤️", "Love"], ["laugh", "😂", "Laugh"], ["wow", "😮", "Wow"], ["sad", "😢", "Sad"], ["clap", "👏", "Applause"]];
const kMostMessages = 200;
const kReactionMs = 2400;

const clock = (ns) => new Date(ns / 1e6).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// What one is to the others: waited for, away, or how far beside the room, in milliseconds.
function condition(each, waitingFor) {
  if (!each.is_here) return "away";
  if (waitingFor.includes(each.member)) return "waited for";
  if (each.is_buffering) return "buffering";
  const ms = Math.round(each.skew_us / 1000);
  return ms === 0 ? "in time" : `${ms > 0 ? "+" : "−"}${Math.abs(ms)} ms`;
}

export function makePanel(acts) {
  const people = h("ul", { class: "people" });
  const count = h("h2", {});
  const ready = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => acts.ready(ready.getAttribute("aria-pressed") !== "true") }, icon("check"), "Ready");
  const invite = h("button", { type: "button", class: "quiet", onclick: () => attempt(acts.invite, invite) }, icon("link"), "Invite");
  const entries = h("ol", { class: "entries" });
  const entriesTitle = h("h2", {}, "Videos");
  const chat = h("div", { class: "chat", role: "log", "aria-label": "Chat", tabindex: "0" });
  const nothing = h("p", { class: "count" }, "Nothing has been said yet.");
  chat.append(nothing);
  const words = h("input", { name: "text", autocomplete: "off", maxlength: 400, placeholder: "Say something", "aria-label": "Message" });
  const form = h("form", { class: "say" }, words, iconButton("send", "Send", null, { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (text) attempt(async () => {
      await acts.chat(text);
      words.value = "";
    });
  });
  const reactions = h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, kReactions.map(([key, sign, label]) => h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: () => acts.react(key) }, sign)));
  const element = h("aside", { class: "panel room-panel", "aria-label": "The room" },
    h("section", {}, h("div", { class: "head" }, count, h("p", { class: "ways" }, ready, invite)), people),
    h("section", {}, entriesTitle, entries),
    h("section", { class: "talk" }, h("h2", {}, "Chat"), chat, reactions, form));

  return {
    element,
    draw(state, members, mine) {
      count.textContent = members.length === 1 ? "One person" : `${members.length} people`;
      people.replaceChildren(...members.map((each) => h("li", { class: each.is_here ? null : "away", "data-member": String(each.member), "data-skew": String(each.skew_us) },
        h("span", { class: "mark", title: each.is_ready ? "Ready" : "Not ready yet" }, each.is_ready ? icon("check") : null), h("b", { dir: "auto" }, each.name),
        h("small", {}, [acts.isMine(each.member) ? "you" : "", each.is_owner ? "owner" : "", condition(each, state.waiting_for)].filter(Boolean).join(" · ")))));
      ready.setAttribute("aria-pressed", String(mine?.is_ready ?? false));
      entriesTitle.hidden = state.entries.length < 2;
      entries.hidden = state.entries.length < 2;
      entries.replaceChildren(...state.entries.map((each) => h("li", { "aria-current": each.entry === state.entry ? "true" : null },
        each.is_hidden ? h("span", { class: "line" }, "A video that is not for you")
          : h("button", { type: "button", class: "line", disabled: !mine?.may_command, onclick: () => acts.entry(each.entry) }, h("b", { dir: "auto" }, each.title), h("small", {}, time(each.duration_us))),
        mine?.may_command ? iconButton("close", `Take ${each.title ?? "it"} off`, () => acts.remove(each.entry)) : null)));
    },
    say(message) {
      if (chat.querySelector(`[data-message="${Number(message.message)}"]`)) return;
      nothing.remove();
      const isAtEnd = chat.scrollTop + chat.clientHeight > chat.scrollHeight - 40;
      chat.append(h("div", { "data-message": String(message.message) }, h("small", {}, h("b", { dir: "auto" }, message.name), ` ${clock(message.utc_ns)}`), h("p", { dir: "auto" }, message.text)));
      while (chat.children.length > kMostMessages) chat.firstChild.remove();
      if (isAtEnd) chat.scrollTop = chat.scrollHeight;
    },
    react(over, event) {
      const [, sign, label] = kReactions.find(([key]) => key === event.reaction) ?? [];
      if (!sign) return;
      const bubble = h("div", { class: "bubble", role: "status", "aria-label": `${event.name}: ${label}` }, h("span", {}, sign), h("small", { dir: "auto" }, event.name));
      bubble.style.setProperty("left", `${8 + Math.random() * 60}%`);
      over.append(bubble);
      setTimeout(() => bubble.remove(), kReactionMs);
    },
  };
}
