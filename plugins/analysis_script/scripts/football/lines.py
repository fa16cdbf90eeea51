"""The pitch's markings: thin light strokes on the grass."""

import cv2
import numpy as np

import bands

_LIGHTER_BY = 11


def ellipse(size):
    size = max(3, int(size)) | 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def find(field, law):
    """A mask of the markings of a Field: thin, light, and longer than a person."""

    def thin(part, height):
        # A marking is 12 cm wide, a fifteenth of a person, and the camera blurs it.
        return cv2.morphologyEx(part, cv2.MORPH_TOPHAT, ellipse(np.clip(height / 6, 5, 17)))

    strokes = bands.apply(field.brightness, field.rows, law, 0.2, thin)
    strokes = cv2.bitwise_and(cv2.compare(strokes, _LIGHTER_BY, cv2.CMP_GT), field.region)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    x, y, w, h, area = (stats[:, i].astype(float) for i in range(5))
    extent = np.hypot(w, h)
    person = law.at(y + h)
    is_long = (extent > 1.6 * person) & (area < 0.35 * extent * person)
    is_long[0] = False
    return np.where(is_long, 255, 0).astype(np.uint8)[labels]
