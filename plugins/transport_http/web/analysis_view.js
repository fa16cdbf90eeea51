// The part of a video's page about analyses: starting one, its progress, and what it found.
import { call } from "./api.js";
import { attempt, confirmed, day, h, time } from "./dom.js";
import { icon } from "./icons.js";
import { isGoingOn, makeAnalysis } from "./analysis.js";
import { colorsOf, drawPitch, kOverlays, makeGlass, nameOf } from "./glass.js";

const kStates = { queued: "Waiting for its turn", running: "Analysing", done: "Done", partial: "Ended early; what it found is kept", failed: "Failed", cancelled: "Cancelled" };
const kSetting = "web.overlays";
const kMostRows = 200;
const kMostEvents = 500;

function parameterField(parameter) {
  const value = parameter.default ?? "";
  const common = { name: parameter.name };
  const field = parameter.type === "boolean" ? h("input", { ...common, type: "checkbox", checked: value === true })
    : parameter.type === "choice" ? h("select", common, (parameter.choices ?? []).map((each) => h("option", { value: String(each), selected: each === value }, String(each))))
      : parameter.type === "integer" || parameter.type === "number" ? h("input", { ...common, type: "number", value: String(value), min: parameter.min, max: parameter.max, step: parameter.type === "integer" ? 1 : "any" })
        : h("input", { ...common, type: "text", value: String(value), maxlength: 1000 });
  return h("label", { class: parameter.type === "boolean" ? "tick" : null }, ...(parameter.type === "boolean" ? [field, h("span", {}, parameter.title ?? parameter.name)] : [h("span", {}, parameter.title ?? parameter.name), field]));
}
// What was changed, in the parameters' own types.
function chosen(form, parameters) {
  const values = {};
  for (const parameter of parameters) {
    const field = form.elements[parameter.name];
    const value = parameter.type === "boolean" ? field.checked : parameter.type === "integer" || parameter.type === "number" ? Number(field.value) : field.value;
    if (value !== (parameter.default ?? "")) values[parameter.name] = value;
  }
  return values;
}

function chart(series, durationUs, seek) {
  const [width, height] = [600, 90];
  const values = series.points.map(([, value]) => value);
  const low = Math.min(0, ...values);
  const high = Math.max(low + 1e-6, 0, ...values);
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "polyline");
  line.setAttribute("points", series.points.map(([us, value]) => `${((us / Math.max(1, durationUs)) * width).toFixed(1)},${(height - ((value - low) / (high - low)) * height).toFixed(1)}`).join(" "));
  svg.append(line);
  const label = nameOf(series.title ?? series.name);
  const unit = series.unit ? ` ${series.unit}` : "";
  const last = values.length > 0 ? `${Number(values[values.length - 1].toPrecision(3))}${unit}` : "";
  const words = `${label}: ${values.length} values from ${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}${unit}, at the end ${last}`;
  return h("figure", { class: "chart", "data-series": series.name }, h("figcaption", {}, h("b", {}, label), h("small", {}, last)),
    h("div", { class: "plot", role: "img", "aria-label": words, onclick: (event) => seek((event.offsetX / Math.max(1, event.currentTarget.clientWidth)) * durationUs) }, svg));
}

function heat(grid, colors) {
  const canvas = h("canvas", { width: 525, height: 340, role: "img", "aria-label": `Heat map: ${grid.title}` });
  const context = canvas.getContext("2d");
  context.fillStyle = "#122e1e";
  context.fillRect(0, 0, 525, 340);
  const [columns, rows] = [Math.min(128, grid.columns), Math.min(128, grid.rows)];
  context.fillStyle = colors[grid.team] ?? colors.ball;
  for (let row = 0; row < rows; ++row) {
    for (let column = 0; column < columns; ++column) {
      const value = Math.max(0, Math.min(1, Number(grid.values[row * grid.columns + column]) || 0));
      if (value < 0.01) continue;
      context.globalAlpha = 0.12 + 0.78 * Math.sqrt(value);
      const [x, y] = [Math.round((column / columns) * 525), Math.round((row / rows) * 340)];
      context.fillRect(x, y, Math.round(((column + 1) / columns) * 525) - x, Math.round(((row + 1) / rows) * 340) - y);
    }
  }
  context.globalAlpha = 1;
  drawPitch(context, 0, 0, 525, 340);
  return h("figure", { class: "chart" }, h("figcaption", {}, h("b", {}, grid.title)), canvas);
}

