"""People as small articulated figures: where their joints are, and how they look from the camera."""

import cv2
import numpy as np

SKINS = [(150, 185, 228), (110, 150, 205), (70, 100, 150), (45, 65, 95)]
HAIRS = [(25, 25, 28), (40, 55, 80), (70, 110, 150), (20, 30, 45)]
SUPERSAMPLE = 4

# Limbs as (name of the colour, joint, joint, radius in metres).
_LEGS = {
    side: [
        ("skin", f"hip_{side}", f"knee_{side}", 0.085),
        ("socks", f"knee_{side}", f"ankle_{side}", 0.068),
        ("boots", f"ankle_{side}", f"toe_{side}", 0.055),
        ("shorts", f"hip_{side}", f"thigh_{side}", 0.115),
    ]
    for side in "lr"
}
_ARMS = {
    side: [
        ("skin", f"elbow_{side}", f"hand_{side}", 0.045),
        ("shirt", f"shoulder_{side}", f"elbow_{side}", 0.062),
    ]
    for side in "lr"
}


def joints(position, heading, phase, speed, height_m=1.80):
    """The joints of a figure as {name: (x, y, z)}; it runs towards heading (radians), phase is that of its stride."""
    scale = height_m / 1.80
    ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
    side = np.array([-ahead[1], ahead[0], 0.0])
    effort = min(1.0, speed / 6.5)
    swing = 0.12 + 0.75 * effort
    base = np.array([position[0], position[1], 0.0])
    bounce = 0.04 * effort * abs(np.sin(phase))
    lean = 0.10 * effort

    def at(forward, sideways, up):
        return base + (ahead * forward + side * sideways) * scale + np.array([0, 0, up * scale])

    found = {}
    hip_up = 0.94 + bounce
    for name, sign in (("l", 1), ("r", -1)):
        thigh = swing * np.sin(phase) * sign
        bend = 0.12 + 1.3 * effort * max(0.0, np.cos(phase) * sign)
        knee_forward, knee_up = 0.45 * np.sin(thigh), hip_up - 0.45 * np.cos(thigh)
        shin = thigh - bend
        ankle_forward, ankle_up = knee_forward + 0.43 * np.sin(shin), max(0.07, knee_up - 0.43 * np.cos(shin))
        found[f"hip_{name}"] = at(0, 0.10 * sign, hip_up)
        found[f"thigh_{name}"] = at(0.65 * knee_forward, 0.11 * sign, hip_up + 0.65 * (knee_up - hip_up))
        found[f"knee_{name}"] = at(knee_forward, 0.11 * sign, knee_up)
        found[f"ankle_{name}"] = at(ankle_forward, 0.11 * sign, ankle_up)
        found[f"toe_{name}"] = at(ankle_forward + 0.16, 0.13 * sign, max(0.04, ankle_up - 0.05))
        arm = -0.9 * swing * np.sin(phase) * sign
        elbow_forward, elbow_up = lean + 0.28 * np.sin(arm), 1.43 + bounce - 0.28 * np.cos(arm)
        fore = arm + 0.3 + 1.0 * effort
        found[f"shoulder_{name}"] = at(lean, 0.20 * sign, 1.45 + bounce)
        found[f"elbow_{name}"] = at(elbow_forward, 0.27 * sign, elbow_up)
        found[f"hand_{name}"] = at(elbow_forward + 0.24 * np.sin(fore), 0.26 * sign, elbow_up - 0.24 * np.cos(fore))
    found["pelvis"] = at(0, 0, hip_up + 0.04)
    found["neck"] = at(lean, 0, 1.50 + bounce)
    found["head"] = at(lean + 0.03, 0, 1.67 + bounce)
    found["back"] = at(0.5 * lean - 0.16, 0, 1.27 + bounce)
    return found


class Sprite:
    """A figure's picture: where its top left pixel lies, its colours (BGR) and its cover (0..1)."""

    def __init__(self, left, top, colours, cover):
        self.left, self.top, self.colours, self.cover = left, top, colours, cover


