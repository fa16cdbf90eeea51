#!/usr/bin/env python3
"""What an analysis on the picture costs the player: the same 1080p30 video played without it, with 23 objects, and with 300.

    tests/bench/overlay_bench.py SERVER PLAYER [--rounds N] [--seconds N] [--json]

Starts SERVER on made clips, lets a script print the objects, and plays with PLAYER, off screen, each way in turn, N rounds. Printed
for each way: frames shown, late and dropped, the CPU time of the whole player, and what drawing on the picture took. Needs ffmpeg.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import zoe_client  # noqa: E402

WAYS = {"without": 0, "23 objects": 23, "300 objects": 300}
MANIFEST = """id = "crowd"
name = "Crowd"
version = "1"
command = ["/usr/bin/python3", "{folder}/crowd.py", "{parameters}"]
[[parameters]]
name = "objects"
type = "integer"
default = 23
min = 1
max = 1000
[[parameters]]
name = "seconds"
type = "integer"
default = 20
min = 1
max = 600
"""
# People who walk in circles of their own, looked at 12.5 times a second.
CROWD = """import json, math, sys
with open(sys.argv[1]) as file: chosen = json.load(file)
def say(**line): print(json.dumps(line, separators=(",", ":")))
say(type="hello", protocol=1)
for step in range(int(chosen["seconds"] * 12.5)):
    for i in range(chosen["objects"]):
        angle = step * 0.08 + i
        x, y = 0.05 + 0.85 * (i * 0.618 % 1) + 0.04 * math.cos(angle), 0.1 + 0.7 * (i * 0.381 % 1) + 0.04 * math.sin(angle)
        say(type="track", time_us=step * 80000, id=i + 1, **{"class": "player"}, team="ab"[i % 2], confidence=0.9,
            box=[round(x, 4), round(y, 4), 0.02, 0.08], pitch=[round(105 * x, 2), round(68 * y, 2)])
    if step % 10 == 0: say(type="progress", fraction=min(1, step / (chosen["seconds"] * 12.5)))
say(type="summary", text="walked")
"""


def start_server(program, folder):
    (folder / "server.toml").write_text(f'[plugins.analysis_script]\nscripts = ["{folder}/scripts"]\n')
    server = subprocess.Popen([program, "--address", "127.0.0.1", "--port", "0", "--http-port", "0", "--config", folder / "server.toml",
                               "--data-dir", folder / "data", "--allow-guests", folder / "films"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in server.stdout:
        if found := re.search(r"zoetrope-server ready: (?!web)\S+ 127\.0\.0\.1:(\d+)", line):
            return server, int(found.group(1))
    sys.exit("the server did not start")


def play(player, port, folder, way, seconds):
    """One run: (counters between the marks, CPU seconds, milliseconds on the picture)."""
    script = folder / "keys.txt"
    shows = WAYS[way] > 0
    script.write_text("timeout 120000\nwait-state playing\n" + ("wait-for overlay\n" if shows else "key shift+a\n") +
                      f"wait-frame 60\nmark begin\nwait-frame {30 * seconds - 30}\nmark end\nquit\n")
    stats = folder / "stats.json"
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy", "LIBGL_ALWAYS_SOFTWARE": "1",
                   "XDG_CONFIG_HOME": str(folder / "config" / way.replace(" ", "-"))}
    process = subprocess.Popen([player, "--headless", f"127.0.0.1:{port}", "--guest", "--media", f"Crowd {max(WAYS[way], 23)}",
                                "--size", "1920x1080", "--stats", stats, "--input-script", script], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"the player ended with {process.returncode}")
    told = json.loads(stats.read_text())
    begin, end = told["marks"]
    counters = {name: end[name] - begin[name] for name in ("shown", "late", "dropped")}
    return counters, usage.ru_utime + usage.ru_stime, told["screen"]["overlay_ms"], len(end["overlay"]["objects"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("player")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        for part in ("films", "scripts/crowd", "config"):
            (folder / part).mkdir(parents=True)
        (folder / "scripts/crowd/crowd.toml").write_text(MANIFEST)
        (folder / "scripts/crowd/crowd.py").write_text(CROWD)
        for count in sorted(set(WAYS.values()) - {0}):
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={options.seconds}", "-c:v",
                            "libx264", "-preset", "veryfast", "-g", "60", "-pix_fmt", "yuv420p",
                            folder / "films" / f"Crowd {count}.mp4"], check=True)
        server, port = start_server(options.server, folder)
        try:
            results = measure(options, folder, port)
        finally:
            server.terminate()
            server.wait()
    if options.json:
        return print(json.dumps(results, indent=1))
    print(f"{'':12}{'shown':>8}{'late':>8}{'dropped':>8}{'CPU s':>8}{'drawing, ms: median':>22}{'p99':>8}")
    for way, of in results.items():
        row = [sum(r[k] for r in of) for k in ("shown", "late", "dropped")]
        middle = [statistics.median(r[k] for r in of) for k in ("cpu_s", "p50", "p99")]
        print(f"{way:12}{row[0]:8}{row[1]:8}{row[2]:8}{middle[0]:8.2f}{middle[1]:22.3f}{middle[2]:8.3f}")


def measure(options, folder, port):
    analyse(port, options.seconds)
    results = {way: [] for way in WAYS}
    for _ in range(options.rounds):
        for way in WAYS:
            counters, cpu_s, drawing, objects = play(options.player, port, folder, way, options.seconds)
            if objects != WAYS[way]:
                sys.exit(f"{objects} objects were on the picture, not {WAYS[way]}")
            results[way].append({**counters, "cpu_s": cpu_s, "p50": drawing.get("p50", 0), "p99": drawing.get("p99", 0)})
    return results


def analyse(port, seconds):
    """Both videos, each with its objects; returns when that is done."""
    client = zoe_client.Client("127.0.0.1", port)
    client.request("auth.register", name="bench", password="correct horse")
    for count in sorted(set(WAYS.values()) - {0}):
        while not (found := client.request("library.list", search=f"Crowd {count}")["items"]):
            time.sleep(0.1)
        parameters = {"objects": count, "seconds": seconds}
        job = client.request("analysis.start", media=found[0]["media"], analyser="crowd", parameters=parameters)["job"]
        while job["state"] in ("queued", "running"):
            time.sleep(0.1)
            job = client.request("analysis.get", job=job["job"])["job"]
        if job["state"] != "done":
            sys.exit(f"the analysis ended {job['state']}: {job.get('error')}")


if __name__ == "__main__":
    main()
