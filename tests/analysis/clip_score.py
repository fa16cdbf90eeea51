"""Scores an analysis on frames of real clips in which the people on the pitch were marked by eye, by the middle of their bodies.

Someone counts as boxed when a box holds the mark near its middle; a box that holds no mark is false.
"""

import json
import pathlib

ANNOTATED = json.loads((pathlib.Path(__file__).parent / "clip_marks.json").read_text(encoding="utf-8"))


def score(frames, lines):
    """frames: [{"time_us", "size": [width, height], "marks": [[x, y], ...], "ignore": [[x, y], ...]}]; lines: of the script."""
    boxed = marked = false = boxes = 0
    points = [l for l in lines if l["type"] == "track" and l["class"] != "ball"]
    for frame in frames:
        nearest = min((p["time_us"] for p in points), key=lambda t: abs(t - frame["time_us"]))
        now = [p["box"] for p in points if p["time_us"] == nearest]
        width, height = frame["size"]

        def holds(box, mark):
            x, y = mark[0] / width, mark[1] / height
            return abs(x - box[0] - box[2] / 2) < 0.6 * box[2] and abs(y - box[1] - box[3] / 2) < 0.35 * box[3]

        free = list(now)
        for mark in frame["marks"]:
            marked += 1
            found = [b for b in free if holds(b, mark)]
            if found:
                boxed += 1
                free.remove(min(found, key=lambda b: abs(b[1] + b[3] / 2 - mark[1] / height)))
        boxes += len(now)
        false += sum(1 for b in free if not any(holds(b, mark) for mark in frame["ignore"]))
    return {"boxed": boxed / max(1, marked), "false": false / max(1, boxes), "people": marked}
