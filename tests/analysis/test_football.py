#!/usr/bin/python3
"""Tests of the football script: test_football.py [CLASS[.TEST]...]. The clips' tests need ZOE_CLIPS, and skip without."""

import itertools
import json
import os
import pathlib
import signal
import sys
import tempfile
import unittest

import numpy as np

import blind_match
import check_lines
import clip_score
import event_score
import running
import score
import tiny_onnx
from truth import Found, read_truth

sys.path.insert(0, str(running.SCRIPT.parent))
import assignment  # noqa: E402  of the script's folder
import events  # noqa: E402
import pinhole  # noqa: E402
import play  # noqa: E402


class InFolder(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="zoe-football-")
        self.addCleanup(held.cleanup)
        self.folder = held.name

    def analyse(self, media, **parameters):
        lines, status, spent = running.analyse(self.folder, media, **parameters)
        self.assertEqual(check_lines.check(lines), [])
        return [json.loads(line) for line in lines], status, spent


class Parts(unittest.TestCase):
    def test_assignment_is_the_cheapest(self):
        rng = np.random.default_rng(3)
        for rows, columns in itertools.product((1, 3, 5), (2, 4, 6)):
            cost = rng.random((rows, columns))
            pairs = assignment.solve(cost, 9.0)
            self.assertEqual(len(pairs), min(rows, columns))
            table = cost if rows <= columns else cost.T
            least = min(
                sum(table[r, c] for r, c in enumerate(chosen))
                for chosen in itertools.permutations(range(table.shape[1]), table.shape[0])
            )
            self.assertAlmostEqual(sum(cost[r, c] for r, c in pairs), least)

    def test_assignment_leaves_out_what_costs_too_much(self):
        self.assertEqual(assignment.solve([[0.2, 5.0], [5.0, 3.0]], 1.0), [(0, 0)])

    def test_a_camera_finds_back_what_it_sees(self):
        camera = np.array([50.0, 101.0, 16.0, 1800.0, 0.3, 0.25])
        ground = np.array([[60.0, 20.0], [75.0, 50.0], [52.5, 34.0]])
        pixels = pinhole.project(camera, ground, (1280, 720))[0]
        np.testing.assert_allclose(pinhole.to_ground(camera, pixels, (1280, 720)), ground, atol=1e-6)


class Events(unittest.TestCase):
    """What is made of three minutes of play, as a camera would tell of them."""

    @staticmethod
    def look_for_events(seed, seconds):
        """(true, found) events of a match."""
        possession, finder, found = play.Possession(), events.EventFinder(), []
        moments = blind_match.play(seed, seconds, play.Moment)
        while True:
            try:
                moment = next(moments)
            except StopIteration as end:
                return end.value, found
            changes = len(possession.changes)
            possession.step(moment)
            for event in finder.step(moment, possession, len(possession.changes) > changes):
                found.append((event.kind, event.time_us, event.end_us))

    def test_candidate_events_are_where_something_happened(self):
        total = event_score.EventScore()
        for seed in (101, 103, 104):
            total.add(*self.look_for_events(seed, 60))
        figures = total.figures()
        print(json.dumps(figures), file=sys.stderr)
        # Told at random, so many would be right in a tenth of the cases.
        for kind, recall, precision in (("shot", 0.75, 0.75), ("turnover", 0.55, 0.5), ("set_piece", 0.5, 0.6)):
            self.assertGreaterEqual(figures[kind]["true"], 5, kind)
            self.assertGreaterEqual(figures[kind]["recall"], recall, kind)
            self.assertGreaterEqual(figures[kind]["precision"], precision, kind)


