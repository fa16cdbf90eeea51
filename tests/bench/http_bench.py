#!/usr/bin/env python3
"""Whole files and small random ranges over HTTP: zoetrope-server beside nginx, in one run on one machine.

    tests/bench/http_bench.py SERVER [--seconds S] [--rounds N] [--json FILE]

Both serve the same file from the page cache, without TLS, to wrk on the loopback; nginx at its best for this (one and two
workers, sendfile on, tcp_nopush off, open files cached, no access log), zoetrope-server with its defaults and a signed-in
person, whose right to the file it checks. Rounds alternate between the servers; the table shows medians: bytes or requests
a second, and processor seconds of the server for a gigabyte (1e9 bytes), user and kernel, from /proc. Ratios are to the
better of the two nginx. Needs nginx, wrk and ffmpeg.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

WHOLE_BYTES = 64 << 20
NGINX_CONF = """
worker_processes {workers};
daemon off;
pid {folder}/nginx-{workers}.pid;
error_log {folder}/nginx-{workers}.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush off;
  keepalive_requests 1000000000;
  open_file_cache max=100;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} reuseport; root {folder}/films; }}
}}
"""
WRK_SCRIPT = """
local headers, path, range, size = {headers}, "{path}", {range}, {size}
local seed = 0
function setup(thread) seed = seed + 1; thread:set("seed", seed) end
function init() math.randomseed(seed) end
function request()
  if range > 0 then
    local first = math.random(0, size - range)
    headers["Range"] = string.format("bytes=%d-%d", first, first + range - 1)
  end
  return wrk.format("GET", path, headers)
end
function done(summary)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.bytes, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Server:
    """A running server: where it listens, what to ask for, and its process."""

    def __init__(self, name: str, process: subprocess.Popen, port: int, path: str, headers: dict):
        self.name, self.process, self.port, self.path, self.headers = name, process, port, path, headers

    def cpu_seconds(self) -> float:
        """Of the process and its children, user and kernel."""
        pids = [self.process.pid]
        children = pathlib.Path(f"/proc/{pids[0]}/task/{pids[0]}/children")
        pids += [int(pid) for pid in children.read_text().split()]
        ticks = 0
        for pid in pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


def make_film(folder: pathlib.Path) -> pathlib.Path:
    """A film of WHOLE_BYTES: half a second of pictures, and a box that players skip."""
    film = folder / "film.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30", "-t", "0.5", "-pix_fmt",
                    "yuv420p", str(film)], check=True)
    rest = WHOLE_BYTES - film.stat().st_size
    with film.open("ab") as out:
        out.write(rest.to_bytes(4, "big") + b"free" + os.urandom(1 << 20) * ((rest - 8) >> 20))
        out.truncate(WHOLE_BYTES)
    return film


def start_nginx(folder: pathlib.Path, workers: int) -> Server:
    port = free_port()
    conf = folder / f"nginx-{workers}.conf"
    conf.write_text(NGINX_CONF.format(workers=workers, folder=folder, port=port))
    process = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder), "-e", str(folder / "nginx-start.log")])
    wait_for(port)
    return Server(f"nginx, {workers} worker{'s' if workers > 1 else ''}", process, port, "/film.mp4", {})


