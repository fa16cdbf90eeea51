"""What happens between the teams: who has the ball, how the players move, where the play is. Fed in the order of time."""

import numpy as np

import pitch

_CONTROL = 0.85  # of a person's height: how near the feet of who controls it the ball is
_HOLD_US = 2_500_000  # that a team keeps the ball after it was last seen with it
_SWITCH = 3  # pictures in a row that another team must be nearest to have won it
_MAX_MS = 10.5  # what is faster is a mistake
ZONES = ("left third", "middle third", "right third")


class Moment:
    """One picture's findings: people as (id, team index or None, class, feet in pixels, height in pixels, metres or None)."""

    __slots__ = ("time_us", "people", "ball", "ball_pitch")

    def __init__(self, time_us, people, ball, ball_pitch):
        self.time_us, self.people, self.ball, self.ball_pitch = time_us, people, ball, ball_pitch


class Possession:
    def __init__(self):
        self.team = None
        self.player = None  # id of who was last on the ball
        self.seen_us = -(10**12)
        self.rival, self.rival_count = None, 0
        self.time_us = np.zeros(3)  # with a, with b, with nobody
        self.last_us = None
        self.changes = []  # (time_us, from team, to team, ball's metres or None)

    def step(self, moment):
        """The team on the ball after this moment, 0, 1 or None."""
        nearest = self._nearest(moment)
        if nearest is not None:
            ident, team = nearest
            if team == self.team or self.team is None:
                self.team, self.player, self.seen_us, self.rival_count = team, ident, moment.time_us, 0
            else:
                self.rival_count = self.rival_count + 1 if self.rival == team else 1
                self.rival = team
                if self.rival_count >= _SWITCH:
                    self.changes.append((moment.time_us, self.team, team, moment.ball_pitch))
                    self.team, self.player, self.seen_us, self.rival_count = team, ident, moment.time_us, 0
        if moment.ball is None and moment.time_us - self.seen_us > _HOLD_US:
            self.team = None
        if self.last_us is not None:
            elapsed = min(500_000, moment.time_us - self.last_us)
            self.time_us[2 if self.team is None else self.team] += elapsed
        self.last_us = moment.time_us
        return self.team

    @staticmethod
    def _nearest(moment):
        if moment.ball is None:
            return None
        best, best_gap = None, _CONTROL
        for ident, team, kind, feet, tall, _ in moment.people:
            if team is None or kind == "referee":
                continue
            gap = (moment.ball - feet) / max(6.0, tall)
            distance = float(np.hypot(gap[0], 1.5 * gap[1]))
            if distance < best_gap:
                best, best_gap = (ident, team), distance
        return best

    def share(self, team):
        known = self.time_us[:2].sum()
        return float(self.time_us[team] / known) if known > 0 else None


class Legs:
    """How far and how fast each player ran, from places on the pitch smoothed over a second."""

    def __init__(self):
        self.paths = {}  # id: [last time, smoothed place, distance m, top speed m/s, speed now, class, team, seen s]

    def step(self, moment):
        for ident, team, kind, _, _, place in moment.people:
            if place is None:
                continue
            place = np.asarray(place, float)
            path = self.paths.get(ident)
            if path is None or moment.time_us - path[0] > 1_000_000:
                old = path or [0, place, 0.0, 0.0, 0.0, kind, team, 0.0]
                self.paths[ident] = [moment.time_us, place, old[2], old[3], 0.0, kind, team, old[7]]
                continue
            elapsed = (moment.time_us - path[0]) / 1e6
            if elapsed <= 0:
                continue
            smooth = path[1] + (place - path[1]) * min(1.0, elapsed / 0.35)
            speed = float(np.linalg.norm(smooth - path[1]) / elapsed)
            steady = path[4] + (speed - path[4]) * min(1.0, elapsed / 0.4)
            if speed < _MAX_MS:
                path[2] += speed * elapsed if speed > 0.3 else 0.0
                if path[7] > 1.0:
                    path[3] = max(path[3], min(steady, _MAX_MS))
            path[0], path[1], path[4], path[5], path[6] = moment.time_us, smooth, steady, kind, team
            path[7] += elapsed


class Places:
    """Heat maps of both teams and pressure by zone."""

    COLUMNS, ROWS = 21, 14

    def __init__(self):
        self.heat = np.zeros((2, self.ROWS, self.COLUMNS))
        self.zones = np.zeros(
            (2, 3)
        )  # seconds that a rival was within 4 m of the ball's holder, by zone and pressing team
        self.ball_zones = np.zeros(3)

    def step(self, moment, team_on_ball, elapsed_s):
        for _, team, kind, _, _, place in moment.people:
            if team is None or place is None or kind == "referee":
                continue
            column = int(np.clip(place[0] / pitch.LENGTH * self.COLUMNS, 0, self.COLUMNS - 1))
            row = int(np.clip(place[1] / pitch.WIDTH * self.ROWS, 0, self.ROWS - 1))
            self.heat[team, row, column] += elapsed_s
        if moment.ball_pitch is None:
            return
        zone = int(np.clip(moment.ball_pitch[0] / pitch.LENGTH * 3, 0, 2))
        self.ball_zones[zone] += elapsed_s
        if team_on_ball is None:
            return
        presser = 1 - team_on_ball
        for _, team, _, _, _, place in moment.people:
            if team == presser and place is not None and np.hypot(*(np.asarray(place) - moment.ball_pitch)) < 4.0:
                self.zones[presser, zone] += elapsed_s
                break

    def grid(self, team):
        """Row by row, 0..1."""
        smooth = self.heat[team].copy()
        for axis in (0, 1):
            smooth = smooth + 0.5 * (np.roll(smooth, 1, axis) + np.roll(smooth, -1, axis))
        top = smooth.max()
        return [float(v) for v in (smooth / top if top > 0 else smooth).ravel()]
