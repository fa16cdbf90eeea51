// Beside a room's picture: who is there, what is said, what comes.
import { attempt, h, iconButton, keep, time } from "./dom.js";
import { icon } from "./icons.js";

// Drawn by ourselves: not every machine has a font with such signs.
const kReactions = [["like", "thumb", "Like"], ["love", "heart", "Love"], ["laugh", "laugh", "Laugh"], ["wow", "wow", "Wow"], ["sad", "sad", "Sad"], ["clap", "clap", "Applause"]];
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
  const more = h("button", { type: "button", class: "quiet", onclick: acts.add }, icon("plus"), "Add");
  const videos = h("section", {}, h("div", { class: "head" }, h("h2", {}, "Videos"), h("p", { class: "ways" }, more)), entries);
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
  const reactions = h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, kReactions.map(([key, sign, label]) => h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: () => acts.react(key) }, icon(sign))));
  const element = h("aside", { class: "panel room-panel", "aria-label": "The room" },
    h("section", {}, h("div", { class: "head" }, count, h("p", { class: "ways" }, ready, invite)), people),
    videos,
    h("section", { class: "talk" }, h("h2", {}, "Chat"), chat, reactions, form));

  const person = (each) => h("li", { "data-member": String(each.member) }, h("span", { class: "mark" }), h("b", { dir: "auto" }, each.name), h("small", {}), h("span", { class: "may" }));
  function drawPerson(row, each, state, rights) {
    row.classList.toggle("away", !each.is_here);
    row.dataset.skew = String(each.skew_us);
    const [mark, , words, may] = row.children;
    mark.title = each.is_ready ? "Ready" : "Not ready yet";
    if (each.is_ready !== (mark.childElementCount > 0)) mark.replaceChildren(...(each.is_ready ? [icon("check")] : []));
    words.textContent = [acts.isMine(each.member) ? "you" : "", each.is_owner ? "owner" : "", condition(each, state.waiting_for)].filter(Boolean).join(" · ");
    // What its owner may do with somebody else.
    const isOther = rights.mayOwn && !each.is_owner;
    const name = isOther && state.policy === "named";
    keep(may, [...(name ? ["key"] : []), ...(isOther ? ["crown"] : [])], (sign) => sign, (sign) => (sign === "crown" ? iconButton("crown", `Make ${each.name} the owner`, () => acts.handOver(each))
      : iconButton("key", `${each.name} may play, pause and seek`, (event) => acts.allow(each.member, event.currentTarget.getAttribute("aria-pressed") !== "true"), { "aria-pressed": "false" })));
    if (name) may.firstChild.setAttribute("aria-pressed", String(each.may_command));
  }
  let listed = "";
  function drawEntries(state, mine) {
    const isWatched = (each) => each.entry === state.entry || each.entry === state.prepare?.entry; // and cannot be taken off
    const now = JSON.stringify([state.entries, state.entry, state.prepare?.entry, mine?.may_command]);
    if (now === listed) return;
    listed = now;
    videos.hidden = state.entries.length < 2 && !mine?.may_command;
    more.hidden = !mine?.may_command;
    entries.replaceChildren(...state.entries.map((each) => h("li", { "aria-current": each.entry === state.entry ? "true" : null },
      each.is_hidden ? h("span", { class: "line" }, "A video that is not for you")
        : h("button", { type: "button", class: "line", disabled: !mine?.may_command, onclick: () => acts.entry(each.entry) }, h("b", { dir: "auto" }, each.title), h("small", {}, time(each.duration_us))),
      mine?.may_command && !isWatched(each) ? iconButton("close", `Take ${each.title ?? "it"} off`, () => acts.remove(each.entry)) : null)));
  }

  return {
    element,
    // `rights`: mayOwn, mayInvite.
    draw(state, members, mine, rights) {
      count.textContent = members.length === 1 ? "One person" : `${members.length} people`;
      keep(people, members, (each) => each.member, person, (row, each) => drawPerson(row, each, state, rights));
      ready.setAttribute("aria-pressed", String(mine?.is_ready ?? false));
      invite.hidden = !rights.mayInvite;
      drawEntries(state, mine);
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
      const bubble = h("div", { class: "bubble", role: "status", "aria-label": `${event.name}: ${label}` }, icon(sign), h("small", { dir: "auto" }, event.name));
      bubble.style.setProperty("left", `${8 + Math.random() * 60}%`);
      over.append(bubble);
      setTimeout(() => bubble.remove(), kReactionMs);
    },
  };
}
