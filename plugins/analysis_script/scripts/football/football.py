#!/usr/bin/python3
"""Analyses a video of a football match: football.py MEDIA PARAMETERS WORK. Says what it finds as JSON Lines.

docs/football.md tells what it sees and how, docs/analysis-scripts.md the lines.
"""

import os
import signal
import sys
import time

import cv2

import settings
import video
from analysis import Analysis
from looker import LookerError, Pictures
from onnx_detector import ModelError
from protocol import Output
from report import Report

VERSION = "1.0.0"
_ENOUGH_HZ = 10  # pictures a second: what happens between is a step of less than a metre at a sprint
_PROGRESS_S = 0.5


def choose_every(rate, wanted):
    """Every how many frames one is analysed."""
    return wanted if wanted > 0 else max(1, round(float(rate) / _ENOUGH_HZ))


def analyse(media, chosen, output):
    info = video.probe(media)
    every = choose_every(info.rate, chosen.every)
    end_s = chosen.end or info.duration_s
    reader = video.Reader(media, info, every, chosen.start, chosen.end)
    size = (reader.width, reader.height)
    analysis = Analysis(size, float(1 / reader.rate))
    report = Report(output, size, analysis.teams)
    told = 0.0
    with Pictures(reader, size, chosen) as pictures:
        for look in pictures:
            results = analysis.step(look)
            pictures.tell(analysis.boxes)
            for result in results:
                report.add(result)
            if time.monotonic() - told > _PROGRESS_S:
                told = time.monotonic()
                done = (look.time_us / 1e6 - chosen.start) / max(0.1, end_s - chosen.start)
                output.progress(min(0.99, done))
    for result in analysis.finish():
        report.add(result)
    output.progress(1.0)
    report.summarise()


def main(arguments):
    output = Output()
    if len(arguments) != 3:
        sys.exit("football.py MEDIA PARAMETERS WORK")
    media, parameters, work = arguments
    output.hello("football", VERSION)
    cv2.setNumThreads(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the other processes are ended, too
    try:
        chosen = settings.read(parameters)
        media = os.path.abspath(media)
        if chosen.model:
            chosen.model = os.path.abspath(chosen.model)
        os.chdir(work)
        analyse(media, chosen, output)
    except (settings.SettingsError, video.VideoError, ModelError) as error:
        output.error(str(error))
        return 1
    except LookerError as error:
        output.error(f"the analysis failed: {error}")
        return 1
    except (cv2.error, MemoryError) as error:
        output.error(f"the analysis failed: {str(error).strip()[:500] or 'no memory is left'}")
        raise
    except BrokenPipeError:
        # Nobody listens any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
