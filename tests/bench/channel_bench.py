#!/usr/bin/env python3
"""Many viewers on one channel: zoetrope-server beside nginx with its RTMP module, in one run on one machine.

    tests/bench/channel_bench.py SERVER LOAD RTMP_LOAD [--viewers N] [--seconds S] [--rounds N] [--stalled N] [--nginx-module FILE]
        [--json FILE]

One file of 4 Mbit/s (H.264, 720p30, a key frame every two seconds) is a channel of zoetrope-server, watched in `copy` by
zoetrope-load, and is pushed by ffmpeg in real time into nginx, one worker (a stream belongs to one; others cost a relay),
watched by zoetrope-rtmp-load. Rounds alternate; both load tools are one thread on the same loopback. Printed for each: viewers
that play, bytes, late pictures (more than half a second behind), the longest gap, and the server's processor time, user and
kernel, from /proc: for each viewer, as a share of one core, and for a gigabyte (1e9 bytes), since a server that falls behind
sends less. With --stalled further viewers of the channel stop reading. Needs ffmpeg; nginx with its RTMP module (Debian:
libnginx-mod-rtmp), without which only zoetrope-server is measured.
"""

import argparse
import getpass
import json
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from http_bench import Server, api, free_port, wait_for

MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"
PASSWORD = "correct horse battery"
NGINX_CONF = """
load_module {module};
user {user};
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 8192; }}
rtmp {{
  access_log off;
  server {{
    listen 127.0.0.1:{port};
    chunk_size 65536;
    application live {{ live on; }}
  }}
}}
"""


def make_film(folder: pathlib.Path, seconds: int) -> pathlib.Path:
    film = folder / "films" / "channel.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                    f"testsrc2=size=1280x720:rate=30:duration={seconds},noise=alls=12:allf=t", "-c:v", "libx264", "-preset",
                    "ultrafast", "-pix_fmt", "yuv420p", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-b:v", "4M",
                    "-minrate", "4M", "-maxrate", "4M", "-bufsize", "2M", "-x264-params", "nal-hrd=cbr", str(film)],
                   check=True)
    return film


def start_zoetrope(folder: pathlib.Path, program: str) -> tuple[Server, int]:
    config = folder / "zoetrope.toml"
    config.write_text(f'folders = ["{folder}/films"]\ndata_dir = "{folder}/data"\n[log]\nlevel = "warning"\n'
                      '[limits]\nclients = 16384\n[plugins.transport_tcp]\nport = 0\nmost_connections = 16384\n'
                      '[plugins.transport_http]\nport = 0\n')
    process = subprocess.Popen([program, "--config", str(config), "--allow-guests"], stdout=subprocess.PIPE, text=True)
    web = native = 0
    for line in process.stdout:
        if found := re.search(r"ready: web [^ ]*:(\d+)$", line.strip()):
            web = int(found.group(1))
        if found := re.search(r"ready: native [^ ]*:(\d+)$", line.strip()):
            native = int(found.group(1))
            break
    if not web or not native:
        sys.exit("the server does not get ready")
    code = (folder / "data/plugins/auth_sql/admin-code.txt").read_text().split()[0]
    token = api(web, "auth.register", {"name": "bench", "password": PASSWORD, "code": code}, {})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(600):
        items = api(web, "library.list", {}, headers)["items"]
        if items:
            break
        time.sleep(0.1)
    api(web, "channels.create", {"name": "Channel", "media": [items[0]["media"]]}, headers)
    return Server("zoetrope", process, native, "", headers), items[0]["duration_us"]


def start_nginx(folder: pathlib.Path, module: str, film: pathlib.Path) -> tuple[Server, subprocess.Popen]:
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(NGINX_CONF.format(module=module, user=getpass.getuser(), folder=folder, port=port))
    process = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder), "-e", str(folder / "nginx-start.log")])
    wait_for(port)
    push = subprocess.Popen(["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(film), "-c", "copy", "-f", "flv",
                             f"rtmp://127.0.0.1:{port}/live/channel"], stdin=subprocess.DEVNULL)
    return Server("nginx", process, port, "", {}), push


