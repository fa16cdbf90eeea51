"""Reads a video as BGR pictures at a steady rate, scaled for the analysis, through ffmpeg's programs.

The picture is as a viewer sees it: turned as the file says, with square pixels. Times are microseconds since the first
frame of the file's video.
"""

import contextlib
import fcntl
import json
import os
import queue
import subprocess
import threading
from fractions import Fraction

import numpy as np

MAX_WIDTH = 1280
MAX_HEIGHT = 1280
MAX_SOURCE = 16384
_PROBE_SECONDS = 60
_AHEAD = 2  # pictures that are read while others are looked at
_PIPE_BYTES = 1 << 20  # the most that the kernel grants anybody; a picture of 720p has 2.7 MB


class VideoError(Exception):
    """The file cannot be read as video; the words say why."""


class VideoInfo:
    def __init__(self, width, height, rate, duration_s):
        self.width, self.height = width, height  # as shown
        self.rate = rate  # frames a second
        self.duration_s = duration_s  # 0 when the file does not say


def _fraction(text, least, most):
    try:
        value = Fraction(str(text).replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        return None
    return value if least <= value <= most else None


def _turned(stream):
    """Whether the picture is shown turned by a quarter."""
    for data in stream.get("side_data_list", []):
        if "rotation" in data:
            return round(float(data["rotation"]) / 90) % 2 == 1
    return False


def probe(path):
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json"]
    command += ["-show_streams", "-show_format", "-i", "file:" + os.path.abspath(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False)
        found = json.loads(done.stdout or b"{}")
    except subprocess.TimeoutExpired:
        raise VideoError("the file could not be opened within a minute") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise VideoError("the file could not be understood") from None
    streams = [s for s in found.get("streams", []) if s.get("width") and s.get("height")]
    if not streams:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise VideoError("the file has no video that can be read" + (f": {last[-1][-200:]}" if last else ""))
    stream = streams[0]
    width, height = int(stream["width"]), int(stream["height"])
    if not (16 <= width <= MAX_SOURCE and 16 <= height <= MAX_SOURCE):
        raise VideoError(f"a picture of {width}x{height} is not analysed (from 16 to {MAX_SOURCE} each way)")
    aspect = _fraction(stream.get("sample_aspect_ratio", "1:1"), Fraction(1, 8), 8) or Fraction(1)
    width = max(16, round(width * aspect))
    if _turned(stream):
        width, height = height, width
    rate = None
    for name in ("avg_frame_rate", "r_frame_rate"):
        rate = rate or _fraction(stream.get(name, "0/0"), Fraction(1, 2), 480)
    durations = (stream.get("duration"), found.get("format", {}).get("duration"))
    known = [float(d) for d in durations if d not in (None, "N/A")]
    return VideoInfo(width, height, rate or Fraction(25), max(0.0, known[0]) if known else 0.0)


class Reader:
    """Iterates over (time_us, picture). A with-statement ends ffmpeg whatever happens."""

    def __init__(self, path, info, every, start_s=0.0, end_s=0.0):
        self.info = info
        scale = min(1.0, MAX_WIDTH / info.width, MAX_HEIGHT / info.height)
        self.width = max(16, 2 * round(info.width * scale / 2))
        self.height = max(16, 2 * round(info.height * scale / 2))
        self.rate = info.rate / every
        self.start_s = start_s
        command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "2"]
        if start_s > 0:
            command += ["-ss", f"{start_s:.6f}"]
        if end_s > 0:
            command += ["-t", f"{max(0.0, end_s - start_s):.6f}"]
        command += ["-i", "file:" + os.path.abspath(path), "-map", "0:v:0", "-an", "-sn", "-dn"]
        command += ["-vf", f"fps={self.rate}:round=near,scale={self.width}:{self.height}:flags=area,setsar=1"]
        command += ["-f", "rawvideo", "-pix_fmt", "bgr24", "pipe:1"]
        self._command = command
        self._process = None
        self._errors = None
        self._ahead = queue.Queue(_AHEAD)
        self._is_over = threading.Event()

    def __enter__(self):
        self._errors = open("ffmpeg.log", "w+b")
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0
        )
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._thread = threading.Thread(target=self._read_ahead, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._process.kill()
        self._thread.join()
        self._process.stdout.close()
        self._process.wait()
        self._errors.close()

    def _read_ahead(self):
        """The thread: pictures into the queue, None behind the last."""
        picture = self._read()
        while not self._is_over.is_set():
            try:
                self._ahead.put(picture, timeout=0.1)
            except queue.Full:
                continue
            if picture is None:
                return
            picture = self._read()

    def _read(self):
        """The next picture, None at the end."""
        picture = np.empty((self.height, self.width, 3), np.uint8)
        view, filled = memoryview(picture).cast("B"), 0
        while filled < len(view):
            count = self._process.stdout.readinto(view[filled:])
            if not count:
                return None
            filled += count
        return picture

    def __iter__(self):
        index = 0
        while (picture := self._ahead.get()) is not None:
            yield round((self.start_s + index / self.rate) * 1_000_000), picture
            index += 1
        if index == 0:
            raise VideoError("not one frame could be decoded" + self._why())

    def _why(self):
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read(65536).decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1][-200:]}" if lines else ""
