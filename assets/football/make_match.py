#!/usr/bin/python3
"""Renders a football match with its truth: make_match.py OUT.mp4 [--truth OUT.jsonl] [--seconds 20] [--seed 1] ...

A broadcast camera, two teams, officials, a ball, a crowd; encoded by ffmpeg as H.264. The same options give the same
match. The truth is JSON Lines: one `match`, then a `frame` for each frame and an `event` where something happens.
docs/football.md describes it.
"""

import argparse
import json
import subprocess
import sys

import cv2

from camera import Operator
from kits import KITS
from match import Match
from renderer import Renderer


def parse(arguments):
    parser = argparse.ArgumentParser(description="Renders a football match with its truth.")
    parser.add_argument("out", help="the video to write (.mp4)")
    parser.add_argument("--truth", help="where the truth goes (default: the video's name with .jsonl)")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--from", dest="begin", type=float, default=0.0, help="seconds of the match that are left out before")
    parser.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT, both even")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--bitrate", default="5M", help="as ffmpeg takes it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kits", default="white,red", help="two of: " + ", ".join(sorted(KITS)))
    parser.add_argument("--noise", type=float, default=2.0, help="the sensor's noise, of 255")
    options = parser.parse_args(arguments)
    try:
        width, height = (int(v) for v in options.size.split("x"))
    except ValueError:
        parser.error(f"--size is WIDTHxHEIGHT, not {options.size}")
    if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
        parser.error("--size is even and from 64x64 to 4096x4096")
    options.size = (width, height)
    options.kits = options.kits.split(",")
    if len(options.kits) != 2 or any(name not in KITS for name in options.kits):
        parser.error("--kits names two of: " + ", ".join(sorted(KITS)))
    if not 0 < options.seconds <= 7200 or not 0 <= options.begin <= 7200 or not 1 <= options.fps <= 120:
        parser.error("--seconds is above 0 and at most 7200, --from at most 7200, --fps from 1 to 120")
    options.truth = options.truth or options.out.rsplit(".", 1)[0] + ".jsonl"
    return options


def encoder(options):
    """ffmpeg, which reads raw frames and writes the video."""
    width, height = options.size
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}"]
    command += ["-r", str(options.fps), "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-threads", "2"]
    command += ["-b:v", options.bitrate, "-g", str(2 * options.fps), "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", options.out]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def camera_truth(view):
    return {
        "target": [round(float(v), 3) for v in view.target],
        "focal_px": round(view.focal_px, 2),
        "ground_to_picture": [[float(f"{v:.8g}") for v in row] for row in view.ground()],
    }


def render(options):
    cv2.setNumThreads(1)  # so that the same options give the same bytes, and other work goes on beside it
    step_s = 1 / options.fps
    match = Match(options.seed)
    for _ in range(round(options.begin / step_s)):
        match.step(step_s)
    begin_s, told = match.time_s, len(match.events)
    renderer = Renderer(options.seed, options.kits, options.noise)
    operator = Operator(options.size, match.ball.at)
    frames = round(options.seconds * options.fps)
    process = encoder(options)
    with open(options.truth, "w", encoding="utf-8") as truth:

        def write(line):
            truth.write(json.dumps(line, separators=(",", ":")) + "\n")

        write(
            {
                "type": "match",
                "width": options.size[0],
                "height": options.size[1],
                "fps": options.fps,
                "frames": frames,
                "seed": options.seed,
                "kits": options.kits,
                "pitch": [105, 68],
            }
        )
        try:
            for frame in range(frames):
                view = operator.step(match.ball.at, step_s)
                picture, (people, ball) = renderer.draw(match, view, step_s)
                process.stdin.write(picture.tobytes())
                time_us = round(frame * 1_000_000 / options.fps)
                write(
                    {
                        "type": "frame",
                        "frame": frame,
                        "time_us": time_us,
                        "camera": camera_truth(view),
                        "objects": people,
                        "ball": ball,
                        "possession": match.possession,
                    }
                )
                match.step(step_s)
                for event in match.events[told:]:
                    write(
                        {
                            "type": "event",
                            "kind": event["kind"],
                            "time_us": round((event["time_s"] - begin_s) * 1e6),
                            "team": event["team"],
                        }
                    )
                told = len(match.events)
        except BrokenPipeError:
            pass  # ffmpeg has ended and said why
        finally:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
    if process.wait() != 0:
        sys.exit(f"make_match: ffmpeg could not write {options.out}")


if __name__ == "__main__":
    render(parse(sys.argv[1:]))