def sprite(skeleton, look, view):
    """Draws a figure. look: colours by name (shirt, sleeves' stripe, shorts, socks, skin, hair, boots, number)."""
    names = list(skeleton)
    pixels, depths = view.project(np.array([skeleton[name] for name in names]))
    where = {name: pixels[i] for i, name in enumerate(names)}
    depth = {name: depths[i] for i, name in enumerate(names)}
    scale = view.focal_px / float(np.mean(depths))
    pad = 0.16 * scale + 2
    left, top = np.floor(pixels.min(axis=0) - pad).astype(int)
    right, bottom = np.ceil(pixels.max(axis=0) + pad).astype(int)
    if right <= 0 or bottom <= 0 or left >= view.size[0] or top >= view.size[1]:
        return None
    size = (int(bottom - top) * SUPERSAMPLE, int(right - left) * SUPERSAMPLE)
    colours = np.zeros((*size, 3), np.uint8)
    cover = np.zeros(size, np.uint8)
    colours[:] = look["shirt"]

    def place(name):
        x, y = (where[name] - (left, top)) * SUPERSAMPLE
        return int(round(x)), int(round(y))

    def limb(colour, one, other, radius):
        thickness = max(1, int(round(2 * radius * scale * SUPERSAMPLE)))
        cv2.line(colours, place(one), place(other), look[colour], thickness)
        cv2.line(cover, place(one), place(other), 255, thickness)

    def limbs(parts):
        for part in parts:
            limb(*part)

    far, near = ("l", "r") if depth["hip_l"] > depth["hip_r"] else ("r", "l")
    limbs(_ARMS[far])
    limbs(_LEGS[far])
    limbs(_LEGS[near])
    torso = np.array([place(n) for n in ("shoulder_l", "shoulder_r", "hip_r", "hip_l")])
    limb("shorts", "pelvis", "pelvis", 0.16)
    cv2.fillConvexPoly(colours, torso, look["shirt"])
    cv2.fillConvexPoly(cover, torso, 255)
    limb("shirt", "neck", "pelvis", 0.15)
    if look.get("stripe") is not None:
        limb("stripe", "neck", "pelvis", 0.05)
    if depth["back"] < depth["neck"]:
        limb("number", "back", "back", 0.07)
    limbs(_ARMS[near])
    limb("skin", "neck", "head", 0.06)
    limb("hair", "head", "head", 0.105)
    face = where["head"] + (where["toe_l"] + where["toe_r"] - where["ankle_l"] - where["ankle_r"]) * 0.18
    face = (face - (left, top)) * SUPERSAMPLE + (0, 0.02 * scale * SUPERSAMPLE)
    cv2.circle(colours, tuple(int(v) for v in face), max(1, int(0.075 * scale * SUPERSAMPLE)), look["skin"], -1)

    small = (int(right - left), int(bottom - top))
    soft = cv2.resize(cover, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return Sprite(int(left), int(top), cv2.resize(colours, small, interpolation=cv2.INTER_AREA), soft)


def shadow(mask, skeleton, view, sun):
    """Draws a figure's shadow on the ground into mask; sun is the shadow's shift in metres per metre of height."""
    bones = [("pelvis", "neck", 0.17), ("neck", "head", 0.10)]
    for side in "lr":
        bones += [(f"hip_{side}", f"knee_{side}", 0.09), (f"knee_{side}", f"ankle_{side}", 0.07)]
        bones += [(f"shoulder_{side}", f"elbow_{side}", 0.06), (f"elbow_{side}", f"hand_{side}", 0.05)]
    names = list(skeleton)
    points = np.array([skeleton[name] for name in names])
    points[:, 0] += points[:, 2] * sun[0]
    points[:, 1] += points[:, 2] * sun[1]
    points[:, 2] = 0
    pixels, depths = view.project(points)
    if pixels[:, 0].max() < 0 or pixels[:, 0].min() > view.size[0] or pixels[:, 1].min() > view.size[1]:
        return
    scale = view.focal_px / float(np.mean(depths))
    where = {name: tuple(int(round(v)) for v in pixels[i]) for i, name in enumerate(names)}
    for one, other, radius in bones:
        cv2.line(mask, where[one], where[other], 255, max(1, int(round(1.4 * radius * scale))))
