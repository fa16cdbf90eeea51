#!/usr/bin/env python3
"""How far apart many players in one room are, forwards, backwards, at other rates, through seeks and pauses.

    tests/bench/rooms_bench.py SERVER CORES [OPTION...]

Starts SERVER on a clip of 30 frames a second and CORES (zoetrope-room-cores) on it; options go to CORES (--cores, --seconds,
--seed, --json). Printed: for any two, how much later the one put a frame up than the other, and how many pauses left all on
one frame. With --impaired there is a line between them that delays each core's packets by 5 to 80 ms each way, by up to 10 ms more at
random, and loses 1 % of them (impaired_line.py; needs root). Needs ffmpeg.
"""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile

from impaired_line import ImpairedLine


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    server_program, cores_program, *options = sys.argv[1:]
    is_impaired = "--impaired" in options
    options = [each for each in options if each != "--impaired"]
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name, ImpairedLine() if is_impaired else contextlib.nullcontext() as line:
        near, far, address = (line.near, line.far, line.near_address) if line else ([], [], "127.0.0.1")
        folder = pathlib.Path(name)
        (folder / "films").mkdir()
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30:duration=120", "-c:v",
                        "libx264", "-preset", "veryfast", "-bf", "2", "-g", "60", "-pix_fmt", "yuv420p",
                        str(folder / "films" / "clip.mp4")], check=True)
        log = (folder / "log").open("w+")
        server = subprocess.Popen([*near, server_program, "--address", address, "--port", "0", "--http-port", "0", "--data-dir",
                                   str(folder / "data"), "--allow-guests", str(folder / "films")],
                                  stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            port = None
            for said in server.stdout:
                if found := re.search(r"zoetrope-server ready: (?!web)\S+ [\d.]+:(\d+)", said):
                    port = found.group(1)
                    break
            log.seek(0)
            code = re.search(r"become the administrator: (\S+)", log.read())
            sys.exit(subprocess.run([*far, cores_program, "--server", f"{address}:{port}", "--user", "leader", "--password",
                                     "correct horse", "--register", *(["--code", code.group(1)] if code else []), *options],
                                    check=False).returncode)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
