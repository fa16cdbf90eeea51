"""Those on the pitch, where their team wants them, and how they get there."""

import numpy as np

import pitch

# A 4-3-3 as (metres from the own goal line, metres from the far touch line).
FORMATION = [(5, 34), (22, 9), (18, 26), (18, 42), (22, 59), (38, 18), (33, 34), (38, 50), (54, 13), (57, 35), (54, 55)]
MAX_SPEED = 8.2
MAX_PUSH = 5.5  # m/s^2


class Player:
    """Team 0 plays towards larger x, team 1 towards smaller; officials have team None."""

    def __init__(self, ident, team, role, anchor, rng):
        self.ident, self.team, self.role, self.anchor = ident, team, role, anchor
        self.at = np.array(anchor, float)
        self.speed = np.zeros(2)
        self.heading = rng.uniform(-np.pi, np.pi)
        self.phase = rng.uniform(0, 2 * np.pi)
        self.height_m = rng.normal(1.82, 0.05)
        self.restless = rng.uniform(0, 2 * np.pi, 2)

    def go(self, target, step_s, haste=1.0, look_at=None):
        """One step towards target: as fast as haste (0..1) allows, slowing down in time."""
        way = np.asarray(target, float) - self.at
        distance = np.linalg.norm(way)
        pace = min(MAX_SPEED * haste, 1.6 * distance)
        wanted = way / distance * pace if distance > 1e-6 else np.zeros(2)
        push = wanted - self.speed
        size = np.linalg.norm(push)
        if size > MAX_PUSH * step_s:
            push *= MAX_PUSH * step_s / size
        self.speed = self.speed + push
        self.at = self.at + self.speed * step_s
        pace = np.linalg.norm(self.speed)
        self.phase += (2.2 + 1.25 * pace) * step_s if pace > 0.25 else 0.0
        facing = None
        if pace > 0.6:
            facing = np.arctan2(self.speed[1], self.speed[0])
        elif look_at is not None:
            facing = np.arctan2(look_at[1] - self.at[1], look_at[0] - self.at[0])
        if facing is not None:
            turn = (facing - self.heading + np.pi) % (2 * np.pi) - np.pi
            self.heading += np.clip(turn, -7 * step_s, 7 * step_s)


def line_up(rng):
    """Both teams (ids 1..11 and 12..22), the referee (23) and the far assistant (24)."""
    people = []
    for team in (0, 1):
        for number, (x, y) in enumerate(FORMATION):
            if team == 1:
                x, y = pitch.LENGTH - x, pitch.WIDTH - y
            role = "keeper" if number == 0 else "player"
            people.append(Player(1 + 11 * team + number, team, role, (x, y), rng))
    people.append(Player(23, None, "referee", (46, 30), rng))
    people.append(Player(24, None, "assistant", (70, -1.2), rng))
    return people


def shape_target(player, ball, owning_team, time_s):
    """Where a player's team wants it while the ball is there: the whole shape moves with the ball."""
    forward = 1 if player.team == 0 else -1
    if player.role == "keeper":
        goal_x = 0 if player.team == 0 else pitch.LENGTH
        out = min(9.0, 0.10 * abs(ball[0] - goal_x))
        return np.array([goal_x + forward * (1.0 + out), 34 + 0.12 * (ball[1] - 34)])
    anchor = np.array(player.anchor)
    advance = 7.0 if owning_team == player.team else -3.0
    x = anchor[0] + 0.62 * (ball[0] - pitch.LENGTH / 2) + forward * advance
    y = anchor[1] + 0.32 * (ball[1] - 34)
    wander = 1.8 * np.sin(0.5 * time_s + player.restless)
    return np.array([np.clip(x, 3, pitch.LENGTH - 3), np.clip(y, 2, pitch.WIDTH - 2)]) + wander


def keep_apart(people, step_s):
    """Nobody runs through anybody: those closer than a shoulder's width are pushed apart."""
    at = np.array([p.at for p in people])
    gaps = at[:, None, :] - at[None, :, :]
    distance = np.linalg.norm(gaps, axis=2)
    np.fill_diagonal(distance, 99)
    close = distance < 0.9
    push = np.where(close[:, :, None], gaps / np.maximum(distance, 0.05)[:, :, None], 0).sum(axis=1)
    for player, shift in zip(people, push):
        player.at = player.at + np.clip(shift, -1, 1) * 1.5 * step_s
