"""The pitch: its measures, its markings as shapes in metres, and the ground as one picture seen from above.

The origin is the far left corner as the camera sees it, x runs along the touch line, y towards the camera, z up.
"""

import cv2
import numpy as np

LENGTH = 105.0
WIDTH = 68.0
GOAL_WIDTH = 7.32
GOAL_HEIGHT = 2.44
LINE_WIDTH = 0.12
CIRCLE_RADIUS = 9.15
MARGIN = 14.0  # of ground around the pitch in the ground's picture
PIXELS_PER_METRE = 18


def segments():
    """The straight markings as (x1, y1, x2, y2)."""
    middle = WIDTH / 2
    lines = [
        (0, 0, LENGTH, 0),
        (0, WIDTH, LENGTH, WIDTH),
        (0, 0, 0, WIDTH),
        (LENGTH, 0, LENGTH, WIDTH),
        (LENGTH / 2, 0, LENGTH / 2, WIDTH),
    ]
    for depth, half in ((16.5, 20.16), (5.5, 9.16)):
        for goal, side in ((0, 1), (LENGTH, -1)):
            edge = goal + side * depth
            lines += [
                (goal, middle - half, edge, middle - half),
                (goal, middle + half, edge, middle + half),
                (edge, middle - half, edge, middle + half),
            ]
    return lines


def arcs():
    """The round markings as (x, y, radius, first degree, last degree)."""
    middle = WIDTH / 2
    at_box = float(np.degrees(np.arccos(5.5 / CIRCLE_RADIUS)))
    return [
        (LENGTH / 2, middle, CIRCLE_RADIUS, 0, 360),
        (11, middle, CIRCLE_RADIUS, -at_box, at_box),
        (LENGTH - 11, middle, CIRCLE_RADIUS, 180 - at_box, 180 + at_box),
        (0, 0, 1, 0, 90),
        (LENGTH, 0, 1, 90, 180),
        (LENGTH, WIDTH, 1, 180, 270),
        (0, WIDTH, 1, 270, 360),
    ]


def spots():
    return [(LENGTH / 2, WIDTH / 2), (11, WIDTH / 2), (LENGTH - 11, WIDTH / 2)]


def ground_to_picture():
    """The 3x3 matrix from metres on the ground to pixels of the ground's picture."""
    scale = PIXELS_PER_METRE
    return np.array([[scale, 0, MARGIN * scale], [0, scale, MARGIN * scale], [0, 0, 1]], float)


def _grass(rng, height, width):
    """Brightness of grass: mown stripes, large uneven patches, fine grain."""
    columns = (np.arange(width) / PIXELS_PER_METRE - MARGIN) / (LENGTH / 20)
    stripes = np.where(np.floor(columns) % 2 == 0, 1.0, 0.86)
    patches = cv2.resize(rng.normal(0, 1, (12, 16)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.6)
    return stripes[None, :] * (1 + 0.035 * patches + 0.08 * grain)


def picture(rng, grass_bgr=(38, 124, 78), surround_bgr=(150, 88, 40)):
    """The ground from above, BGR: grass with every marking, and the boards' track around it."""
    scale = PIXELS_PER_METRE
    width, height = round((LENGTH + 2 * MARGIN) * scale), round((WIDTH + 2 * MARGIN) * scale)
    brightness = _grass(rng, height, width)
    ground = np.clip(np.array(grass_bgr, np.float32) * brightness[:, :, None], 0, 255).astype(np.uint8)

    run_off = round((MARGIN - 3.5) * scale)
    surround = np.ones((height, width), bool)
    surround[run_off:, run_off : width - run_off] = False
    ground[surround] = surround_bgr

    def pixel(x, y, factor=1.0):
        return round((x + MARGIN) * scale * factor), round((y + MARGIN) * scale * factor)

    thickness = max(1, round(LINE_WIDTH * scale))
    paint = np.zeros((height, width), np.uint8)
    for x1, y1, x2, y2 in segments():
        cv2.line(paint, pixel(x1, y1), pixel(x2, y2), 255, thickness, cv2.LINE_AA)
    for x, y, radius, first, last in arcs():
        axes = (round(radius * scale),) * 2
        cv2.ellipse(paint, pixel(x, y), axes, 0, first, last, 255, thickness, cv2.LINE_AA)
    for x, y in spots():
        cv2.circle(paint, pixel(x, y), round(0.15 * scale), 255, -1, cv2.LINE_AA)
    share = (paint.astype(np.float32) / 255 * 0.88)[:, :, None]
    white = np.array((226, 236, 232), np.float32)
    return np.clip(ground * (1 - share) + white * share, 0, 255).astype(np.uint8)
