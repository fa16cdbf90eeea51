"""Finds what is laid over the picture: the score, a watermark, a caption. It stays where it is while the camera turns."""

import cv2
import numpy as np

_STRIDE = 2
_MOVED = 2.0  # pixels that the picture moves until a stay means something
_SLOWLY = 0.08


class GraphicsMask:
    def __init__(self):
        self.stay = None

    def step(self, mask, shift):
        """mask: what is not grass. Gives the mask of graphics, or None while nothing is known."""
        here = mask[::_STRIDE, ::_STRIDE] > 0
        if self.stay is None or self.stay.shape != here.shape:
            self.stay = np.zeros(here.shape, np.float32)
        if shift > _MOVED:
            rate = np.float32(_SLOWLY * min(1.0, shift / 8))
            self.stay += rate * (here.astype(np.float32) - self.stay)
        return self.current(mask.shape)

    def current(self, shape):
        held = cv2.compare(self.stay, 0.75, cv2.CMP_GT)
        if cv2.countNonZero(held) == 0:
            return None
        whole = cv2.resize(held, None, fx=_STRIDE, fy=_STRIDE, interpolation=cv2.INTER_NEAREST)
        return np.ascontiguousarray(whole[: shape[0], : shape[1]])
