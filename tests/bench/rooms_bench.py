#!/usr/bin/env python3
"""How far apart many players in one room are, forwards, backwards, at other rates, through seeks and pauses.

    tests/bench/rooms_bench.py SERVER CORES [OPTION...]

Starts SERVER on a clip of 30 frames a second and CORES (zoetrope-room-cores) on it; options go to CORES (--cores, --seconds,
--seed, --json). Printed: for any two, how much later the one put a frame up than the other, and how many pauses left all on
one frame. Needs ffmpeg.
"""

import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    server_program, cores_program, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "films").mkdir()
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30:duration=120", "-c:v",
                        "libx264", "-preset", "veryfast", "-bf", "2", "-g", "60", "-pix_fmt", "yuv420p",
                        str(folder / "films" / "clip.mp4")], check=True)
        log = (folder / "log").open("w+")
        server = subprocess.Popen([server_program, "--address", "127.0.0.1", "--port", "0", "--http-port", "0", "--data-dir",
                                   str(folder / "data"), "--allow-guests", str(folder / "films")],
                                  stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            port = None
            for line in server.stdout:
                if found := re.search(r"zoetrope-server ready: (?!web)\S+ 127\.0\.0\.1:(\d+)", line):
                    port = found.group(1)
                    break
            log.seek(0)
            code = re.search(r"become the administrator: (\S+)", log.read())
            sys.exit(subprocess.run([cores_program, "--server", f"127.0.0.1:{port}", "--user", "leader", "--password",
                                     "correct horse", "--register", *(["--code", code.group(1)] if code else []), *options],
                                    check=False).returncode)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
