"""What a detector finds in one picture."""

import cv2
import numpy as np


class Detection:
    """A person. Boxes are (x, y, width, height) in pixels of the analysed picture."""

    __slots__ = ("box", "score", "shirt", "shorts", "is_whole")

    def __init__(self, box, score, is_whole=True):
        self.box = np.asarray(box, float)
        self.score = float(score)
        self.is_whole = is_whole  # neither cut off by the picture's edge nor split out of a group
        self.shirt = None  # mean Lab
        self.shorts = None

    @property
    def feet(self):
        x, y, w, h = self.box
        return np.array([x + w / 2, y + h])


def measure_colours(detection, lab, mask):
    """Fills in the colours of shirt and shorts; mask says which pixels are person, None that all are."""
    x, y, w, h = detection.box
    detection.shirt = _mean(lab, mask, (x + 0.22 * w, y + 0.18 * h, 0.56 * w, 0.28 * h))
    detection.shorts = _mean(lab, mask, (x + 0.18 * w, y + 0.50 * h, 0.64 * w, 0.16 * h))
    if detection.shorts is None:
        detection.shorts = detection.shirt


def _mean(lab, mask, part):
    left, top = max(0, int(part[0])), max(0, int(part[1]))
    right, bottom = int(np.ceil(part[0] + part[2])), int(np.ceil(part[1] + part[3]))
    piece = lab[top:bottom, left:right]
    if piece.size == 0:
        return None
    inside = None if mask is None else np.ascontiguousarray(mask[top:bottom, left:right])
    if inside is not None and cv2.countNonZero(inside) < 4:
        inside = None
    return np.array(cv2.mean(piece, inside)[:3])
