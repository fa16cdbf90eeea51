"""Work on a picture in horizontal bands, so that a kernel can be as large as people look there."""

_COUNT = 3


def apply(image, rows, law, reach, work, *others):
    """A picture as image where rows = (first, end) have been through work(part, person_height), in three bands.

    reach: how far beside a pixel work looks, as a share of a person's height there. others: pictures whose parts work gets, too.
    """
    result = image.copy()
    first, end = rows
    for index in range(_COUNT):
        top = first + (end - first) * index // _COUNT
        bottom = first + (end - first) * (index + 1) // _COUNT
        if bottom <= top:
            continue
        height = float(law.at((top + bottom) / 2))
        margin = int(reach * height) + 2
        upper, lower = max(first, top - margin), min(end, bottom + margin)
        result[top:bottom] = work(image[upper:lower], height, *(o[upper:lower] for o in others))[top - upper : bottom - upper]
    return result
