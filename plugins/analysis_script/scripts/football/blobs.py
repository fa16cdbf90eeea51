"""The classical detector: people are what stands on the grass, is not grass and not a marking, and is as tall as people
there look. Needs no model."""

import cv2
import numpy as np

import bands
import lines
from detection import Detection, measure_colours
from grass import is_shaded_grass
from lines import ellipse

WIDTH_OF_HEIGHT = 0.42  # of a person's box
_CONTRAST = 1.5  # times the threshold that a body differs by; a worn patch and the codec's smear do by less
_SHARE_OF_USUAL = 0.42  # of what bodies usually differ by in this video
_CLEAR = 0.6  # of that, from which on a body stands off clearly
_EDGE = 0.28  # of that, from which on a pixel may be a body's
_MOST_PEOPLE = 60  # a picture with more has something else on it


class BlobDetector:
    def __init__(self, law):
        self.law = law
        self.usual = 55.0  # how much a body differs from the grass around it in this video

    def detect(self, field, ignore=None):
        """People in a Field, its markings, and the mask of what stands on it. ignore: graphics laid over the picture."""
        markings = lines.find(field, self.law)
        mask = cv2.compare(field.difference, max(field.threshold, _EDGE * self.usual), cv2.CMP_GT)
        mask = cv2.bitwise_and(mask, field.region)
        if ignore is not None:
            mask = cv2.bitwise_and(mask, cv2.bitwise_not(ignore))
        mask = self._without_markings(mask, markings, field)
        mask = bands.apply(mask, field.rows, self.law, 0.3, _mend)
        if not self.law.is_known:
            self._learn(mask)
        people = self._people(mask, field)
        for person in people:
            measure_colours(person, field.lab, mask)
        people = [p for p in people if not _is_grass(p, field.grass)]
        self._learn_from(people)
        return people, markings, mask

    def _without_markings(self, mask, markings, field):
        """Takes the markings away, but not the people who stand on them: those are wider than the markings there."""

        def wide(part, height, painted):
            depth = cv2.distanceTransform(part, cv2.DIST_L2, 3)[painted > 0]
            # Across a stroke of width w depths are spread evenly up to w / 2.
            width = 2.67 * float(np.percentile(depth, 75)) if len(depth) > 50 else 0.0
            size = np.clip(1.25 * width + 1, height / 8, height / 3.5)
            return _opened(part, ellipse(size))

        trunks = bands.apply(mask, field.rows, self.law, 0.3, wide, cv2.bitwise_and(markings, mask))

        def around(part, height):
            # A body lies around its widest part, the trunk: as far up as down.
            kernel = np.ones((max(3, int(1.0 * height)) | 1, max(3, int(0.22 * height)) | 1), np.uint8)
            return cv2.dilate(part, kernel)

        bodies = bands.apply(trunks, field.rows, self.law, 0.8, around)
        # The codec smears colour over the pixels beside a stroke.
        alone = cv2.bitwise_and(cv2.dilate(markings, np.ones((5, 7), np.uint8)), cv2.bitwise_not(bodies))
        return cv2.bitwise_and(mask, cv2.bitwise_not(alone))

    def _learn(self, mask):
        """The first look: blobs shaped like a person, of whatever size."""
        _, stats, _ = lines.components(mask)
        rows, columns = mask.shape
        x, y, w, h, area = (stats[1:, i].astype(float) for i in range(5))
        shaped = (h > 0.02 * rows) & (h < 0.25 * rows) & (h > 1.3 * w) & (h < 4.5 * w) & (area > 0.28 * w * h)
        whole = (x > 2) & (y > 2) & (x + w < columns - 2) & (y + h < rows - 2)
        keep = shaped & whole
        self.law.learn((y + h)[keep], h[keep])

    def _learn_from(self, people):
        whole = [p for p in people if p.is_whole and p.score > 0.5 and p.box[3] > 1.6 * p.box[2]]
        self.law.learn([p.feet[1] for p in whole], [p.box[3] for p in whole])

    def _people(self, mask, field):
        first, end = field.rows
        labels, stats, _ = lines.components(mask[first:end])
        stats[:, cv2.CC_STAT_TOP] += first
        rows, columns = mask.shape
        people, pieces, contrasts = [], [], []
        least = max(_CONTRAST * field.threshold, _SHARE_OF_USUAL * self.usual)
        x, y, w, h, area = (stats[:, i].astype(float) for i in range(5))
        person = self.law.at(y + h)
        fits = area >= 0.015 * person**2
        # Boards, graphics, a bench.
        fits &= (h <= 3.2 * person) & (w <= 6 * person) & ((w <= 2.2 * person) | (area <= 0.75 * w * h))
        fits[0] = False
        for index in np.flatnonzero(fits):
            x, y, w, h, area = (int(v) for v in stats[index])
            expected = float(person[index])
            part = labels[y - first : y - first + h, x : x + w] == index
            contrast = cv2.mean(field.difference[y : y + h, x : x + w], part.view(np.uint8))[0]
            if contrast < least:
                continue
            contrasts.append(contrast)
            if w > 0.62 * expected:
                x, w, part = _trim(x, part, expected)
                area = int(part.sum())
            cut = x <= 1 or x + w >= columns - 1 or y + h >= rows - 1
            if self._is_one(w, h, area, expected):
                score = self._clear(contrast) * _score(h, w, area / (w * h), expected)
                people.append(Detection((x, y, w, h), score, not cut))
            elif h < 0.62 * expected and w <= 0.70 * expected:
                pieces.append((x, y, w, h, area, cut))
            else:
                people += self._split(part, x, y, field.difference[y : y + h, x : x + w], least)
            if len(people) > _MOST_PEOPLE:
                return []
        people += self._join(pieces, field)
        if contrasts:
            self.usual += 0.1 * (float(np.median(contrasts)) - self.usual)
        return _without_doubles(people)

    def _clear(self, contrast):
        """Up to 1: how clearly something stands off the grass. What does not cannot begin a track, only go on with one."""
        return min(1.0, contrast / (_CLEAR * self.usual))

    @staticmethod
    def _is_one(w, h, area, expected):
        if not (0.62 * expected <= h <= 1.32 * expected and w <= 0.80 * expected):
            return False
        return area >= max(0.22 * w * h, 0.055 * expected**2)

    def _split(self, part, left, top, difference, least):
        """A group: places boxes of a person's size one after another where they cover most, until little is left."""
        found = []
        height, width = part.shape
        remaining = part.astype(np.float32)
        for _ in range(8):
            expected = float(self.law.at(top + height))
            # The size differs within the group by where the feet are; two rounds settle it.
            box = None
            for _ in range(2):
                tall, wide = int(round(expected)), max(3, int(round(WIDTH_OF_HEIGHT * expected)))
                if tall < 6:
                    return found
                padded = cv2.copyMakeBorder(remaining, tall, tall, wide, wide, cv2.BORDER_CONSTANT, value=0)
                # Who is in front stands lower in the picture: of equal covers take the lower one.
                cover = cv2.boxFilter(padded, -1, (wide, tall), normalize=True, anchor=(0, 0))
                cover[: padded.shape[0]] += np.linspace(0, 0.02, padded.shape[0], dtype=np.float32)[:, None]
                row, column = np.unravel_index(int(np.argmax(cover)), cover.shape)
                box = (column - wide, row - tall, wide, tall)
                best = float(cover[row, column])
                expected = float(self.law.at(top + box[1] + tall))
            if best < 0.30:
                break
            x1, y1 = max(0, box[0]), max(0, box[1])
            x2, y2 = min(width, box[0] + wide), min(height, box[1] + tall)
            piece = remaining[y1:y2, x1:x2] > 0
            ys, xs = np.nonzero(piece)
            if len(ys) < 0.06 * expected**2:
                break
            x0, y0 = x1 + xs.min(), y1 + ys.min()
            w, h = xs.max() - xs.min() + 1, ys.max() - ys.min() + 1
            contrast = cv2.mean(difference[y1:y2, x1:x2], piece.astype(np.uint8))[0]
            if h < 0.55 * expected or contrast < least:
                remaining[y1:y2, x1:x2] = 0
                continue
            found.append(
                Detection((left + x0, top + y0, w, h), self._clear(contrast) * _score(h, w, best, expected), False)
            )
            margin = int(0.10 * expected)
            remaining[max(0, y1 - margin) : y2 + margin, max(0, x1 - margin // 2) : x2 + margin // 2] = 0
        return found

    def _join(self, pieces, field):
        """Parts of one person that the mask left apart: a shirt like the grass, socks, a head."""
        rows = field.region.shape[0]
        found, used = [], set()
        pieces.sort(key=lambda p: -(p[1] + p[3]))
        for i, (x, y, w, h, area, edge) in enumerate(pieces):
            if i in used:
                continue
            feet = y + h
            expected = float(self.law.at(feet))
            x1, y1, x2, y2, total = x, y, x + w, y + h, area
            members = [i]
            for j in range(i + 1, len(pieces)):
                if j in used:
                    continue
                px, py, pw, ph, parea, _ = pieces[j]
                nx1, ny1, nx2, ny2 = min(x1, px), min(y1, py), max(x2, px + pw), max(y2, py + ph)
                if ny2 - ny1 <= 1.12 * expected and nx2 - nx1 <= 0.62 * expected and py - y2 < 0.35 * expected:
                    x1, y1, x2, y2, total = nx1, ny1, nx2, ny2, total + parea
                    members.append(j)
            h, w = y2 - y1, x2 - x1
            at_bottom = y2 >= rows - 2
            if (h >= 0.62 * expected or (at_bottom and h > 0.3 * expected)) and total > 0.05 * expected**2:
                used.update(members)
                fill = total / max(1, w * h)
                found.append(Detection((x1, y1, w, h), 0.8 * _score(h, w, fill, expected), False))
            elif (
                self._hangs_from_edge(x1, y1, w, field)
                and h > 0.3 * expected
                and 0.12 * expected < w < 0.5 * expected
                and total > 0.4 * w * h
            ):
                # Before the boards only the legs stand against grass.
                found.append(Detection((x1, feet - expected, w, expected), 0.45, False))
        return found

    @staticmethod
    def _hangs_from_edge(x, y, w, field):
        """Whether the pitch ends right above."""
        above = y - 3
        return above > 0 and not field.region[above, x : x + w].all()


def _is_grass(person, grass):
    """Worn or shaded grass is green from head to foot; nobody's shirt and shorts both are, and darker than the grass."""
    return is_shaded_grass(person.shirt, grass) and is_shaded_grass(person.shorts, grass)


def _opened(mask, kernel):
    """The mask opened by a large ellipse, which is costly: so only around where at least its two axes fit."""
    reach = kernel.shape[0] // 2
    axis = np.ones((1, 2 * reach + 1), np.uint8)
    fits = cv2.bitwise_and(cv2.erode(mask, axis), cv2.erode(mask, axis.T))
    opened = np.zeros_like(mask)
    for contour in cv2.findContours(fits, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, w, h = cv2.boundingRect(contour)
        left, top = max(0, x - reach), max(0, y - reach)
        around = (slice(top, y + h + reach), slice(left, x + w + reach))
        inner = (slice(y - top, y - top + h), slice(x - left, x - left + w))
        core = np.zeros_like(mask[around])
        core[inner] = cv2.erode(mask[around], kernel)[inner]
        cv2.bitwise_or(opened[around], cv2.dilate(core, kernel), dst=opened[around])
    return opened


def _mend(part, height):
    """Closes gaps within a body, and takes specks away."""
    part = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((max(3, int(0.11 * height)) | 1, 3), np.uint8))
    return cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))