def api(port: int, method: str, params: dict, headers: dict) -> dict:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/{method}", json.dumps(params).encode(),
                                     {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["result"]


def start_zoetrope(folder: pathlib.Path, program: str) -> Server:
    (folder / "zoetrope.toml").write_text(
        f'folders = ["{folder}/films"]\ndata_dir = "{folder}/data"\n[log]\nlevel = "warning"\n'
        '[plugins.transport_tcp]\nport = 0\n[plugins.transport_http]\nport = 0\n')
    process = subprocess.Popen([program, "--config", str(folder / "zoetrope.toml")], stdout=subprocess.PIPE, text=True)
    port = 0
    for line in process.stdout:
        if found := re.search(r"ready: web [^ ]*:(\d+)$", line.strip()):
            port = int(found.group(1))
        if "ready: native" in line:
            break
    if port == 0:
        sys.exit("the server does not get ready")
    code = (folder / "data/plugins/auth_sql/admin-code.txt").read_text().split()[0]
    token = api(port, "auth.register", {"name": "bench", "password": "correct horse battery", "code": code}, {})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(200):
        items = api(port, "library.list", {}, headers)["items"]
        if items:
            return Server("zoetrope-server", process, port, f"/watch/{items[0]['media']}", headers)
        time.sleep(0.1)
    sys.exit("the server does not find the film")


def measure(server: Server, folder: pathlib.Path, connections: int, range_bytes: int, seconds: int) -> dict:
    """One run of wrk: requests and bytes a second, processor seconds for a gigabyte."""
    script = folder / "wrk.lua"
    table = "{" + ", ".join(f'["{name}"] = "{value}"' for name, value in server.headers.items()) + "}"
    text = WRK_SCRIPT
    for name, value in (("headers", table), ("path", server.path), ("range", range_bytes), ("size", WHOLE_BYTES)):
        text = text.replace("{" + name + "}", str(value))
    script.write_text(text)
    before = server.cpu_seconds()
    out = subprocess.run(["wrk", "-t", str(min(connections, 2)), "-c", str(connections), "-d", f"{seconds}s", "--timeout",
                          "30s", "-s", str(script), f"http://127.0.0.1:{server.port}"], check=True, capture_output=True,
                         text=True).stdout
    cpu = server.cpu_seconds() - before
    requests, received, micros, errors = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", out).groups())
    if errors or requests == 0:
        sys.exit(f"{server.name}: {errors} errors in {requests} requests:\n{out}")
    return {"requests": requests / micros * 1e6, "bytes": received / micros * 1e6, "cpu_per_gb": cpu / received * 1e9}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--seconds", type=int, default=5, help="of one run of wrk")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", help="write the medians there, too")
    options = parser.parse_args()
    missing = [tool for tool in ("nginx", "wrk", "ffmpeg") if not shutil.which(tool)]
    if missing:
        sys.exit(f"this needs {', '.join(missing)}: apt-get install nginx-light wrk ffmpeg")
    cases = [("whole file, 1 connection", 1, 0), ("whole file, 16 connections", 16, 0), ("whole file, 64 connections", 64, 0),
             ("64 KiB ranges, 64 connections", 64, 64 << 10), ("4 KiB ranges, 64 connections", 64, 4 << 10)]
    results = {}
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # nginx may give up being root
        (folder / "films").mkdir()
        make_film(folder / "films")
        servers = []
        try:
            servers = [start_nginx(folder, 1), start_nginx(folder, 2), start_zoetrope(folder, options.server)]
            for server in servers:  # warm
                measure(server, folder, 4, 64 << 10, 1)
            for title, connections, range_bytes in cases:
                runs = {server.name: [] for server in servers}
                for _ in range(options.rounds):
                    for server in servers:
                        runs[server.name].append(measure(server, folder, connections, range_bytes, options.seconds))
                medians = {who: {key: statistics.median(run[key] for run in all_runs) for key in all_runs[0]}
                           for who, all_runs in runs.items()}
                results[title] = medians
                key = "requests" if range_bytes else "bytes"
                best = max(medians[who][key] for who in medians if who.startswith("nginx"))
                cpu = min(medians[who]["cpu_per_gb"] for who in medians if who.startswith("nginx"))
                print(title)
                for who, values in medians.items():
                    rate = f"{values['requests']:9.0f} requests/s" if range_bytes else f"{values['bytes'] / 1e9:6.2f} GB/s"
                    ratio = f"   {values[key] / best:5.2f}   CPU {values['cpu_per_gb'] / cpu:5.2f}"
                    print(f"  {who:20} {rate}   {values['cpu_per_gb']:6.3f} CPU s/GB{ratio}", flush=True)
        finally:
            for server in servers:
                server.stop()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
