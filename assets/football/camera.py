"""A broadcast camera: it stands high beside the halfway line, and only turns and zooms."""

import numpy as np

import pitch

POSITION = np.array([pitch.LENGTH / 2, pitch.WIDTH + 30.0, 17.0])


class View:
    """One moment of the camera: a pinhole without distortion. Pixels have their origin at the picture's top left."""

    def __init__(self, target, focal_px, size):
        self.target = np.asarray(target, float)
        self.focal_px = float(focal_px)
        self.size = size
        forward = self.target - POSITION
        self.forward = forward / np.linalg.norm(forward)
        right = np.array([-self.forward[1], self.forward[0], 0.0])
        self.right = right / np.linalg.norm(right)
        down = self.forward * self.forward[2] - np.array([0.0, 0.0, 1.0])
        self.down = down / np.linalg.norm(down)

    def project(self, points):
        """Pixels (n, 2) and depths in metres (n) of points (n, 3)."""
        offset = np.atleast_2d(points) - POSITION
        depth = np.maximum(offset @ self.forward, 0.5)
        x = self.size[0] / 2 + self.focal_px * (offset @ self.right) / depth
        y = self.size[1] / 2 + self.focal_px * (offset @ self.down) / depth
        return np.stack([x, y], axis=1), depth

    def plane(self, origin, along, up):
        """The 3x3 matrix from (u, v) on the plane origin + u along + v up to pixels."""
        intrinsic = np.array(
            [[self.focal_px, 0, self.size[0] / 2], [0, self.focal_px, self.size[1] / 2], [0, 0, 1]], float
        )
        rotation = np.stack([self.right, self.down, self.forward])
        columns = [rotation @ np.asarray(v, float) for v in (along, up)]
        columns.append(rotation @ (np.asarray(origin, float) - POSITION))
        return intrinsic @ np.stack(columns, axis=1)

    def ground(self):
        """The 3x3 homography from metres on the ground to pixels."""
        return self.plane((0, 0, 0), (1, 0, 0), (0, 1, 0))


class Operator:
    """Who turns the camera: follows the ball with the lag of a person, and zooms in when play is far away."""

    def __init__(self, size, ball):
        self.size = size
        self.aim = self._wanted(ball)
        self.speed = np.zeros(2)
        self.zoom = 1.0
        self.time_s = 0.0

    @staticmethod
    def _wanted(ball):
        x = np.clip(ball[0], 17, pitch.LENGTH - 17)
        return np.array([x, 31 + 0.45 * (ball[1] - 34)])

    def step(self, ball, step_s):
        """Follows for one step and gives the view."""
        self.time_s += step_s
        stiffness = 2.2  # 1/s of a critically damped spring
        pull = self._wanted(ball) - self.aim
        self.speed += (stiffness**2 * pull - 2 * stiffness * self.speed) * step_s
        self.aim = self.aim + self.speed * step_s
        wanted_zoom = 1.0 + 0.10 * np.sin(0.35 * self.time_s) + 0.12 * abs(self.aim[0] - pitch.LENGTH / 2) / 35
        self.zoom += (wanted_zoom - self.zoom) * min(1.0, step_s / 0.8)
        focal = 1.40 * self.size[0] * self.zoom
        return View((self.aim[0], self.aim[1], 0.8), focal, self.size)
