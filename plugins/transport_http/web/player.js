// The player of the page: a video element, and over it a canvas for exact frames and for playing backwards.
import { h, iconButton, setIcon, time } from "./dom.js";
import { frameAt, motion } from "./motion.js";
import { makePreview } from "./preview.js";
import { makeTracks } from "./tracks.js";

const kSpeeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const kRestMs = 2600;

export function makePlayer(item, wishes, tell) {
  const media = item.media;
  const durationUs = item.duration_us;
  const video = h("video", { playsinline: true, preload: "auto", poster: item.poster ? `/artwork/${media}/poster?v=${encodeURIComponent(item.poster)}` : null, "aria-label": item.title });
  const canvas = h("canvas", { class: "still", hidden: true });
  const message = h("div", { class: "message", role: "alert", hidden: true });
  const spinner = h("div", { class: "spinner", hidden: true, role: "status", "aria-label": "Loading" });
  const badge = h("div", { class: "badge", "aria-hidden": "true" });
  const stage = h("div", { class: "stage", tabindex: "-1" });
  const tracks = makeTracks(item, video, stage, wishes);
  let hls = null;
  let isOver = false; // the page went on to something else
  let stopMotion = null;
  let rate = 1; // below 0: backwards
  let still = null; // the position that the canvas shows, in microseconds
  let isStepping = false;
  let wanted = 0; // steps that were asked for meanwhile
  let sought = null; // the exact place that was
  let shownUs = 0; // of the frame that the video element shows
  let isPictures = false; // the video element cannot play this: all of it is motion JPEG, without sound

  const followers = new Set(); // called when another frame is shown
  const tellFollowers = () => { for (const follower of followers) follower(); };
  const here = () => still ?? video.currentTime * 1e6;
  const isPlaying = () => stopMotion !== null || !video.paused;
  const say = (text) => {
    badge.textContent = text;
    badge.classList.remove("said");
    void badge.offsetWidth;
    badge.classList.add("said");
  };
  const fail = (title, text) => {
    message.hidden = false;
    spinner.hidden = true;
    message.replaceChildren(h("p", {}, h("b", {}, title)), h("p", {}, text));
  };

  // ---- exact frames

  function draw(picture, position) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.hidden = false;
    still = position;
    update();
    tellFollowers();
  }
  // The video element takes over where the canvas stands.
  function release(play) {
    stopMotion?.();
    stopMotion = null;
    wanted = 0;
    if (isPictures) {
      if (play) roll(Math.max(rate, 0.25));
      return;
    }
    if (still === null) {
      if (play) video.play().catch(() => {});
      return;
    }
    const position = still;
    const done = () => {
      canvas.hidden = true;
      still = null;
      update();
      tellFollowers();
    };
    video.addEventListener("seeked", done, { once: true });
    video.currentTime = position / 1e6 + 0.0005;
    if (play) video.play().catch(() => {});
  }
  const height = () => {
    const lines = [2160, 1440, 1080, 720, 480, 360, 240];
    const most = Math.min(1080, stage.clientHeight * Math.min(devicePixelRatio || 1, 2));
    return lines.filter((each) => each <= Math.max(most, 360))[0];
  };
  async function step(count, isExact = false) {
    stopMotion?.();
    stopMotion = null;
    rate = 1;
    wanted += count;
    if (isStepping) return;
    isStepping = true;
    const from = still ?? (shownUs > 0 && video.paused ? shownUs : here());
    video.pause();
    let at = from;
    try {
      for (let first = isExact; first || wanted !== 0 || sought !== null; first = false) {
        at = sought ?? at;
        sought = null;
        const now = Math.max(-299, Math.min(299, wanted));
        wanted = 0;
        const frame = await frameAt(media, at + 500, now, height());
        at = frame.position;
        draw(frame.picture, frame.position);
        if (now !== 0) say(`${frame.number + 1} / ${frame.count}`);
      }
    } catch (error) {
      say(error.message);
    }
    isStepping = false;
    update();
  }
  // Pictures in time from `from` on, backwards where `speed` is below 0.
  function roll(speed, from = here()) {
    stopMotion?.();
    video.pause();
    rate = speed;
    if (speed !== 1) say(`${String(speed).replace("-", "−")}×`);
    const mine = motion(media, from, speed, height(), (picture, position) => { if (stopMotion === mine) draw(picture, position); }, (error) => {
      if (stopMotion !== mine) return;
      stopMotion = null;
      if (speed > 0) tell.ended?.();
      rate = 1;
      if (error) say(error.message);
      release(false);
      update();
    });
    stopMotion = mine;
    update();
  }

  // ---- what one can do

  function play() {
    rate = video.playbackRate = Math.max(rate, 0.25);
    if (isPictures) {
      roll(rate, here() >= durationUs - 1e5 ? 0 : here());
      return;
    }
    if (video.ended) video.currentTime = 0;
    if (still !== null) release(true);
    else {
      stopMotion?.();
      stopMotion = null;
      video.play().catch(() => {});
    }
    update();
  }
  function pause() {
    if (stopMotion) {
      stopMotion();
      stopMotion = null;
      rate = 1;
      tell.paused?.(here());
    }
    video.pause();
    update();
  }
  const toggle = () => (isPlaying() ? pause() : play());
  function seek(us) {
    const position = Math.max(0, Math.min(us, durationUs));
    if (stopMotion) {
      roll(rate, position);
      return;
    }
    wanted = 0;
    if (isPictures) {
      still = position;
      step(0, true);
      return;
    }
    still = null;
    canvas.hidden = true;
    video.currentTime = position / 1e6;
    update();
  }
  function faster() {
    if (rate < 0) rate = 1;
    else if (isPlaying()) rate = rate >= 1 ? Math.min(rate * 2, 4) : 1;
    setSpeed(rate);
    play();
  }
  const slower = () => roll(rate < 0 ? Math.max(rate * 2, -8) : -1);
  function setSpeed(value) {
    rate = value;
    video.playbackRate = value;
    speed.value = String(value);
    say(`${value}×`);
  }

  // ---- controls

  // What buttons and keys do: in a room all of this is the room's.
  const own = { toggle, seek, step, slower, faster, setSpeed };
  const does = { ...own, ...tell.does };
  const playButton = iconButton("play", "Play", () => does.toggle());
  const volumeButton = iconButton("volume", "Mute", () => { video.muted = !video.muted; });
  const volume = h("input", { type: "range", min: 0, max: 1, step: 0.02, value: 1, "aria-label": "Volume", class: "volume", oninput: () => {
    video.volume = Number(volume.value);
    video.muted = false;
  } });
  const clock = h("span", { class: "clock" });
  const bar = h("input", { type: "range", min: 0, max: Math.max(1, Math.round(durationUs / 1000)), step: 1, value: 0, "aria-label": "Position", class: "seek" });
  const preview = makePreview(item, bar);
  const marks = h("div", { class: "marks", "aria-hidden": "true" }, item.chapters.slice(1).map((each) => {
    const mark = h("i", {});
    mark.style.setProperty("left", `${(100 * each.start_us) / Math.max(1, durationUs)}%`);
    return mark;
  }));
  const speed = h("select", { "aria-label": "Speed", onchange: () => does.setSpeed(Number(speed.value)) }, kSpeeds.map((each) => h("option", { value: String(each), selected: each === 1 }, `${each}×`)));
  const full = iconButton("full", "Full screen", () => fullscreen());
  const pip = document.pictureInPictureEnabled ? iconButton("pip", "Picture in picture", () => (document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture()).catch(() => {})) : null;
  const aiShare = h("i", {});
  const ai = h("button", { type: "button", class: "ai", "aria-pressed": "false", "aria-label": "AI: analysis of the video (A)", title: "AI: analysis of the video (A)", onclick: () => tell.analysis?.() }, "AI", aiShare);
  const track = h("div", { class: "track" }, marks, bar, preview.thumb);
  const controls = h("div", { class: "controls", role: "group", "aria-label": "Player" },
    track,
    h("div", { class: "buttons" },
      iconButton("rewind", "Play backwards (J)", () => does.slower()), iconButton("stepBack", "One frame back (,)", () => does.step(-1)), playButton,
      iconButton("stepOn", "One frame on (.)", () => does.step(1)), iconButton("forward", "Faster (L)", () => does.faster()), iconButton("back5", "Five seconds back", () => does.seek(here() - 5e6)),
      iconButton("on5", "Five seconds on", () => does.seek(here() + 5e6)), volumeButton, volume, clock, h("span", { class: "gap" }),
      tracks.words, tracks.sound, tracks.quality, speed, ai, pip, full));
  stage.append(video, canvas, spinner, badge, message, controls);

  function fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else stage.requestFullscreen?.().catch(() => {});
  }

  let isDragging = false;
  const fill = () => bar.style.setProperty("--at", `${(100 * Number(bar.value)) / Number(bar.max)}%`);
  function update() {
    const position = isDragging ? Number(bar.value) * 1000 : here();
    if (!isDragging) bar.value = String(Math.round(position / 1000));
    fill();
    clock.textContent = `${time(position)} / ${time(durationUs)}`;
    bar.setAttribute("aria-valuetext", `${time(position)} of ${time(durationUs)}`);
    const playing = isPlaying();
    setIcon(playButton, playing ? "pause" : "play", playing ? "Pause (space)" : "Play (space)");
    setIcon(volumeButton, video.muted || video.volume === 0 ? "muted" : "volume", video.muted ? "Sound on (M)" : "Mute (M)");
    stage.classList.toggle("playing", playing);
    stage.dataset.position = String(Math.round(position));
    stage.dataset.rate = String(playing ? rate : 0);
  }
  let seeking = 0;
  bar.addEventListener("input", () => {
    isDragging = true;
    fill();
    preview.show(Number(bar.value) / Number(bar.max));
    clearTimeout(seeking);
    seeking = setTimeout(() => does.seek(Number(bar.value) * 1000), 120);
  });
  bar.addEventListener("change", () => {
    clearTimeout(seeking);
    isDragging = false;
    preview.thumb.hidden = true;
    does.seek(Number(bar.value) * 1000);
  });

  // ---- the video element

  for (const name of ["timeupdate", "play", "pause", "volumechange", "ratechange", "ended", "durationchange", "seeked"]) video.addEventListener(name, update);
  video.addEventListener("waiting", () => { spinner.hidden = still !== null; });
  for (const name of ["playing", "seeked", "canplay", "pause"]) video.addEventListener(name, () => { spinner.hidden = true; });
  video.addEventListener("pause", () => tell.paused?.(here()));
  video.addEventListener("ended", () => tell.ended?.());
  if (video.requestVideoFrameCallback) {
    const note = (_, facts) => {
      shownUs = facts.mediaTime * 1e6;
      tellFollowers();
      if (!isOver) video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  } else {
    for (const name of ["timeupdate", "seeked"]) video.addEventListener(name, () => {
      shownUs = video.currentTime * 1e6;
      tellFollowers();
    });
  }
  stage.addEventListener("click", (event) => { if (event.target === video || event.target === canvas) does.toggle(); });
  stage.addEventListener("dblclick", (event) => { if (event.target === video || event.target === canvas) fullscreen(); });
  let resting = 0;
  const stir = () => {
    stage.classList.remove("resting");
    clearTimeout(resting);
    resting = setTimeout(() => { if (isPlaying() && !controls.contains(document.activeElement?.matches(":focus-visible") ? document.activeElement : null)) stage.classList.add("resting"); }, kRestMs);
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) stage.addEventListener(name, stir);
  stir();

  // ---- where the pictures come from

  let Hls = null;
  const list = `/hls/${media}/master.m3u8`;
  const hasFrames = item.tracks.some((track) => track.kind === "video");
  function plain(start) {
    hls?.destroy();
    hls = null;
    tracks.plain();
    video.src = `/watch/${media}`;
    stage.dataset.source = "file";
    video.addEventListener("loadedmetadata", () => { if (start > 0) video.currentTime = start / 1e6; }, { once: true });
    video.addEventListener("error", () => { if (!isOver) toPictures(start); }, { once: true });
  }
  // The last resort: every video that the server decodes can be seen.
  async function toPictures(start) {
    hls?.destroy();
    hls = null;
    isPictures = true;
    video.removeAttribute("src");
    video.load();
    spinner.hidden = true;
    tracks.hide();
    stage.dataset.source = "pictures";
    try {
      const frame = await frameAt(media, start, 0, height());
      draw(frame.picture, frame.position);
      say("Shown as pictures, without sound");
    } catch {
      fail(`This browser cannot play ${item.codec.toUpperCase()}`, "Watch it in the Zoetrope player, open it in another one, or download it.");
    }
  }
  // Everything is there, and still nothing to see: a decoder that wants more than there is.
  let quiet = 0;
  const watchdog = setInterval(() => {
    const isStuck = stage.dataset.source === "hls" && !isPictures && video.readyState < 2 && video.buffered.length > 0 && video.buffered.end(video.buffered.length - 1) > durationUs / 1e6 - 0.5;
    quiet = isStuck ? quiet + 1 : 0;
    if (quiet >= 4) toPictures(0);
  }, 1000);
  async function load(start) {
    spinner.hidden = false;
    try {
      ({ default: Hls } = await import("/hls.js"));
    } catch {
      Hls = null;
    }
    if (isOver) return;
    if (!hasFrames) return plain(start);
    if (!Hls?.isSupported()) {
      if (!video.canPlayType("application/vnd.apple.mpegurl")) return plain(start);
      video.src = list;
      stage.dataset.source = "native";
      video.addEventListener("loadedmetadata", () => { if (start > 0) video.currentTime = start / 1e6; }, { once: true });
      return undefined;
    }
    let recoveries = 0;
    hls = new Hls({ enableWorker: false, startPosition: start > 0 ? start / 1e6 : -1, maxBufferLength: 20, maxMaxBufferLength: 60, backBufferLength: 60, capLevelToPlayerSize: true, abrEwmaDefaultEstimate: 20e6 });
    tracks.follow(hls, Hls.Events);
    hls.on(Hls.Events.ERROR, (_, problem) => {
      if (!problem.fatal) return;
      if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && recoveries++ < 2) {
        hls.recoverMediaError();
        return;
      }
      const status = problem.response?.code ?? 0;
      if (status === 401) return tell.signedOut?.();
      if (problem.type === Hls.ErrorTypes.NETWORK_ERROR && status === 0 && recoveries++ < 5) {
        setTimeout(() => hls?.startLoad(), 1500);
        return;
      }
      plain(here());
    });
    hls.loadSource(list);
    hls.attachMedia(video);
    stage.dataset.source = "hls";
    return undefined;
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=range]),select,textarea,dialog")) return;
    const onButton = event.target.closest("button,a");
    const acts = {
      " ": onButton ? null : does.toggle, k: does.toggle, j: does.slower, l: does.faster, ",": () => does.step(-1), ".": () => does.step(1),
      ArrowLeft: () => does.seek(here() - 5e6), ArrowRight: () => does.seek(here() + 5e6),
      ArrowUp: () => { video.volume = Math.min(1, video.volume + 0.05); volume.value = String(video.volume); },
      ArrowDown: () => { video.volume = Math.max(0, video.volume - 0.05); volume.value = String(video.volume); },
      d: () => tell.draw?.(), m: () => { video.muted = !video.muted; }, f: fullscreen, Home: () => does.seek(0), End: () => does.seek(durationUs),
      c: tracks.toggleWords, a: () => tell.analysis?.(),
      "?": () => tell.help?.(),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    stir();
    act();
  }
  document.addEventListener("keydown", key);
  const clockTimer = setInterval(update, 250);
  update();

  return {
    // A seek is the room's in a room.
    stage, load, own, seek: (us) => does.seek(us), here, isPlaying, pause, roll, video, media,
    setSpeed,
    // For who leads it from outside: the exact frame of a time, this very picture while another is sought, and the end of both.
    exact(us) {
      sought = still = us;
      return step(0, true);
    },
    freeze() {
      if (still === null && video.readyState >= 2) {
        const [width, height] = [video.videoWidth, video.videoHeight];
        canvas.width = width;
        canvas.height = height;
        canvas.getContext("2d").drawImage(video, 0, 0, width, height);
        canvas.hidden = false;
        still = here();
      }
    },
    uncover() {
      canvas.hidden = true;
      still = null;
      update();
      tellFollowers();
    },
    isStill: () => still !== null,
    isRolling: () => stopMotion !== null,
    isPictures: () => isPictures,
    onBar: (element) => track.append(element),
    onButtons: (element) => ai.before(element),
    // Of the frame that is shown: its time, and what shows it.
    shown: () => still ?? shownUs,
    rate: () => (isPlaying() ? rate : 1),
    picture: () => (still === null ? { element: video, width: video.videoWidth || item.width, height: video.videoHeight || item.height } : { element: canvas, width: canvas.width, height: canvas.height }),
    follow(follower) {
      followers.add(follower);
      return () => followers.delete(follower);
    },
    // Over the picture, what comes later on top.
    cover: (...elements) => controls.before(...elements),
    setAnalysis(share) {
      aiShare.style.setProperty("width", share === null ? "0" : `${Math.round(4 + 24 * share)}px`);
    },
    setAnalysisOpen(isOpen) {
      ai.setAttribute("aria-pressed", String(isOpen));
    },
    end() {
      isOver = true;
      clearInterval(clockTimer);
      clearInterval(watchdog);
      clearTimeout(resting);
      document.removeEventListener("keydown", key);
      stopMotion?.();
      hls?.destroy();
      video.removeAttribute("src");
      video.load();
    },
  };
}