def _trim(left, part, expected):
    """Cuts thin tails off at both sides: an end of a marking, a shadow, an outstretched arm."""
    columns = np.flatnonzero(part.sum(axis=0) >= 0.14 * expected)
    if len(columns) == 0:
        return left, part.shape[1], part
    first, last = int(columns[0]), int(columns[-1])
    return left + first, last - first + 1, part[:, first : last + 1]


def _score(h, w, fill, expected):
    """How much a blob is like a person of that height: 0..1."""
    height_fit = max(0.0, 1 - abs(h - expected) / (0.6 * expected))
    width_fit = max(0.0, 1 - max(0.0, abs(w - WIDTH_OF_HEIGHT * expected) - 0.12 * expected) / (0.5 * expected))
    return float(np.clip(0.25 + 0.35 * height_fit + 0.2 * width_fit + 0.2 * min(1.0, fill / 0.5), 0, 0.99))


def overlap(one, other):
    """Intersection over union of two boxes."""
    x = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    y = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if x <= 0 or y <= 0:
        return 0.0
    both = x * y
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def _without_doubles(people):
    people.sort(key=lambda p: -p.score)
    kept = []
    for person in people:
        if all(overlap(person.box, other.box) < 0.6 for other in kept):
            kept.append(person)
    return kept
