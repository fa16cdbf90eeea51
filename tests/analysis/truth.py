"""Reads a generated match's truth and what an analysis said, both as tables by time."""

import bisect
import json

LONGEST_GAP_US = 500_000  # between two points of one id that an overlay fills in


def read_truth(path):
    """(match, frames, events) of a file that make_match.py wrote."""
    match, frames, events = None, [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            if item["type"] == "match":
                match = item
            elif item["type"] == "frame":
                frames.append(item)
            else:
                events.append(item)
    return match, frames, events


class Found:
    """What an analysis said. boxes_at() fills in between points as the overlays do."""

    def __init__(self, lines):
        self.lines = [json.loads(line) for line in lines]
        self.points = {}
        for item in self.of("track"):
            self.points.setdefault(item["id"], []).append(item)
        for points in self.points.values():
            points.sort(key=lambda p: p["time_us"])
        self.times = {ident: [p["time_us"] for p in points] for ident, points in self.points.items()}

    def of(self, kind):
        return [item for item in self.lines if item["type"] == kind]

    def boxes_at(self, time_us):
        """[(id, class, team, box)] at a time."""
        found = []
        for ident, points in self.points.items():
            times = self.times[ident]
            after = bisect.bisect_left(times, time_us)
            if after < len(times) and times[after] == time_us:
                point = points[after]
                found.append((ident, point["class"], point.get("team"), point["box"]))
            elif 0 < after < len(times) and times[after] - times[after - 1] <= LONGEST_GAP_US:
                one, other = points[after - 1], points[after]
                share = (time_us - one["time_us"]) / (other["time_us"] - one["time_us"])
                box = [a + share * (b - a) for a, b in zip(one["box"], other["box"])]
                found.append((ident, one["class"], one.get("team"), box))
        return found

    def series(self, name):
        """[(time_us, value)] of a series."""
        return [(s["time_us"], s["value"]) for s in self.of("series") if s["name"] == name]
