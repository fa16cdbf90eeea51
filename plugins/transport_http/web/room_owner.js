// What a room's owner decides, and how others come in.
import { call } from "./api.js";
import { ask, attempt, confirmed, h, openDialog } from "./dom.js";
import { icon } from "./icons.js";

export const kPolicies = [["Everyone in it", "everyone"], ["Only me", "owner"], ["Those whom I name", "named"]];
export const kPrivacies = [["Everyone here", ""], ["Who has the invitation", "yes"]];
const kDrawing = [["Everyone in it", "everyone"], ["Who may play, pause and seek", "commanders"]];
const kPatience = [["Wait for them", "wait"], ["Go on; they catch up", "leave_behind"]];
const kLeaving = [["Whoever has been there longest owns it", "pass_on"], ["It stays mine", "keep"], ["It closes", "close"]];

export async function changeSettings(id, state) {
  const now = { name: state.name, is_private: state.is_private ? "yes" : "", policy: state.policy, drawing: state.drawing, patience: state.patience, owner_leaves: state.owner_leaves };
  const answer = await ask("Settings of the room", [
    { label: "Name", name: "name", value: now.name },
    { label: "Who may come in", name: "is_private", options: kPrivacies, value: now.is_private },
    { label: "Who may play, pause and seek", name: "policy", options: kPolicies, value: now.policy },
    { label: "Who may draw", name: "drawing", options: kDrawing, value: now.drawing },
    { label: "When somebody's picture stalls", name: "patience", options: kPatience, value: now.patience },
    { label: "When I leave", name: "owner_leaves", options: kLeaving, value: now.owner_leaves }], "Save");
  if (!answer) return;
  const changed = Object.fromEntries(Object.entries(answer).filter(([name, value]) => value !== now[name]).map(([name, value]) => [name, name === "is_private" ? value === "yes" : value]));
  if (Object.keys(changed).length > 0) await call("rooms.change", { room: id, ...changed });
}

export async function handOver(id, member) {
  if (await confirmed("Hand the room over?", `${member.name} decides then who may do what, and may close it.`, "Hand it over")) await call("rooms.hand_over", { room: id, member: member.member });
}

export const closeRoom = async (id) => {
  if (await confirmed("Close the room?", "Everybody in it leaves.", "Close it")) await call("rooms.close", { room: id });
};

const linkOf = (code) => `${location.origin}/rooms#${encodeURIComponent(code)}`;

// The address by which others come in: with a code, or of a room that is open to everybody. `mayRenew`: who may ask for another code.
export async function showInvitation(id, code, mayRenew, renewed) {
  const field = h("input", { name: "link", readonly: true, value: code ? linkOf(code) : `${location.origin}/rooms/${id}`, onfocus: () => field.select() });
  const spelt = h("p", { class: "count" });
  const tell = () => { spelt.textContent = code ? `In the player: the code ${code}` : "The room is open to everybody here."; };
  const copied = h("span", {}, "Copy");
  const copy = h("button", { type: "button", class: "quiet", onclick: async () => {
    field.select();
    // Where the page may not write the clipboard by itself, what is selected can still be copied.
    const isCopied = await (navigator.clipboard ? navigator.clipboard.writeText(field.value).then(() => true, () => false) : false) || document.execCommand("copy");
    copied.textContent = isCopied ? "Copied" : "Press Ctrl+C";
  } }, icon("copy"), copied);
  const renew = mayRenew ? h("button", { type: "button", class: "quiet", onclick: () => attempt(async () => {
    code = (await call("rooms.invite", { room: id, is_renewed: true })).code;
    field.value = linkOf(code);
    copied.textContent = "Copy";
    renewed(code);
    tell();
    spelt.textContent += ". The one before is void.";
  }, renew) }, "Make a new one") : null;
  tell();
  openDialog("The invitation", h("form", { method: "dialog" }, h("h2", {}, "The invitation"), h("label", {}, h("span", {}, "Whoever opens this address comes in"), field), spelt,
    h("p", { class: "ways" }, renew, copy, h("button", { type: "submit" }, "Done"))));
}
