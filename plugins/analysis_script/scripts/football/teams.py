"""Who plays with whom, by what they wear. Keepers and officials are those who look like neither team."""

import cv2
import numpy as np

TEAMS = ("a", "b")
_KEEP = 900
_NEEDED = 60
_CHANNELS = np.array([0.55, 1.0, 1.0])  # light changes more than colour over a pitch


def feature(detection):
    return np.concatenate([detection.shirt * _CHANNELS, 0.55 * detection.shorts * _CHANNELS])


class TeamModel:
    """Clusters of what people wear. One thread."""

    def __init__(self):
        self.samples = []
        self.centres = None  # of the two teams
        self.reach = 0.0  # how far from its centre a team's own player looks
        self.age = 0

    def add(self, detections):
        """Takes in one picture's people and now and then finds the teams anew."""
        self.samples += [feature(d) for d in detections if d.is_whole and d.shirt is not None]
        self.samples = self.samples[-_KEEP:]
        self.age += 1
        due = 5 if self.centres is None else 25
        if len(self.samples) >= _NEEDED and self.age >= due:
            self.age = 0
            self._cluster()

    def likeness(self, detection):
        """How well someone goes with team a, team b and neither: three numbers that add up to one, or None."""
        if self.centres is None or detection.shirt is None:
            return None
        distance = np.linalg.norm(self.centres - feature(detection), axis=1) / self.reach
        weights = np.exp(-0.5 * np.array([distance[0], distance[1], 2.1]) ** 2)
        return weights / weights.sum()

    def colours(self):
        """{"a": "#rrggbb", "b": ...} of the shirts, or {}."""
        if self.centres is None:
            return {}
        found = {}
        for name, centre in zip(TEAMS, self.centres):
            lab = np.clip(centre[:3] / _CHANNELS, 0, 255).astype(np.uint8).reshape(1, 1, 3)
            blue, green, red = (int(v) for v in cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)[0, 0])
            found[name] = f"#{red:02x}{green:02x}{blue:02x}"
        return found

    def _cluster(self):
        """The two large groups that are most unlike each other, found among more groups than there are teams."""
        data = np.array(self.samples, np.float32)
        stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
        cv2.setRNGSeed(1)
        _, labels, centres = cv2.kmeans(data, 5, None, stop, 3, cv2.KMEANS_PP_CENTERS)
        sizes = np.bincount(labels.ravel(), minlength=5) / len(data)
        best, best_worth = None, 0.0
        for i in range(5):
            for j in range(i):
                apart = float(np.linalg.norm(centres[i] - centres[j]))
                worth = sizes[i] * sizes[j] * min(apart, 60.0)
                if apart > 14 and worth > best_worth:
                    best, best_worth = (i, j), worth
        if best is None:
            return
        pair = centres[list(best)].astype(float)
        for _ in range(6):
            distance = np.linalg.norm(data[:, None] - pair[None], axis=2)
            nearest = distance.argmin(axis=1)
            limit = 0.5 * np.linalg.norm(pair[0] - pair[1])
            own = [(nearest == k) & (distance[:, k] < limit) for k in range(2)]
            if min(o.sum() for o in own) < 8:
                break
            pair = np.array([np.median(data[o], axis=0) for o in own])
        distance = np.linalg.norm(data[:, None] - pair[None], axis=2).min(axis=1)
        apart = float(np.linalg.norm(pair[0] - pair[1]))
        self.reach = float(np.clip(1.3 * np.median(distance), apart / 6, apart / 2.2))
        if self.centres is not None:
            straight = np.linalg.norm(pair - self.centres, axis=1).sum()
            crossed = np.linalg.norm(pair[::-1] - self.centres, axis=1).sum()
            if crossed < straight:
                pair = pair[::-1]
        self.centres = pair
