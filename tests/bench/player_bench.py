#!/usr/bin/env python3
"""The player beside mpv and ffplay, on one virtual display with software GL, in one run.

    tests/bench/player_bench.py ZOETROPE [--rounds 5] [--seconds 10] [--clip FILE] [--json FILE]

All is read off the screen (tests/bench/virtual_screen.py), from a 1080p30 clip of H.264 with groups of 250 pictures,
three B-frames, grain and 8 Mbit/s, in a window of 1280x720: when the first frame is there, how long after a key the
sought frame (paused, 5 seconds on) and the one before it are, what ten seconds of playing cost and which frames were
missing or stood too long, and the same backwards. CPU time is the player's own and, in brackets, that of the display's
server. Needs ffmpeg, Xvfb and libXtst (packages xvfb, libxtst6); mpv and ffplay are left out where they are missing.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from virtual_screen import Screen, numbered_clip  # noqa: E402

RATE = 30
START_FRAME = 150
START_S = START_FRAME / RATE
SEEK_FRAMES = 5 * RATE
MPV_KEYS = "RIGHT seek 5 exact\nSPACE cycle pause\n, frame-back-step\n"


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Zoetrope:
    name = "zoetrope"
    has_seek = has_reverse = True

    def __init__(self, program, folder):
        self.program, self.stats = program, folder / "stats.json"

    def command(self, clip, start_s, rate=1, is_paused=False):
        return [self.program, "--size", "1280x720", "--rate", str(rate), "--start", str(start_s), "--stats",
                str(self.stats), *(["--paused"] if is_paused else []), str(clip)]


class Mpv:
    has_seek = has_reverse = True

    def __init__(self, output, folder):
        self.name, self.output, self.keys = f"mpv --vo={output}", output, folder / "keys.conf"
        self.keys.write_text(MPV_KEYS)

    def command(self, clip, start_s, rate=1, is_paused=False):
        return ["mpv", "--no-config", "--really-quiet", "--no-audio", "--no-osc", "--osd-level=0", "--no-border",
                "--geometry=1280x720+0+0", f"--vo={self.output}", f"--input-conf={self.keys}", "--keep-open=yes", "--gpu-sw",
                f"--start={start_s}", f"--speed={abs(rate)}", f"--play-dir={'backward' if rate < 0 else 'forward'}",
                *(["--pause"] if is_paused else []), str(clip)]


class Ffplay:
    name = "ffplay"
    has_seek = has_reverse = False  # to key frames only; none

    def command(self, clip, start_s, rate=1, is_paused=False):
        return ["ffplay", "-loglevel", "quiet", "-an", "-noborder", "-left", "0", "-top", "0", "-x", "1280", "-y",
                "720", "-ss", str(start_s), str(clip)]


class Run:
    """A player that runs, from its start to its end."""

    def __init__(self, screen, command):
        self.screen = screen
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, env=screen.environment(), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.screen.wait_for_blank()


class BenchScreen(Screen):
    def wait_for_blank(self):
        """Whoever ran before has taken its window away."""
        end = time.monotonic() + 5
        while self.number() is not None and time.monotonic() < end:
            time.sleep(0.01)


def first_frame_ms(screen, player, clip):
    with Run(screen, player.command(clip, 0)) as run:
        found = screen.wait_for(lambda _: True)
        return (found[1] - run.began) * 1000 if found else None


def key_times(screen, player, clip, rounds):
    """Milliseconds from a key to its frame, paused: [5 seconds on], [one frame back]."""
    seeks, steps = [], []
    with Run(screen, player.command(clip, START_S, is_paused=True)):
        found = screen.wait_for(lambda _: True)
        time.sleep(1)
        for _ in range(rounds):
            for key, frames, times in (("Right", SEEK_FRAMES, seeks), ("comma", -1, steps)):
                before = screen.number()
                if not found or before is None:
                    return seeks, steps
                sent = screen.press(key)
                reached = screen.wait_for(lambda number: number == before + frames)  # noqa: B023
                times.append((reached[1] - sent) * 1000 if reached else None)
                time.sleep(0.5)
    return seeks, steps


def playing(screen, player, clip, start_s, rate, seconds):
    """From a second after the first frame on."""
    with Run(screen, player.command(clip, start_s, rate)) as run:
        first = screen.wait_for(lambda _: True)
        if not first:
            return None
        second = screen.wait_for(lambda number: number != first[0])
        screen.watch(1)
        own, server = cpu_seconds(run.process.pid), cpu_seconds(screen.process.pid)
        seen = screen.watch(seconds)
        own, server = cpu_seconds(run.process.pid) - own, cpu_seconds(screen.process.pid) - server
        if isinstance(player, Zoetrope):
            time.sleep(1.1)  # its statistics are of every second
    frame_s = 1 / (RATE * abs(rate))
    sign = 1 if rate > 0 else -1
    steps = [(b[0] - a[0]) * sign for a, b in zip(seen, seen[1:])]
    gaps = [b[1] - a[1] for a, b in zip(seen, seen[1:])]
    result = {"moves_ms": (second[1] - run.began) * 1000 if second else None, "cpu_s": own, "display_cpu_s": server,
              "frames": len(seen), "missing": sum(max(0, step - 1) for step in steps),
              "wrong_way": sum(step < 0 for step in steps),
              "stood_twice": sum(gap > 1.6 * frame_s for gap in gaps)}
    if isinstance(player, Zoetrope):
        counters = json.loads(player.stats.read_text())["counters"]
        result["own"] = {key: counters[key] for key in ("shown", "dropped", "late", "stalls")}
    return result


def median(values):
    good = [value for value in values if value is not None]
    return f"{statistics.median(good):.0f} ms" if good else "\u2013"


def measure(screen, players, clip, duration_s, options):
    """Tells of each player as soon as it is measured."""
    results = {player.name: {} for player in players}
    for _ in range(options.rounds):  # in turn, so that a busy machine is busy for all
        for player in players:
            results[player.name].setdefault("first_frame_ms", []).append(first_frame_ms(screen, player, clip))
    for player in players:
        mine = results[player.name]
        if player.has_seek:
            mine["seek_ms"], mine["step_back_ms"] = key_times(screen, player, clip, min(options.rounds, 4))
        mine["forward"] = playing(screen, player, clip, 0, 1, options.seconds)
        if player.has_reverse:
            end_s = duration_s - 0.5
            mine["reverse"] = playing(screen, player, clip, end_s, -1, options.seconds)
            mine["reverse_twice"] = playing(screen, player, clip, end_s, -2, min(options.seconds, duration_s / 2 - 3))
        report({player.name: mine}, options, duration_s)
    return results


def motion_text(motion, seconds):
    if not motion:
        return "\u2013"
    own = f"; its own count: {motion['own']}" if "own" in motion else ""
    return (f"moves after {motion['moves_ms']:.0f} ms, {motion['frames'] / seconds:.1f} frames a second, "
            f"{motion['missing']} missing, {motion['stood_twice']} stood too long, "
            f"{motion['cpu_s']:.1f} s CPU ({motion['display_cpu_s']:.1f}){own}")


def report(results, options, duration_s):
    for name, mine in results.items():
        print(f"\n{name}\n  first frame   {median(mine['first_frame_ms'])}")
        if "seek_ms" in mine:
            print(f"  exact seek    {median(mine['seek_ms'])}\n  one back      {median(mine['step_back_ms'])}")
        print(f"  1x            {motion_text(mine['forward'], options.seconds)}")
        if "reverse" in mine:
            twice_s = min(options.seconds, duration_s / 2 - 3)
            print(f"  -1x           {motion_text(mine['reverse'], options.seconds)}")
            print(f"  -2x           {motion_text(mine['reverse_twice'], twice_s)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zoetrope")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clip", default="build/bench/numbered-1080p30.mp4", help="made where it is missing")
    parser.add_argument("--only", help="players whose names contain this")
    parser.add_argument("--json")
    options = parser.parse_args()
    if not shutil.which("Xvfb"):
        print("left out: Xvfb is not installed (package xvfb)")
        return
    duration_s = 30
    clip = pathlib.Path(options.clip)
    if not clip.exists():
        clip.parent.mkdir(parents=True, exist_ok=True)
        partial = clip.with_suffix(".part.mp4")
        numbered_clip(partial, duration_s)
        partial.rename(clip)
    screen = BenchScreen()
    try:
        folder = pathlib.Path(screen.folder.name)
        players = [Zoetrope(options.zoetrope, folder)]
        if shutil.which("mpv"):
            players += [Mpv("gpu", folder), Mpv("x11", folder)]
        if shutil.which("ffplay"):
            players.append(Ffplay())
        if options.only:
            players = [player for player in players if options.only in player.name]
        print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; medians of {options.rounds}")
        results = measure(screen, players, clip, duration_s, options)
    finally:
        screen.close()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
