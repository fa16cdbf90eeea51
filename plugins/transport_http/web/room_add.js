// Videos for a room's list, found in the library.
import { call } from "./api.js";
import { attempt, h, openDialog, time } from "./dom.js";

const kMostShown = 30;
const kTypingMs = 200;

// `add(media)` puts one behind those there are.
export function chooseVideos(add) {
  const words = h("input", { type: "search", "aria-label": "Search the library", placeholder: "Search the library", autocomplete: "off", maxlength: 200 });
  const list = h("ul", { class: "list boxed found-videos", "aria-label": "Videos" });
  const count = h("p", { class: "count", role: "status" });
  let typing = 0;
  let turn = 0;

  async function search() {
    const mine = ++turn;
    const { items, total } = await call("library.list", { search: words.value.trim(), limit: kMostShown });
    if (mine !== turn) return;
    count.textContent = total === 0 ? "Nothing goes by these words." : total > items.length ? `The first ${items.length} of ${total}` : `${total} ${total === 1 ? "video" : "videos"}`;
    list.hidden = items.length === 0;
    list.replaceChildren(...items.map((item) => {
      const button = h("button", { type: "button", class: "quiet small", "aria-label": `Add ${item.title}`, onclick: () => attempt(async () => {
        await add(item.media);
        button.textContent = "Added";
      }, button) }, "Add");
      return h("li", {}, h("span", { class: "line" }, h("b", { dir: "auto" }, item.title), h("small", {}, time(item.duration_us))), button);
    }));
  }
  words.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => attempt(search), kTypingMs);
  });
  openDialog("Add videos", h("form", { method: "dialog" }, h("h2", {}, "Add videos"), words, count, list, h("p", { class: "ways" }, h("button", {}, "Done"))), () => clearTimeout(typing));
  words.focus();
  attempt(search);
}