class Match(InFolder):
    def test_finds_what_is_truly_there(self):
        seconds = 12
        video, truth = running.make_match(self.folder, "match", "--seconds", str(seconds), "--seed", "2")
        lines, status, spent = running.analyse(self.folder, video)
        self.assertEqual(status, 0)
        self.assertEqual(check_lines.check(lines), [])
        figures = score.score(truth, lines)
        figures["cpu_s_per_s"] = spent / seconds
        print(json.dumps(figures), file=sys.stderr)
        self.assertGreaterEqual(figures["recall"], 0.9)
        self.assertGreaterEqual(figures["precision"], 0.9)
        self.assertGreaterEqual(figures["mota"], 0.75)
        self.assertGreaterEqual(figures["idf1"], 0.7)
        self.assertGreaterEqual(figures["team"], 0.95)
        self.assertGreaterEqual(figures["ball_recall"], 0.7)
        self.assertGreaterEqual(figures["ball_precision"], 0.7)
        # Saying always the same team, or nobody, stays below.
        self.assertGreaterEqual(figures["possession"], 0.7)
        self.assertLess(figures["pitch_error_m"], 1.5)
        self.assertGreater(figures["placed"], 500)
        found = Found(lines)
        self.assertEqual(found.lines[-1]["type"], "summary")
        self.assertIn("a", found.lines[-1]["teams"])
        self.assertTrue(found.lines[-1]["not_seen"])
        # It streams: people are told of before half of the progress is.
        half = next(i for i, l in enumerate(found.lines) if l["type"] == "progress" and l["fraction"] > 0.5)
        self.assertLess(next(i for i, l in enumerate(found.lines) if l["type"] == "track"), half)
        times = [l["time_us"] for l in found.of("track")]
        self.assertEqual(times, sorted(times))


