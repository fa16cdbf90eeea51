"""A detector from an ONNX file, run by OpenCV.

The network takes one RGB picture scaled to 0..1 as [1, 3, side, side] with grey bars where the picture is not square, and gives
[1, 4 + classes, boxes] (or that transposed): centre x, centre y, width, height in the network's pixels, then how sure it is of each
class. This is what the YOLO family from version 8 on exports. Class 0 is a person; with class names of a football model
(ball, goalkeeper, player, referee in that order: four classes) 0 is the ball and all others are persons.
"""

import os

import cv2
import numpy as np

import lines
from detection import Detection, measure_colours

SIDE = 640
_MAX_MODEL = 1 << 30
_OVERLAP = 0.5


class ModelError(Exception):
    """The model cannot be used; the words say why."""


class OnnxDetector:
    def __init__(self, path, threshold, law):
        self.threshold, self.law = threshold, law
        try:
            if os.path.getsize(path) > _MAX_MODEL:
                raise ModelError("the model is larger than 1 GiB")
            self.net = cv2.dnn.readNetFromONNX(path)
        except (OSError, cv2.error) as error:
            reason = str(error).strip().splitlines()[-1][:200]
            raise ModelError(f"the model {os.path.basename(path)} could not be loaded: {reason}") from None

    def detect(self, field, ignore=None, picture=None):
        """As BlobDetector.detect; of the mask there is only what the people's boxes cover."""
        markings = lines.find(field, self.law)
        people = [p for p in self._run(picture) if _stands_on(field, p)]
        mask = np.zeros_like(field.region)
        for person in people:
            x, y, w, h = (int(v) for v in person.box)
            mask[max(0, y) : y + h, max(0, x) : x + w] = 255
        colourful = cv2.compare(field.difference, field.threshold, cv2.CMP_GT)
        mask = cv2.bitwise_and(mask, cv2.bitwise_or(colourful, cv2.bitwise_not(field.region)))
        for person in people:
            measure_colours(person, field.lab, mask)
        self.law.learn([p.feet[1] for p in people if p.is_whole], [p.box[3] for p in people if p.is_whole])
        return people, markings, mask

    def _run(self, picture):
        height, width = picture.shape[:2]
        scale = SIDE / max(width, height)
        small = cv2.resize(
            picture, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
        )
        square = np.full((SIDE, SIDE, 3), 114, np.uint8)
        square[: small.shape[0], : small.shape[1]] = small
        try:
            self.net.setInput(cv2.dnn.blobFromImage(square, 1 / 255, (SIDE, SIDE), swapRB=True))
            found = np.asarray(self.net.forward())
        except cv2.error as error:
            raise ModelError(f"the model could not be run: {str(error).strip().splitlines()[-1][:200]}") from None
        table = found.reshape(found.shape[-2:]) if found.ndim == 3 and found.shape[0] == 1 else None
        if table is None or min(table.shape) < 5:
            raise ModelError(f"the model's output has the shape {list(found.shape)}, not [1, 4 + classes, boxes]")
        if table.shape[0] < table.shape[1]:
            table = table.T
        return self._people(table, scale, width, height)

    def _people(self, table, scale, width, height):
        classes = table[:, 4:]
        is_football = classes.shape[1] == 4
        sure = classes[:, 1:].max(axis=1) if is_football else classes[:, 0]
        chosen = np.flatnonzero(np.isfinite(table).all(axis=1) & (sure >= self.threshold))[:3000]
        if len(chosen) == 0:
            return []
        centre, size = table[chosen, :2] / scale, np.maximum(0, table[chosen, 2:4] / scale)
        corner = centre - size / 2
        boxes = np.concatenate([corner, size], axis=1)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), sure[chosen].astype(float).tolist(), self.threshold, _OVERLAP)
        people = []
        for index in np.asarray(kept).ravel():
            x, y = np.maximum(0, corner[index])
            right, bottom = np.minimum((width, height), corner[index] + size[index])
            if right - x < 3 or bottom - y < 6:
                continue
            whole = x > 1 and y > 1 and right < width - 1 and bottom < height - 1
            people.append(Detection((x, y, right - x, bottom - y), float(min(0.99, sure[chosen][index])), bool(whole)))
        return people


def _stands_on(field, person):
    x, y = person.feet
    row = int(min(max(0, y - 2), field.region.shape[0] - 1))
    column = int(min(max(0, x), field.region.shape[1] - 1))
    return bool(field.region[row, column])
