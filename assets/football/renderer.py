"""Pictures of a match, and what is truly to be seen in each: boxes, what hides them, the ball."""

import cv2
import numpy as np

import figures
from ball import RADIUS
from kits import KEEPERS, KITS, OFFICIAL
from scene import Scene, graphics

_SHADOW = 0.42


class Renderer:
    def __init__(self, seed, kits, noise):
        self.rng = np.random.default_rng(seed + 7919)
        self.scene = Scene(self.rng)
        self.kits = [KITS[name] for name in kits]
        self.names = [name[:3].upper() for name in kits]
        self.noise = noise
        self.sun = (self.rng.uniform(-0.55, 0.55), self.rng.uniform(-0.5, 0.1))
        self.looks = {}
        self.grain = None
        self.last_ball = None
        self.last_aim = None

    def _look(self, person):
        if person.ident not in self.looks:
            kit = OFFICIAL if person.team is None else self.kits[person.team]
            if person.role == "keeper":
                kit = KEEPERS[person.team]
            pick = self.rng.integers(0, 4, 2)
            boots = [(40, 200, 240), (240, 240, 240), (40, 40, 40), (60, 90, 240)][int(self.rng.integers(0, 4))]
            self.looks[person.ident] = dict(kit, skin=figures.SKINS[pick[0]], hair=figures.HAIRS[pick[1]], boots=boots)
        return self.looks[person.ident]

    def draw(self, match, view, step_s):
        """The picture (BGR), and its truth: a list of people and the ball as dicts."""
        frame = self.scene.draw(view)
        bones = {
            p.ident: figures.joints(p.at, p.heading, p.phase, float(np.linalg.norm(p.speed)), p.height_m)
            for p in match.people
        }
        self._shadows(frame, view, bones, match.ball)
        owners = np.full(frame.shape[:2], -1, np.int16)  # who is in front at each pixel
        areas, boxes = {}, {}
        order = sorted(match.people, key=lambda p: p.at[1])
        ball_drawn = False
        for person in order:
            if not ball_drawn and person.at[1] > match.ball.at[1]:
                areas[0], boxes[0] = self._ball(frame, owners, view, match.ball, step_s)
                ball_drawn = True
            sprite = figures.sprite(bones[person.ident], self._look(person), view)
            if sprite is not None:
                areas[person.ident], boxes[person.ident] = _stamp(frame, owners, sprite, person.ident)
        if not ball_drawn:
            areas[0], boxes[0] = self._ball(frame, owners, view, match.ball, step_s)
        graphics(frame, match.time_s, self.names)
        seen = np.bincount((owners[owners >= 0]).ravel(), minlength=32)
        return self._lens(frame, view), self._truth(match, view, areas, boxes, seen)

    def _shadows(self, frame, view, bones, ball):
        mask = np.zeros(frame.shape[:2], np.uint8)
        for skeleton in bones.values():
            figures.shadow(mask, skeleton, view, self.sun)
        x, y, z = ball.at
        pixels, depths = view.project([[x + z * self.sun[0], y + z * self.sun[1], 0]])
        radius = max(1, round(RADIUS * view.focal_px / depths[0]))
        cv2.ellipse(mask, tuple(int(v) for v in pixels[0]), (radius, max(1, radius // 2)), 0, 0, 360, 255, -1)
        mask = cv2.blur(mask, (3, 3))
        keep = 255 - (mask.astype(np.float32) * _SHADOW).astype(np.uint8)
        cv2.multiply(frame, cv2.merge([keep, keep, keep]), frame, 1 / 255)

    def _ball(self, frame, owners, view, ball, step_s):
        """Draws the ball, smeared over half a frame as a shutter does."""
        began = ball.at - ball.speed * step_s * 0.5
        pixels, depths = view.project(np.array([began, ball.at]))
        radius = RADIUS * view.focal_px / depths[1]
        thick = 2 * radius
        low, high = pixels.min(axis=0) - radius, pixels.max(axis=0) + radius
        left, top = np.floor(low - 1).astype(int)
        right, bottom = np.ceil(high + 1).astype(int)
        size = (max(1, bottom - top), max(1, right - left))
        if size[0] > 400 or size[1] > 400:
            return 0, None
        factor = 8
        cover = np.zeros((size[0] * factor, size[1] * factor), np.uint8)
        ends = [tuple(int(v) for v in (p - (left, top)) * factor) for p in pixels]
        cv2.line(cover, ends[0], ends[1], 255, max(1, round(thick * factor)))
        cover = cv2.resize(cover, (size[1], size[0]), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        smear = np.linalg.norm(pixels[1] - pixels[0])
        shine = np.full((*size, 3), 240, np.uint8)
        shade = np.linspace(1.0, 0.72, size[0], dtype=np.float32)[:, None, None]
        sprite = figures.Sprite(int(left), int(top), (shine * shade).astype(np.uint8), cover)
        strength = thick / (thick + smear)
        return _stamp(frame, owners, sprite, 0, opacity=max(0.35, float(strength)))

    def _lens(self, frame, view):
        """Blur of the turning camera, a little softness, noise."""
        if self.last_aim is not None:
            pixels, _ = view.project([self.last_aim])
            smear = pixels[0] - (view.size[0] / 2, view.size[1] / 2)
            length = int(np.linalg.norm(smear) * 0.5)
            if 2 <= length < 40:
                kernel = np.zeros((length, length), np.float32)
                half = (length - 1) / 2
                way = smear / np.linalg.norm(smear) * half
                cv2.line(
                    kernel, tuple(int(round(v)) for v in half - way), tuple(int(round(v)) for v in half + way), 1.0, 1
                )
                frame = cv2.filter2D(frame, -1, kernel / kernel.sum())
        self.last_aim = view.target
        frame = cv2.GaussianBlur(frame, (0, 0), 0.6 * frame.shape[0] / 720)
        if self.noise > 0:
            height, width = frame.shape[:2]
            if self.grain is None:
                self.grain = self.rng.normal(0, self.noise, (height + 64, width + 64, 1)).astype(np.int16)
            dy, dx = self.rng.integers(0, 64, 2)
            frame = np.clip(frame + self.grain[dy : dy + height, dx : dx + width], 0, 255).astype(np.uint8)
        return frame

    def _truth(self, match, view, areas, boxes, seen):
        people = []
        for person in match.people:
            box = boxes.get(person.ident)
            if box is None:
                continue
            hidden = 1 - seen[person.ident] / max(1, areas[person.ident])
            people.append(
                dict(
                    id=person.ident,
                    **{"class": person.role},
                    team=None if person.team is None else "ab"[person.team],
                    box=_fractions(box, view.size),
                    occlusion=round(float(hidden), 3),
                    pitch=[round(float(v), 2) for v in person.at],
                )
            )
        ball = dict(
            box=None,
            is_visible=False,
            pitch=[round(float(v), 2) for v in match.ball.at[:2]],
            height_m=round(float(match.ball.at[2]), 2),
        )
        if boxes.get(0) is not None:
            hidden = 1 - seen[0] / max(1, areas[0])
            ball.update(
                box=_fractions(boxes[0], view.size), is_visible=bool(hidden < 0.5), occlusion=round(float(hidden), 3)
            )
        return people, ball


def _stamp(frame, owners, sprite, ident, opacity=1.0):
    """Puts a sprite on the frame. Gives its area with what lies outside, and its box clipped to the frame, or None."""
    solid = sprite.cover > 0.4
    area = int(solid.sum())
    height, width = frame.shape[:2]
    left, top = max(0, sprite.left), max(0, sprite.top)
    right = min(width, sprite.left + solid.shape[1])
    bottom = min(height, sprite.top + solid.shape[0])
    if right <= left or bottom <= top or area == 0:
        return area, None
    rows = slice(top - sprite.top, bottom - sprite.top)
    columns = slice(left - sprite.left, right - sprite.left)
    cover = sprite.cover[rows, columns, None] * opacity
    patch = frame[top:bottom, left:right]
    patch[:] = (patch * (1 - cover) + sprite.colours[rows, columns] * cover).astype(np.uint8)
    inside = solid[rows, columns]
    owners[top:bottom, left:right][inside] = ident
    ys, xs = np.nonzero(inside)
    if len(xs) == 0:
        return area, None
    return area, (left + xs.min(), top + ys.min(), xs.max() - xs.min() + 1, ys.max() - ys.min() + 1)


def _fractions(box, size):
    x, y, w, h = box
    return [
        round(float(x / size[0]), 5),
        round(float(y / size[1]), 5),
        round(float(w / size[0]), 5),
        round(float(h / size[1]), 5),
    ]
