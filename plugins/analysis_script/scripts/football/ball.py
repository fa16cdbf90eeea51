"""The ball: small light blobs in each picture, and the path through them that a ball could take.

A single picture has many ball-like blobs (socks, boots, specks of markings); only over a second does one of them move
like a ball. So the path is found by dynamic programming over candidates, and given out with a delay.
"""

import math

import cv2
import numpy as np

import lines
import pitch
from motion import move

_DIAMETER_M = 0.22
_PERSON_M = 1.80
_MOST = 14  # candidates kept of each picture
_GAP = 7  # pictures that the ball may be out of sight within one path
_FASTEST_MS = 32.0
_ORDINARY = 0.34  # quality of what hangs on people: a path of such gathers nothing
_FADES = 0.90  # what a path keeps from picture to picture: what it was a second ago proves little
_MISS = 0.08  # what a picture without the ball costs a path
_BELIEVED = 0.7  # what a path must have gathered more than it cost, to be believed


class Candidate:
    __slots__ = ("at", "seen_at", "size", "quality", "total", "before", "speed", "time_us", "length")

    def __init__(self, at, size, quality):
        self.at = np.array(at, float)  # in the newest picture
        self.seen_at = self.at  # in its own
        self.size, self.quality = size, quality
        self.total = 0.0  # what the path that ends here has gathered
        self.before, self.length = None, 1
        self.speed = np.zeros(2)  # pixels a picture
        self.time_us = 0


def candidates(field, markings, mask, law, ignore=None):
    """Ball-like blobs of one picture, by what they are themselves. mask: what stands on the grass."""
    top, bottom = field.rows
    light = cv2.compare(field.brightness[top:bottom], 26, cv2.CMP_GT)
    light = cv2.bitwise_and(light, field.region[top:bottom])
    light = cv2.bitwise_and(light, cv2.bitwise_not(markings[top:bottom]))
    if ignore is not None:
        light = cv2.bitwise_and(light, cv2.bitwise_not(ignore[top:bottom]))
    _, stats, centres = lines.components(light)
    if len(stats) < 2:
        return []
    x, y, w, h, area = (stats[1:, i].astype(float) for i in range(5))
    centre = centres[1:] + (0, top)
    diameter = np.maximum(2.0, law.at(centre[:, 1]) * _DIAMETER_M / _PERSON_M)
    longest = np.maximum(w, h)
    fits = (longest <= 2.6 * diameter + 2) & (np.minimum(w, h) <= 1.5 * diameter + 2) & (longest >= 0.45 * diameter)
    fits &= (area >= np.maximum(2, 0.18 * diameter**2)) & (area >= 0.45 * w * h)
    found = []
    for i in np.flatnonzero(fits):
        cx, cy = centre[i]
        rows, columns = slice(int(y[i]) + top, int(y[i] + h[i]) + top), slice(int(x[i]), int(x[i] + w[i]))
        brightness = float(field.brightness[rows, columns].max())
        _, tone_a, tone_b, _ = cv2.mean(field.lab[rows, columns], light[rows.start - top : rows.stop - top, columns])
        tint = abs(tone_a - 128) + abs(tone_b - 128)
        size_fit = math.exp(-abs(math.log(max(area[i], 1) / (0.75 * diameter[i] ** 2))) / 1.2)
        quality = 0.30 * min(1.0, brightness / 90) + 0.25 * size_fit + 0.2 * max(0.0, 1 - tint / 40)
        if _is_alone(mask, x[i], y[i] + top, w[i], h[i], area[i]):
            quality += 0.25
        else:
            quality *= 0.6
        found.append(Candidate((cx, cy), max(longest[i], diameter[i]), quality))
    return found


def choose(found, people, pitch_of=None):
    """The likeliest of one picture's candidates, by where they are. pitch_of: pixels to metres, to know the painted spots."""
    for candidate in found:
        if _in_body(*candidate.at, people):
            candidate.quality *= 0.6
    if pitch_of is not None and found:
        ground = pitch_of(np.array([c.at for c in found]))
        beside = pitch.from_marking(ground)
        for candidate, (px, py), gap in zip(found, ground, beside):
            if gap < 0.45:
                candidate.quality *= 0.3
            if not np.isfinite(px) or not (-2 < px < 107 and -2 < py < 70):
                candidate.quality *= 0.5
            elif min(np.hypot(px - sx, py - 34) for sx in (11.0, 52.5, 94.0)) < 0.7:
                candidate.quality *= 0.3
    found.sort(key=lambda c: -c.quality)
    return [c for c in found[:_MOST] if c.quality > 0.22]


