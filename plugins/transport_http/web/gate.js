// Coming in: log in, register, or as a guest.
import { call, signIn } from "./api.js";
import { h, show } from "./dom.js";

export async function gate(entered) {
  const info = await call("server.info");
  const { auth } = info;
  let isNew = auth.code_makes_admin;

  function draw() {
    const error = h("p", { class: "error", role: "alert", hidden: true });
    const field = (label, name, type, complete) => h("label", {}, h("span", {}, label),
      h("input", { name, type, autocomplete: complete, required: name !== "code" || auth.needs_invite, maxlength: 256 }));
    const wantsCode = isNew && (auth.needs_invite || auth.code_makes_admin);
    const form = h("form", {},
      field("Name", "name", "text", "username"),
      field("Password", "password", "password", isNew ? "new-password" : "current-password"),
      wantsCode ? field(auth.code_makes_admin ? "One-time code (the server's log shows it)" : "Invite code", "code", "text", "off") : null,
      error,
      h("button", { type: "submit" }, isNew ? "Make the account" : "Sign in"));
    const enter = async (method, params) => {
      error.hidden = true;
      for (const button of document.querySelectorAll(".gate button")) button.disabled = true;
      try {
        await signIn(method, params);
        entered();
      } catch (problem) {
        error.textContent = problem.message;
        error.hidden = false;
        for (const button of document.querySelectorAll(".gate button")) button.disabled = false;
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      enter(isNew ? "auth.register" : "auth.login", Object.fromEntries(new FormData(form)));
    });
    const other = auth.can_register
      ? h("button", { type: "button", class: "quiet", onclick: () => { isNew = !isNew; draw(); } }, isNew ? "I have an account" : "Register") : null;
    const guest = auth.is_guest ? h("button", { type: "button", class: "quiet", onclick: () => enter("auth.guest", {}) }, "Continue as a guest") : null;
    show(h("section", { class: "gate" }, h("h1", {}, info.name),
      auth.can_log_in ? form : h("p", { class: "note" }, auth.is_guest ? "This server has no accounts." : "This server is closed: no accounts are set up."),
      h("p", { class: "ways" }, ...[other, guest].filter(Boolean)), ...(auth.can_log_in ? [] : [error])));
    document.querySelector(".gate input")?.focus();
  }
  draw();
}
