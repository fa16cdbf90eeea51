"""What the script says: JSON Lines on standard output, as docs/analysis-scripts.md has them."""

import json
import math
import sys

import numpy as np


def _clean(value):
    """Numbers that JSON has, short."""
    if isinstance(value, dict):
        return {str(k): _clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_clean(v) for v in value]
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    value = float(value)
    return round(value, 5) if math.isfinite(value) else 0.0


class Output:
    def __init__(self, stream=None):
        self.stream = stream or sys.stdout

    def _say(self, line_type, **fields):
        line = {"type": line_type}
        line.update((k, v) for k, v in fields.items() if v is not None)
        self.stream.write(json.dumps(_clean(line), separators=(",", ":"), ensure_ascii=False) + "\n")

    def flush(self):
        self.stream.flush()

    def hello(self, name, version):
        self._say("hello", protocol=1, name=name, version=version)
        self.flush()

    def progress(self, fraction, message=None):
        self._say("progress", fraction=min(1.0, max(0.0, fraction)), message=message)
        self.flush()

    def track(self, time_us, ident, kind, box, confidence, team=None, label=None, pitch=None):
        self._say(
            "track",
            time_us=int(time_us),
            id=ident,
            **{"class": kind},
            team=team,
            label=label,
            box=box,
            confidence=confidence,
            pitch=pitch,
        )

    def event(self, kind, time_us, confidence, team=None, text=None, end_us=None):
        self._say("event", kind=kind, time_us=int(time_us), end_us=end_us, text=text, confidence=confidence, team=team)

    def series(self, name, time_us, value, title=None, unit=None):
        self._say("series", name=name, unit=unit, title=title, time_us=int(time_us), value=value)

    def summary(self, **fields):
        self._say("summary", **fields)
        self.flush()

    def error(self, message):
        self._say("error", message=message)
        self.flush()
