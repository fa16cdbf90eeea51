#!/usr/bin/python3
"""Draws what an analysis said over frames of its video, to look at: draw_overlay.py MEDIA LINES FOLDER SECONDS..."""

import json
import os
import sys

import cv2

import video

_COLOURS = {"a": (255, 200, 0), "b": (0, 128, 255), None: (200, 200, 200)}


def draw(picture, points):
    height, width = picture.shape[:2]
    for point in points:
        x, y, w, h = point["box"]
        corner = (round(x * width), round(y * height))
        other = (round((x + w) * width), round((y + h) * height))
        colour = _COLOURS[point.get("team")]
        if point["class"] == "ball":
            cv2.circle(picture, ((corner[0] + other[0]) // 2, (corner[1] + other[1]) // 2), 9, (0, 255, 255), 2)
            continue
        cv2.rectangle(picture, corner, other, colour, 1)
        text = f"{point['id']}{point['class'][0]}"
        if point.get("pitch"):
            text += f" {point['pitch'][0]:.0f},{point['pitch'][1]:.0f}"
        cv2.putText(picture, text, (corner[0], corner[1] - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.36, colour, 1, cv2.LINE_AA)


def main(media, lines, folder, *seconds):
    with open(lines, encoding="utf-8") as file:
        points = [p for p in map(json.loads, file) if p["type"] == "track"]
    media, folder = os.path.abspath(media), os.path.abspath(folder)
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    info = video.probe(media)
    for second in map(float, seconds):
        with video.Reader(media, info, 1, max(0.0, second - 0.001)) as reader:
            _, picture = next(iter(reader))
        near = min((p["time_us"] for p in points), key=lambda t: abs(t - second * 1e6), default=0)
        draw(picture, [p for p in points if p["time_us"] == near])
        cv2.imwrite(os.path.join(folder, f"at_{second:06.2f}.png"), picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
