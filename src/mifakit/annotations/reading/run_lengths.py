"""Masks that are given as run lengths, of background and object by turns -> runs of pixels in rows.

Nothing here makes a picture of the whole image, and no count of a stranger's is taken for the length of an array
before it was compared with the image.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifakit.annotations.model import Offsets
from mifakit.annotations.raster.runs import Runs
from mifakit.annotations.reading.left_out import UnusableError
from mifakit.sources.limits import MAX_MASK_PIXELS, MAX_RUNS

_MAX_BITS = 30
"""Before the last five: the COCO API itself counts with 32."""
_NONE = np.empty(0, np.int64)


def check_frame(width: int, height: int) -> None:
    """Refuse a mask that no image could hold.

    Raises
    ------
    UnusableError
        When a side is not positive, or both together are too large.
    """
    if width <= 0 or height <= 0:
        raise UnusableError("whose frame has no area")
    if width * height > MAX_MASK_PIXELS:
        raise UnusableError(f"whose frame has more than {MAX_MASK_PIXELS:,} pixels")


def check_counts(counts: Offsets, pixels: int) -> None:
    """Refuse run lengths that do not come to the pixels of their frame.

    Raises
    ------
    UnusableError
        When one is negative, or they are too many or too few.
    """
    negative = counts.size and (counts.min() < 0 or counts.max() > pixels)
    # A sum of floats does not overflow, and is exact up to 2**53.
    if negative or counts.sum(dtype=np.float64) != pixels:
        raise UnusableError("whose run lengths do not fill its frame")


def runs_along_rows(counts: Offsets, left: int, top: int, width: int, height: int) -> Runs:
    """Return the runs of one object from run lengths along the rows of its frame, of background and object by turns.

    Raises
    ------
    UnusableError
        When they do not fill the frame, or come to more than `MAX_RUNS` in rows.
    """
    check_frame(width, height)
    check_counts(counts, width * height)
    ends = np.cumsum(counts)
    stops = ends[1::2]
    starts = ends[::2][: len(stops)]
    some = stops > starts
    starts, stops = starts[some], stops[some]
    if ((stops - 1) // width - starts // width + 1).sum() > MAX_RUNS:
        raise UnusableError(f"of more than {MAX_RUNS:,} runs of pixels")
    runs = Runs.along_rows(starts, stops, width)
    return runs._replace(rows=runs.rows + top, starts=runs.starts + left, stops=runs.stops + left)


def coco_counts(text: str) -> Offsets:
    """Return the run lengths in the compressed text of COCO's masks.

    As `rleFrString` of the COCO API (maskApi.c): five bits a character, lowest first, with a sign; from the fourth
    on, each is the difference from the last but one.

    Raises
    ------
    UnusableError
        When it is no such text.
    """
    refused = UnusableError("whose run lengths are not compressed as COCO does")
    if len(text) > MAX_RUNS:
        raise refused
    counts: list[int] = []
    count = bits = 0
    for byte in text.encode():
        code = byte - 48
        if not 0 <= code < 64 or bits > _MAX_BITS:
            raise refused
        count |= (code & 0x1F) << bits
        bits += 5
        if code & 0x20:
            continue
        if code & 0x10:
            count -= 1 << bits
        if len(counts) > 2:
            count += counts[-2]
        counts.append(count)
        count = bits = 0
    if bits:
        raise refused
    return np.array(counts, np.int64)


def runs_down_columns(counts: Sequence[Offsets], height: int, width: int) -> Runs | None:
    """Return the runs of objects from run lengths down the columns of an image, as COCO's are.

    Parameters
    ----------
    counts
        Of each object; they passed `check_counts`.
    height, width
        Of the image.

    Returns
    -------
        None when they come to more than `MAX_RUNS` in rows.
    """
    # All images one behind the other, each with a column more, so that what ends at the right end ends there.
    block = height * (width + 1)
    if sum(map(len, counts)) > MAX_RUNS:
        return None
    edges = [np.cumsum(one) + block * place for place, one in enumerate(counts)]
    begins, ends = (np.concatenate([_NONE, *(one[first : len(one) // 2 * 2 : 2] for one in edges)]) for first in (0, 1))
    # A pixel begins a run in its row if its left neighbour, a height before it, is not of the object.
    appearing = _minus(begins, ends, begins + height, ends + height)
    vanishing = _minus(begins + height, ends + height, begins, ends)
    if int((appearing[1] - appearing[0]).sum()) > MAX_RUNS:
        return None
    starts, stops = (_by_rows(one, height, width + 1) for one in (appearing, vanishing))
    owners, rows = starts // block, starts % block // (width + 1)
    return Runs(owners, rows, starts % (width + 1), stops % (width + 1))


def _minus(begins: Offsets, ends: Offsets, other_begins: Offsets, other_ends: Offsets) -> tuple[Offsets, Offsets]:
    """Return where one set of intervals is and another is not."""
    count = len(begins)
    places = np.concatenate([begins, ends, other_begins, other_ends])
    order = np.argsort(places, kind="stable")
    places = places[order]
    steps = np.zeros(4 * count, np.int8)
    steps[:count], steps[count : 2 * count] = 1, -1
    inside = np.cumsum(steps[order], dtype=np.int8) > 0
    steps[:] = 0
    steps[2 * count : 3 * count], steps[3 * count :] = 1, -1
    outside = np.cumsum(steps[order], dtype=np.int8) == 0
    kept = np.flatnonzero((inside & outside)[:-1] & (places[:-1] < places[1:]))
    return places[kept], places[kept + 1]


def _by_rows(intervals: tuple[Offsets, Offsets], height: int, width: int) -> Offsets:
    """Return the places of pixels in intervals down columns, as places along rows, in order."""
    begins, ends = intervals
    sizes = ends - begins
    places = np.repeat(begins - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    image, within = np.divmod(places, height * width)
    column, row = np.divmod(within, height)
    return np.sort(image * (height * width) + row * width + column)
