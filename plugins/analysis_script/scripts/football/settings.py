"""The parameters of a run, from the JSON file that the caller names. What is not said has its default."""

import json
import math


class SettingsError(Exception):
    """A parameter cannot be used; the words say which and why."""


class Settings:
    def __init__(self, detector="classical", model="", threshold=0.35, every=0, start=0.0, end=0.0):
        self.detector, self.model, self.threshold = detector, model, threshold
        self.every = every  # frames of the video for each that is analysed; 0: chosen by the video's rate
        self.start, self.end = start, end  # seconds; end 0: the video's end


def _number(values, name, default, least, most):
    value = values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SettingsError(f"{name} is a number")
    if not least <= value <= most:
        raise SettingsError(f"{name} is from {least} to {most}, not {value}")
    return value


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            values = json.loads(file.read(65536) or "{}")
    except (OSError, ValueError) as error:
        raise SettingsError(f"the parameters could not be read: {error}") from None
    if not isinstance(values, dict):
        raise SettingsError("the parameters are a JSON object")
    detector = values.get("detector", "classical")
    if detector not in ("classical", "onnx"):
        raise SettingsError("detector is classical or onnx")
    model = values.get("model") or ""
    if not isinstance(model, str):
        raise SettingsError("model is the path of a file")
    if detector == "onnx" and not model:
        raise SettingsError("the onnx detector needs a model: give the parameter model")
    start = float(_number(values, "start", 0.0, 0, 86400))
    end = float(_number(values, "end", 0.0, 0, 86400))
    if end and end <= start:
        raise SettingsError("end is after start")
    return Settings(
        detector=detector,
        model=model,
        threshold=float(_number(values, "threshold", 0.35, 0.05, 0.95)),
        every=int(_number(values, "every", 0, 0, 25)),
        start=start,
        end=end,
    )
