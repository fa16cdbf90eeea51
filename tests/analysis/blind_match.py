"""A generated match without pictures: what a camera beside it would tell of the ball and the people, with the faults that the script
has on rendered ones. So minutes of play try what is made of it in seconds."""

import importlib
import pathlib
import sys

import numpy as np

_FOLDER = pathlib.Path(__file__).resolve().parents[2] / "assets/football"
_MODULES = ("pitch", "camera", "ball", "players", "match")
_STEP_S = 0.08  # as the script looks at a video of 25 frames a second
_SIZE = (1280, 720)
_PLACE_M = 0.3  # how far off places on the pitch are
_BALL_PX = 1.5
_HIDES, _SHOWS = 0.03, 0.12  # the ball, from one picture to the next: it is to be seen in 0.8 of them
_PERSON_M = 1.8


def _load():
    """The generator's modules, some of which are called as the script's are."""
    held = {name: sys.modules.pop(name, None) for name in _MODULES}
    sys.path.insert(0, str(_FOLDER))
    try:
        return {name: importlib.import_module(name) for name in _MODULES}
    finally:
        sys.path.pop(0)
        for name, module in held.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


_generator = _load()


def play(seed, seconds, moment_class):
    """Yields the Moments of a match; returns its events as [(kind, time_us, None)]."""
    match = _generator["match"].Match(seed)
    operator = _generator["camera"].Operator(_SIZE, match.ball.at)
    rng = np.random.default_rng(1000 + seed)
    is_seen = True
    for index in range(round(seconds / _STEP_S)):
        view = operator.step(match.ball.at, _STEP_S)
        is_seen = rng.random() >= _HIDES if is_seen else rng.random() < _SHOWS
        yield _moment(match, view, rng, is_seen, round(index * _STEP_S * 1e6), moment_class)
        match.step(_STEP_S)
    return [(e["kind"], round(e["time_s"] * 1e6), None) for e in match.events]


def _moment(match, view, rng, is_seen, time_us, moment_class):
    """The people in the picture, and the ball where the ground lies behind it: in flight its place is too far away."""
    to_ground = np.linalg.inv(view.ground())
    people = []
    for ident, person in enumerate(match.people[:23], start=1):
        feet = view.project([(*person.at, 0.0)])[0][0]
        head = view.project([(*person.at, _PERSON_M)])[0][0]
        if not (0 <= feet[0] < _SIZE[0] and 0 <= feet[1] < _SIZE[1]):
            continue
        kind = "referee" if person.team is None else "keeper" if person.role == "keeper" else "player"
        place = person.at + rng.normal(0, _PLACE_M, 2)
        people.append((ident, person.team, kind, feet + rng.normal(0, 1, 2), feet[1] - head[1], place))
    at = view.project([match.ball.at])[0][0] + rng.normal(0, _BALL_PX, 2)
    if not is_seen or not (0 <= at[0] < _SIZE[0] and 0 <= at[1] < _SIZE[1]):
        return moment_class(time_us, people, None, None)
    ground = to_ground @ (*at, 1.0)
    return moment_class(time_us, people, at, ground[:2] / ground[2])
