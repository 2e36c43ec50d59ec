"""Runs of pixels on a plane: painted onto it, and which of them share pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Offsets
from mifakit.annotations.raster.rasterising import Window, batches_of
from mifakit.annotations.raster.runs import Runs

_PIXELS_AT_ONCE = 2**16
_PAIRS_AT_ONCE = 2**20


def paint(plane: npt.NDArray[np.unsignedinteger], runs: Runs, values: npt.NDArray[np.integer], window: Window) -> None:
    """Give the pixels of each run its value; where runs share one, the last one's stays.

    Parameters
    ----------
    plane
        What lies in the window; changed in place.
    runs
        They lie in the window.
    values
        One a run.
    window
        Where the plane lies in the image.
    """
    rows, columns = window
    pixels = plane.reshape(-1)
    if not np.shares_memory(pixels, plane):
        raise ValueError("the plane is not contiguous")
    colours = values.astype(plane.dtype)
    begins = (runs.rows - rows.start) * plane.shape[1] + runs.starts - columns.start
    lengths = runs.stops - runs.starts
    for start, stop in batches_of(lengths, _PIXELS_AT_ONCE):
        size = lengths[start:stop]
        ends = np.cumsum(size)
        places = np.repeat(begins[start:stop] - (ends - size), size)
        places += np.arange(ends[-1])
        pixels[places] = np.repeat(colours[start:stop], size)


def depth_of(runs: Runs) -> int:
    """Return how many runs at most lie over one another."""
    pitch = int(runs.stops.max(initial=0)) + 1
    starts = np.sort(runs.rows * pitch + runs.starts)
    ended = np.searchsorted(np.sort(runs.rows * pitch + runs.stops), starts, side="right")
    return int((np.arange(1, len(starts) + 1) - ended).max(initial=0))


def overlaps_of(runs: Runs) -> Iterator[tuple[npt.NDArray[np.int64], Offsets]]:
    """Yield pairs of objects that share pixels in some row, and how many; in batches of bounded memory.

    A pair is two owners, the smaller one first. It comes once for each place where runs of the two meet.
    """
    pitch = int(runs.stops.max(initial=0)) + 1
    order = np.argsort(runs.rows * pitch + runs.starts, kind="stable")
    owners, rows, starts, stops = (column[order] for column in runs)
    # In this order a run overlaps all those after it that start before its end.
    reach = np.searchsorted(rows * pitch + starts, rows * pitch + stops)
    counts = reach - np.arange(1, len(reach) + 1)
    meeting = np.flatnonzero(counts)
    counts = counts[meeting]
    for start, stop in batches_of(counts, _PAIRS_AT_ONCE):
        size = counts[start:stop]
        one = np.repeat(meeting[start:stop], size)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(size) - size, size)
        shared = np.minimum(stops[one], stops[other]) - starts[other]
        yield np.sort(np.stack([owners[one], owners[other]], axis=1), axis=1), shared
