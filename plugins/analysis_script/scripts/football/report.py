"""Turns settled results into lines: tracks, ball, series, events, and at the end the summary."""

import numpy as np

from events import EventFinder
from play import ZONES, Legs, Places, Possession

TEAMS = ("a", "b")
BALL_ID = 2_000_000_000  # above every person's
_SERIES_US = 500_000


class Report:
    def __init__(self, output, size, teams):
        self.output, self.size, self.teams = output, size, teams
        self.possession, self.legs, self.places, self.events = Possession(), Legs(), Places(), EventFinder()
        self.counts = dict(pictures=0, pitch=0, registered=0, ball=0, cuts=0, people=0)
        self.event_counts = {}
        self.next_series_us = None
        self.last_us = None
        self.idents = set()

    def add(self, result):
        """Says what one picture showed. In the order of time."""
        counts = self.counts
        counts["pictures"] += 1
        counts["pitch"] += result.is_pitch
        counts["registered"] += result.is_registered
        counts["cuts"] += result.is_cut
        counts["ball"] += result.ball is not None
        counts["people"] += len(result.people)
        if result.is_cut:
            self.events.reset()
        self._say_tracks(result)
        moment = result.moment()
        elapsed_s = 0.0 if self.last_us is None else min(0.5, (result.time_us - self.last_us) / 1e6)
        self.last_us = result.time_us
        changes = len(self.possession.changes)
        team = self.possession.step(moment)
        self.legs.step(moment)
        self.places.step(moment, team, elapsed_s)
        for event in self.events.step(moment, self.possession, len(self.possession.changes) > changes):
            self.event_counts[event.kind] = self.event_counts.get(event.kind, 0) + 1
            name = None if event.team is None else TEAMS[event.team]
            self.output.event(event.kind, max(0, event.time_us), event.confidence, name, event.text, event.end_us)
        if self.next_series_us is None or result.time_us >= self.next_series_us:
            self.next_series_us = result.time_us + _SERIES_US
            self._say_series(result, team)

    def _fractions(self, box):
        """A box as fractions of the picture, cut to it, or None where nothing is left."""
        width, height = self.size
        left, top = max(0.0, box[0] / width), max(0.0, box[1] / height)
        right, bottom = min(1.0, (box[0] + box[2]) / width), min(1.0, (box[1] + box[3]) / height)
        if right - left < 1e-4 or bottom - top < 1e-4:
            return None
        return [left, top, right - left, bottom - top]

    def _say_tracks(self, result):
        for person in result.people:
            box = self._fractions(person.box)
            if box is None:
                continue
            self.idents.add(person.ident)
            team = None if person.team is None else TEAMS[person.team]
            self.output.track(
                result.time_us, person.ident, person.kind, box, person.confidence, team, pitch=person.pitch
            )
        if result.ball is not None:
            box = self._fractions(result.ball[0])
            if box is not None:
                self.output.track(result.time_us, BALL_ID, "ball", box, result.ball[1], pitch=result.ball_pitch)

    def _say_series(self, result, team):
        say = self.output.series
        value = 0 if team is None else (1 if team == 0 else -1)
        say("possession", result.time_us, value, "Possession")
        share = self.possession.share(0)
        if share is not None:
            say("possession_a", result.time_us, 100 * share, "Possession of team A so far", "%")
            say("possession_b", result.time_us, 100 * (1 - share), "Possession of team B so far", "%")
        for index, name in enumerate(TEAMS):
            paces = [p[4] for p in self.legs.paths.values() if p[6] == index and result.time_us - p[0] < 200_000]
            if paces:
                say(f"pace_{name}", result.time_us, float(np.mean(paces)), f"Mean pace of team {name.upper()}", "m/s")

    def summarise(self):
        seen = self.counts
        values = {"pictures": seen["pictures"], "identities": len(self.idents), "cuts": seen["cuts"]}
        if seen["pitch"]:
            values["people per picture"] = seen["people"] / seen["pitch"]
            values["ball seen %"] = 100 * seen["ball"] / seen["pitch"]
            values["placed on the pitch %"] = 100 * seen["registered"] / seen["pitch"]
        share = self.possession.share(0)
        if share is not None:
            values["possession a %"], values["possession b %"] = 100 * share, 100 * (1 - share)
        values.update((f"{kind}s", count) for kind, count in sorted(self.event_counts.items()))
        colours = self.teams.colours()
        self.output.summary(
            text=self._text(values),
            values=values,
            teams={n: {"name": f"Team {n.upper()}", "color": colours[n]} for n in TEAMS} if colours else None,
            tables=self._tables(),
            grids=self._grids(),
            not_seen=self._not_seen(bool(colours)),
        )

    @staticmethod
    def _text(values):
        if "people per picture" not in values:
            return "No football pitch was seen."
        text = (
            f"{values['people per picture']:.0f} people on the pitch in a picture, {values['identities']} identities."
        )
        if "possession a %" in values:
            text += f" Possession {values['possession a %']:.0f} : {values['possession b %']:.0f}."
        return text

    def _tables(self):
        runners = []
        for ident, path in self.legs.paths.items():
            if path[7] >= 2.0:
                team = "" if path[6] is None else TEAMS[path[6]]
                runners.append([ident, team, path[5], path[7], path[2], path[3] * 3.6])
        runners.sort(key=lambda row: -row[4])
        tables = []
        if runners:
            columns = ["id", "team", "class", "seen s", "distance m", "top speed km/h"]
            tables.append(dict(title="Distance and speed", columns=columns, rows=runners[:60]))
        if self.places.zones.any():
            rows = [
                [zone, *(float(self.places.zones[t, i]) for t in (0, 1)), float(self.places.ball_zones[i])]
                for i, zone in enumerate(ZONES)
            ]
            columns = ["zone", "team a presses s", "team b presses s", "ball there s"]
            tables.append(dict(title="Pressure by zone", columns=columns, rows=rows))
        return tables or None

    def _grids(self):
        return [
            dict(
                title=f"Where team {name.upper()} was",
                columns=Places.COLUMNS,
                rows=Places.ROWS,
                values=self.places.grid(index),
                team=name,
            )
            for index, name in enumerate(TEAMS)
            if self.places.heat[index].any()
        ] or None

    def _not_seen(self, knows_teams):
        seen = self.counts
        missing = []
        if seen["pictures"] == 0 or seen["pitch"] == 0:
            return ["a football pitch"]
        away = 100 * (1 - seen["pitch"] / seen["pictures"])
        if away >= 1:
            missing.append(f"the pitch in {away:.0f} % of the pictures (close-ups, replays, the crowd)")
        if not knows_teams:
            missing.append("two teams that differ in what they wear")
        placed = 100 * seen["registered"] / seen["pitch"]
        if placed < 1:
            missing.append("enough of the markings to place anyone on the pitch: no distances, heat maps, shots")
        elif placed < 95:
            missing.append(
                f"enough of the markings in {100 - placed:.0f} % of the pictures: nobody is placed on the pitch there"
            )
        ball = 100 * seen["ball"] / seen["pitch"]
        if ball < 95:
            missing.append(f"the ball in {100 - ball:.0f} % of the pictures")
        missing.append("shirt numbers and names; who leaves the picture for long comes back with another identity")
        missing.append("the ball's height: where it flies, its place on the pitch is too far away")
        return missing
