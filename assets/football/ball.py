"""The ball: flies, bounces, rolls."""

import numpy as np

RADIUS = 0.11
GRAVITY = 9.81
ROLLING = 2.6  # m/s^2 that grass takes from a rolling ball


class Ball:
    def __init__(self, x, y):
        self.at = np.array([x, y, RADIUS], float)
        self.speed = np.zeros(3)

    def step(self, step_s):
        self.at += self.speed * step_s
        if self.at[2] > RADIUS or self.speed[2] > 0:
            self.speed[2] -= GRAVITY * step_s
            self.speed *= 1 - 0.08 * step_s  # air
        if self.at[2] <= RADIUS:
            self.at[2] = RADIUS
            if self.speed[2] < -0.8:
                self.speed[2] *= -0.55
                self.speed[:2] *= 0.82
            else:
                self.speed[2] = 0
                pace = np.linalg.norm(self.speed[:2])
                if pace > 0:
                    self.speed[:2] *= max(0.0, pace - ROLLING * step_s) / pace

    def place(self, x, y):
        self.at[:] = (x, y, RADIUS)
        self.speed[:] = 0

    def pass_to(self, target, arrives_with=4.0):
        """Along the ground, so that it comes to target at that speed."""
        way = np.asarray(target, float) - self.at[:2]
        distance = max(0.5, np.linalg.norm(way))
        pace = min(24.0, np.sqrt(arrives_with**2 + 2 * ROLLING * distance))
        self.speed[:] = (*(way / distance * pace), 0.0)

    def loft_to(self, target, pace=17.0, height=0.0):
        """Through the air, so that it comes down at target (at that height)."""
        way = np.asarray(target, float) - self.at[:2]
        distance = max(1.0, np.linalg.norm(way))
        time_s = max(0.4, distance / pace)
        self.speed[:2] = way / time_s
        self.speed[2] = GRAVITY * time_s / 2 + height / time_s
        self.at[2] = RADIUS + 0.01
