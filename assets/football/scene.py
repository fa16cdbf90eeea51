"""What stands around the pitch: the ground, boards, stands with a crowd, goals, the broadcaster's graphics."""

import cv2
import numpy as np

import pitch

_BOARDS_Y = -4.6
_STAND_FAR_Y = -8.0


def _crowd(rng, rows, seats):
    """People in rows, 10x14 pixels each, BGR."""
    coat = rng.choice(
        np.array([(60, 50, 48), (90, 80, 84), (150, 140, 140), (50, 40, 110), (120, 80, 50), (200, 196, 190)]),
        (rows, seats),
    )
    coat = np.clip(coat * rng.uniform(0.5, 1.15, (rows, seats, 1)), 0, 255).astype(np.uint8)
    tile_h, tile_w = 14, 10
    texture = np.kron(coat, np.ones((tile_h, tile_w, 1), np.uint8))
    skin = (rng.uniform(0.4, 1.0, (rows, seats, 1)) * np.array((130, 160, 205))).astype(np.uint8)
    empty = rng.random((rows, seats)) < 0.12
    for row in range(rows):
        y = row * tile_h
        texture[y : y + 3] = (texture[y : y + 3] * 0.35).astype(np.uint8)
        for seat in range(seats):
            x = seat * tile_w
            if empty[row, seat]:
                texture[y : y + tile_h, x : x + tile_w] = (70, 52, 46)
            else:
                cv2.circle(texture, (x + 5, y + 5), 3, tuple(int(v) for v in skin[row, seat]), -1)
    return cv2.GaussianBlur(texture, (0, 0), 1.3)


def _boards(rng, length_m, words):
    """Advertising, 40 pixels a metre and one metre high, BGR."""
    image = np.zeros((40, int(length_m * 40), 3), np.uint8)
    x, index = 0, 0
    colours = [(150, 90, 20), (235, 235, 235), (40, 40, 190), (30, 30, 30), (140, 60, 120)]
    while x < image.shape[1]:
        width = int(rng.uniform(7, 12) * 40)
        back = colours[index % len(colours)]
        cv2.rectangle(image, (x, 0), (x + width, 40), back, -1)
        ink = (30, 30, 30) if sum(back) > 450 else (240, 240, 240)
        cv2.putText(image, words[index % len(words)], (x + 40, 30), cv2.FONT_HERSHEY_DUPLEX, 1.0, ink, 2, cv2.LINE_AA)
        x, index = x + width, index + 1
    return image


class _Plane:
    """A picture on a plane in the world."""

    def __init__(self, image, origin, along, up, metres_along, metres_up):
        self.image, self.origin, self.along, self.up = image, origin, along, up
        height, width = image.shape[:2]
        self.to_metres = np.array([[metres_along / width, 0, 0], [0, -metres_up / height, metres_up], [0, 0, 1]], float)

    def draw(self, frame, view):
        matrix = view.plane(self.origin, self.along, self.up) @ self.to_metres
        height, width = self.image.shape[:2]
        corners = matrix @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], float)
        if corners[2].min() < 1:
            return  # beside the camera or behind it
        corners = corners[:2] / corners[2]
        left, top = np.maximum(np.floor(corners.min(axis=1)), 0).astype(int)
        right, bottom = np.minimum(np.ceil(corners.max(axis=1)), (frame.shape[1], frame.shape[0])).astype(int)
        if right <= left or bottom <= top:
            return
        shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], float)
        part = np.ascontiguousarray(frame[top:bottom, left:right])
        size = (int(right - left), int(bottom - top))
        cv2.warpPerspective(self.image, shift @ matrix, size, part, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
        frame[top:bottom, left:right] = part


class Scene:
    def __init__(self, rng):
        self.ground = pitch.picture(rng)
        self.from_picture = np.linalg.inv(pitch.ground_to_picture())
        crowd = _crowd(rng, 34, 320)
        words = ["ZOETROPE", "PRAXINOSCOPE", "FLIP BOOK", "MAGIC LANTERN", "PHENAKISTISCOPE"]
        long = pitch.LENGTH + 60
        slope = np.array([0, -0.80, 0.60])
        self.planes = [
            _Plane(crowd, (-30, _STAND_FAR_Y, 1.6), (1, 0, 0), slope, long, 30),
            _Plane(_boards(rng, long, words), (-30, _BOARDS_Y, 0.0), (1, 0, 0), (0, 0, 1), long, 1.0),
        ]
        for x, outward, origin_y in ((-pitch.MARGIN + 5, -1, 70.0), (pitch.LENGTH + pitch.MARGIN - 5, 1, -5.0)):
            along = (0, -1, 0) if outward < 0 else (0, 1, 0)
            self.planes.append(
                _Plane(crowd, (x + outward * 2, origin_y, 1.2), along, np.array([0.80 * outward, 0, 0.60]), 75, 30)
            )
            self.planes.append(_Plane(_boards(rng, 75, words), (x, origin_y, 0.0), along, (0, 0, 1), 75, 1.0))

    def draw(self, view):
        """The empty stadium, BGR."""
        width, height = view.size
        frame = cv2.warpPerspective(
            self.ground,
            view.ground() @ self.from_picture,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(60, 50, 46),
        )
        for plane in self.planes:
            plane.draw(frame, view)
        self._goals(frame, view)
        return frame

    @staticmethod
    def _goals(frame, view):
        half, high = pitch.GOAL_WIDTH / 2, pitch.GOAL_HEIGHT
        for x, back in ((0.0, -2.0), (pitch.LENGTH, 2.0)):
            near, far = 34 + half, 34 - half
            frame_points = [(x, far, 0), (x, far, high), (x, near, high), (x, near, 0)]
            net = [
                (x + back, far, 0),
                (x, far, high),
                (x + back, near, 0),
                (x, near, high),
                (x + back, far, 0),
                (x + back, near, 0),
            ]
            pixels, depths = view.project(np.array(frame_points + net))
            if depths.min() < 5 or pixels[:, 0].max() < 0 or pixels[:, 0].min() > view.size[0]:
                continue
            whole = [tuple(int(round(v)) for v in p) for p in pixels]
            for i in range(4, 10, 2):
                cv2.line(frame, whole[i], whole[i + 1], (170, 176, 176), 1, cv2.LINE_AA)
            for i in range(3):
                thickness = max(1, round(0.12 * view.focal_px / depths[i]))
                cv2.line(frame, whole[i], whole[i + 1], (240, 242, 242), thickness, cv2.LINE_AA)


def graphics(frame, time_s, names):
    """The broadcaster's clock and score, fixed on the picture."""
    scale = frame.shape[0] / 720
    text = f"{int(time_s) // 60:02}:{int(time_s) % 60:02}  {names[0]} 0-0 {names[1]}"
    left, top, right, bottom = (round(v * scale) for v in (60, 36, 400, 72))
    cv2.rectangle(frame, (left, top), (right, bottom), (24, 20, 18), -1)
    cv2.putText(
        frame,
        text,
        (left + round(12 * scale), bottom - round(10 * scale)),
        cv2.FONT_HERSHEY_DUPLEX,
        0.7 * scale,
        (236, 236, 236),
        max(1, round(scale)),
        cv2.LINE_AA,
    )
