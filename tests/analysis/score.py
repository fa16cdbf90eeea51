#!/usr/bin/python3
"""Scores an analysis against a generated match's truth: score.py TRUTH.jsonl FOUND.jsonl. Prints the figures as JSON.

Every frame of the video counts. A person counts who is at most half hidden; those more hidden, keepers' and officials' teams,
and the assistant beside the pitch neither help nor harm. A box is right at an overlap (intersection over union) of 0.5.
"""

import bisect
import json
import sys

import numpy as np

from truth import Found, read_truth

_OVERLAP = 0.5
_BALL_REACH = 0.012  # of the picture's width, between the ball's true middle and the one found


def overlaps(one, other):
    """Intersection over union of two lists of boxes, as a matrix."""
    if not len(one) or not len(other):
        return np.zeros((len(one), len(other)))
    one, other = np.asarray(one, float)[:, None], np.asarray(other, float)[None]
    w = np.minimum(one[..., 0] + one[..., 2], other[..., 0] + other[..., 2]) - np.maximum(one[..., 0], other[..., 0])
    h = np.minimum(one[..., 1] + one[..., 3], other[..., 1] + other[..., 3]) - np.maximum(one[..., 1], other[..., 1])
    both = np.maximum(w, 0) * np.maximum(h, 0)
    union = one[..., 2] * one[..., 3] + other[..., 2] * other[..., 3] - both
    return both / np.maximum(union, 1e-12)


def pair(table, least):
    """Greedy pairs (row, column) of a matrix, the greatest value first."""
    table = table.copy()
    pairs = []
    while table.size:
        row, column = np.unravel_index(int(np.argmax(table)), table.shape)
        if table[row, column] < least:
            break
        pairs.append((int(row), int(column)))
        table[row, :] = -1
        table[:, column] = -1
    return pairs


def best_sum(table):
    """The greatest sum of one entry a row and column: for identities, by trying pairs greedily and then swapping."""
    chosen = dict(pair(table, 1))
    improved = True
    while improved:
        improved = False
        for a in range(table.shape[0]):
            for b in range(table.shape[0]):
                ca, cb = chosen.get(a), chosen.get(b)
                now = (table[a, ca] if ca is not None else 0) + (table[b, cb] if cb is not None else 0)
                then = (table[a, cb] if cb is not None else 0) + (table[b, ca] if ca is not None else 0)
                if then > now:
                    chosen[a], chosen[b] = cb, ca
                    improved = True
    return sum(table[r, c] for r, c in chosen.items() if c is not None)


class PeopleScore:
    def __init__(self):
        self.hits = self.misses = self.false = self.switches = 0
        self.partner = {}  # of each true id, the id last found for it
        self.together = {}  # (true id, found id): frames
        self.true_frames, self.found_frames = {}, {}
        self.teams = {}  # (true team, found team): frames
        self.errors_m = []

    def frame(self, truth, found):
        people = [o for o in truth["objects"] if o["class"] != "assistant"]
        counted = [o for o in people if o["occlusion"] <= 0.5]
        ignored = [o for o in truth["objects"] if not any(o is c for c in counted)]
        mine = [f for f in found if f[1] != "ball"]
        table = overlaps([o["box"] for o in counted], [f[3] for f in mine])
        # A pair that held in the frame before holds on while it can.
        for row, o in enumerate(counted):
            for column, f in enumerate(mine):
                if self.partner.get(o["id"]) == f[0] and table[row, column] >= _OVERLAP:
                    table[row, column] += 1
        pairs = pair(table, _OVERLAP)
        for row, column in pairs:
            true_id, found_id = counted[row]["id"], mine[column][0]
            if self.partner.get(true_id, found_id) != found_id:
                self.switches += 1
            self.partner[true_id] = found_id
            self.together[true_id, found_id] = self.together.get((true_id, found_id), 0) + 1
            if counted[row]["class"] == "player":
                key = (counted[row]["team"], mine[column][2])
                self.teams[key] = self.teams.get(key, 0) + 1
        rest = [f for i, f in enumerate(mine) if all(i != c for _, c in pairs)]
        excused = {c for _, c in pair(overlaps([o["box"] for o in ignored], [f[3] for f in rest]), 0.3)}
        false = [f for i, f in enumerate(rest) if i not in excused]
        self.hits += len(pairs)
        self.misses += len(counted) - len(pairs)
        self.false += len(false)
        for o in counted:
            self.true_frames[o["id"]] = self.true_frames.get(o["id"], 0) + 1
        for f in [mine[c] for _, c in pairs] + false:
            self.found_frames[f[0]] = self.found_frames.get(f[0], 0) + 1

    def figures(self):
        true_ids, found_ids = list(self.true_frames), list(self.found_frames)
        table = np.array([[self.together.get((t, f), 0) for f in found_ids] for t in true_ids]).reshape(
            len(true_ids), -1
        )
        identity = best_sum(table) if table.size else 0
        total, found = sum(self.true_frames.values()), sum(self.found_frames.values())
        straight = sum(n for (t, f), n in self.teams.items() if t == f)
        crossed = sum(n for (t, f), n in self.teams.items() if f is not None and t != f)
        detections = sum(self.teams.values())
        return dict(
            recall=self.hits / max(1, total),
            precision=self.hits / max(1, self.hits + self.false),
            mota=1 - (self.misses + self.false + self.switches) / max(1, total),
            idf1=2 * identity / max(1, total + found),
            switches=self.switches,
            team=max(straight, crossed) / max(1, detections),
            are_teams_crossed=crossed > straight,
        )


