// The keys of a video, for who asks.
import { h, openDialog } from "./dom.js";

const kKeys = [["Space, K", "play, pause"], ["J", "play backwards; again: faster"], ["L", "play; again: faster"], [", and .", "one frame back, one frame on"], ["← →", "five seconds"],
  ["↑ ↓", "volume"], ["M", "sound off, on"], ["C", "subtitles off, on"], ["A", "analysis"], ["D", "draw, in a room"], ["F", "full screen"], ["Home, End", "beginning, end"]];

export function help() {
  openDialog("Keys", h("form", { method: "dialog" }, h("h2", {}, "Keys"),
    h("dl", { class: "keys" }, kKeys.flatMap(([key, what]) => [h("dt", {}, key), h("dd", {}, what)])), h("p", { class: "ways" }, h("button", {}, "Close"))));
}
