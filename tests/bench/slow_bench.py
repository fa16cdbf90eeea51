#!/usr/bin/env python3
"""What slow attackers do to everybody else: a normal client's latency beside slowhttptest's attacks, in one run.

    tests/bench/slow_bench.py SERVER [--seconds S] [--connections N]

The normal client asks in turn for a range of a film on a connection that it keeps, and for what the server is on a new
one. Idle first, then under slow headers, slow bodies, and slow reading of a large file. Printed: median and 99th percentile
in milliseconds, and the ratio of each attack's median to the idle one. Needs slowhttptest and ffmpeg.
"""

import argparse
import http.client
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from http_bench import WHOLE_BYTES, Server, make_film, start_zoetrope


def latencies(server: Server, seconds: float) -> list:
    """Milliseconds of each request of a normal client, ten pairs a second."""
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    out = []
    first = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        first = (first + 1234567) % (WHOLE_BYTES - 65536)
        for connection, path, headers in (
                (kept, server.path, {"Range": f"bytes={first}-{first + 65535}", **server.headers}),
                (http.client.HTTPConnection("127.0.0.1", server.port, timeout=20), "/api/server.info", {})):
            begin = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            out.append((time.perf_counter() - begin) * 1e3)
            if answer.status not in (200, 206) or not body:
                sys.exit(f"{path}: {answer.status} {body[:200]!r}")
            if connection is not kept:
                connection.close()
        time.sleep(0.1)
    return out


def attack(kind: list, server: Server, options) -> subprocess.Popen:
    """Starts slowhttptest with as many connections as asked for, opened within two seconds."""
    url = f"http://127.0.0.1:{server.port}"
    return subprocess.Popen(["slowhttptest", *kind, "-c", str(options.connections), "-r", str(options.connections // 2),
                             "-l", str(options.seconds + 4), "-p", "3"] +
                            (["-u", url + "/hls.js"] if kind[0] == "-X" else ["-u", url + "/api/server.info"]),
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--seconds", type=int, default=20, help="of each attack")
    parser.add_argument("--connections", type=int, default=1000, help="of an attack")
    options = parser.parse_args()
    missing = [tool for tool in ("slowhttptest", "ffmpeg") if not shutil.which(tool)]
    if missing:
        sys.exit(f"this needs {', '.join(missing)}: apt-get install slowhttptest ffmpeg")
    # slowhttptest has no account: it reads the largest file that everybody may have, and asks for it three times at once.
    attacks = {"slow headers": ["-H", "-i", "2", "-x", "40"], "slow bodies": ["-B", "-i", "2", "-s", "60000", "-x", "40",
                                                                            "-f", "application/json"],
               "slow reading": ["-X", "-w", "10", "-y", "20", "-n", "3", "-z", "16", "-k", "3"]}
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "films").mkdir()
        make_film(folder / "films")
        server = start_zoetrope(folder, options.server)
        try:
            idle = latencies(server, options.seconds)
            base = statistics.median(idle)
            print(f"{'idle':14} median {base:7.2f} ms   p99 {statistics.quantiles(idle, n=100)[98]:7.2f} ms")
            for title, kind in attacks.items():
                running = attack(kind, server, options)
                time.sleep(3)
                sockets = len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))
                under = latencies(server, options.seconds)
                running.terminate()
                running.wait()
                median = statistics.median(under)
                print(f"{title:14} median {median:7.2f} ms   p99 {statistics.quantiles(under, n=100)[98]:7.2f} ms   "
                      f"{median / base:5.2f} of idle   ({sockets} descriptors open after 3 s)", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
