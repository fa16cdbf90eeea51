"""A virtual display whose pixels and keys are ours: Xvfb with its frame buffer in a file, keys by XTest.

What a player does is read off the screen, so any player is measured the same way: numbered_clip() makes a video that
carries its frame's number as a strip of black and white cells, and Screen.number() reads it back.
"""

import ctypes
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile
import time

CELLS = 24
STRIP_TOP = 0.30  # of the picture's height: nothing that a player lays over the picture is there
STRIP_HEIGHT = 0.06


def numbered_clip(path, seconds, size="1920x1080", rate=30, gop=250, bframes=3, bit_rate="8M"):
    """H.264 with grain; 24 cells: 1 0, the number in 16 bits, 4 bits of check sum, 0 1."""
    width, height = map(int, size.split("x"))
    bit = "bitand(floor(N/pow(2,17-X)),1)"
    nibbles = "+".join(f"bitand(floor(N/{16 ** i}),15)" for i in range(4))
    check = f"bitand(floor(mod({nibbles}+5,16)/pow(2,21-X)),1)"
    cell = f"if(lt(X,2),eq(X,0),if(lt(X,18),{bit},if(lt(X,22),{check},eq(X,23))))"
    strip = (f"color=black:s={CELLS}x2:r={rate}:d={seconds},format=gray,geq=lum='255*({cell})',"
             f"scale={width}:{int(height * STRIP_HEIGHT) // 2 * 2}:flags=neighbor,format=yuv420p")
    picture = f"testsrc2=s={size}:r={rate}:d={seconds},noise=alls=18:allf=t"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", strip,
         "-filter_complex", f"[0][1]overlay=0:{int(height * STRIP_TOP)},format=yuv420p", "-c:v", "libx264", "-preset",
         "veryfast", "-b:v", bit_rate, "-maxrate", bit_rate, "-bufsize", bit_rate, "-g", str(gop), "-keyint_min",
         str(gop), "-sc_threshold", "0", "-bf", str(bframes), "-x264-params", "b-adapt=0", str(path)], check=True)


class Screen:
    """A display of its own. Raises RuntimeError where Xvfb does not come up."""

    def __init__(self, width=1280, height=720):
        self.folder = tempfile.TemporaryDirectory(prefix="zoetrope-screen-")
        read_end, write_end = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-fbdir", self.folder.name,
             "-nolisten", "tcp", "-noreset", "+extension", "GLX"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = ":" + number
        with (pathlib.Path(self.folder.name) / "Xvfb_screen0").open("rb") as file:
            self.pixels = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self.pixels[:100])
        self.width, self.height, self.stride = header[4], header[5], header[12]
        begin = header[0] + header[19] * 12
        row = begin + int(self.height * (STRIP_TOP + STRIP_HEIGHT / 2)) * self.stride
        # The green byte of the middle of each cell.
        self.cells = [row + int((i + 0.5) * self.width / CELLS) * 4 + 1 for i in range(CELLS)]
        self.x11, self.xtest = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.connection = ctypes.c_void_p(self.x11.XOpenDisplay(self.display.encode()))
        self.x11.XStringToKeysym.restype = ctypes.c_ulong
        self.point(self.width // 2, self.height // 2)

    def close(self):
        self.process.terminate()
        self.process.wait()

    def environment(self):
        return {**os.environ, "DISPLAY": self.display, "LIBGL_ALWAYS_SOFTWARE": "1", "SDL_VIDEODRIVER": "x11",
                "SDL_AUDIODRIVER": "dummy", "XDG_CONFIG_HOME": self.folder.name, "LC_ALL": "C.UTF-8"}

    def point(self, x, y):
        self.xtest.XTestFakeMotionEvent(self.connection, 0, x, y, ctypes.c_ulong(0))
        self.x11.XSync(self.connection, 0)

    def press(self, key):
        """By X's name, for example `comma`, to the window under the pointer. Returns when it was sent."""
        # The window that had the keyboard may be gone, and without a window manager nobody passes it on.
        self.x11.XSetInputFocus(self.connection, ctypes.c_ulong(1), 1, ctypes.c_ulong(0))  # PointerRoot
        code = self.x11.XKeysymToKeycode(self.connection, ctypes.c_ulong(self.x11.XStringToKeysym(key.encode())))
        for is_down in (1, 0):
            self.xtest.XTestFakeKeyEvent(self.connection, code, is_down, ctypes.c_ulong(0))
        sent = time.monotonic()
        self.x11.XSync(self.connection, 0)
        return sent

    def number(self):
        """Of the frame on the screen; None where there is none, or half of one."""
        pixels, bits = self.pixels, 0
        for at in self.cells:
            level = pixels[at]
            if 90 < level < 165:
                return None
            bits = bits << 1 | (level >= 165)
        number = bits >> 6 & 0xffff
        total = sum(number >> shift & 15 for shift in (0, 4, 8, 12)) + 5
        is_whole = bits >> 22 == 2 and bits & 3 == 1 and total & 15 == bits >> 2 & 15
        return number if is_whole else None

    def wait_for(self, is_wanted, seconds=8.0):
        """Until is_wanted(number); returns (number, when), or None when it did not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            number = self.number()
            if number is not None and is_wanted(number):
                return number, time.monotonic()
            time.sleep(0.001)
        return None

    def watch(self, seconds):
        """[(number, when it came)] for so long."""
        seen, last = [], None
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            number = self.number()
            if number is not None and number != last:
                seen.append((number, time.monotonic()))
                last = number
            time.sleep(0.002)
        return seen
