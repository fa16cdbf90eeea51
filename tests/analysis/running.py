"""Runs the generator and the football script as others do: as programs."""

import json
import os
import pathlib
import subprocess
import sys
import time

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


def _command(folder, media, parameters):
    work = os.path.join(folder, "work")
    os.makedirs(work, exist_ok=True)
    chosen = os.path.join(folder, "parameters.json")
    with open(chosen, "w", encoding="utf-8") as file:
        json.dump(parameters, file)
    return [sys.executable, "-B", SCRIPT, media, chosen, work]


def analyse(folder, media, **parameters):
    """(lines, exit status, CPU seconds) of the script on a video."""
    command = _command(folder, media, parameters)
    before = os.times()
    done = subprocess.run(command, capture_output=True, check=False)
    after = os.times()
    sys.stderr.write(done.stderr.decode("utf-8", "replace"))
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout.decode().splitlines(), done.returncode, spent


def start(folder, media, **parameters):
    """The script as a running process, its lines to be read from it."""
    return subprocess.Popen(_command(folder, media, parameters), stdout=subprocess.PIPE, text=True)


def descendants(pid):
    """The ids of a process's children, each followed by its own."""
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        found += [int(child), *descendants(int(child))]
    return found


def wait_until_gone(pids, patience_s=60):
    """Raises TimeoutError where one of them still runs by then."""
    deadline = time.monotonic() + patience_s
    for pid in pids:
        while _runs(pid):
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {pid} still runs")
            time.sleep(0.02)


def _runs(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
