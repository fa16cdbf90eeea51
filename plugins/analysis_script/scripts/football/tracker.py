"""Follows people from picture to picture and gives each an identity that lasts."""

import numpy as np

import assignment
from motion import move

_CONFIRM = 3  # sightings until a track is believed
_TOO_MUCH = 1.0
_BRIDGE_US = 900_000  # without a sighting that are filled in
_NEITHER = 2  # of the teams
_CLEARLY, _OFTEN = 0.72, 0.4  # who is of no team must score that much on average, and be seen in that share of pictures
_GROW = 0.12  # of a person's height: how much less sure a place is after each picture without a sighting


class Track:
    """Someone, in pixels of the current picture. Points are the sightings not yet given out."""

    def __init__(self, detection):
        self.ident = 0  # until it is confirmed
        self.at = detection.feet
        self.speed = np.zeros(2)  # pixels a picture
        self.spread = 0.3  # of a person's height
        self.size = detection.box[2:].copy()
        self.look = None
        self.hits = 0
        self.missed = 0
        self.age = 0  # pictures since the first sighting, up to the last
        self.scores = 0.0  # of all sightings together
        self.is_confirmed = False
        self.votes = np.zeros(3)  # team a, team b, neither
        self.points = []
        self.keeper_votes = np.zeros(2)  # near the left goal, near the right one
        self.field_votes = 0.0  # elsewhere

    @property
    def team(self):
        """0, 1, 2 (neither) or None (not known yet)."""
        return None if self.votes.sum() < 0.5 else int(np.argmax(self.votes))

    @property
    def is_doubtful(self):
        """Of no team, and seen badly or now and then: a corner flag, what stands behind a goal, a shadow."""
        is_seen = self.scores >= _CLEARLY * self.hits and self.hits >= _OFTEN * self.age
        return self.team in (None, _NEITHER) and not is_seen

    @property
    def box(self):
        return np.array([self.at[0] - self.size[0] / 2, self.at[1] - self.size[1], *self.size])

    def at_time(self, time_us):
        """(box, confidence) at that time, between sightings too if they are near; None where it was not seen. Times must not
        go back."""
        while len(self.points) > 1 and self.points[1].time_us <= time_us:
            self.points.pop(0)
        if not self.points or self.points[0].time_us > time_us:
            return None
        before = self.points[0]
        if before.time_us == time_us:
            return before.box, before.confidence
        if len(self.points) < 2 or self.points[1].time_us - before.time_us > _BRIDGE_US:
            return None
        after = self.points[1]
        share = (time_us - before.time_us) / (after.time_us - before.time_us)
        return before.box + share * (after.box - before.box), 0.6 * min(before.confidence, after.confidence)


class Sighting:
    """One point of a track: where, when, how sure."""

    __slots__ = ("time_us", "box", "confidence")

    def __init__(self, time_us, box, confidence):
        self.time_us, self.box, self.confidence = time_us, box, confidence


