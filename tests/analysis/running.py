"""Runs the generator and the football script as others do: as programs."""

import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = TOP / "plugins/analysis_script/scripts/football/football.py"
GENERATOR = TOP / "assets/football/make_match.py"


def make_match(folder, name, *options):
    """(video, truth) of a match rendered with these options of make_match.py."""
    video, truth = os.path.join(folder, name + ".mp4"), os.path.join(folder, name + ".jsonl")
    subprocess.run([sys.executable, "-B", GENERATOR, video, "--truth", truth, *options], check=True)
    return video, truth


def make_video(folder, name, *ffmpeg):
    path = os.path.join(folder, name)
    subprocess.run(["ffmpeg", "-v", "error", "-y", *ffmpeg, path], check=True)
    return path


def analyse(folder, media, **parameters):
    """(lines, exit status, CPU seconds) of the script on a video."""
    work = os.path.join(folder, "work")
    os.makedirs(work, exist_ok=True)
    chosen = os.path.join(folder, "parameters.json")
    with open(chosen, "w", encoding="utf-8") as file:
        json.dump(parameters, file)
    before = os.times()
    done = subprocess.run([sys.executable, "-B", SCRIPT, media, chosen, work], capture_output=True, check=False)
    after = os.times()
    sys.stderr.write(done.stderr.decode("utf-8", "replace"))
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout.decode().splitlines(), done.returncode, spent
