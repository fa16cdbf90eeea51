#!/usr/bin/python3
"""Scores candidate events against a generated match's truth: event_score.py TRUTH.jsonl FOUND.jsonl. Prints the figures as JSON.

A true event is found when one of its kind is told that spans it, give or take TOLERANCE_US; each counts once. Of what is told, that is
right which finds one.
"""

import json
import sys

from truth import read_truth

TOLERANCE_US = 1_500_000
KINDS = {
    "shot": "shot",
    "cross": "cross",
    "turnover": "turnover",
    "fast_break": "fast_break",
    "throw_in": "set_piece",
    "corner": "set_piece",
    "goal_kick": "set_piece",
    "kickoff": "set_piece",
}


class EventScore:
    """Takes in one match after another; figures() is of all of them."""

    def __init__(self):
        self.true, self.told, self.hits = {}, {}, {}

    def add(self, truth, found):
        """truth, found: [(kind, time_us, end_us)], of which truth's have the generator's kinds, and no end."""
        for kind in sorted(set(KINDS.values())):
            times = sorted(t for k, t, _ in truth if KINDS.get(k) == kind)
            spans = sorted((t, e or t) for k, t, e in found if k == kind)
            hits = _pairs(times, spans)
            for counts, more in ((self.true, len(times)), (self.told, len(spans)), (self.hits, hits)):
                counts[kind] = counts.get(kind, 0) + more

    def figures(self):
        """Of each kind: how many there were, how many were told of, recall and precision."""
        return {
            kind: dict(
                true=self.true[kind],
                told=self.told[kind],
                recall=self.hits[kind] / self.true[kind] if self.true[kind] else None,
                precision=self.hits[kind] / self.told[kind] if self.told[kind] else None,
            )
            for kind in self.true
        }


def _pairs(times, spans):
    """How many of the times have a span of their own that is near: the one that ends first is taken first."""
    free = sorted(spans, key=lambda s: s[1])
    hits = 0
    for time in times:
        near = next((s for s in free if s[0] - TOLERANCE_US <= time <= s[1] + TOLERANCE_US), None)
        if near is not None:
            free.remove(near)
            hits += 1
    return hits


def score(truth_path, lines):
    _, _, events = read_truth(truth_path)
    found = [item for item in map(json.loads, lines) if item["type"] == "event"]
    total = EventScore()
    total.add(
        [(e["kind"], e["time_us"], None) for e in events], [(e["kind"], e["time_us"], e.get("end_us")) for e in found]
    )
    return total.figures()


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as said:
        print(json.dumps(score(sys.argv[1], said.readlines()), indent=1))
