"""How the picture moved since the last one: the camera's turn and zoom, and cuts."""

import cv2
import numpy as np

_POINTS = 260
_ENOUGH = 120  # of them, that were just found, to do for one more picture
_WORK_WIDTH = 640
_MAY_BE_CUT, _IS_CUT = 0.28, 0.55  # of unlikeness


class Motion:
    def __init__(self, matrix, is_cut, shift):
        self.matrix = matrix  # 3x3, pixels of the last picture to pixels of this one
        self.is_cut = is_cut
        self.shift = shift  # pixels that the middle of the picture moved


class Reduced:
    """What the motion needs of a picture. Made of all, in order."""

    def __init__(self, picture, before):
        height, width = picture.shape[:2]
        self.scale = min(1.0, _WORK_WIDTH / width)
        size = (round(width * self.scale), round(height * self.scale))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        self.grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        self.colours = _colours(small)
        self.unlike = 0.0  # how other the colours of the picture before are, 0..1
        if before is not None:
            self.unlike = cv2.compareHist(before.colours, self.colours, cv2.HISTCMP_BHATTACHARYYA)

    @property
    def may_be_cut(self):
        return self.unlike > _MAY_BE_CUT


class CameraMotion:
    """Follows corners of the stands and the markings from picture to picture. One thread."""

    def __init__(self):
        self.last = self.before = None  # grey pictures, smaller by scale
        self.carried = None  # corners in the last picture that its motion was found from
        self.unlike = 0.0  # how other the colours of these two are, 0..1
        self.scale = 1.0

    def begin(self, reduced):
        """Takes in a picture; end() then says how it moved, when it is known where the people were."""
        self.scale, self.unlike = reduced.scale, reduced.unlike
        self.before, self.last = self.last, reduced.grey

    def end(self, people_boxes, ignore=None):
        """people_boxes: of the picture before, whose corners move by themselves. ignore: mask of graphics."""
        if self.before is None:
            return Motion(np.eye(3), False, 0.0)
        scale = self.scale
        mask = np.full(self.before.shape, 255, np.uint8)
        for x, y, w, h in people_boxes:
            x1, y1 = int((x - 4) * scale), int((y - 4) * scale)
            mask[max(0, y1) : int((y + h + 4) * scale) + 1, max(0, x1) : int((x + w + 4) * scale) + 1] = 0
        if ignore is not None:
            graphics = cv2.resize(ignore, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_NEAREST)
            mask = cv2.bitwise_and(mask, cv2.bitwise_not(graphics))
        points = self._carried(mask)
        is_carried = points is not None
        if not is_carried:
            points = self._corners(mask)
        self.carried = None
        matrix, share = None, 0.0
        if points is not None and len(points) >= 12:
            moved, found, _ = cv2.calcOpticalFlowPyrLK(
                self.before, self.last, points, None, winSize=(17, 17), maxLevel=4
            )
            kept = found.ravel() == 1
            old, new = points[kept].reshape(-1, 2), moved[kept].reshape(-1, 2)
            if len(old) >= 12:
                matrix, inside = _fit(old, new)
                share = float(inside.mean()) * len(old) / len(points)
                if not is_carried:
                    self.carried = new[inside.ravel() > 0]
        if matrix is None or share < 0.2:
            # Without a motion to be found: a cut where the colours are others too, else a moment's blur.
            return Motion(np.eye(3), bool(self.unlike > _MAY_BE_CUT), 0.0)
        if self.unlike > _IS_CUT:
            return Motion(np.eye(3), True, 0.0)
        zoom = np.diag([scale, scale, 1.0])
        matrix = np.linalg.inv(zoom) @ matrix @ zoom
        middle = np.array([self.last.shape[1] / 2 / scale, self.last.shape[0] / 2 / scale, 1.0])
        there = matrix @ middle
        return Motion(matrix, False, float(np.linalg.norm(there[:2] / there[2] - middle[:2])))

    def _carried(self, mask):
        """Corners that were found for the motion before this one, where they are now; None where they are too few."""
        if self.carried is None:
            return None
        column, row = np.rint(self.carried).astype(int).T
        inside = (column >= 0) & (row >= 0) & (column < mask.shape[1]) & (row < mask.shape[0])
        kept = self.carried[inside][mask[row[inside], column[inside]] > 0]
        return kept[:, None].astype(np.float32) if len(kept) >= _ENOUGH else None

    def _corners(self, mask):
        """Corners spread over the picture: the crowd would take them all."""
        found = []
        height, width = self.before.shape
        for row in range(3):
            for column in range(4):
                rows = slice(height * row // 3, height * (row + 1) // 3)
                columns = slice(width * column // 4, width * (column + 1) // 4)
                part = cv2.goodFeaturesToTrack(
                    self.before[rows, columns], _POINTS // 12, 0.01, 7, mask=np.ascontiguousarray(mask[rows, columns])
                )
                if part is not None:
                    found.append(part + np.array([columns.start, rows.start], np.float32))
        return np.concatenate(found) if found else None


def _fit(old, new):
    """The homography most corners agree on, and which do; where they are few or in one place, a simpler motion."""
    matrix, inside = cv2.findHomography(old, new, cv2.RANSAC, 1.5, maxIters=400)
    if matrix is not None and inside.sum() >= 30 and _is_sane(matrix):
        return matrix, inside
    simple, inside = cv2.estimateAffinePartial2D(old, new, method=cv2.RANSAC, ransacReprojThreshold=1.5)
    if simple is None:
        return None, np.zeros(len(old), np.uint8)
    return np.vstack([simple, [0, 0, 1]]), inside


def _is_sane(matrix):
    """A camera turns and zooms a little between pictures: the matrix is near that of a shift."""
    return (
        0.8 < matrix[0, 0] / matrix[2, 2] < 1.25
        and 0.8 < matrix[1, 1] / matrix[2, 2] < 1.25
        and abs(matrix[2, 0]) < 4e-4
        and abs(matrix[2, 1]) < 4e-4
    )


def _colours(small):
    histogram = cv2.calcHist([small], [0, 1, 2], None, [8, 8, 8], [0, 256, 0, 256, 0, 256])
    return cv2.normalize(histogram, None, 1.0, 0, cv2.NORM_L1)


def move(matrix, points):
    """Points (n, 2) through a 3x3 matrix."""
    points = np.atleast_2d(np.asarray(points, float))
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return moved[:, :2] / moved[:, 2:3]