class Tracker:
    """step() with every analysed picture, in order. One thread."""

    def __init__(self, law, step_s):
        self.law = law
        self.step_s = step_s
        self.tracks = []
        self.lost = []  # confirmed ones that have gone, who may come back
        self.next_ident = 1
        self.keep_missed = max(4, round(1.2 / step_s))
        self.keep_lost = round(8.0 / step_s)

    def reset(self):
        """After a cut nobody is where they were."""
        self.tracks, self.lost = [], []

    def step(self, detections, likeness, matrix, time_us):
        """Moves on by one picture. likeness: of each detection, TeamModel's. matrix: the camera's motion."""
        for track in self.tracks + self.lost:
            self._predict(track, matrix)
        strong = [i for i, d in enumerate(detections) if d.score >= 0.5]
        weak = [i for i, d in enumerate(detections) if d.score < 0.5]
        free = list(self.tracks)
        for chosen in (strong, weak):
            pairs = self._match(free, [detections[i] for i in chosen], [likeness[i] for i in chosen])
            for track, index in pairs:
                self._see(track, detections[chosen[index]], likeness[chosen[index]], time_us)
            taken = {chosen[index] for _, index in pairs}
            free = [t for t in free if all(t is not s for s, _ in pairs)]
            if chosen is strong:
                fresh = [i for i in strong if i not in taken]
        for track in free:
            track.missed += 1
            track.speed *= 0.85
        for index in fresh:
            track = Track(detections[index])
            self._see(track, detections[index], likeness[index], time_us)
            self.tracks.append(track)
        self._sort_out()

    def _predict(self, track, matrix):
        here = track.at
        there, tip = move(matrix, [here, here + track.speed])
        track.speed = tip - there
        track.at = there + track.speed
        track.spread = min(2.5, track.spread + _GROW)
        if track.missed > 3:
            track.speed *= 0.9

    def _match(self, tracks, detections, likeness):
        if not tracks or not detections:
            return []
        feet = np.array([d.feet for d in detections])
        size = np.array([d.box[3] for d in detections])
        table = np.full((len(tracks), len(detections)), 9.0)
        for row, track in enumerate(tracks):
            tall = max(6.0, float(self.law.at(track.at[1])))
            gap = (feet - track.at) / tall * (1.0, 1.4)
            far = np.linalg.norm(gap, axis=1) / (0.45 + track.spread)
            other_size = np.abs(size - track.size[1]) / tall
            table[row] = 0.75 * far + 0.25 * other_size + self._unlike(track, detections, likeness)
            table[row][far > 1.0] = 9.0
        return [(tracks[r], c) for r, c in assignment.solve(table, _TOO_MUCH)]

    @staticmethod
    def _unlike(track, detections, likeness):
        """How little each detection looks like the track: up to 0.6."""
        found = np.zeros(len(detections))
        total = track.votes.sum()
        for i, detection in enumerate(detections):
            if total > 1 and likeness[i] is not None:
                found[i] = 0.6 * (1 - float(track.votes @ likeness[i]) / total)
            elif track.look is not None and detection.shirt is not None:
                found[i] = min(0.5, np.linalg.norm((track.look - detection.shirt) * (0.5, 1, 1)) / 80)
        return found

    def _see(self, track, detection, likeness, time_us):
        # A Kalman filter with one spread for both axes: the share of what is seen grows with how unsure the guess was.
        noise = 0.10 if detection.is_whole else 0.22
        gain = track.spread**2 / (track.spread**2 + noise**2)
        surprise = detection.feet - track.at
        track.at = track.at + gain * surprise
        if track.hits > 0:
            track.speed = track.speed + 0.35 * gain * surprise / (1 + track.missed)
        track.spread = max(0.08, track.spread * np.sqrt(1 - gain))
        share = 0.4 if detection.is_whole else 0.2
        track.size = track.size + share * (detection.box[2:] - track.size)
        if detection.shirt is not None:
            track.look = detection.shirt if track.look is None else track.look + 0.1 * (detection.shirt - track.look)
        if likeness is not None:
            track.votes = 0.97 * track.votes + likeness * (1.0 if detection.is_whole else 0.4)
        track.hits += 1
        track.age += 1 + track.missed
        track.scores += detection.score
        track.missed = 0
        track.points.append(Sighting(time_us, _between(track.box, detection), detection.score))

    def _sort_out(self):
        kept = []
        for track in self.tracks:
            if not track.is_confirmed:
                if track.missed > 2:
                    continue
                if track.hits >= _CONFIRM:
                    self._confirm(track)
            elif track.missed > self.keep_missed:
                self.lost.append(track)
                continue
            kept.append(track)
        self.tracks = kept
        for track in self.lost:
            track.missed += 1
        self.lost = [t for t in self.lost if t.missed <= self.keep_lost]

    def _confirm(self, track):
        """A new track is someone who was lost, where that can be, or someone new."""
        track.is_confirmed = True
        back = self._who_came_back(track)
        if back is None:
            track.ident = self.next_ident
            self.next_ident += 1
            return
        track.ident = back.ident
        track.votes = back.votes * 0.7 + track.votes
        track.keeper_votes, track.field_votes = back.keeper_votes, back.field_votes
        self.lost = [t for t in self.lost if t is not back]

    def _who_came_back(self, track):
        best, best_cost = None, 1.0
        tall = max(6.0, float(self.law.at(track.at[1])))
        for other in self.lost:
            if track.team is not None and other.team is not None and track.team != other.team:
                continue
            reach = 0.5 + min(5.0, other.missed * self.step_s * 2.2)  # in heights: 4 m/s that are not foreseen
            far = np.linalg.norm((track.at - other.at) / tall * (1.0, 1.4)) / reach
            look = 0.0
            if track.look is not None and other.look is not None:
                look = np.linalg.norm((track.look - other.look) * (0.5, 1, 1)) / 60
            if far < 1.0 and far + 0.5 * look < best_cost:
                best, best_cost = other, far + 0.5 * look
        return best


def _between(smooth, detection):
    """What is given out: the place as seen, the size steadied."""
    x, y, w, h = detection.box
    if detection.is_whole:
        w, h = 0.6 * w + 0.4 * smooth[2], 0.6 * h + 0.4 * smooth[3]
    foot = detection.feet
    return np.array([foot[0] - w / 2, foot[1] - h, w, h])