const table = (each) => h("div", {}, h("h3", {}, each.title), h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": each.title }, h("table", {},
  h("thead", {}, h("tr", {}, each.columns.map((name) => h("th", { scope: "col" }, String(name))))),
  h("tbody", {}, each.rows.slice(0, kMostRows).map((row) => h("tr", {}, row.map((cell, i) => h(i === 0 ? "th" : "td", i === 0 ? { scope: "row" } : {}, String(cell ?? "")))))))));

// `settings`: of the person; `isShared`: all who look together are to see the same one.
export function makeAnalysisView(item, player, me, settings, isShared = false) {
  const section = h("section", { class: "analysis", "aria-label": "Analysis", hidden: true });
  const state = h("div", { class: "state", "aria-live": "polite" });
  const body = h("div", { class: "found" });
  const starters = h("div", { class: "starters" });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "On the picture" });
  section.append(h("div", { class: "head" }, h("h2", {}, "Analysis"), chips), state, body, starters);

  let wanted = typeof settings[kSetting] === "string" ? settings[kSetting].split(" ") : kOverlays.map(([name]) => name);
  const analysis = makeAnalysis(item.media, () => ({ us: player.shown(), rate: player.rate() }), refresh, isShared);
  const glass = makeGlass(player, analysis, item.duration_us);
  player.cover(glass.canvas);
  player.onBar(glass.marks);
  player.onBar(glass.strip);
  glass.set(wanted);
  chips.append(...kOverlays.map(([name, title]) => {
    const chip = h("button", { type: "button", class: "quiet small", "data-overlay": name, "aria-pressed": String(wanted.includes(name)), onclick: () => {
      wanted = wanted.includes(name) ? wanted.filter((each) => each !== name) : [...wanted, name];
      chip.setAttribute("aria-pressed", String(wanted.includes(name)));
      glass.set(wanted);
      if (me.isPerson) call("settings.set", { key: kSetting, value: wanted.join(" ") || "none" }).catch(() => {});
    } }, title);
    return chip;
  }));

  const mayEnd = (job) => me.isAdmin || (me.isPerson && job.started_by === me.name);
  function drawState(now) {
    const job = now.job;
    if (!job) {
      state.replaceChildren();
      return;
    }
    const words = job.error || job.message || "";
    const share = Math.round(100 * (job.fraction ?? 0));
    const known = state.dataset.job === job.job && state.dataset.state === job.state;
    if (known) {
      // Only what moves, so that what has the keyboard keeps it.
      state.querySelector("progress")?.setAttribute("value", String(share));
      const line = state.querySelector("small");
      if (line.textContent !== words) line.textContent = words;
      return;
    }
    Object.assign(state.dataset, { job: job.job, state: job.state });
    state.replaceChildren(...[
      h("p", {}, h("b", {}, job.name ?? job.analyser), ` ${job.version ?? ""} – `, h("span", { class: job.state === "failed" ? "error" : null }, kStates[job.state] ?? job.state)),
      isGoingOn(job) ? h("progress", { max: 100, value: share, "aria-label": "Progress of the analysis" }) : null,
      h("small", { class: job.state === "failed" || job.state === "partial" ? "error" : null }, words),
      h("p", { class: "ways" }, isGoingOn(job) && mayEnd(job) ? h("button", { type: "button", class: "quiet small cancel", onclick: (event) => attempt(() => analysis.cancel(job.job), event.currentTarget) }, "Cancel") : null,
        !isGoingOn(job) && mayEnd(job) ? h("button", { type: "button", class: "quiet small", onclick: (event) => attempt(async () => {
          if (await confirmed("Delete this analysis?", "What it found is gone for everybody who may see the video.", "Delete it")) await analysis.remove(job.job);
        }, event.currentTarget) }, "Delete") : null,
        !isGoingOn(job) && job.counts?.tracks + job.counts?.events > 0 ? h("a", { class: "button quiet small", href: `/api/analysis/${encodeURIComponent(job.job)}/export?format=json`, download: true }, icon("download"), "JSON") : null)].filter(Boolean));
  }

  let drawn = {};
  function drawFound(now) {
    if (drawn.summary === now.summary && drawn.events === now.events && drawn.series === now.series && drawn.error === now.error) return;
    drawn = { ...now };
    const colors = colorsOf(now.summary);
    const summary = now.summary ?? {};
    const values = Object.entries(summary.values ?? {}).slice(0, 100);
    body.replaceChildren(...[
      now.error ? h("p", { class: "error", role: "alert" }, now.error) : null,
      summary.text ? h("p", {}, String(summary.text)) : null,
      values.length > 0 ? h("div", { class: "figures" }, values.map(([name, value]) => h("div", { class: "figure" }, h("b", {}, typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value)), h("small", {}, nameOf(name))))) : null,
      now.events.length > 0 ? h("div", {}, h("h3", {}, `Events (${now.events.length})`), h("ol", { class: "chapters" }, now.events.slice(0, kMostEvents).map((event) => h("li", {},
        h("button", { type: "button", "data-event": String(event.event), onclick: () => player.seek(event.time_us) }, h("small", {}, time(event.time_us)), `${nameOf(event.kind)}${event.text ? ` – ${event.text}` : ""}`,
          Number.isFinite(event.confidence) ? h("small", {}, `${Math.round(100 * event.confidence)} %`) : null))))) : null,
      now.series.length > 0 || (summary.grids ?? []).length > 0 ? h("div", {}, h("h3", {}, "Charts"), h("div", { class: "charts" }, now.series.map((each) => chart(each, item.duration_us, player.seek)), (summary.grids ?? []).slice(0, 16).map((each) => heat(each, colors)))) : null,
      ...(summary.tables ?? []).slice(0, 32).map(table),
      (summary.not_seen ?? []).length > 0 ? h("div", {}, h("h3", {}, "What it could not see"), h("ul", {}, summary.not_seen.map((each) => h("li", {}, String(each))))) : null].filter(Boolean));
  }

  let offered = null;
  function drawStarters(now) {
    const key = now.analysers ?? now.analysersError;
    if (offered === key) return;
    offered = key;
    if (!now.analysers) {
      starters.replaceChildren(...(now.analysersError ? [h("p", { class: "error" }, now.analysersError)] : []));
      return;
    }
    if (now.analysers.length === 0) {
      starters.replaceChildren(h("p", { class: "count" }, "This server has no analysis scripts. Whoever runs it can add some."));
      return;
    }
    starters.replaceChildren(...now.analysers.map((each) => {
      const form = h("form", { class: "panel", "data-analyser": each.analyser },
        h("h3", {}, each.name, " ", h("small", {}, each.version ?? "")), h("p", { class: each.is_available ? "count" : "error" }, each.is_available ? each.description ?? "" : each.unavailable_reason ?? "Not available now."));
      if (!each.is_available) return form;
      const parameters = each.parameters ?? [];
      if (parameters.length > 0) form.append(h("details", {}, h("summary", {}, "Settings"), h("div", { class: "settings" }, parameters.map(parameterField))));
      const go = h("button", { type: "submit", disabled: !me.isPerson }, "Analyse");
      form.append(h("p", { class: "ways" }, go, me.isPerson ? null : h("small", {}, "Guests see what was found; to start one, sign in with an account.")));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        attempt(() => analysis.start(each.analyser, chosen(form, parameters)), go);
      });
      return form;
    }));
  }

  function refresh(now) {
    glass.refresh();
    player.setAnalysis(isGoingOn(now.job) ? now.job.fraction ?? 0 : null);
    chips.hidden = !now.job;
    drawState(now);
    drawFound(now);
    drawStarters(now);
  }
  function toggle() {
    section.hidden = !section.hidden;
    player.setAnalysisOpen(!section.hidden);
    if (section.hidden) return;
    analysis.fetchAnalysers();
    section.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion:reduce)").matches ? "auto" : "smooth" });
  }
  refresh(analysis.now);
  return {
    section, toggle,
    end() {
      glass.end();
      analysis.end();
    },
  };
}
