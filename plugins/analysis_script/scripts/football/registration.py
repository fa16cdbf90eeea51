"""Where on the pitch the camera looks: finds the camera whose view of the pitch's markings lies on those in the picture.

A broadcast camera stands beside the halfway line, level, and only turns and zooms. How tall people look says where the
horizon is and how high it stands. So the first search is small: many cameras are tried at once, the best are refined. From then
on the camera is followed by the picture's motion and corrected on the markings.
"""

import cv2
import numpy as np

import pinhole
import pitch
from motion import move
from pinhole import FOCAL, HEIGHT, PAN, TILT, X, Y

_CAP = 12.0  # pixels beyond which a point's distance from a marking says nothing more
_GOOD = 0.60  # of agreement both ways, to believe a view
_LOST = 0.40
_TRIES_EACH_S = 1.0


class _Evidence:
    """What is painted on the pitch. The tables have half the picture's size."""

    def __init__(self, distance, labels, nearest, painted, region):
        self.distance = distance  # pixels to the nearest painted one
        self.labels, self.nearest = labels, nearest  # which that is: nearest[labels[row, column]] is its (x, y)
        self.painted = painted  # some painted pixels
        self.region = region  # where markings could be seen


class Registration:
    def __init__(self, size, step_s):
        self.size = size
        self.points, self.along = pitch.markings()
        self.patience = max(1, round(_TRIES_EACH_S / step_s))
        self.rng = np.random.default_rng(1)
        self.home = None  # of the camera that was last believed: it stands where it stood, also after a cut
        self.reset()

    def reset(self):
        self.camera = None
        self.agreement = 0.0
        self.wait = 0
        self.bad = 0
        self.turn = 0

    @property
    def is_known(self):
        return self.camera is not None

    def step(self, markings, region, law, matrix):
        """Follows the camera by one picture. markings, region: masks of every second pixel."""
        if self.camera is not None:
            self._follow(markings, region, matrix)
        elif law.is_known:
            self.wait -= 1
            evidence = self._evidence(markings, region) if self.wait <= 0 else None
            if evidence is not None:
                self.wait = self.patience
                self._search(evidence, law)

    def ground(self, pixels):
        """Metres of pixels on the ground, or NaN."""
        if self.camera is None:
            return np.full((len(pixels), 2), np.nan)
        return pinhole.to_ground(self.camera, pixels, self.size)

    def _evidence(self, markings, region):
        rows, columns = np.nonzero(markings)
        if len(rows) < 60:
            return None
        distance, labels = cv2.distanceTransformWithLabels(
            cv2.bitwise_not(markings), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
        )
        # Labels count the painted pixels, in an order of their own.
        nearest = np.zeros((labels.max() + 1, 2))
        nearest[labels[rows, columns]] = np.stack([columns * 2 + 1, rows * 2 + 1], axis=1)
        chosen = self.rng.integers(0, len(rows), 400)
        painted = np.stack([columns[chosen] * 2 + 1, rows[chosen] * 2 + 1], axis=1).astype(float)
        region = cv2.erode(region, np.ones((5, 5), np.uint8))
        return _Evidence(distance * 2, labels, nearest, painted, region)

    def _look_up(self, table, pixels, outside):
        """The table's values at pixels; it has half the picture's size."""
        column, row = pixels[..., 0] / 2, pixels[..., 1] / 2
        valid = (column >= 0) & (row >= 0) & (column < table.shape[1]) & (row < table.shape[0])
        column = np.where(valid, column, 0).astype(np.int32)
        row = np.where(valid, row, 0).astype(np.int32)
        return np.where(valid, table[row, column], outside)

    def _rate(self, cameras, evidence):
        """For each camera: how many of its markings lie on painted pixels, less how many do not."""
        distance, region = evidence.distance, evidence.region
        with np.errstate(invalid="ignore"):
            pixels = pinhole.project(cameras, self.points[::6], self.size)
            seen = self._look_up(region, pixels, 0) > 0
            far = np.minimum(self._look_up(distance, pixels, _CAP), _CAP)
        on = (np.exp(-0.5 * (far / 4.0) ** 2) * seen).sum(axis=1)
        count = seen.sum(axis=1)
        return np.where(count >= 9, (on - 0.35 * (count - on)) / np.sqrt(np.maximum(count, 1)), -9)

    def _agreement(self, camera, evidence):
        """The lesser of two shares: markings that should be seen and are, painted pixels that some marking explains."""
        distance, painted, region = evidence.distance, evidence.painted, evidence.region
        with np.errstate(invalid="ignore"):
            pixels = pinhole.project(camera, self.points, self.size)[0]
            seen = self._look_up(region, pixels, 0) > 0
            if seen.sum() < 20:
                return 0.0
            on = float((self._look_up(distance, pixels, _CAP)[seen] < 5).mean())
        drawn = np.full((region.shape[0] // 2, region.shape[1] // 2), 255, np.uint8)
        with np.errstate(invalid="ignore"):
            near = (pixels >= 0).all(axis=1) & (pixels < np.array(drawn.shape[::-1]) * 4).all(axis=1)
        column, row = (pixels[near] / 4).astype(int).T
        drawn[row, column] = 0
        gap = cv2.distanceTransform(drawn, cv2.DIST_L2, 3) * 4
        # Points are up to STEP apart, which is many pixels near the camera.
        allowed = 6 + 0.5 * pitch.STEP * self._pixels_per_metre(camera)
        explained = float((self._look_up(gap, painted / 2, 99) < allowed).mean())
        return min(on, explained)

    def _pixels_per_metre(self, camera):
        return camera[FOCAL] / max(10.0, np.hypot(camera[Y] - pitch.WIDTH / 2, camera[HEIGHT]))

    def _search(self, evidence, law):
        width, height = self.size
        tries = []
        homes = [
            (x, y, law.camera_height_m * z) for x in (52.5,) for y in (84, 92, 102, 114, 130) for z in (0.85, 1.0, 1.18)
        ]
        if self.home is not None:
            homes = [tuple(self.home)] + homes
        for x, y, z in homes:
            for focal in width * np.geomspace(0.8, 3.2, 15):
                for lift in (-0.06, 0.0, 0.06):
                    tilt = np.arctan((height / 2 - law.horizon - lift * height) / focal)
                    for pan in np.radians(np.arange(-48, 49, 3.0)):
                        tries.append((x, y, z, focal, pan, tilt))
        tries = np.array(tries)
        worth = np.concatenate([self._rate(part, evidence) for part in np.array_split(tries, len(tries) // 512 + 1)])
        best, best_agreement = None, 0.0
        taken = []
        for index in np.argsort(-worth)[:200]:
            start = tries[index]
            if any(abs(start[PAN] - t[PAN]) < 0.08 and abs(np.log(start[FOCAL] / t[FOCAL])) < 0.12 for t in taken):
                continue
            taken.append(start)
            refined = self._refine(start, evidence, (FOCAL, PAN, TILT), rounds=6, cap=50.0)
            refined = self._refine(refined, evidence, (FOCAL, PAN, TILT, Y, HEIGHT, X), rounds=10, cap=40.0, trust=8.0)
            agreement = self._agreement(refined, evidence)
            if agreement > best_agreement and self._is_sane(refined):
                best, best_agreement = refined, agreement
            if len(taken) >= 8:
                break
        if best is not None and best_agreement >= _GOOD:
            self.camera, self.agreement, self.bad = best, best_agreement, 0
            self.home = best[[X, Y, HEIGHT]]

    def _is_sane(self, camera):
        return (
            30 < camera[X] < 75
            and 70 < camera[Y] < 180
            and 4 < camera[HEIGHT] < 60
            and 0.5 < camera[FOCAL] / self.size[0] < 8
            and abs(camera[PAN]) < 1.2
            and 0 < camera[TILT] < 0.9
        )

    _STEPS = np.array([0.05, 0.05, 0.02, 2.0, 5e-4, 5e-4])

    def _refine(self, camera, evidence, free, rounds, cap, trust=None):
        """Gauss and Newton: moves each marking towards the painted pixels nearest to it, across its own direction.

        cap: pixels beyond which what is painted is something else. trust: how far (one sigma, in metres) the camera may
        stand from where it is thought to stand.
        """
        free = list(free)
        camera = camera.copy()
        start = camera[free].copy()
        holds = np.zeros(len(free))
        if trust is not None:
            holds = np.array([(3.0 / trust) ** 2 if f in (X, Y, HEIGHT) else 0.0 for f in free])
        for index in range(rounds):
            moved = np.repeat(camera[None], 1 + len(free), axis=0)
            for k, parameter in enumerate(free):
                moved[1 + k, parameter] += self._STEPS[parameter]
            with np.errstate(invalid="ignore"):
                pixels = pinhole.project(moved, self.points, self.size)
                further = pinhole.project(camera, self.points + 0.2 * self.along, self.size)[0]
                seen = self._look_up(evidence.region, pixels[0], 0) > 0
                seen &= np.isfinite(pixels).all(axis=(0, 2)) & np.isfinite(further).all(axis=1)
                seen &= self._look_up(evidence.distance, pixels[0], 999) < cap
            if seen.sum() < 16:
                return camera
            here = pixels[0, seen]
            direction = further[seen] - here
            direction /= np.maximum(1e-6, np.linalg.norm(direction, axis=1))[:, None]
            normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
            target = evidence.nearest[self._look_up(evidence.labels, here, 0)]
            error = ((target - here) * normal).sum(axis=1)
            slope = ((pixels[1:, seen] - here) * normal).sum(axis=2).T / self._STEPS[free]
            scale = max(2.5, 0.4 * cap * (1 - index / rounds))
            weight = 1 / (1 + (error / scale) ** 2) ** 2
            square = slope.T @ (slope * weight[:, None]) + np.diag(holds)
            square[np.diag_indices(len(free))] *= 1.001
            step = np.linalg.solve(square, slope.T @ (error * weight) - holds * (camera[free] - start))
            limit = np.array([2.0, 4.0, 2.0, 0.08 * camera[FOCAL], 0.06, 0.04])[free]
            camera[free] += np.clip(step, -limit, limit)
        return camera

    def _follow(self, markings, region, matrix):
        self.camera = self._turned(matrix)
        self.turn += 1
        is_due = self.turn % 2 == 0 or self.agreement < _GOOD
        evidence = self._evidence(markings, region) if is_due else None
        if is_due and evidence is None:
            self.agreement *= 0.94
        elif is_due:
            refined = self._refine(self.camera, evidence, (FOCAL, PAN, TILT), rounds=3, cap=30.0)
            refined = self._refine(refined, evidence, (FOCAL, PAN, TILT, Y, HEIGHT, X), rounds=2, cap=20.0, trust=1.5)
            if self._is_sane(refined):
                self.camera = refined
            self.agreement = self._agreement(self.camera, evidence)
            if self.agreement > 0.8:
                self.home = self.camera[[X, Y, HEIGHT]]
        self.bad = self.bad + 1 if self.agreement < _LOST else 0
        if self.bad > 5 or not np.isfinite(self.camera).all():
            self.reset()

    def _turned(self, matrix):
        """The camera after the picture moved by matrix: turned and zoomed so that the ground's points move the same way."""
        width, height = self.size
        grid = np.array([(x, y) for x in (0.1, 0.5, 0.9) for y in (0.35, 0.65, 0.95)]) * (width, height)
        ground = pinhole.to_ground(self.camera, grid, self.size)
        known = np.isfinite(ground).all(axis=1)
        if known.sum() < 4:
            return self.camera
        wanted = move(matrix, grid[known])
        camera = self.camera.copy()
        free = [FOCAL, PAN, TILT]
        for _ in range(3):
            moved = np.repeat(camera[None], 4, axis=0)
            for k, parameter in enumerate(free):
                moved[1 + k, parameter] += self._STEPS[parameter]
            pixels = pinhole.project(moved, ground[known], self.size)
            if not np.isfinite(pixels).all():
                return self.camera
            slope = ((pixels[1:] - pixels[0]).reshape(3, -1) / self._STEPS[free][:, None]).T
            step, *_ = np.linalg.lstsq(slope, (wanted - pixels[0]).ravel(), rcond=None)
            camera[free] += step
        return camera