class OddVideos(InFolder):
    def test_a_file_that_is_no_video(self):
        path = os.path.join(self.folder, "-i 'x' $(y).mp4")
        pathlib.Path(path).write_bytes(b"no video at all" * 100)
        lines, status, _ = self.analyse(path)
        self.assertEqual(status, 1)
        self.assertEqual(lines[-1]["type"], "error")

    def test_a_file_that_is_missing(self):
        lines, status, _ = self.analyse(os.path.join(self.folder, "none.mp4"))
        self.assertEqual((status, lines[-1]["type"]), (1, "error"))

    def test_a_video_that_ends_in_the_middle(self):
        source = ["-f", "lavfi", "-i", "color=0x3a7a28:s=320x180:r=25:d=2", "-c:v", "libx264", "-f", "mpegts"]
        path = running.make_video(self.folder, "cut.ts", *source)
        data = pathlib.Path(path).read_bytes()
        pathlib.Path(path).write_bytes(data[: len(data) // 2])
        lines, status, _ = self.analyse(path)
        self.assertIn((status, lines[-1]["type"]), [(0, "summary"), (1, "error")])

    def test_no_pitch_is_said(self):
        path = running.make_video(self.folder, "bars.mp4", "-f", "lavfi", "-i", "smptebars=s=320x180:r=25:d=1")
        lines, status, _ = self.analyse(path)
        self.assertEqual(status, 0)
        self.assertEqual(lines[-1]["not_seen"], ["a football pitch"])
        self.assertFalse([l for l in lines if l["type"] == "track"])

    def test_an_empty_pitch_has_nobody(self):
        path = running.make_video(self.folder, "grass.mp4", "-f", "lavfi", "-i", "color=0x3a7a28:s=640x360:r=25:d=1")
        lines, status, _ = self.analyse(path)
        self.assertEqual(status, 0)
        self.assertFalse([l for l in lines if l["type"] == "track"])

    def test_tiny_and_upright(self):
        for size in ("16x16", "90x160", "2x400"):
            path = running.make_video(self.folder, "odd.mkv", "-f", "lavfi", "-i", f"testsrc=s={size}:r=5:d=1")
            lines, status, _ = self.analyse(path)
            self.assertIn((status, lines[-1]["type"]), [(0, "summary"), (1, "error")])

    def test_parameters_are_checked(self):
        path = running.make_video(self.folder, "bars.mp4", "-f", "lavfi", "-i", "smptebars=s=320x180:r=25:d=1")
        for wrong in (
            dict(detector="magic"),
            dict(every=-1),
            dict(start=5, end=2),
            dict(detector="onnx"),
            dict(threshold="x"),
        ):
            lines, status, _ = self.analyse(path, **wrong)
            self.assertEqual((status, lines[-1]["type"]), (1, "error"), wrong)

    def test_a_cut_ends_identities(self):
        one, _ = running.make_match(self.folder, "one", "--seconds", "2", "--seed", "2", "--size", "960x540")
        bars = ["-f", "lavfi", "-i", "smptebars=s=960x540:r=25:d=1"]
        joined = "[0:v][1:v][2:v]concat=n=3:v=1"
        path = running.make_video(self.folder, "cut.mp4", "-i", one, *bars, "-i", one, "-filter_complex", joined)
        lines, status, _ = self.analyse(path)
        self.assertEqual(status, 0)
        summary = lines[-1]
        self.assertGreaterEqual(summary["values"]["cuts"], 1)
        before = {l["id"] for l in lines if l["type"] == "track" and l["class"] != "ball" and l["time_us"] < 2_000_000}
        after = {l["id"] for l in lines if l["type"] == "track" and l["class"] != "ball" and l["time_us"] > 3_000_000}
        self.assertTrue(before and after)
        self.assertFalse(before & after)
        self.assertFalse([l for l in lines if l["type"] == "track" and 2_000_000 < l["time_us"] < 3_000_000])
        self.assertTrue(any("close-ups" in text for text in summary["not_seen"]))


class Processes(InFolder):
    """The script is several processes: one that looks at the pictures, and its ffmpeg, beside the one that is started."""

    def start(self):
        """The script in the middle of a video, and its processes' ids."""
        source = ["-f", "lavfi", "-i", "color=0x3a7a28:s=640x360:r=25:d=80", "-c:v", "libx264", "-preset", "ultrafast"]
        path = running.make_video(self.folder, "long.mp4", *source)
        script = running.start(self.folder, path)
        self.addCleanup(script.stdout.close)
        self.addCleanup(script.wait)
        self.addCleanup(script.kill)
        for line in script.stdout:
            if json.loads(line)["type"] == "progress":
                return script, running.descendants(script.pid)
        return self.fail("the script ended before its first picture")

    def test_a_killed_one_is_told_of(self):
        script, others = self.start()
        os.kill(others[0], signal.SIGKILL)
        lines = [json.loads(line) for line in script.stdout]
        self.assertEqual(script.wait(), 1)
        self.assertEqual(lines[-1]["type"], "error")
        self.assertIn("ended", lines[-1]["message"])
        running.wait_until_gone(others)

    def test_they_end_together(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            script, others = self.start()
            self.assertGreaterEqual(len(others), 2)
            script.send_signal(how)
            script.wait()
            running.wait_until_gone(others)


class Onnx(InFolder):
    def test_a_model_finds_the_people(self):
        video, truth = running.make_match(self.folder, "match", "--seconds", "1.2", "--seed", "2")
        _, frames, _ = read_truth(truth)
        people = [o["box"] for o in frames[0]["objects"] if o["class"] == "player" and o["occlusion"] < 0.1]
        # The network sees the picture scaled to 640 pixels of width.
        boxes = [((x + w / 2) * 640, (y + h / 2) * 360, w * 640, h * 360, 0.9) for x, y, w, h in people]
        boxes += [(320, 20, 12, 30, 0.9), (300, 200, 14, 30, 0.1)]  # in the stands; not sure enough
        model = os.path.join(self.folder, "tiny.onnx")
        tiny_onnx.write(model, boxes)
        lines, status, _ = self.analyse(video, detector="onnx", model=model)
        self.assertEqual(status, 0, lines[-1])
        first = [l["box"] for l in lines if l["type"] == "track" and l["time_us"] == 0 and l["class"] != "ball"]
        table = score.overlaps(people, first)
        self.assertGreaterEqual(len(score.pair(table, 0.8)), len(people) - 1)
        self.assertLessEqual(len(first), len(people))

    def test_what_is_no_model_is_said(self):
        video = running.make_video(self.folder, "bars.mp4", "-f", "lavfi", "-i", "smptebars=s=320x180:r=25:d=1")
        model = os.path.join(self.folder, "bad.onnx")
        pathlib.Path(model).write_bytes(b"\x08\x07nothing")
        lines, status, _ = self.analyse(video, detector="onnx", model=model)
        self.assertEqual((status, lines[-1]["type"]), (1, "error"))


class Clips(InFolder):
    def test_real_footage(self):
        clips = os.environ.get("ZOE_CLIPS", "")
        for name, frames in clip_score.ANNOTATED.items():
            media = os.path.join(clips, "football", name)
            if not clips or not os.path.exists(media):
                self.skipTest(f"ZOE_CLIPS names no folder with football/{name}")
            lines, status, _ = self.analyse(media)
            self.assertEqual(status, 0)
            figures = clip_score.score(frames, lines)
            print(name, json.dumps(figures), file=sys.stderr)
            self.assertGreaterEqual(figures["boxed"], 0.85)
            self.assertLess(figures["false"], 0.15)


if __name__ == "__main__":
    unittest.main(verbosity=2)
