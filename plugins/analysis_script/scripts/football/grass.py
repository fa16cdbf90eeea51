"""Where the grass is, and how much each pixel differs from the grass around it."""

import cv2
import numpy as np

CELL = 4  # pixels of a side; the grass model lives on cells
_WINDOW = 21  # cells over which grass is averaged: wide beside a player, narrow beside a mown stripe
# How much a step of each channel of Lab counts. Brighter counts more than darker, which is what a shadow is.
_LIGHTER, _DARKER, _COLOUR_A, _COLOUR_B = 0.75, 0.40, 1.9, 1.3


class Field:
    """What one picture shows of the pitch. Masks are 0 or 255 and as large as the picture, unless they say cells."""

    def __init__(self, lab, grass, region, rows, difference, brightness, threshold, share):
        self.lab = lab
        self.grass = grass  # the mean Lab of what is grass
        self.region = region  # the pitch with those who stand on it
        self.rows = rows  # (first, one past the last) that the region reaches; nothing is known of others
        self.difference = difference  # of each pixel from the grass around it, 0..255
        self.brightness = brightness  # how much lighter than the grass around it, 0..255
        self.threshold = threshold  # differences below are grass
        self.share = share  # of the picture that is pitch


class GrassModel:
    """Learns the colour of the grass as it goes. One thread."""

    def __init__(self):
        self.centre = None  # (a, b) of Lab
        self.threshold = None

    def reset(self):
        self.centre = None
        self.threshold = None

    def look(self, picture):
        """A Field, or None where there is no pitch to be seen."""
        height, width = picture.shape[:2]
        cells_size = (max(1, width // CELL), max(1, height // CELL))
        small = cv2.cvtColor(cv2.resize(picture, cells_size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)
        mask = self._grass_cells(small)
        if mask is None:
            return None
        region = _region(mask)
        share = float(region.mean()) / 255
        if share < 0.12:
            return None
        region = cv2.resize(region, (width, height), interpolation=cv2.INTER_LINEAR)
        region = cv2.compare(region, 127, cv2.CMP_GT)
        rows = np.flatnonzero(region.any(axis=1))
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        local = cv2.resize(self._local(small, mask), (width, height), interpolation=cv2.INTER_LINEAR)[top:bottom]
        lab = np.zeros_like(picture)
        cv2.cvtColor(picture[top:bottom], cv2.COLOR_BGR2LAB, dst=lab[top:bottom])
        light, grass_light = cv2.extractChannel(lab[top:bottom], 0), cv2.extractChannel(local, 0)
        brightness = np.zeros((height, width), np.uint8)
        lighter = cv2.subtract(light, grass_light, dst=brightness[top:bottom])
        # All steps count as darker ones first: one pass over three channels, and one over what is lighter.
        steps = cv2.transform(cv2.absdiff(lab[top:bottom], local), np.array([[_DARKER, _COLOUR_A, _COLOUR_B]], np.float32))
        difference = np.zeros((height, width), np.uint8)
        cv2.addWeighted(steps, 1.0, lighter, _LIGHTER - _DARKER, 0.0, dst=difference[top:bottom])
        self._learn_threshold(difference, region)
        shade = cv2.bitwise_and(cv2.subtract(grass_light, light), region[top:bottom])
        _lift_shadows(difference[top:bottom], lab[top:bottom], local, shade, self.threshold)
        grass = np.array(cv2.mean(small, mask)[:3])
        return Field(lab, grass, region, (top, bottom), difference, brightness, self.threshold, share)

    def _grass_cells(self, small):
        """Cells with the colour of the grass: around the commonest green in the picture."""
        lightness, a, b = (small[:, :, i].astype(np.int16) for i in range(3))
        # Lab's a below neutral is green; b above neutral is yellowish, as grass is.
        green = (a < 123) & (b > 126) & (lightness > 18) & (lightness < 235) & (b - 128 > 0.25 * (128 - a))
        if green.mean() < 0.10:
            return None
        histogram = np.bincount((a[green] // 4) * 64 + b[green] // 4, minlength=4096).reshape(64, 64)
        smooth = cv2.blur(histogram.astype(np.float32), (3, 3))
        top_a, top_b = np.unravel_index(np.argmax(smooth), smooth.shape)
        found = np.array([top_a * 4 + 2, top_b * 4 + 2], float)
        near = green & (np.abs(a - found[0]) < 14) & (np.abs(b - found[1]) < 16)
        if near.sum() > 20:
            found = np.array([a[near].mean(), b[near].mean()])
        if self.centre is None or np.abs(self.centre - found).max() > 12:
            self.centre = found
        else:
            self.centre += 0.1 * (found - self.centre)
        # Grass in the sun is more colourful than in the shade along the same line from neutral.
        strength = np.hypot(self.centre[0] - 128, self.centre[1] - 128)
        along = ((a - 128) * (self.centre[0] - 128) + (b - 128) * (self.centre[1] - 128)) / max(1.0, strength)
        across = np.abs((a - 128) * (self.centre[1] - 128) - (b - 128) * (self.centre[0] - 128)) / max(1.0, strength)
        grass = (along > 0.45 * strength) & (along < 1.6 * strength + 4) & (across < 0.16 * strength + 5)
        return (grass & (lightness > 18)).astype(np.uint8) * 255

    @staticmethod
    def _local(small, mask):
        """The mean colour of the grass in the window around each cell."""
        window = (_WINDOW, _WINDOW)
        total = cv2.boxFilter(mask // 255, cv2.CV_32F, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
        kept = cv2.bitwise_and(small, small, mask=mask)
        colours = cv2.boxFilter(kept, cv2.CV_32F, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
        everywhere = np.array(cv2.sumElems(kept)[:3], np.float32) / np.float32(max(1, cv2.countNonZero(mask)))
        few = 4.0  # cells' worth of the whole pitch's mean, which decides where no grass is near
        colours += np.float32(few) * everywhere
        colours /= (total + np.float32(few))[:, :, None]
        return colours.astype(np.uint8)

    def _learn_threshold(self, difference, region):
        """Most of the pitch is grass, so the middle of all differences is its noise."""
        sample = difference[::4, ::4][region[::4, ::4] > 0]
        middle = float(np.median(sample))
        spread = float(np.median(np.abs(sample.astype(np.float32) - middle))) * 1.4826
        found = float(np.clip(middle + 4.0 * max(spread, 1.5), 17, 45))
        self.threshold = found if self.threshold is None else self.threshold + 0.1 * (found - self.threshold)


def is_shaded_grass(colour, grass):
    """Whether a mean Lab is that of grass in less light: its hue, and no lighter."""
    tone, green = colour[1:] - 128, grass[1:] - 128
    strength = float(green @ green)
    return strength > 0 and float(tone @ green) / strength > 0.35 and colour[0] <= 1.03 * grass[0]


def _lift_shadows(difference, lab, local, darker, threshold):
    """Takes shadows out of a difference. Light that falls to a share s scales L + 16, a and b of CIE Lab by the cube root of s
    alike; so where a pixel is darker than its grass, its colours are compared with the grass's colours scaled as its L is.
    """
    shaded = cv2.bitwise_and(cv2.compare(difference, threshold, cv2.CMP_GT), darker)
    where = cv2.findNonZero(shaded)
    if where is None:
        return
    columns, rows = where.reshape(-1, 2).T
    at = rows * difference.shape[1] + columns
    pixel = lab.reshape(-1, 3).take(at, axis=0).astype(np.float32)
    grass = local.reshape(-1, 3).take(at, axis=0).astype(np.float32)
    zero = 16 * 2.55  # L is stretched to 0..255, a and b are shifted by 128
    dimmed = (pixel[:, 0] + zero) / (grass[:, 0] + zero)
    a = np.abs(pixel[:, 1] - 128 - (grass[:, 1] - 128) * dimmed)
    b = np.abs(pixel[:, 2] - 128 - (grass[:, 2] - 128) * dimmed)
    # No shadow on a lit pitch is darker than a third.
    deeper = np.maximum(0, 0.62 - dimmed) * 200
    difference.reshape(-1)[at] = np.clip(
        _COLOUR_A * a + _COLOUR_B * b + 0.15 * (grass[:, 0] - pixel[:, 0]) + deeper, 0, 255
    )


def _region(mask):
    """The pitch: the largest patch of grass, without the gaps that players and graphics make."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((11, 17), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    region = np.zeros_like(mask)
    if count < 2:
        return region
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    contours, _ = cv2.findContours((labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(region, contours, -1, 255, -1)
    # The outermost cells are half something else. Beyond the picture's edge the pitch goes on.
    return cv2.erode(region, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
