// What the server tells by itself: library.changed, personal.changed, plugins.changed.
let socket = null;
let pause = 1000;
let timer = 0;
const listeners = new Set();

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function connect() {
  clearTimeout(timer);
  if (socket) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/events`);
  socket = mine;
  mine.addEventListener("open", () => { pause = 1000; });
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
  });
}

export function disconnect() {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close();
}
