// What the server tells by itself: library.changed, personal.changed, plugins.changed.
import { call } from "./api.js";

let socket = null;
let pause = 1000;
let timer = 0;
let wasOpen = false; // in this session
const listeners = new Set();

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Runs `act` when the library has changed, once for changes that come close together. Returns what ends it.
export function whenLibraryChanges(act) {
  let waiting = 0;
  const stop = listen((event) => {
    if (event.event !== "library.changed" && event.event !== "events.missed") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => Promise.resolve(act()).catch(() => {}), 1000);
  });
  return () => {
    clearTimeout(waiting);
    stop();
  };
}

export function connect() {
  clearTimeout(timer);
  if (socket) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/events`);
  socket = mine;
  mine.addEventListener("open", () => {
    pause = 1000;
    // What was told in between was told to nobody.
    if (wasOpen) for (const listener of listeners) listener({ event: "events.missed" });
    wasOpen = true;
  });
  mine.addEventListener("message", (message) => {
    try {
      const event = JSON.parse(message.data);
      for (const listener of listeners) listener(event);
    } catch {
      // Not from this server.
    }
  });
  mine.addEventListener("close", () => {
    if (socket !== mine) return;
    socket = null;
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 2, 60_000);
    // A session that was ended closes it too: this request finds out.
    call("library.roots").catch(() => {});
  });
}

export function disconnect() {
  clearTimeout(timer);
  wasOpen = false;
  const old = socket;
  socket = null;
  old?.close();
}
