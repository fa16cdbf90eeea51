// One video: its picture, what is known of it, and where its viewer stopped.
import { call } from "./api.js";
import { h, show, size, time } from "./dom.js";

const kReportEveryMs = 10_000;

function report(media, video, isEnded) {
  call("progress.report", { media, position_us: Math.round(video.currentTime * 1e6), is_ended: isEnded, client: "web" }).catch(() => {});
}

function keys(video) {
  return (event) => {
    if (event.target.closest("input,select,textarea,button") || event.ctrlKey || event.metaKey || event.altKey) return;
    const frame = 1 / (Number(video.dataset.fps) || 25);
    const acts = {
      " ": () => (video.paused ? video.play() : video.pause()),
      k: () => (video.paused ? video.play() : video.pause()),
      ArrowLeft: () => { video.currentTime -= 5; },
      ArrowRight: () => { video.currentTime += 5; },
      j: () => { video.currentTime -= 10; },
      l: () => { video.currentTime += 10; },
      ",": () => { video.pause(); video.currentTime -= frame; },
      ".": () => { video.pause(); video.currentTime += frame; },
      m: () => { video.muted = !video.muted; },
      f: () => (document.fullscreenElement ? document.exitFullscreen() : video.closest(".stage").requestFullscreen()),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
}

export async function watch(media) {
  const item = await call("library.get", { media });
  const message = h("div", { class: "message", role: "alert", hidden: true });
  const video = h("video", { controls: true, playsinline: true, preload: "metadata", src: `/watch/${media}`,
    poster: item.poster ? `/artwork/${media}/poster?v=${encodeURIComponent(item.poster)}` : null, "aria-label": item.title });
  video.dataset.fps = item.frame_rate[1] ? item.frame_rate[0] / item.frame_rate[1] : 25;
  for (const subtitle of item.subtitles.filter((each) => each.format === "srt" || each.format === "vtt"))
    video.append(h("track", { kind: "subtitles", src: `/subtitles/${media}/${subtitle.subtitle}.vtt`, srclang: subtitle.language || "und",
      label: [subtitle.title, subtitle.language].filter(Boolean).join(" · ") || "Subtitles" }));
  video.addEventListener("error", () => {
    message.hidden = false;
    message.replaceChildren(h("p", {}, `This browser cannot play ${item.codec.toUpperCase()} in this file.`),
      h("p", {}, "Watch it in the Zoetrope player, or download it."));
  });
  const resume = item.progress?.resume_us ?? 0;
  video.addEventListener("loadedmetadata", () => { if (resume > 0) video.currentTime = resume / 1e6; }, { once: true });
  const timer = setInterval(() => { if (!video.paused) report(media, video, false); }, kReportEveryMs);
  video.addEventListener("pause", () => { if (!video.ended) report(media, video, false); });
  video.addEventListener("ended", () => report(media, video, true));
  const onKey = keys(video);
  document.addEventListener("keydown", onKey);

  const chapters = item.chapters.length < 2 ? null : h("section", {}, h("h2", {}, "Chapters"),
    h("ol", { class: "chapters" }, item.chapters.map((each, i) => h("li", {},
      h("button", { type: "button", onclick: () => { video.currentTime = each.start_us / 1e6; } },
        `${time(each.start_us)}  ${each.title || `Chapter ${i + 1}`}`)))));
  show(h("article", { class: "watch" },
    h("div", { class: "stage" }, video, message),
    h("h1", {}, item.title),
    h("p", { class: "facts" }, ...[time(item.duration_us), `${item.width}×${item.height}`, item.codec.toUpperCase(),
      item.is_hdr ? "HDR" : "", item.folder, resume > 0 ? `continues at ${time(resume)}` : ""].filter(Boolean).map((fact) => h("span", {}, fact))),
    h("div", { class: "actions" },
      h("a", { class: "button", href: `/download/${media}`, download: true }, `Download (${size(item.size_bytes)})`),
      h("a", { class: "button quiet", href: "/" }, "Back to the library")),
    ...[chapters].filter(Boolean)));
  return () => {
    clearInterval(timer);
    document.removeEventListener("keydown", onKey);
    if (!video.paused) report(media, video, false);
    video.removeAttribute("src");
    video.load();
  };
}
