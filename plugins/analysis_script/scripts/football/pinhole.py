"""A level camera without distortion beside the pitch.

Its parameters are an array of (x, y, height, focal length, pan, tilt): metres, pixels, radians. Pan 0 looks straight across
the pitch, positive to the right; tilt is downwards.
"""

import numpy as np

X, Y, HEIGHT, FOCAL, PAN, TILT = range(6)


def project(cameras, points, size):
    """Pixels (k, n, 2) of ground points (n, 2) in each of k cameras (k, 6); NaN behind one."""
    cameras = np.atleast_2d(cameras)[:, :, None]
    dx = points[None, :, 0] - cameras[:, X]
    dy = cameras[:, Y] - points[None, :, 1]  # away from the camera
    sin_pan, cos_pan = np.sin(cameras[:, PAN]), np.cos(cameras[:, PAN])
    sin_tilt, cos_tilt = np.sin(cameras[:, TILT]), np.cos(cameras[:, TILT])
    right = dx * cos_pan - dy * sin_pan
    ahead = dx * sin_pan + dy * cos_pan
    down = cameras[:, HEIGHT]
    depth = ahead * cos_tilt + down * sin_tilt
    below = down * cos_tilt - ahead * sin_tilt
    depth = np.where(depth > 1.0, depth, np.nan)
    return np.stack(
        [size[0] / 2 + cameras[:, FOCAL] * right / depth, size[1] / 2 + cameras[:, FOCAL] * below / depth], axis=-1
    )


def to_ground(camera, pixels, size):
    """Metres (n, 2) on the ground of pixels (n, 2); NaN above the horizon."""
    pixels = np.atleast_2d(np.asarray(pixels, float))
    u = (pixels[:, 0] - size[0] / 2) / camera[FOCAL]
    v = (pixels[:, 1] - size[1] / 2) / camera[FOCAL]
    sin_tilt, cos_tilt = np.sin(camera[TILT]), np.cos(camera[TILT])
    falls = sin_tilt + v * cos_tilt
    reach = np.where(falls > 0.005, camera[HEIGHT] / np.where(falls > 0.005, falls, 1), np.nan)
    ahead, right = reach * (cos_tilt - v * sin_tilt), reach * u
    sin_pan, cos_pan = np.sin(camera[PAN]), np.cos(camera[PAN])
    return np.stack(
        [camera[X] + right * cos_pan + ahead * sin_pan, camera[Y] - (ahead * cos_pan - right * sin_pan)], axis=1
    )
