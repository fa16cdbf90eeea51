"""A bad line between two network namespaces of this machine: delay, jitter and loss, made by a relay between two TUN devices.

For kernels without netem. Needs root, iproute2 and /dev/net/tun.

    with ImpairedLine() as line:
        subprocess.Popen(line.near + [server, "--address", line.near_address, ...])
        subprocess.Popen(line.far + [client, ...])

Each flow (by the port at the far end) has a delay of its own between the least and the most, the same both ways; jitter is added packet
by packet, without changing their order within a flow, as a queue would. Losses are independent of each other.
"""

import ctypes
import fcntl
import heapq
import multiprocessing
import os
import random
import select
import struct
import subprocess
import time

_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
_DEVICE = "zoe0"
_PACKET = 65536
_MOST_WAITING = 20000  # packets; more than that is a line that has broken down


def _open_tun(namespace):
    """The TUN device of a namespace, whose packets are then read and written from here."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(there, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"enter the namespace {namespace}")
        tun = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
        os.set_blocking(tun, False)
        return tun
    finally:
        libc.setns(home, _CLONE_NEWNET)
        os.close(home)
        os.close(there)


def _flow(packet, is_from_far):
    """The port at the far end of a TCP or UDP packet of IPv4; 0 of others."""
    if len(packet) < 24 or packet[0] >> 4 != 4 or packet[9] not in (6, 17):
        return 0
    at = 4 * (packet[0] & 15) + (0 if is_from_far else 2)
    return int.from_bytes(packet[at : at + 2], "big") if len(packet) >= at + 2 else 0


def _relay(namespaces, least_ms, most_ms, jitter_ms, loss, seed):
    near, far = (_open_tun(n) for n in namespaces)
    other = {near: far, far: near}
    chance = random.Random(seed)
    delays, last, waiting, count = {}, {}, [], 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(waiting)
            try:
                os.write(to, packet)
            except OSError:
                pass  # its queue is full: lost, as on a line
        timeout = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 1.0
        for tun in select.select([near, far], [], [], timeout)[0]:
            for _ in range(64):
                try:
                    packet = os.read(tun, _PACKET)
                except BlockingIOError:
                    break
                flow = _flow(packet, tun == far)
                if chance.random() < loss or len(waiting) >= _MOST_WAITING:
                    continue
                if flow not in delays:
                    delays[flow] = chance.uniform(least_ms, most_ms) / 1000
                due = time.monotonic() + delays[flow] + chance.uniform(0, jitter_ms) / 1000
                due = last[flow, tun] = max(due, last.get((flow, tun), 0.0))
                count += 1
                heapq.heappush(waiting, (due, count, other[tun], packet))


class ImpairedLine:
    """delays are one way, in milliseconds; loss is a share of the packets. A with-statement takes all down again."""

    near_address, far_address = "10.77.0.1", "10.77.0.2"

    def __init__(self, least_ms=5, most_ms=80, jitter_ms=10, loss=0.01, seed=1):
        self._work = (least_ms, most_ms, jitter_ms, loss, seed)
        self._names = [f"zoe-{end}-{os.getpid()}" for end in ("near", "far")]
        self.near, self.far = (["ip", "netns", "exec", name] for name in self._names)
        self._process = None

    def __enter__(self):
        try:
            for name, here, there in zip(self._names, (self.near_address, self.far_address), (self.far_address, self.near_address)):
                self._ip("netns", "add", name)
                inside = ("-n", name)
                self._ip(*inside, "link", "set", "lo", "up")
                self._ip(*inside, "tuntap", "add", "mode", "tun", "name", _DEVICE)
                self._ip(*inside, "addr", "add", here, "peer", there, "dev", _DEVICE)
                self._ip(*inside, "link", "set", _DEVICE, "up", "txqueuelen", "2000")
            self._process = multiprocessing.Process(target=_relay, args=(self._names, *self._work), daemon=True)
            self._process.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._process is not None:
            self._process.terminate()
            self._process.join()
        for name in self._names:
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True)