def ball_figures(frames, found):
    """How often the visible ball is found in its place, and how often what is found is it."""
    visible = hit = said = right = 0
    for frame in frames:
        at = [f for f in found.boxes_at(frame["time_us"]) if f[1] == "ball"]
        ball = frame["ball"]
        good = False
        if at and ball["box"]:
            middles = [np.array([b[0] + b[2] / 2, (b[1] + b[3] / 2) * 9 / 16]) for b in (at[0][3], ball["box"])]
            good = float(np.linalg.norm(middles[0] - middles[1])) < _BALL_REACH
        if ball["is_visible"]:
            visible += 1
            hit += good
        if at:
            said += 1
            right += good or not ball["is_visible"]
    return dict(ball_recall=hit / max(1, visible), ball_precision=right / max(1, said))


def possession_figure(frames, found, are_crossed):
    """The share of the time with a team on the ball in which the same team is said to be."""
    series = found.series("possession")
    times = [t for t, _ in series]
    agreed = known = said = 0
    for frame in frames:
        if frame["possession"] is None or not series:
            continue
        index = max(0, bisect.bisect_right(times, frame["time_us"]) - 1)
        value = series[index][1] * (-1 if are_crossed else 1)
        known += 1
        if value != 0:
            said += 1
            agreed += (value > 0) == (frame["possession"] == "a")
    return dict(possession=agreed / max(1, known), possession_said=said / max(1, known))


def pitch_figure(frames, found):
    """The median distance in metres between where people are and where they are said to be."""
    gaps = []
    by_time = {}
    for item in found.of("track"):
        if item.get("pitch") and item["class"] != "ball":
            by_time.setdefault(item["time_us"], []).append(item)
    for frame in frames:
        said = by_time.get(frame["time_us"], [])
        people = [o for o in frame["objects"] if o["occlusion"] <= 0.2]
        for row, column in pair(overlaps([o["box"] for o in people], [s["box"] for s in said]), _OVERLAP):
            gaps.append(float(np.hypot(*(np.array(people[row]["pitch"]) - said[column]["pitch"]))))
    return dict(pitch_error_m=float(np.median(gaps)) if gaps else None, placed=len(gaps))


def score(truth_path, lines):
    _, frames, _ = read_truth(truth_path)
    found = Found(lines)
    people = PeopleScore()
    for frame in frames:
        people.frame(frame, found.boxes_at(frame["time_us"]))
    figures = people.figures()
    figures.update(ball_figures(frames, found))
    figures.update(possession_figure(frames, found, figures["are_teams_crossed"]))
    figures.update(pitch_figure(frames, found))
    return figures


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as said:
        print(json.dumps(score(sys.argv[1], said.readlines()), indent=1))
