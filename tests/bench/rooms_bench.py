#!/usr/bin/env python3
"""How far apart many players in one room are, forwards, backwards, at other rates, through seeks and pauses.

    tests/bench/rooms_bench.py SERVER CORES [--impaired | --players PLAYER] [OPTION...]

Starts SERVER on a clip of 30 frames a second and CORES (zoetrope-room-cores) on it; options go to CORES (--cores, --seconds,
--seed, --json). Printed: for any two, how much later the one put a frame up than the other, and how many pauses left all on
one frame. With --impaired there is a line between them that delays each core's packets by 5 to 80 ms each way, by up to 10 ms more at
random, and loses 1 % of them (impaired_line.py; needs root). With --players two whole players without a window sit in the room too; how
far off they said that they were, twice a second, is printed. Needs ffmpeg.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from impaired_line import ImpairedLine

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import zoe_client  # noqa: E402

USER = ["--user", "leader", "--password", "correct horse"]


class WholePlayers:
    """Two of them in a room of their own making, which the cores are then to enter."""

    def __init__(self, program, port, code, folder):
        self.port = port
        owner = zoe_client.Client("127.0.0.1", port)
        owner.request("auth.register", name="leader", password="correct horse", code=code)
        while not (items := owner.request("library.list")["items"]):
            time.sleep(0.1)
        made = owner.request("rooms.create", name="Measured", media=[items[0]["media"]], owner_leaves="keep")
        owner.close()
        self.room, self.players = made["room"], []
        for number in range(2):
            home = folder / f"player-{number}"
            home.mkdir()
            self.players.append(subprocess.Popen(
                [program, "--headless", f"127.0.0.1:{port}", "--guest", "--size", "320x240", "--room", made["code"]],
                env={**os.environ, "XDG_CONFIG_HOME": str(home)}, stderr=subprocess.DEVNULL))
        self.seats = []
        while len(self.seats) < 2:
            self.seats = [each["member"] for each in self._members()]
            time.sleep(0.1)

    def _members(self):
        client = zoe_client.Client("127.0.0.1", self.port)
        client.request("auth.guest")
        members = client.request("rooms.get", room=self.room)["members"]
        client.close()
        return members

    def watch(self, tool):
        """Until the tool has ended."""
        said = []
        while tool.poll() is None:
            said += [abs(each["skew_us"]) / 1000 for each in self._members() if each["member"] in self.seats]
            time.sleep(0.5)
        said.sort()
        print(f"the two whole players said that they were off by: p50 {said[len(said) // 2]:.2f} ms, "
              f"p99 {said[int(len(said) * 0.99)]:.2f} ms, at most {said[-1]:.2f} ms ({len(said)} times)")

    def end(self):
        for each in self.players:
            each.terminate()
            each.wait()


def start_server(program, near, address, folder):
    (folder / "films").mkdir()
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30:duration=120", "-c:v",
                    "libx264", "-preset", "veryfast", "-bf", "2", "-g", "60", "-pix_fmt", "yuv420p",
                    str(folder / "films" / "clip.mp4")], check=True)
    log = (folder / "log").open("w+")
    server = subprocess.Popen([*near, program, "--address", address, "--port", "0", "--http-port", "0", "--data-dir",
                               str(folder / "data"), "--allow-guests", str(folder / "films")],
                              stdout=subprocess.PIPE, stderr=log, text=True)
    for said in server.stdout:
        if found := re.search(r"zoetrope-server ready: (?!web)\S+ [\d.]+:(\d+)", said):
            log.seek(0)
            return server, int(found.group(1)), re.search(r"become the administrator: (\S+)", log.read()).group(1)
    sys.exit("the server did not start")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    server_program, cores_program, *options = sys.argv[1:]
    player = None
    if is_impaired := "--impaired" in options:
        options.remove("--impaired")
    if "--players" in options:
        at = options.index("--players")
        player = options[at + 1]
        del options[at : at + 2]
    if is_impaired and player:
        sys.exit("--impaired and --players: one of them")
    with tempfile.TemporaryDirectory(prefix="zoetrope-bench-") as name, contextlib.ExitStack() as ends:
        folder = pathlib.Path(name)
        line = ends.enter_context(ImpairedLine()) if is_impaired else None
        near, far, address = (line.near, line.far, line.near_address) if line else ([], [], "127.0.0.1")
        server, port, code = start_server(server_program, near, address, folder)
        ends.callback(server.wait)
        ends.callback(server.terminate)
        command = [*far, cores_program, "--server", f"{address}:{port}", *USER, *options]
        if not player:
            sys.exit(subprocess.run([*command, "--register", "--code", code], check=False).returncode)
        whole = WholePlayers(player, port, code, folder)
        ends.callback(whole.end)
        tool = subprocess.Popen([*command, "--room", whole.room])
        whole.watch(tool)
        sys.exit(tool.returncode)


if __name__ == "__main__":
    main()
