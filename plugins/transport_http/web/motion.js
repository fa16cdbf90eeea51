// Single frames and motion JPEG: what a video element cannot do, stepping exactly and playing backwards.

// The JPEG of the frame shown at `position` (microseconds), or the one `step` frames from it.
export async function frameAt(media, position, step, height) {
  const answer = await fetch(`/frame/${media}?position_us=${Math.max(0, Math.round(position))}&step=${step}${height ? `&height=${height}` : ""}`);
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error?.message ?? "This frame cannot be shown.");
  return { picture: await createImageBitmap(await answer.blob()), position: Number(answer.headers.get("X-Position-Us")),
    number: Number(answer.headers.get("X-Frame")), count: Number(answer.headers.get("X-Frames")) };
}

const find = (bytes, word, from) => {
  outer: for (let i = from; i + word.length <= bytes.length; ++i) {
    for (let k = 0; k < word.length; ++k) if (bytes[i + k] !== word[k]) continue outer;
    return i;
  }
  return -1;
};
const kEnd = [13, 10, 13, 10];
const kMostPart = 32 << 20;

// Parts of multipart/x-mixed-replace out of the pieces that arrive.
async function* parts(body) {
  const reader = body.getReader();
  let held = new Uint8Array(0);
  const text = new TextDecoder();
  for (;;) {
    const head = find(held, kEnd, 0);
    if (head >= 0) {
      const lines = text.decode(held.subarray(0, head));
      const told = (name) => Number(new RegExp(`^${name}: (-?\\d+)`, "m").exec(lines)?.[1] ?? NaN);
      const size = told("Content-Length");
      if (!(size >= 0 && size <= kMostPart)) return;
      if (held.length >= head + 4 + size + 2) {
        yield { jpeg: held.slice(head + 4, head + 4 + size), position: told("X-Position-Us"), number: told("X-Frame") };
        held = held.slice(head + 4 + size + 2);
        continue;
      }
    }
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(held.length + value.length);
    joined.set(held);
    joined.set(value, held.length);
    held = joined;
  }
}

// Plays from `position` at `rate`; `show(picture, position)` for each frame, `ended(error)` at the end. Returns what stops it.
export function motion(media, position, rate, height, show, ended) {
  const stop = new AbortController();
  (async () => {
    try {
      const answer = await fetch(`/mjpeg/${media}?position_us=${Math.max(0, Math.round(position))}&rate=${rate}&height=${height}&max_fps=30`, { signal: stop.signal });
      if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error?.message ?? "This video cannot be played backwards.");
      for await (const part of parts(answer.body)) {
        const picture = await createImageBitmap(new Blob([part.jpeg], { type: "image/jpeg" }));
        if (stop.signal.aborted) return;
        show(picture, part.position);
        picture.close();
      }
      if (!stop.signal.aborted) ended(null);
    } catch (error) {
      if (!stop.signal.aborted) ended(error);
    }
  })();
  return () => stop.abort();
}