def watch_zoetrope(server: Server, options: argparse.Namespace, folder: pathlib.Path) -> dict:
    report = folder / "zoetrope.json"
    done = subprocess.run([options.load, "--server", f"127.0.0.1:{server.port}", "--channel", "Channel", "--rendition", "copy",
                           "--clients", str(options.viewers), "--stalled", str(options.stalled), "--seconds",
                           str(options.seconds), "--ramp", str(options.ramp), "--warm-up", str(options.warm_up),
                           "--server-pid", str(server.process.pid), "--json", str(report)], stdout=subprocess.DEVNULL,
                          check=False)
    if not report.exists():
        sys.exit(f"zoetrope-load ended with {done.returncode}")
    figures = json.loads(report.read_text())
    return {"playing": figures["playing"], "failed": figures["failed"], "bytes": figures["bytes"], "frames": figures["frames"],
            "late": figures["late"], "longest_gap_ms": figures["longest_gap_ms"],
            "percent": 100 * figures["server_cpu_s"] / figures["measured_s"] / max(figures["playing"], 1),
            "s_per_gb": figures["server_cpu_s"] / max(figures["bytes"] / 1e9, 1e-9),
            "mbit": figures["bytes"] * 8e-6 / figures["measured_s"] / max(figures["playing"], 1)}


def watch_nginx(server: Server, options: argparse.Namespace) -> dict:
    load = subprocess.Popen([options.rtmp_load, "--port", str(server.port), "--stream", "live/channel", "--clients",
                             str(options.viewers), "--seconds", str(options.seconds), "--ramp", str(options.ramp), "--warm-up",
                             str(options.warm_up)], stdout=subprocess.PIPE, text=True)
    before = after = 0.0
    figures = {}
    for line in load.stdout:
        if line.strip() == "measuring":
            before = server.cpu_seconds()
        elif line.strip() == "measured":
            after = server.cpu_seconds()
        else:
            figures = json.loads(line)
    if not figures:
        sys.exit("zoetrope-rtmp-load ended early")
    playing = max(figures["playing"], 1)
    return {"playing": figures["playing"], "failed": figures["clients"] - figures["playing"], "bytes": figures["bytes"],
            "frames": figures["frames"], "late": figures["late"], "longest_gap_ms": figures["longest_gap_ms"],
            "percent": 100 * (after - before) / figures["measured_s"] / playing,
            "s_per_gb": (after - before) / max(figures["bytes"] / 1e9, 1e-9),
            "mbit": figures["bytes"] * 8e-6 / figures["measured_s"] / playing}


def show(name: str, figures: dict):
    print(f"{name:10} {figures['playing']} play, {figures['failed']} do not; {figures['mbit']:.2f} Mbit/s each; "
          f"{figures['late']} of {figures['frames']} pictures late, longest gap {figures['longest_gap_ms'] / 1000:.2f} s; "
          f"server {figures['percent']:.4f} % of a core for each viewer, {figures['s_per_gb']:.3f} s a gigabyte", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("server", "load", "rtmp_load"):
        parser.add_argument(name)
    parser.add_argument("--viewers", type=int, default=2000)
    parser.add_argument("--stalled", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--ramp", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nginx-module", default=MODULE)
    parser.add_argument("--json")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    has_nginx = shutil.which("nginx") is not None and pathlib.Path(options.nginx_module).exists()
    if not has_nginx:
        print(f"nginx or {options.nginx_module} is not there (Debian: libnginx-mod-rtmp): only zoetrope-server is measured")
    rounds = {"zoetrope": [], "nginx": []}
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # nginx's workers are another user
        (folder / "films").mkdir()
        film = make_film(folder, 30)
        for _ in range(options.rounds):
            shutil.rmtree(folder / "data", ignore_errors=True)
            server, _ = start_zoetrope(folder, options.server)
            try:
                rounds["zoetrope"].append(watch_zoetrope(server, options, folder))
                show("zoetrope", rounds["zoetrope"][-1])
            finally:
                server.stop()
            if not has_nginx:
                continue
            nginx, push = start_nginx(folder, options.nginx_module, film)
            try:
                rounds["nginx"].append(watch_nginx(nginx, options))
                show("nginx", rounds["nginx"][-1])
            finally:
                push.kill()
                push.wait()
                nginx.stop()
    medians = {name: {what: statistics.median(each[what] for each in all) for what in ("percent", "s_per_gb")}
               for name, all in rounds.items() if all}
    for name, each in medians.items():
        print(f"median: {name} {each['percent']:.4f} % of a core for each viewer, {each['s_per_gb']:.3f} s a gigabyte")
    if len(medians) == 2:
        print(f"zoetrope takes {medians['zoetrope']['s_per_gb'] / medians['nginx']['s_per_gb']:.2f} of what nginx takes for a byte")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"rounds": rounds, "medians": medians}, indent=2) + "\n")


if __name__ == "__main__":
    main()
