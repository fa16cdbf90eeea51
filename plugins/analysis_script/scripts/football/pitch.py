"""The pitch's measures (metres, origin at the far left corner, x along the touch line, y towards the camera)."""

import numpy as np

LENGTH = 105.0
WIDTH = 68.0
CIRCLE = 9.15
STEP = 0.5  # between the points that stand for the markings


def _straight():
    middle = WIDTH / 2
    found = [
        (0, 0, LENGTH, 0),
        (0, WIDTH, LENGTH, WIDTH),
        (0, 0, 0, WIDTH),
        (LENGTH, 0, LENGTH, WIDTH),
        (LENGTH / 2, 0, LENGTH / 2, WIDTH),
    ]
    for depth, half in ((16.5, 20.16), (5.5, 9.16)):
        for goal, side in ((0, 1), (LENGTH, -1)):
            edge = goal + side * depth
            found += [
                (goal, middle - half, edge, middle - half),
                (goal, middle + half, edge, middle + half),
                (edge, middle - half, edge, middle + half),
            ]
    return found


def markings():
    """Points along every marking, (n, 2), and the direction of the marking at each, (n, 2)."""
    points, along = [], []
    for x1, y1, x2, y2 in _straight():
        length = np.hypot(x2 - x1, y2 - y1)
        part = np.linspace((x1, y1), (x2, y2), int(length / STEP) + 2)
        points.append(part)
        along.append(np.repeat([[(x2 - x1) / length, (y2 - y1) / length]], len(part), axis=0))
    at_box = np.arccos(5.5 / CIRCLE)
    for x, first, last in (
        (LENGTH / 2, 0, 2 * np.pi),
        (11, -at_box, at_box),
        (LENGTH - 11, np.pi - at_box, np.pi + at_box),
    ):
        angles = np.linspace(first, last, int(CIRCLE * (last - first) / STEP) + 2)
        points.append(np.stack([x + CIRCLE * np.cos(angles), WIDTH / 2 + CIRCLE * np.sin(angles)], axis=1))
        along.append(np.stack([-np.sin(angles), np.cos(angles)], axis=1))
    return np.concatenate(points), np.concatenate(along)


def _marking_table():
    """How far, in metres, each cell of a quarter metre is from the nearest marking; with 8 m around the pitch."""
    points, _ = markings()
    columns, rows = round((LENGTH + 16) * 4), round((WIDTH + 16) * 4)
    x = (np.arange(columns) + 0.5) / 4 - 8
    y = (np.arange(rows) + 0.5) / 4 - 8
    table = np.full((rows, columns), 9.0, np.float32)
    for px, py in points:
        c, r = int((px + 8) * 4), int((py + 8) * 4)
        near = (slice(max(0, r - 6), r + 7), slice(max(0, c - 6), c + 7))
        gap = np.hypot(x[near[1]][None] - px, y[near[0]][:, None] - py)
        table[near] = np.minimum(table[near], gap)
    return table


_MARKING_TABLE = _marking_table()


def from_marking(places):
    """How far each place (n, 2) is from the nearest marking, in metres; 9 for all that is further than a metre and a half."""
    places = np.nan_to_num(np.asarray(places, float), nan=-99.0)
    column = ((places[:, 0] + 8) * 4).astype(int)
    row = ((places[:, 1] + 8) * 4).astype(int)
    inside = (column >= 0) & (row >= 0) & (column < _MARKING_TABLE.shape[1]) & (row < _MARKING_TABLE.shape[0])
    found = np.full(len(places), 9.0)
    found[inside] = _MARKING_TABLE[row[inside], column[inside]]
    return found


def is_inside(point, margin_m):
    x, y = point
    return -margin_m <= x <= LENGTH + margin_m and -margin_m <= y <= WIDTH + margin_m
