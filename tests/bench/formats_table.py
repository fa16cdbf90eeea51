#!/usr/bin/env python3
"""Plays every clip of a folder forwards and backwards and prints docs/formats.md: what was played, and what came of it.

    tests/bench/formats_table.py build/release/bin/zoetrope FOLDER > docs/formats.md

Of each clip: every frame from the first to the last and back again, by the hashes of the decoded pictures (without a
clock, so that a slow machine loses nothing); then with sound against the clock, forwards and backwards, how far sound
and pictures are apart. Needs ffprobe. A clip that fails makes the exit code 1.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

MOST_SECONDS = 600  # for one run of the player
HEARD_SECONDS = 5   # of sound listened to in each direction
STEP_MS = 500       # between two looks at the clock
IN_STEP_MS = 20     # what sound and pictures may be apart


def probe(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path],
                         capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def first(info, kind):
    for stream in info["streams"]:
        if stream["codec_type"] == kind and not stream.get("disposition", {}).get("attached_pic"):
            return stream
    return None


def describe(info):
    video = first(info, "video")
    words = [video["codec_name"].upper().replace("H264", "H.264"), f'{video["width"]}x{video["height"]}']
    rate = video.get("avg_frame_rate", "0/1").split("/")
    fps = int(rate[0]) / max(int(rate[1]), 1)
    if 0 < fps <= 240:  # what is more is the container's clock, for want of a rate
        words.append(f"{fps:.4g} fps")
    depth = video.get("pix_fmt", "")
    if "10" in depth:
        words.append("10 bit")
    transfer = video.get("color_transfer", "")
    words += {"smpte2084": ["HDR10"], "arib-std-b67": ["HLG"]}.get(transfer, [])
    if video.get("has_b_frames", 0) > 0:
        words.append("B-frames")
    for side in video.get("side_data_list", []):
        if side.get("rotation"):
            words.append(f'turned by {side["rotation"]}°')
    return ", ".join(words)


def describe_sound(info):
    sound = first(info, "audio")
    if sound is None:
        return "none"
    count = sound.get("channels", 0)
    return sound["codec_name"].upper() + ", " + {1: "mono", 2: "stereo", 6: "5.1"}.get(count, f"{count} channels")


def describe_rest(info):
    kinds = [s["codec_name"] for s in info["streams"] if s["codec_type"] == "subtitle"]
    return ", ".join(sorted(set(kinds)))


class Player:
    def __init__(self, program):
        self.program = os.path.abspath(program)

    def run(self, clip, script, arguments):
        with tempfile.TemporaryDirectory() as folder:
            keys = os.path.join(folder, "keys.txt")
            with open(keys, "w", encoding="utf-8") as file:
                file.write(script)
            environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(folder, "config"), SDL_AUDIODRIVER="dummy",
                               LC_ALL="C.UTF-8")
            command = [self.program, "--headless", "--size", "160x90", "--input-script", keys,
                       "--trace", os.path.join(folder, "trace"), "--stats", os.path.join(folder, "stats")]
            done = subprocess.run(command + arguments + [clip], capture_output=True, text=True, env=environment,
                                  timeout=MOST_SECONDS, check=False)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed")
            with open(os.path.join(folder, "trace"), encoding="utf-8") as file:
                trace = [json.loads(line) for line in file]
            with open(os.path.join(folder, "stats"), encoding="utf-8") as file:
                stats = json.load(file)
            return [frame for frame in trace if frame["kind"] != "preview"], stats

    def there_and_back(self, clip):
        """Frames in each direction, and whether those backwards are those forwards from the last to the first."""
        wait = f"timeout {MOST_SECONDS * 900}\nwait-state ended\n"
        trace, _ = self.run(clip, wait + "rate -1\nplay\n" + wait + "quit\n", ["--untimed"])
        there = [(f["pts"], f["hash"]) for f in trace if f["direction"] > 0]
        back = [(f["pts"], f["hash"]) for f in trace if f["direction"] < 0]
        # The last frame is on the screen when the direction turns; it may be told of once or twice.
        if back and there and back[0] != there[-1]:
            back.insert(0, there[-1])
        return there, back

    def sound(self, clip, duration_s):
        """Medians of how far sound and pictures are apart, forwards and backwards; None where nothing was heard."""
        errors = []
        for rate, start in ((1, 0), (-1, duration_s)):
            # A short clip is listened to over and over: a loop has no gap.
            script = "loop on\nwait-shown 10\n"
            script += f"wait {HEARD_SECONDS * 1000}\nquit\n"
            seen = self.watch(clip, script, ["--rate", str(rate), "--start", f"{max(start, 0):.3f}"])
            errors.append(statistics.median(seen) if seen else None)
        return errors

    def watch(self, clip, script, arguments):
        with tempfile.TemporaryDirectory() as folder:
            keys = os.path.join(folder, "keys.txt")
            stats = os.path.join(folder, "stats")
            with open(keys, "w", encoding="utf-8") as file:
                file.write(script)
            environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(folder, "config"), SDL_AUDIODRIVER="dummy",
                               LC_ALL="C.UTF-8")
            command = [self.program, "--headless", "--size", "160x90", "--input-script", keys, "--stats", stats]
            child = subprocess.Popen(command + arguments + [clip], stderr=subprocess.DEVNULL, env=environment)
            seen = []
            until = time.monotonic() + 60 + HEARD_SECONDS
            while child.poll() is None and time.monotonic() < until:
                time.sleep(STEP_MS / 1000)
                try:
                    with open(stats, encoding="utf-8") as file:
                        sound = json.load(file)["sound"]
                except (OSError, ValueError, KeyError):
                    continue
                if sound["is_heard"]:
                    seen.append(abs(sound["clock_error_ms"]))
            child.kill()
            child.wait()
            return seen


def in_step(error):
    if error is None:
        return "not heard"
    return f"{error:.1f} ms apart" + ("" if error <= IN_STEP_MS else " (not in step)")


def row_of(player, path):
    info = probe(path)
    there, back = player.there_and_back(path)
    is_equal = there == back[::-1]
    ok = bool(there) and is_equal
    heard = ["–", "–"]
    if first(info, "audio") is not None:
        errors = player.sound(path, float(info["format"].get("duration", 0)))
        ok = ok and all(error is not None and error <= IN_STEP_MS for error in errors)
        heard = [in_step(error) for error in errors]
    name, ending = os.path.splitext(os.path.basename(path))
    cells = [name, ending[1:], describe(info), describe_sound(info), describe_rest(info) or "–", str(len(there)),
             "the same, reversed" if is_equal else f"{len(back)}, not the same", heard[0], heard[1]]
    return ok, "| " + " | ".join(cells) + " |"


HEAD = """# What was played

Every clip of a folder of public test clips, as `tests/bench/formats_table.py` found it: it plays each one from its first frame to
its last and back to the first, compares the decoded pictures by their hashes, and then listens for {seconds} seconds in each
direction to how far sound and pictures are apart (the median; {bound} ms are in step). Made anew by

    tests/bench/formats_table.py build/release/bin/zoetrope FOLDER > docs/formats.md

| clip | container | video | sound | subtitles | frames | backwards | sound forwards | sound backwards |
|---|---|---|---|---|---|---|---|---|"""


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    player = Player(sys.argv[1])
    print(HEAD.format(seconds=HEARD_SECONDS, bound=IN_STEP_MS))
    failed = 0
    for name in sorted(os.listdir(sys.argv[2])):
        path = os.path.join(sys.argv[2], name)
        if not os.path.isfile(path):
            continue
        try:
            ok, row = row_of(player, path)
        except (RuntimeError, subprocess.SubprocessError) as error:
            ok, row = False, f"| {name} | failed: {error} |"
        failed += 0 if ok else 1
        print(row, flush=True)
        print(f"{name}: {'ok' if ok else 'FAILED'}", file=sys.stderr, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
