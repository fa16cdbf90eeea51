"""Candidate events, from where the ball is on the pitch and who has it. Each with how sure it is; all are to be looked at."""

import numpy as np

import pitch

_MEMORY_US = 9_000_000
_HELD_US = 1_000_000  # that each team has the ball, before it is won and after, or it was no more than a touch
_SEEN_US = 400_000  # that the ball is seen with who has won it
_DEAD_US = 3_000_000  # after the ball was out of play it is given, not won
_WIDE_M = 15.0  # from the middle: shots come from within, crosses from without
# Where the line of a shot meets the goal line, from the goal's middle: a ball in the air is seen too far away.
_FAR_M, _NEAR_M = -18.0, 10.0


class Event:
    __slots__ = ("kind", "time_us", "end_us", "team", "confidence", "text")

    def __init__(self, kind, time_us, end_us, team, confidence, text):
        self.kind, self.time_us, self.end_us = kind, time_us, end_us
        self.team, self.confidence, self.text = team, confidence, text


class EventFinder:
    """Fed in the order of time; gives events as they are found. Which way a team plays is learned from where its players stand."""

    def __init__(self):
        self.ball = []  # (time_us, x, y)
        self.side = [0.0, 0.0]  # the smoothed mean x of each team's players
        self.won = None  # (time_us, x, team) of the last change of possession
        self.since = [None, None]  # when the team on the ball got it, and the other one before
        self.gained = None  # (time_us, team, whether its place is known) of a change that is not a turnover yet
        self.dead_us = -(10**12)  # when the ball was last out of play
        self.quiet_until = {}
        self.still_since = None

    def reset(self):
        """After a cut."""
        self.ball, self.won, self.still_since, self.gained = [], None, None, None
        self.since = [None, None]

    def step(self, moment, possession, changed):
        """changed: whether this moment brought a change of possession."""
        found = []
        self._learn_sides(moment)
        if changed:
            time_us, _, new, place = possession.changes[-1]
            self._gain(time_us, new, place)
            self.won = None if place is None else (time_us, float(place[0]), new)
        found += self._turnover(moment.time_us, possession)
        if moment.ball_pitch is None or not np.isfinite(moment.ball_pitch).all():
            return found
        x, y = (float(v) for v in moment.ball_pitch)
        self.ball.append((moment.time_us, x, y))
        self.ball = [b for b in self.ball if moment.time_us - b[0] <= _MEMORY_US]
        if not -0.8 < x < pitch.LENGTH + 0.8 or not -1.5 < y < pitch.WIDTH + 0.8:
            self.dead_us = moment.time_us
        if possession.team is not None:
            found += self._at_goal(moment.time_us, possession.team)
            found += self._fast_break(moment.time_us, x, possession.team)
        found += self._set_piece(moment.time_us, x, y, possession.team)
        return found

    def _once(self, kind, time_us, pause_us, team, confidence, text, end_us=None):
        if time_us < self.quiet_until.get(kind, -(10**12)):
            return []
        self.quiet_until[kind] = time_us + pause_us
        return [Event(kind, time_us, end_us, team, confidence, text)]

    def _gain(self, time_us, team, place):
        """The ball has gone over to team."""
        now, before = self.since
        is_touch = now is not None and time_us - now < _HELD_US
        # Who gets it back from a touch has never lost it.
        self.since = [before, now] if is_touch else [time_us, now]
        is_won = not is_touch and time_us - self.dead_us > _DEAD_US
        self.gained = (time_us, team, place is not None) if is_won else None

    def _turnover(self, now_us, possession):
        """A change counts once the new team has kept the ball."""
        if self.gained is None:
            return []
        time_us, team, is_placed = self.gained
        if possession.team not in (team, None):
            self.gained = None
        elif now_us - time_us >= _HELD_US and possession.seen_us - time_us >= _SEEN_US:
            self.gained = None
            return self._once("turnover", time_us, 1_500_000, team, 0.6 if is_placed else 0.45, "ball won")
        return []

    def _learn_sides(self, moment):
        for team in (0, 1):
            xs = [p[5][0] for p in moment.people if p[1] == team and p[5] is not None]
            if len(xs) >= 3:
                mean = float(np.mean(xs))
                self.side[team] = mean if self.side[team] == 0 else 0.99 * self.side[team] + 0.01 * mean

    def _goal_of(self, team):
        """The x of the goal that team attacks: that further from where it stands than the other team does."""
        if not all(self.side):
            return None
        return pitch.LENGTH if self.side[team] < self.side[1 - team] else 0.0

    def _velocity(self, now_us, span_us):
        recent = [b for b in self.ball if now_us - b[0] <= span_us]
        if len(recent) < 3 or recent[-1][0] - recent[0][0] < 0.5 * span_us:
            return None
        times = np.array([b[0] for b in recent]) / 1e6
        vx = np.polyfit(times, [b[1] for b in recent], 1)[0]
        vy = np.polyfit(times, [b[2] for b in recent], 1)[0]
        return np.array([vx, vy])

    def _at_goal(self, now_us, team):
        """A shot flies fast at the goal, a cross from the side into the box."""
        velocity = self._velocity(now_us, 320_000)
        if velocity is None:
            return []
        _, x, y = self.ball[-1]
        speed = float(np.linalg.norm(velocity))
        for goal, sign in ((0.0, -1), (pitch.LENGTH, 1)):
            depth = abs(goal - x)
            if depth > 34 or speed < 11:
                continue
            own = self._goal_of(team)
            sure = 0.65 if own == goal else 0.4
            towards = sign * velocity[0]
            start = self.ball[max(0, len(self.ball) - 5)]
            is_wide = abs(start[2] - pitch.WIDTH / 2) > _WIDE_M
            if towards > 9 and not is_wide:
                crossing = y + velocity[1] * depth / towards
                if _FAR_M < crossing - pitch.WIDTH / 2 < _NEAR_M:
                    sure = min(0.9, sure + 0.01 * (speed - 11))
                    return self._once(
                        "shot", now_us - 320_000, 3_000_000, team, sure, f"{speed:.0f} m/s towards the goal"
                    )
            inwards = -np.sign(y - pitch.WIDTH / 2) * velocity[1]
            if is_wide and depth < 25 and inwards > 9:
                return self._once("cross", now_us - 320_000, 3_000_000, team, sure - 0.1, "from the side into the box")
        return []

    def _fast_break(self, now_us, x, team):
        if self.won is None:
            return []
        since, start, winner = self.won
        if team != winner or now_us - since > 8_000_000:
            self.won = None
            return []
        goal = self._goal_of(team)
        forward = 0 if goal is None else (1 if goal > 0 else -1)
        gained = abs(x - start) if forward == 0 else forward * (x - start)
        seconds = (now_us - since) / 1e6
        if gained > 25 and seconds > 1 and gained / seconds > 4.5:
            self.won = None
            sure = 0.6 if forward else 0.35
            return self._once("fast_break", since, 6_000_000, team, sure, f"{gained:.0f} m in {seconds:.0f} s", now_us)
        return []

    def _set_piece(self, now_us, x, y, team):
        """The ball lies still where set pieces are taken from, and then moves off."""
        recent = [b for b in self.ball if now_us - b[0] <= 1_200_000]
        if len(recent) < 5 or now_us - recent[0][0] < 900_000:
            return []
        spread = np.ptp(np.array(recent)[:, 1:], axis=0)
        if (spread < 0.8).all():
            self.still_since = self.still_since or (recent[0][0], x, y)
            self.dead_us = now_us
            return []
        if self.still_since is None:
            return []
        began, sx, sy = self.still_since
        self.still_since = None
        if now_us - began < 1_600_000:
            return []
        at_side = sy < 1.5 or sy > pitch.WIDTH - 1.5
        at_end = sx < 2.0 or sx > pitch.LENGTH - 2.0
        if at_side and at_end:
            name, sure = "corner", 0.65
        elif at_side:
            name, sure = "throw-in", 0.5
        elif min(sx, pitch.LENGTH - sx) < 7 and abs(sy - pitch.WIDTH / 2) < 10:
            name, sure = "goal kick", 0.5
        elif np.hypot(sx - pitch.LENGTH / 2, sy - pitch.WIDTH / 2) < 1.5:
            name, sure = "kick-off", 0.5
        else:
            name, sure = "free kick", 0.35
        return self._once("set_piece", began, 4_000_000, team, sure, name, now_us)
