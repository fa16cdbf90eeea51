// Where one comes in: what was begun, what may be liked, what is new.
import { call } from "./api.js";
import { attempt, h, iconButton, show, toast } from "./dom.js";
import { card, empty, refreshShots, row, skeletons } from "./cards.js";
import { whenLibraryChanges } from "./events.js";

function begun(item, redraw) {
  const remove = iconButton("close", `Remove ${item.title} from continue watching`, () => attempt(async () => {
    await call("progress.clear", { media: item.media });
    await redraw();
  }, remove));
  remove.classList.add("corner");
  return card(item, undefined, remove);
}

// All that home shows, in its order.
const itemsOf = (mine) => [...mine.continue, ...mine.recommended.map((each) => each.media), ...(mine.favourites ?? []), ...mine.recent];
const idsOf = (mine) => itemsOf(mine).map((item) => item.media).join();

export async function home() {
  let shown = "";
  show(h("h1", { class: "hidden" }, "Home"), h("ul", { class: "grid" }, skeletons(8)));
  async function draw() {
    const mine = await call("home.get", { limit: 20 });
    shown = idsOf(mine);
    const { total, scan } = await call("library.list", { limit: 1 });
    if (total === 0) {
      show(h("h1", {}, "Home"), empty("There are no videos here yet",
        scan.is_running ? `The server is looking through its folders: ${scan.done} of ${scan.total}. They appear as soon as it has looked into them.`
          : "They appear as soon as files lie in the server's folders."));
      return;
    }
    show(h("h1", { class: "hidden" }, "Home"),
      row("Continue watching", mine.continue.map((item) => begun(item, draw))),
      row("Recommended", mine.recommended.map((each) => card(each.media, each.reason.text))),
      row("Favourites", (mine.favourites ?? []).map((item) => card(item)), "/favourites"),
      row("Recently added", mine.recent.map((item) => card(item)), "/library?sort=added"),
      h("p", { class: "more" }, h("a", { class: "button quiet", href: "/library" }, total === 1 ? "The whole library: one video" : `The whole library: ${total} videos`)));
  }
  await draw();
  return whenLibraryChanges(async () => {
    const mine = await call("home.get", { limit: 20 });
    if (shown === "") await draw();
    else if (idsOf(mine) === shown) refreshShots(document, itemsOf(mine));
    else toast("The library has changed.", { label: "Show", act: () => attempt(draw) });
  });
}