def _is_alone(mask, x, y, w, h, area):
    """Whether there is nothing but grass around a blob: a boot, a sock or a number hangs on to someone."""
    reach = 3 + 0.4 * max(w, h)
    around = mask[max(0, int(y - reach)) : int(y + h + reach) + 1, max(0, int(x - reach)) : int(x + w + reach) + 1]
    return cv2.countNonZero(np.ascontiguousarray(around)) < 1.6 * area + 8


def _in_body(x, y, people):
    """Whether a point lies on someone above the shins, where a light blob is a shirt, a sock or a number."""
    for left, top, width, height in people:
        if left - 1 <= x <= left + width + 1 and top <= y <= top + 0.86 * height:
            return True
    return False


class BallPath:
    """step() with every analysed picture; gives the ball's places of a while ago, when they are settled."""

    def __init__(self, law, step_s, delay):
        self.law = law
        self.step_s = step_s
        self.delay = delay  # pictures until a place is given out
        self.pictures = []

    def reset(self):
        """Gives out what is still held, and forgets."""
        settled = self._best_path()
        self.pictures = []
        return settled

    def step(self, found, matrix, time_us):
        """The candidates of one picture. Gives [(time_us, at, size, sureness)] of the picture that leaves the window."""
        # All that is remembered moves along with the picture, so that paths can be compared in it.
        kept = [c for picture in self.pictures for c in picture]
        if kept:
            here = np.array([c.at for c in kept])
            tips = move(matrix, np.concatenate([here, here + np.array([c.speed for c in kept])]))
            for candidate, at, tip in zip(kept, tips[: len(kept)], tips[len(kept) :]):
                candidate.speed = tip - at
                candidate.at = at
        for candidate in found:
            candidate.time_us = time_us
            candidate.total = candidate.quality - _ORDINARY
        self._link(found)
        self.pictures.append(found)
        if len(self.pictures) <= self.delay:
            return []
        path = self._best_path()
        leaving = self.pictures.pop(0)
        for picture in self.pictures:
            for candidate in picture:
                if candidate.before in leaving:
                    candidate.before = None
        return [p for p in path if any(c.time_us == p[0] for c in leaving)]

    def _link(self, found):
        """Finds for each candidate the path that it goes on from best."""
        before = [(back, c) for back, p in enumerate(reversed(self.pictures[-_GAP:]), start=1) for c in p]
        if not before or not found:
            return
        back = np.array([b for b, _ in before], float)
        others = [c for _, c in before]
        at, speed = np.array([c.at for c in others]), np.array([c.speed for c in others])
        total = np.array([c.total for c in others])
        is_path = np.array([c.length > 1 for c in others])
        for candidate in found:
            tall = max(6.0, float(self.law.at(candidate.at[1])))
            reach = _FASTEST_MS * self.step_s / _PERSON_M * tall
            way = candidate.at - at
            distance = np.hypot(way[:, 0], way[:, 1])
            surprise = np.where(
                is_path, np.hypot(*(way - speed * back[:, None]).T) / tall / back, 0.35 * distance / tall / back
            )
            worth = _FADES * total + candidate.total - np.minimum(1.2, 0.8 * surprise) - _MISS * (back - 1)
            worth[distance > reach * back + 4] = -9
            best = int(np.argmax(worth))
            if worth[best] > candidate.total:
                other = others[best]
                candidate.before, candidate.total = other, float(worth[best])
                candidate.speed = way[best] / back[best]
                candidate.length = other.length + 1

    def _best_path(self):
        """The best path through the window, each place in its own picture, as [(time_us, at, size, sureness)], oldest first."""
        best = None
        for back, picture in enumerate(reversed(self.pictures)):
            for candidate in picture:
                worth = candidate.total - _MISS * back
                if best is None or worth > best[0]:
                    best = (worth, candidate)
        if best is None or best[1].total < _BELIEVED:
            return []
        path, at = [], best[1]
        while at is not None:
            sureness = float(np.clip(0.3 + 0.16 * at.total, 0.2, 0.98))
            path.append((at.time_us, at.seen_at, at.size, sureness))
            at = at.before
        return path[::-1]
