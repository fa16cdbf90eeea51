#!/usr/bin/env python3
"""How soon everybody in a room is back on its timeline when the server was killed and started again.

    tests/bench/rooms_restart_bench.py SERVER PLAYER [ROUNDS]

Two players without a window watch together; the server is killed and started again on the same port, ROUNDS (5) times. Printed, for
each: from the server's ready line, when both sat in the room again, when both had said that they are within a frame of the
timeline, and how far they said. Needs ffmpeg.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import zoe_client  # noqa: E402

FRAME_US = 33_333


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, program, folder, port):
        self.log = (folder / "log").open("a+")
        self.process = subprocess.Popen(
            [program, "--address", "127.0.0.1", "--port", str(port), "--http-port", "0", "--no-announce", "--data-dir",
             str(folder / "data"), "--allow-guests", str(folder / "films")], stdout=subprocess.PIPE, stderr=self.log, text=True)
        while "ready: native" not in self.process.stdout.readline():
            if self.process.poll() is not None:
                sys.exit("the server ended: see " + str(folder / "log"))
        self.ready = time.monotonic()


def members_of(port, room):
    client = zoe_client.Client("127.0.0.1", port)
    client.request("auth.guest")
    seen = client.request("rooms.get", room=room)
    client.close()
    return seen["members"], seen["is_paused"]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    server_program, player, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "films").mkdir()
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=600", "-c:v",
                        "libx264", "-preset", "ultrafast", "-g", "60", "-pix_fmt", "yuv420p", str(folder / "films" / "film.mp4")],
                       check=True)
        port = free_port()
        server = Server(server_program, folder, port)
        code = re.search(r"become the administrator: (\S+)", (folder / "log").read_text()).group(1)
        owner = zoe_client.Client("127.0.0.1", port)
        owner.request("auth.register", name="ann", password="correct horse", code=code)
        items = []
        while not items:
            items = owner.request("library.list")["items"]
            time.sleep(0.1)
        made = owner.request("rooms.create", name="Measured", media=[items[0]["media"]], owner_leaves="keep")
        room = made["room"]
        seat = owner.request("rooms.join", room=room)["seat"]
        players = []
        for number in range(2):
            home = folder / str(number)
            home.mkdir()
            players.append(subprocess.Popen(
                [player, "--headless", f"127.0.0.1:{port}", "--guest", "--size", "320x240", "--room", made["code"]],
                env={**os.environ, "XDG_CONFIG_HOME": str(home)}, stderr=subprocess.DEVNULL))
        try:
            while len(members_of(port, room)[0]) < 3:
                time.sleep(0.1)
            owner.request("rooms.command", room=room, seat=seat, what="play")
            owner.request("rooms.leave", room=room, seat=seat)
            for number in range(rounds):
                time.sleep(4)
                server.process.kill()
                server.process.wait()
                server = Server(server_program, folder, port)
                seated = settled = None
                while settled is None and time.monotonic() - server.ready < 30:
                    members, is_paused = members_of(port, room)
                    now = time.monotonic() - server.ready
                    here = [each for each in members if each["is_here"]]
                    if len(here) == 2 and seated is None:
                        seated = now
                    told = [each for each in here if each["round_trip_us"] > 0 and not each["is_buffering"]]
                    if len(told) == 2 and all(abs(each["skew_us"]) < FRAME_US for each in told):
                        settled = now
                    time.sleep(0.02)
                print(json.dumps({"round": number, "seated_s": seated and round(seated, 2),
                                  "on_the_timeline_s": settled and round(settled, 2), "has_run_on": not is_paused,
                                  "skew_ms": [each["skew_us"] / 1000 for each in members]}))
        finally:
            for each in players:
                each.terminate()
            server.process.terminate()


if __name__ == "__main__":
    main()
