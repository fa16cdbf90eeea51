// The analyses of one video: the jobs, and what the one that is looked at found.
import { call } from "./api.js";
import { listen } from "./events.js";
import { Objects, kGapUs, kSpanUs, kTrailUs, spanOf } from "./objects.js";

const kLiveMs = 2000; // results of an analysis that goes on are asked for no more often
const kMostPages = 40;

export const isGoingOn = (job) => job?.state === "queued" || job?.state === "running";
const worth = (job) => (isGoingOn(job) ? 3 : job.state === "done" || job.counts?.tracks > 0 || job.counts?.events > 0 ? 2 : job.state === "failed" ? 1 : 0);

// `changed` is called after anything has; `here` says where the picture is and in which direction it goes. Which analysis is
// looked at follows from those there are: what goes on, else the newest that found something. Where it is not shared, also from
// what was started here.
export function makeAnalysis(media, here, changed, isShared = false) {
  const objects = new Objects();
  const now = { analysers: null, analysersError: "", jobs: [], job: null, summary: null, events: [], series: [], error: "", objects };
  const asked = new Map(); // span -> when it may be asked for again
  let isOver = false;
  let chosen = "";
  let turn = 0; // of the job that is looked at
  let underWay = 0;
  let results = 0; // timer
  let again = 0; // timer
  let resultsAt = 0;

  const tell = () => { if (!isOver) changed(now); };

  function look(job) {
    const isOther = job?.job !== now.job?.job;
    const hasEnded = !isOther && isGoingOn(now.job) && !isGoingOn(job);
    const hasMore = !isOther && (job?.counts?.events !== now.job?.counts?.events || job?.counts?.series !== now.job?.counts?.series);
    now.job = job;
    if (isOther) {
      ++turn;
      underWay = 0;
      objects.clear();
      asked.clear();
      Object.assign(now, { summary: null, events: [], series: [], error: "" });
    } else if (hasEnded) {
      // Points may come late: what was read while it ran is read once more.
      objects.open();
      asked.clear();
    }
    if (job && (isOther || hasEnded)) fetchResults(0);
    else if (job && hasMore) fetchResults(kLiveMs);
  }
  function pick() {
    const wanted = now.jobs.find((each) => each.job === chosen);
    look(wanted ?? now.jobs.reduce((best, each) => (best && worth(best) >= worth(each) ? best : each), null));
    tell();
    fetchTracks();
  }
  async function fetchJobs() {
    try {
      const { jobs } = await call("analysis.jobs", { media });
      now.jobs = [...jobs].sort((a, b) => b.created_utc_ns - a.created_utc_ns);
    } catch {
      now.jobs = []; // a server that analyses nothing
    }
    if (!isOver) pick();
  }
  async function fetchAnalysers() {
    try {
      now.analysers = (await call("analysis.analysers")).analysers;
      now.analysersError = "";
    } catch (error) {
      now.analysersError = error.message;
    }
    tell();
  }

  // No more often than the script finds something; once more when it has ended.
  function fetchResults(pauseMs) {
    clearTimeout(results);
    results = setTimeout(readResults, Math.max(pauseMs, resultsAt + 500 - Date.now()));
  }
  async function readResults() {
    const mine = turn;
    const job = now.job?.job;
    resultsAt = Date.now();
    if (!job) return;
    try {
      const [got, series] = await Promise.all([call("analysis.get", { job }), call("analysis.series", { job, points: 600 })]);
      const events = [];
      let next;
      for (let page = 0; page < kMostPages; ++page) {
        const answer = await call("analysis.events", next === undefined ? { job } : { job, after: next });
        events.push(...answer.events);
        next = answer.next ?? undefined;
        if (next === undefined || answer.events.length === 0) break;
      }
      if (mine !== turn || isOver) return;
      Object.assign(now, { summary: got.job.summary ?? null, series: series.series, events: events.sort((a, b) => a.time_us - b.time_us), error: "" });
    } catch (error) {
      if (mine === turn) now.error = error.message;
    }
    tell();
  }

  // The span under the playhead first, then what comes next in the direction of play, then where the trails begin.
  function fetchTracks() {
    const job = now.job;
    if (isOver || !job || underWay >= 2) return;
    const { us, rate } = here();
    const isFinal = !isGoingOn(job);
    const at = spanOf(us);
    const step = rate < 0 ? -1 : 1;
    const order = [at, at + step, ...(Math.abs(rate) > 1 ? [at + 2 * step] : []), spanOf(us - kTrailUs)];
    const missing = order.filter((each) => each >= 0 && !objects.isWhole(each) && (isFinal || each * kSpanUs - kGapUs <= (job.analysed_us ?? 0)));
    const index = missing.find((each) => (asked.get(each) ?? 0) <= Date.now());
    clearTimeout(again);
    if (index === undefined) {
      // What was asked for a moment ago and was not all there: a picture that stands asks for nothing by itself.
      if (missing.length > 0) again = setTimeout(fetchTracks, Math.max(50, Math.min(...missing.map((each) => asked.get(each))) - Date.now()));
      return;
    }
    asked.set(index, Date.now() + kLiveMs);
    fetchSpan(job.job, index, isFinal);
    fetchTracks();
  }
  async function fetchSpan(job, index, isFinal) {
    const mine = turn;
    ++underWay;
    try {
      const found = { objects: [], points: [] };
      const [from, until] = [Math.max(0, index * kSpanUs - kGapUs), (index + 1) * kSpanUs + kGapUs];
      let next;
      let reached = Infinity;
      for (let page = 0; page < kMostPages; ++page) {
        const answer = await call("analysis.tracks", { job, from_us: from, until_us: until, ...(next === undefined ? {} : { after: next }) });
        found.objects.push(...answer.objects);
        found.points.push(...answer.points);
        reached = Math.min(reached, answer.until_us);
        next = answer.next ?? undefined;
        if (next === undefined || answer.points.length === 0) break;
      }
      if (mine !== turn || isOver) return;
      objects.put(index, found.objects, found.points, isFinal || (isGoingOn(now.job) && reached >= until), spanOf(here().us));
      tell();
    } catch {
      if (mine === turn) asked.set(index, Date.now() + 5000);
    } finally {
      if (mine === turn) --underWay;
    }
    fetchTracks();
  }

  const stop = listen((event) => {
    if (event.event === "events.missed") fetchJobs();
    if (event.event !== "analysis.changed" || event.media !== media) return;
    const known = now.jobs.find((each) => each.job === event.job);
    if (!known || known.state !== event.state || event.is_deleted) {
      fetchJobs();
      return;
    }
    now.jobs = now.jobs.map((each) => (each === known ? { ...each, ...event } : each));
    pick();
  });
  fetchJobs();

  return {
    now, fetchTracks, fetchAnalysers,
    async start(analyser, parameters) {
      const { job } = await call("analysis.start", Object.keys(parameters).length > 0 ? { media, analyser, parameters } : { media, analyser });
      if (!isShared) chosen = job.job;
      await fetchJobs();
    },
    async cancel(job) {
      await call("analysis.cancel", { job });
      await fetchJobs();
    },
    async remove(job) {
      await call("analysis.delete", { job });
      await fetchJobs();
    },
    end() {
      isOver = true;
      clearTimeout(results);
      clearTimeout(again);
      stop();
    },
  };
}
