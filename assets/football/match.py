"""A match without pictures: who is where, who has the ball, what happens. The same seed gives the same match."""

import numpy as np

import pitch
import players
from ball import Ball

TEAMS = "ab"


class Match:
    """step() moves all by one step; events gathers what happened as dicts with time_s."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.people = players.line_up(self.rng)
        self.field = [p for p in self.people if p.team is not None]
        self.referee, self.assistant = self.people[22], self.people[23]
        self.time_s = 0.0
        self.events = []
        start = self.field[int(self.rng.choice([6, 17]))]
        self.ball = Ball(pitch.LENGTH / 2, 34)
        self.owner = None
        self.kicker = None
        self.kicked_s = -9.0
        self.receiver = None
        self.receive_at = None
        self.restart = None
        self.taken_s = 0.0
        self.hold_until_s = 0.0
        self.team_on_ball = start.team
        self.won_at = None  # (time, x) of the last change of possession, for fast breaks
        for player in self.field:
            player.at = players.shape_target(player, self.ball.at, start.team, 0.0)
        start.at = np.array([pitch.LENGTH / 2, 34.5])
        self._take(start)

    @property
    def possession(self):
        """The team on the ball, "a" or "b", or None while the ball is dead."""
        return None if self.restart else TEAMS[self.team_on_ball]

    def step(self, step_s):
        self.time_s += step_s
        self._move_people(step_s)
        if self.restart:
            self._restart()
        elif self.owner:
            self._dribble(step_s)
        else:
            self.ball.step(step_s)
            self._touches(step_s)
            self._lines()
        self._fast_break()

    def _note(self, kind, team, **more):
        self.events.append(dict(kind=kind, time_s=self.time_s, team=TEAMS[team], **more))

    def _mates(self, player):
        return [p for p in self.field if p.team == player.team and p is not player]

    def _rivals(self, team):
        return [p for p in self.field if p.team != team]

    @staticmethod
    def _goal(team):
        return np.array([pitch.LENGTH if team == 0 else 0.0, 34.0])

    def _move_people(self, step_s):
        spot = self.ball.at[:2]
        soon = spot + self.ball.speed[:2] * 0.45
        chasers = set()
        for team in (0, 1):
            outfield = [p for p in self.field if p.team == team and p.role != "keeper"]
            outfield.sort(key=lambda p: np.linalg.norm(p.at - soon))
            chasers.add(outfield[0])
        for player in self.field:
            target = players.shape_target(player, self.ball.at, self.team_on_ball, self.time_s)
            haste = 0.45 + 0.3 * min(1.0, np.linalg.norm(target - player.at) / 12)
            if self.restart:
                if player is self.restart["taker"]:
                    target, haste = self.restart["spot"], 0.7
            elif player is self.owner:
                target, haste = self._dribble_target(player), 0.62
            elif player is self.receiver:
                target, haste = self.receive_at, 0.95
            elif player in chasers:
                target, haste = (soon, 0.95) if not self.owner else (spot, 0.88)
            player.go(target, step_s, haste, look_at=spot)
        behind = 11 if self.team_on_ball == 0 else -11
        self.referee.go(spot + (-behind, 7 if spot[1] < 40 else -9), step_s, 0.6, look_at=spot)
        self.assistant.go((np.clip(spot[0] + 8, 54, 104), -1.2), step_s, 0.6, look_at=spot)
        players.keep_apart(self.people, step_s)

    def _dribble_target(self, player):
        way = self._goal(player.team) - player.at
        way /= max(1.0, np.linalg.norm(way))
        for rival in self._rivals(player.team):
            gap = player.at - rival.at
            distance = np.linalg.norm(gap)
            if distance < 5:
                way = way + gap / max(0.3, distance) * (5 - distance) / 5
        target = player.at + 6 * way
        return np.clip(target, (1.5, 1.5), (pitch.LENGTH - 1.5, pitch.WIDTH - 1.5))

    def _take(self, player):
        """The ball is player's."""
        if player.team != self.team_on_ball:
            self._note("turnover", player.team)
            self.won_at = (self.time_s, player.at[0])
        self.team_on_ball = player.team
        self.owner, self.receiver = player, None
        self.ball.speed[:] = 0
        self.taken_s = self.time_s
        self.hold_until_s = self.time_s + self.rng.uniform(0.5, 2.2)

    def _kick(self, player):
        self.owner, self.kicker, self.kicked_s = None, player, self.time_s

    def _dribble(self, step_s):
        player = self.owner
        ahead = np.array([np.cos(player.heading), np.sin(player.heading)])
        touch = 0.55 + 0.35 * abs(np.sin(1.7 * self.time_s))
        self.ball.at[:2] += (player.at + ahead * touch - self.ball.at[:2]) * min(1.0, 9 * step_s)
        self.ball.at[2] += (0.11 - self.ball.at[2]) * min(1.0, 10 * step_s)
        rivals = self._rivals(player.team) if self.time_s - self.taken_s > 0.8 else []
        for rival in rivals:
            if np.linalg.norm(rival.at - self.ball.at[:2]) < 1.2 and self.rng.random() < 2.0 * step_s:
                self._take(rival)
                return
        if self.time_s >= self.hold_until_s:
            self._decide(player)

    def _decide(self, player):
        goal = self._goal(player.team)
        distance = np.linalg.norm(goal - player.at)
        is_wide = abs(player.at[1] - 34) > 17
        if distance < 26 and not is_wide:
            self._shoot(player, goal)
        elif is_wide and abs(goal[0] - player.at[0]) < 22:
            self._cross(player, goal)
        else:
            self._pass(player)

    def _shoot(self, player, goal):
        self._note("shot", player.team)
        aim = goal + (0, self.rng.normal(0, 5.5))
        self._kick(player)
        self.ball.loft_to(aim, pace=24.0, height=abs(self.rng.normal(0.8, 0.8)))

    def _cross(self, player, goal):
        self._note("cross", player.team)
        side = 1 if goal[0] == 0 else -1
        aim = goal + (side * self.rng.uniform(6, 12), self.rng.uniform(-6, 6))
        self._kick(player)
        self._send(player, aim, lofted=True)

    def _pass(self, player):
        forward = 1 if player.team == 0 else -1
        best, best_worth = None, -9.0
        for mate in self._mates(player):
            way = mate.at - player.at
            distance = np.linalg.norm(way)
            if not 6 < distance < 42 or (mate.role == "keeper" and self.rng.random() < 0.9):
                continue
            space = min(np.linalg.norm(r.at - mate.at) for r in self._rivals(player.team))
            worth = 0.045 * forward * way[0] + 0.12 * min(space, 9) - 0.035 * abs(distance - 16)
            worth += self.rng.normal(0, 0.4)
            if worth > best_worth:
                best, best_worth = mate, worth
        if best is None:
            self.hold_until_s = self.time_s + 0.4
            return
        distance = np.linalg.norm(best.at - player.at)
        lead = best.at + best.speed * 0.5 + self.rng.normal(0, 0.07 * distance, 2)
        self._kick(player)
        self._send(player, lead, lofted=distance > 26 or self.rng.random() < 0.12, receiver=best)

    def _send(self, player, aim, lofted, receiver=None):
        aim = np.clip(aim, (0.5, 0.5), (pitch.LENGTH - 0.5, pitch.WIDTH - 0.5))
        if lofted:
            self.ball.loft_to(aim)
        else:
            self.ball.pass_to(aim)
        mates = [m for m in self._mates(player) if m.role != "keeper"]
        self.receiver = receiver or min(mates, key=lambda m: np.linalg.norm(m.at - aim))
        self.receive_at = aim

    def _touches(self, step_s):
        """Who can reach the ball may take it: the intended one surely, another by chance and less so when it is fast."""
        pace = np.linalg.norm(self.ball.speed)
        for player in sorted(self.field, key=lambda p: np.linalg.norm(p.at - self.ball.at[:2])):
            if player is self.kicker and self.time_s - self.kicked_s < 0.8:
                continue
            reach, top = (2.3, 2.5) if player.role == "keeper" else (0.9, 1.5)
            if np.linalg.norm(player.at - self.ball.at[:2]) > reach:
                return
            if self.ball.at[2] > top:
                continue
            chance = 1.0 if player is self.receiver else min(1.0, 110 * step_s / (1 + pace))
            if player.role == "keeper" and pace > 15:
                chance = 0.5
            if self.rng.random() < chance:
                if player.team == self.kicker.team and self.time_s - self.kicked_s > 0.3:
                    self._note("pass", player.team)
                self._take(player)
                return

    def _lines(self):
        x, y, z = self.ball.at
        last = self.kicker.team
        if 0 <= x <= pitch.LENGTH and 0 <= y <= pitch.WIDTH:
            return
        if not 0 <= x <= pitch.LENGTH:
            attacker = 0 if x > pitch.LENGTH else 1
            if abs(y - 34) < pitch.GOAL_WIDTH / 2 and z < pitch.GOAL_HEIGHT:
                self._note("goal", attacker)
                self._plan("kickoff", 1 - attacker, (pitch.LENGTH / 2, 34), wait_s=9.0)
            elif last == attacker:
                self._plan("goal_kick", 1 - attacker, (5.5 if x < 0 else pitch.LENGTH - 5.5, 34 + 5 * np.sign(y - 34)))
            else:
                corner = (0.4 if x < 0 else pitch.LENGTH - 0.4, 0.4 if y < 34 else pitch.WIDTH - 0.4)
                self._plan("corner", attacker, corner)
        else:
            self._plan("throw_in", 1 - last, (np.clip(x, 1, pitch.LENGTH - 1), 0.2 if y < 34 else pitch.WIDTH - 0.2))

    def _plan(self, kind, team, spot, wait_s=2.5):
        """The ball is dead until team's nearest player has come to spot."""
        spot = np.array(spot, float)
        own = [p for p in self.field if p.team == team and (kind == "goal_kick") == (p.role == "keeper")]
        taker = min(own, key=lambda p: np.linalg.norm(p.at - spot))
        self.receiver = None
        self.restart = dict(
            kind=kind, taker=taker, spot=spot, ready_s=self.time_s + wait_s, roll_until_s=self.time_s + 0.8
        )

    def _restart(self):
        plan = self.restart
        if self.time_s < plan["roll_until_s"]:
            self.ball.step(1 / 50)
            return
        self.ball.place(*plan["spot"])
        taker = plan["taker"]
        if self.time_s < plan["ready_s"] or np.linalg.norm(taker.at - plan["spot"]) > 1.0:
            return
        self.restart = None
        self.team_on_ball = taker.team
        self.won_at = None
        self._note(plan["kind"], taker.team)
        if plan["kind"] == "corner":
            self._cross(taker, self._goal(taker.team))
        else:
            self._take(taker)
            self.hold_until_s = self.time_s + 0.2

    def _fast_break(self):
        if not self.won_at or self.restart:
            return
        since, x = self.won_at
        forward = 1 if self.team_on_ball == 0 else -1
        if self.time_s - since > 7:
            self.won_at = None
        elif forward * (self.ball.at[0] - x) > 28:
            self._note("fast_break", self.team_on_ball)
            self.won_at = None
