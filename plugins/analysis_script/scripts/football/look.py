"""What one picture shows by itself: grass, people, markings, ball-like blobs, and how the camera moved since the last one.

These are the costly parts, and all but the motion need nothing of what the analysis makes of the pictures, so a process of its own can
do them while the last picture is still being thought about (looker.py). A Look is what is left of a picture then: some ten kilobytes.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

import ball
from blobs import BlobDetector
from grass import GrassModel
from graphics import GraphicsMask
from motion import CameraMotion, Reduced
from onnx_detector import OnnxDetector
from people import HeightLaw

_SAMPLES = 200  # pixels, at least, that stand for a body of more


class Look:
    """What was seen in one picture. Plain values, so that it can be sent."""

    def __init__(self, time_us):
        self.time_us = time_us
        self.matrix, self.is_cut = None, False  # of the camera's motion
        self.is_pitch = False
        self.people = []  # Detections
        self.bodies = []  # of each of them some of its pixels, (n, 2)
        self.light = []  # ball.Candidates
        self.law = (None, 0.0)  # the HeightLaw's slope and horizon
        self.markings = self.region = None  # of every second pixel, packed to bits; unpack() gives them back

    @staticmethod
    def unpack(packed, size):
        """The mask, 0 or 255, that was packed, of a picture of that size."""
        width, height = (size[0] + 1) // 2, (size[1] + 1) // 2
        return np.unpackbits(packed, axis=1, count=width).reshape(height, width) * np.uint8(255)


def _pack(mask):
    return np.packbits(mask[::2, ::2], axis=1)


class Shown:
    """What is reckoned from the pictures alone, before anything is known of those who are in them."""

    def __init__(self, picture, reduced, field):
        self.picture = picture
        self.reduced = reduced  # for the motion
        self.field = field  # None where there is no pitch to be seen


def shown_ahead(pictures):
    """Of (time_us, picture) iterates over (time_us, Shown); a thread makes the next one while one is looked at."""
    grass = GrassModel()
    before = None

    def show(picture):
        nonlocal before
        before = Reduced(picture, before)
        if before.may_be_cut:
            grass.reset()
        return Shown(picture, before, grass.look(picture))

    with ThreadPoolExecutor(1) as ahead:
        last = None
        for time_us, picture in pictures:
            coming = (time_us, ahead.submit(show, picture))
            if last is not None:
                yield last[0], last[1].result()
            last = coming
        if last is not None:
            yield last[0], last[1].result()


class Looker:
    """step() with every analysed picture, in order. One thread; the motion is found on another beside it."""

    def __init__(self, size, settings):
        self.beside = ThreadPoolExecutor(1)
        self.law = HeightLaw(size[1])
        self.motion = CameraMotion()
        self.graphics = GraphicsMask()
        self.is_onnx = settings.detector == "onnx"
        if self.is_onnx:
            self.detector = OnnxDetector(settings.model, settings.threshold, self.law)
        else:
            self.detector = BlobDetector(self.law)
        self.threshold = settings.threshold
        self.ignore = None

    def step(self, shown, time_us, last_people):
        """last_people() gives the boxes of who was on the pitch in the picture before; may wait for them, on any thread."""
        look = Look(time_us)
        self.motion.begin(shown.reduced)
        moving = self.beside.submit(self._moved, last_people)
        if shown.reduced.may_be_cut and moving.result().is_cut:
            self.law.reset()
        field = shown.field
        if field is not None:
            markings, mask = self._detect(shown.picture, field, look)
        motion = moving.result()
        look.matrix, look.is_cut = motion.matrix, motion.is_cut
        if field is not None:
            self.ignore = self.graphics.step(mask, motion.shift)
            look.light = ball.candidates(field, markings, mask, self.law, self.ignore)
        look.law = (self.law.slope, self.law.horizon)
        return look

    def _moved(self, last_people):
        return self.motion.end(last_people() if self.motion.before is not None else [], self.ignore)

    def _detect(self, picture, field, look):
        if self.is_onnx:
            found, markings, mask = self.detector.detect(field, self.ignore, picture)
        else:
            found, markings, mask = self.detector.detect(field, self.ignore)
        look.is_pitch = True
        look.people = [d for d in found if d.score >= self.threshold]
        look.bodies = [_body(d, mask) for d in look.people]
        look.markings, look.region = _pack(markings), _pack(field.region)
        return markings, mask


def _body(detection, mask):
    """Some (column, row) of what the mask has of someone."""
    left, top, width, height = (int(v) for v in detection.box)
    left_in, top_in = max(0, left), max(0, top)
    rows, columns = np.nonzero(mask[top_in : top + height, left_in : left + width])
    step = 1 + len(rows) // _SAMPLES
    return np.stack([columns[::step] + left_in, rows[::step] + top_in], axis=1).astype(np.int16)
