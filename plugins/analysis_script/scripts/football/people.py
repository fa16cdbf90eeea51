"""How tall people look at each height of the picture.

A level camera sees all heads of people who are equally tall on one horizon's scale: a person whose feet are at row y is
slope * (y - horizon) pixels tall. The slope is a person's height over the camera's, so it also says how high the camera stands.
"""

import numpy as np

PERSON_M = 1.80
_KEEP = 600
_TRIES = 120


class HeightLaw:
    def __init__(self, picture_height):
        self.picture_height = picture_height
        self.rng = np.random.default_rng(1)
        self.reset()

    def reset(self):
        self.samples = np.zeros((0, 2))
        self.slope = None
        self.horizon = 0.0
        self.until_fit = 0  # samples until the next fit

    @property
    def is_known(self):
        return self.slope is not None

    @property
    def camera_height_m(self):
        return PERSON_M / self.slope

    def at(self, feet_y):
        """The height in pixels of who stands at that row (also for arrays)."""
        if self.slope is None:
            return 0.075 * self.picture_height + 0 * np.asarray(feet_y, float)
        return np.maximum(6.0, self.slope * (np.asarray(feet_y, float) - self.horizon))

    def learn(self, feet_y, heights):
        """Adds people that were seen whole, and fits again."""
        if len(feet_y) == 0:
            return
        new = np.stack([np.asarray(feet_y, float), np.asarray(heights, float)], axis=1)
        self.samples = np.concatenate([self.samples, new])[-_KEEP:]
        self.until_fit -= len(new)
        if len(self.samples) >= 6 and self.until_fit <= 0:
            self.until_fit = min(100, len(self.samples) // 3)
            self._fit()

    def _fit(self):
        """The line that most samples lie within an eighth of: blobs that are not people do not agree on one."""
        y, h = self.samples[:, 0], self.samples[:, 1]
        lowest, highest = -2.0 * self.picture_height, 0.45 * self.picture_height
        best, best_count = None, 0.0
        tries = [(self.slope, self.horizon)] if self.slope else []
        pairs = self.rng.integers(0, len(y), (_TRIES, 2))
        for one, other in pairs:
            if abs(y[one] - y[other]) < 0.06 * self.picture_height:
                continue
            slope = (h[one] - h[other]) / (y[one] - y[other])
            if slope > 0.01:
                tries.append((slope, y[one] - h[one] / slope))
        for slope, horizon in tries:
            if not (0.02 < slope < 0.6 and lowest < horizon < highest):
                continue
            wanted = slope * (y - horizon)
            count = np.maximum(0, 1 - np.abs(h - wanted) / np.maximum(4, 0.16 * wanted)).sum()
            if count > best_count:
                best, best_count = (slope, horizon), count
        if best is None or best_count < 0.15 * len(y):
            return
        wanted = best[0] * (y - best[1])
        near = np.abs(h - wanted) < np.maximum(4, 0.2 * wanted)
        if near.sum() >= 6 and np.ptp(y[near]) > 0.1 * self.picture_height:
            slope, offset = np.polyfit(y[near], h[near], 1)
            if 0.02 < slope < 0.6 and lowest < -offset / slope < highest:
                best = (slope, -offset / slope)
        self.slope, self.horizon = best
