"""Runs the Looker in a process of its own, so that two cores share the work.

That process owns the video: it reads, looks, and sends each Look, in order. For the motion it needs to be told who was on the pitch in
the picture before, so it is never more than one picture ahead, and what is found does not depend on how the two take turns. It ends
with the video, with its first error, which it sends, and when nobody is at the other end.
"""

import multiprocessing
import sys
import traceback

import cv2

import video
from look import Looker, shown_ahead
from onnx_detector import ModelError

_PATIENCE_S = 5
_TURN_S = 0.0005  # of Python's threads: what takes long here is OpenCV's, which needs no turn


class LookerError(Exception):
    """The looking failed; the words say how."""


class Pictures:
    """Iterates over the Looks of a video. A with-statement ends the process whatever happens."""

    def __init__(self, reader, size, settings):
        self._work = (reader, size, settings)
        self._process = None
        self._link = None

    def __enter__(self):
        context = multiprocessing.get_context("fork")
        self._link, far = context.Pipe()
        self._process = context.Process(target=_run, args=(self._link, far, *self._work), daemon=True)
        self._process.start()
        far.close()  # or the end of that process would not end the link
        return self

    def __exit__(self, *_):
        self._link.close()
        self._process.terminate()
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def tell(self, people):
        """The boxes of who is on the pitch in the last Look's picture; the next one needs them."""
        try:
            self._link.send(people)
        except ConnectionError:
            pass  # it has ended: what it said last is still to be read

    def __iter__(self):
        while True:
            try:
                look = self._link.recv()
            except (EOFError, OSError):  # the latter in the middle of one
                self._process.join()
                raise LookerError(f"the process that looks at the pictures ended ({self._process.exitcode})") from None
            if look is None:
                self._process.join()
                return
            if isinstance(look, Exception):
                raise look
            yield look


def _run(near, link, reader, size, settings):
    """The process. Errors are sent as they are where their words are for a person."""
    near.close()
    try:
        # A model's network is worth more threads; for the rest, more cost more than they bring.
        sys.setswitchinterval(_TURN_S)
        cv2.setNumThreads(2 if settings.detector == "onnx" else 1)
        looker = Looker(size, settings)
        with reader as pictures:
            for time_us, shown in shown_ahead(pictures):
                link.send(looker.step(shown, time_us, link.recv))
        link.send(None)
    except (EOFError, ConnectionError):
        sys.exit(1)
    except (video.VideoError, ModelError) as error:
        link.send(error)
    except (cv2.error, MemoryError) as error:
        traceback.print_exc()
        link.send(LookerError(str(error).strip()[:500] or "no memory is left"))
