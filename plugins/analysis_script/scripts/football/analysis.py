"""The pipeline: what each picture shows in, settled findings out, about a second later.

A second's delay lets what comes after decide: whether a blob was someone, where the ball's path went, who wears which shirt.
"""

from collections import deque

import numpy as np

import ball
import pinhole
import pitch
from people import HeightLaw
from play import Moment
from registration import Registration
from roles import Roles
from teams import TeamModel
from tracker import Tracker

DELAY_S = 1.0
_KNOWS_MARKINGS = 0.6  # agreement from which on markings are where the registration says
_MARKING_M = 0.40  # half a marking's width, the codec's smear and the registration's error


class Person:
    """Someone at one time, as given out."""

    __slots__ = ("ident", "team", "kind", "box", "confidence", "pitch")

    def __init__(self, ident, team, kind, box, confidence, place):
        self.ident, self.team, self.kind = ident, team, kind
        self.box, self.confidence, self.pitch = box, confidence, place


class Result:
    """What was found in one picture."""

    def __init__(self, time_us, is_pitch, is_cut):
        self.time_us, self.is_pitch, self.is_cut = time_us, is_pitch, is_cut
        self.people = []
        self.ball = None  # (box, confidence); until it is settled (place, diameter, confidence)
        self.ball_pitch = None
        self.is_registered = False

    def moment(self):
        people = []
        for p in self.people:
            feet = np.array([p.box[0] + p.box[2] / 2, p.box[1] + p.box[3]])
            people.append((p.ident, p.team, p.kind, feet, p.box[3], p.pitch))
        at = None
        if self.ball is not None:
            x, y, w, h = self.ball[0]
            at = np.array([x + w / 2, y + h / 2])
        return Moment(self.time_us, people, at, self.ball_pitch)


class Analysis:
    """step() with every Look, in order. One thread."""

    def __init__(self, size, step_s):
        self.size = size
        self.law = HeightLaw(size[1])  # as the Looks have it; learns nothing here
        self.teams = TeamModel()
        self.roles = Roles()
        self.tracker = Tracker(self.law, step_s)
        self.registration = Registration(size, step_s)
        self.delay = max(4, round(DELAY_S / step_s))
        self.ball = ball.BallPath(self.law, step_s, self.delay)
        self.pending = deque()  # results that are not settled yet
        self.boxes = []  # of who is on the pitch in the newest picture
        self.cameras = {}  # of the pending ones: time_us to the registration's camera

    def step(self, look):
        """Takes in what one picture shows and gives the Results that have settled."""
        settled = []
        if look.is_cut:
            settled = self.finish()
            self.tracker.reset()
            self.registration.reset()
        self.law.slope, self.law.horizon = look.law
        result = Result(look.time_us, look.is_pitch, look.is_cut)
        self.pending.append(result)
        self.boxes = []
        if look.is_pitch:
            self._understand(look, result)
        else:
            self._place_ball(self.ball.step([], look.matrix, look.time_us))
        if len(self.pending) > self.delay:
            settled.append(self._settle(self.pending.popleft()))
        return settled

    def finish(self):
        """Gives all that is still held."""
        self._place_ball(self.ball.reset())
        return [self._settle(self.pending.popleft()) for _ in range(len(self.pending))]

    def _understand(self, look, result):
        self.registration.step(
            look.unpack(look.markings, self.size), look.unpack(look.region, self.size), self.law, look.matrix
        )
        found = self._on_pitch(look.people, look.bodies)
        self.teams.add(found)
        likeness = [self.teams.likeness(d) for d in found]
        self.tracker.step(found, likeness, look.matrix, look.time_us)
        where = self.registration.ground if self.registration.is_known else None
        self.boxes = [d.box for d in found]
        candidates = ball.choose(look.light, self.boxes, where)
        self._place_ball(self.ball.step(candidates, look.matrix, look.time_us))
        result.is_registered = self.registration.is_known
        if self.registration.is_known:
            self.cameras[look.time_us] = self.registration.camera.copy()

    def _on_pitch(self, found, bodies):
        """Leaves out, where the pitch is known, who stands beside it, and what is nothing but a marking."""
        if not found or self.registration.agreement < _KNOWS_MARKINGS:
            return found
        ground = self.registration.ground(np.array([d.feet for d in found]))
        inside = [not np.isfinite(place).all() or pitch.is_inside(place, 1.2) for place in ground]
        painted = pitch.from_marking(self.registration.ground(np.concatenate(bodies))) < _MARKING_M
        parts = np.split(painted, np.cumsum([len(body) for body in bodies])[:-1])
        return [d for d, part, stands in zip(found, parts, inside) if stands and len(part) > 0 and part.mean() <= 0.6]

    def _place_ball(self, path):
        by_time = {r.time_us: r for r in self.pending}
        for time_us, at, size, sureness in path:
            result = by_time.get(time_us)
            if result is not None:
                result.ball = (at, size, sureness)

    def _settle(self, result):
        """Gathers what belongs to a picture that nothing will change any more."""
        camera = self.cameras.pop(result.time_us, None)
        seen = []
        for track in self.tracker.tracks + self.tracker.lost:
            sighting = track.at_time(result.time_us) if track.is_confirmed and not track.is_doubtful else None
            if sighting is not None:
                seen.append((track, *sighting))
        places = self._ground(camera, [(box[0] + box[2] / 2, box[1] + box[3]) for _, box, _ in seen])
        for (track, box, confidence), place in zip(seen, places):
            team, kind = self.roles.name(track, place)
            result.people.append(Person(track.ident, team, kind, box, confidence, place))
        if result.ball is not None:
            at, size, sureness = result.ball
            result.ball = (np.array([at[0] - size / 2, at[1] - size / 2, size, size]), sureness)
            result.ball_pitch = self._ground(camera, [(at[0], at[1] + size / 2)])[0]
        return result

    def _ground(self, camera, pixels):
        """Metres of each pixel, or None where it lies far from the pitch."""
        if camera is None or not pixels:
            return [None] * len(pixels)
        places = pinhole.to_ground(camera, pixels, self.size)
        return [p if np.isfinite(p).all() and pitch.is_inside(p, 6.0) else None for p in places]
