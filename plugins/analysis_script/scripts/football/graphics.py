"""Finds what is laid over the picture: the score, a watermark, a caption. It stays where it is while the camera turns."""

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
        if self.stay is None or self.stay.max() < 0.75:
            return None
        held = (self.stay > 0.75).astype(np.uint8) * 255
        return np.repeat(np.repeat(held, _STRIDE, axis=0), _STRIDE, axis=1)[: shape[0], : shape[1]].copy()
