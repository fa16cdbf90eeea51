"""The pitch's markings: thin light strokes on the grass."""

import cv2
import numpy as np

import bands

_LIGHTER_BY = 11


def ellipse(size):
    size = max(3, int(size)) | 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def components(mask):
    """(labels, stats, centres) of the patches of a mask, as cv2.connectedComponentsWithStats has them; in its fastest way."""
    found = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_GRANA)
    return found[1:]


def find(field, law):
    """A mask of the markings of a Field: thin, light, and longer than a person."""

    def thin(part, height):
        # A marking is 12 cm wide, a fifteenth of a person, and the camera blurs it.
        return cv2.morphologyEx(part, cv2.MORPH_TOPHAT, ellipse(np.clip(height / 6, 5, 17)))

    strokes = bands.apply(field.brightness, field.rows, law, 0.2, thin)
    strokes = cv2.bitwise_and(cv2.compare(strokes, _LIGHTER_BY, cv2.CMP_GT), field.region)
    top, bottom = field.rows
    labels, stats, _ = components(strokes[top:bottom])
    x, y, w, h, area = (stats[:, i].astype(float) for i in range(5))
    extent = np.hypot(w, h)
    person = law.at(y + h + top)
    is_long = (extent > 1.6 * person) & (area < 0.35 * extent * person)
    is_long[0] = False
    strokes[top:bottom] = np.take(np.where(is_long, 255, 0).astype(np.uint8), labels)
    return strokes
