"""Runs of pixels in rows, as `Masks` has them, of run lengths down columns and of small pictures.

Nothing here makes a picture of the whole image, and no count of a stranger's is taken for the length of an array
before it was compared with the image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Masks, Objects, Offsets
from mifakit.annotations.refusals import RefusedError
from mifakit.sources.limits import MAX_RUNS

_MAX_BITS = 30
"""Before the last five: the COCO API itself counts with 32."""
_NONE = np.empty(0, np.int64)


class Runs(NamedTuple):
    """Runs of pixels of one object: each covers `starts` to `stops` (not included) of its row."""

    rows: Offsets
    starts: Offsets
    stops: Offsets


def runs_of_pixels(picture: npt.NDArray[np.bool_], top: int = 0, left: int = 0) -> Runs:
    """Return the runs of a picture whose first pixel is pixel `left` of row `top` of the image."""
    edges = np.zeros((picture.shape[0], picture.shape[1] + 1), np.int8)
    edges[:, :-1] = picture
    edges[:, 1:] -= picture
    rows, starts = np.nonzero(edges > 0)
    return Runs(rows + top, starts + left, np.nonzero(edges < 0)[1] + left)


def runs_along_rows(begins: Offsets, ends: Offsets, width: int) -> Runs:
    """Return the runs of intervals of pixels that are counted along rows, one row after the other.

    Parameters
    ----------
    begins, ends
        In ascending order, none empty, none before another's end.
    width
        Of the image.
    """
    joined = np.flatnonzero(begins[1:] == ends[:-1]) + 1
    begins, ends = np.delete(begins, joined), np.delete(ends, joined - 1)
    first, last = begins // width, (ends - 1) // width
    spans = last - first + 1
    rows = np.repeat(first - (np.cumsum(spans) - spans), spans) + np.arange(spans.sum())
    starts = np.maximum(np.repeat(begins, spans) - rows * width, 0)
    stops = np.minimum(np.repeat(ends, spans) - rows * width, width)
    return Runs(rows, starts, stops)


def masks_of(runs: Sequence[Runs], records: Sequence[Mapping[str, Any]]) -> Masks:
    """Return objects of their runs and of what `Objects.of` takes."""
    owners = np.repeat(np.arange(len(runs)), [len(one.rows) for one in runs])
    rows, starts, stops = (np.concatenate([_NONE, *(one[column] for one in runs)]) for column in range(3))
    return Masks(owners, rows, starts, stops, Objects.of(records))


def coco_counts(text: str) -> Offsets:
    """Return the run lengths in the compressed text of COCO's masks.

    As `rleFrString` of the COCO API (maskApi.c): five bits a character, lowest first, with a sign; from the fourth
    on, each is the difference from the last but one.

    Raises
    ------
    RefusedError
        When it is no such text.
    """
    refused = RefusedError("its run lengths are not compressed as COCO does")
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


def check_counts(counts: Offsets, pixels: int) -> None:
    """Refuse run lengths that do not come to an image's pixels.

    Raises
    ------
    RefusedError
        When one is negative, or they are too many or too few.
    """
    if counts.size and (counts.min() < 0 or counts.max() > pixels):
        raise RefusedError("a run length is negative or longer than the image")
    covered = counts.sum(dtype=np.float64)  # does not overflow, and is exact up to 2**53
    if covered != pixels:
        raise RefusedError(f"its run lengths are {'longer' if covered > pixels else 'shorter'} than the image")


def runs_down_columns(counts: Sequence[Offsets], height: int, width: int) -> Masks | None:
    """Return objects of run lengths down the columns of an image, of background and object by turns, as COCO's are.

    Parameters
    ----------
    counts
        Of each object; they passed `check_counts`.
    height, width
        Of the image.

    Returns
    -------
        Objects of which nothing is said; None when they come to more than `MAX_RUNS` in rows.
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
    return Masks(owners, rows, starts % (width + 1), stops % (width + 1), Objects(len(counts)))


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
