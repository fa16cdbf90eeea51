// The picture and the time above the seek bar, of where the pointer is.
import { h, time } from "./dom.js";

// `thumb` is to be laid over `bar`, in the same parent; `show` takes a share of the whole, 0 to 1.
export function makePreview(item, bar) {
  const thumb = h("div", { class: "thumb", hidden: true }, h("div", { class: "picture" }), h("span", {}));
  const durationUs = item.duration_us;

  function show(share) {
    const sheets = item.preview;
    const at = Math.max(0, Math.min(1, share)) * durationUs;
    thumb.hidden = false;
    thumb.lastChild.textContent = time(at);
    const width = sheets ? sheets.tile_width : 0;
    thumb.firstChild.hidden = !sheets;
    const room = bar.clientWidth;
    thumb.style.setProperty("left", `${Math.max(width / 2, Math.min(room - width / 2, share * room))}px`);
    if (!sheets) return;
    const tile = Math.min(sheets.tiles - 1, Math.floor(at / sheets.interval_us));
    const inSheet = tile % (sheets.columns * sheets.rows);
    const picture = thumb.firstChild;
    picture.style.setProperty("width", `${sheets.tile_width}px`);
    picture.style.setProperty("height", `${sheets.tile_height}px`);
    picture.style.setProperty("background-image", `url("/artwork/${item.media}/preview-${Math.floor(tile / (sheets.columns * sheets.rows))}?v=${encodeURIComponent(sheets.version)}")`);
    picture.style.setProperty("background-position", `-${(inSheet % sheets.columns) * sheets.tile_width}px -${Math.floor(inSheet / sheets.columns) * sheets.tile_height}px`);
  }

  bar.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") show(event.offsetX / Math.max(1, bar.clientWidth)); });
  bar.addEventListener("pointerleave", () => { thumb.hidden = true; });
  return { thumb, show };
}
