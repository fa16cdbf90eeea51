// The menus of a player: quality, sound and subtitles, out of what hls.js found or what lies beside the file.
import { h } from "./dom.js";

// The language that people wish for, `wishes` being their settings. What is shown is told by the data of `stage`.
export function makeTracks(item, video, stage, wishes) {
  let hls = null;
  let events = null;
  const quality = h("select", { "aria-label": "Quality", hidden: true });
  const sound = h("select", { "aria-label": "Audio track", hidden: true });
  const words = h("select", { "aria-label": "Subtitles", hidden: true });

  const choose = (select, options, value) => {
    select.replaceChildren(...options.map(([label, key]) => h("option", { value: String(key), selected: key === value }, label)));
    select.hidden = options.length < 2;
  };
  const isLanguage = (track, wish) => wish && (track.lang ?? "").toLowerCase().startsWith(wish.toLowerCase().slice(0, 2));

  function levels() {
    const name = (level) => `${Math.min(level.width, level.height) || level.height}p${(level.url?.[0] ?? level.uri ?? "").includes(",copy/") ? " (original)" : ""}`;
    choose(quality, [["Auto", -1], ...hls.levels.map((level, i) => [name(level), i]).reverse()], -1);
    quality.hidden = hls.levels.length < 2;
    quality.onchange = () => { hls.nextLevel = Number(quality.value); };
    hls.on(events.LEVEL_SWITCHED, (_, { level }) => {
      stage.dataset.level = String(level);
      quality.options[0].textContent = hls.autoLevelEnabled ? `Auto (${Math.min(hls.levels[level].width, hls.levels[level].height)}p)` : "Auto";
    });
  }
  function sounds() {
    choose(sound, hls.audioTracks.map((track, i) => [track.name || track.lang || `Track ${i + 1}`, i]), hls.audioTrack);
    const liked = hls.audioTracks.findIndex((track) => isLanguage(track, wishes.audio));
    if (liked >= 0 && liked !== hls.audioTrack) {
      hls.audioTrack = liked;
      sound.value = String(liked);
    }
    sound.onchange = () => { hls.audioTrack = Number(sound.value); };
  }
  function subtitles() {
    const tracks = hls.subtitleTracks;
    choose(words, [["No subtitles", -1], ...tracks.map((track, i) => [track.name || track.lang || `Subtitles ${i + 1}`, i])], -1);
    words.hidden = tracks.length === 0;
    const liked = wishes.subtitles === "off" ? -1 : tracks.findIndex((track) => isLanguage(track, wishes.subtitles));
    setWords(liked);
    words.onchange = () => setWords(Number(words.value));
  }
  let lastWords = 0;
  function setWords(number) {
    hls.subtitleDisplay = number >= 0;
    hls.subtitleTrack = number;
    words.value = String(number);
    if (number >= 0) lastWords = number;
    stage.dataset.words = String(number);
  }
  // Without hls.js: what there is, as tracks of the element's own.
  function plainSubtitles() {
    const all = item.subtitles.filter((each) => each.format !== "mks");  // pictures are for the player
    for (const each of all) video.append(h("track", { kind: "subtitles", src: `/subtitles/${item.media}/${each.subtitle}.vtt`, srclang: each.language || "und", label: [each.title, each.language].filter(Boolean).join(" · ") || "Subtitles" }));
    choose(words, [["No subtitles", -1], ...all.map((each, i) => [[each.title, each.language].filter(Boolean).join(" · ") || `Subtitles ${i + 1}`, i])], -1);
    words.hidden = all.length === 0;
    words.onchange = () => [...video.textTracks].forEach((track, i) => { track.mode = i === Number(words.value) ? "showing" : "disabled"; });
  }
  const toggleWords = () => { if (hls && hls.subtitleTracks.length > 0) setWords(hls.subtitleTrack >= 0 ? -1 : lastWords); };

  return {
    quality, sound, words, toggleWords,
    // Follows an instance of hls.js (`names`: its Hls.Events) from before it loads anything.
    follow(instance, names) {
      hls = instance;
      events = names;
      hls.on(events.MANIFEST_PARSED, levels);
      hls.on(events.AUDIO_TRACKS_UPDATED, sounds);
      hls.on(events.SUBTITLE_TRACKS_UPDATED, subtitles);
    },
    // The file itself is played.
    plain() {
      hls = null;
      quality.hidden = sound.hidden = true;
      plainSubtitles();
    },
    hide() {
      hls = null;
      quality.hidden = sound.hidden = words.hidden = true;
    },
  };
}
