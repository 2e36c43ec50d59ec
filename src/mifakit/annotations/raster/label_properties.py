"""Where the objects of a label image are, how large, and in how many pieces: found in one pass, in bounded memory.

Rows are taken as runs of one value. A piece is what hangs together through pixels that touch, be it at a corner: eight
neighbours in a plane, 26 in a stack.
"""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Numbers, Offsets
from mifakit.annotations.raster.label_image import LabelImage, row_slabs
from mifakit.annotations.raster.runs import Runs
from mifakit.readers.base import Region

_PIXELS_AT_ONCE = 2**22


class LabelProperties(NamedTuple):
    """One row for each id at each time point where it has pixels.

    Attributes
    ----------
    t
        The time point; 0 where the image has none.
    labels
        The ids.
    areas
        Pixels; voxels in a stack.
    bounds
        (n, 6): smallest x, y, z, then largest x, y, z, which is not included. z counts planes.
    centroids
        (n, 3): x, y, z as `annotations.model` has them: the middle of pixel (0, 0) is (0.5, 0.5), that of plane 0 is 0.
    pieces
        How many parts do not touch each other.
    """

    t: Offsets
    labels: npt.NDArray[np.integer]
    areas: Offsets
    bounds: Offsets
    centroids: Numbers
    pieces: Offsets


def properties_of(labels: LabelImage) -> LabelProperties:
    """Measure all objects of a label image."""
    ids = labels.ids.astype(labels.dtype)

    def plane(region: Region) -> dict[str, int]:
        return {axis: part.start for axis, part in zip(labels.axes, region, strict=True)}

    *_, height, width = labels.shape
    depth = dict(zip(labels.axes, labels.shape, strict=True)).get("z", 1)
    tables = []
    slabs = row_slabs(labels.shape, _PIXELS_AT_ONCE)
    for t, regions in groupby(slabs, key=lambda region: plane(region).get("t", 0)):
        sums, pieces = _Sums(len(ids)), _Pieces(len(ids), width, height, depth)
        for region in regions:
            z, rows = plane(region).get("z", 0), region[-2]
            runs = _runs_in(labels.read(region).reshape(-1, width), ids, rows.start)
            sums.add(runs, z)
            pieces.add(runs, z, rows.stop)
        tables.append(sums.table(t, labels.ids, pieces.counts))
    return LabelProperties(*(np.concatenate(column) for column in zip(*tables, strict=True)))


def _runs_in(block: npt.NDArray[np.generic], ids: npt.NDArray[np.generic], top: int) -> Runs:
    """Return the runs of each id in some rows; owners are places among the ids."""
    width = block.shape[1]
    changes = np.ones(block.shape, bool)
    np.not_equal(block[:, 1:], block[:, :-1], out=changes[:, 1:])
    starts = np.flatnonzero(changes)
    stops = np.append(starts[1:], block.size)
    values = block.reshape(-1)[starts]
    objects = np.flatnonzero(values)
    starts, stops = starts[objects], stops[objects]
    rows = starts // width
    return Runs(np.searchsorted(ids, values[objects]), rows + top, starts - rows * width, stops - rows * width)


class _Sums:
    """What adds up over the runs of each object."""

    def __init__(self, count: int) -> None:
        self.areas = np.zeros(count, np.int64)
        self.moments = np.zeros((3, count), np.int64)
        self.lowest = np.full((3, count), np.iinfo(np.int64).max)
        self.highest = np.zeros((3, count), np.int64)

    def add(self, runs: Runs, z: int) -> None:
        """Take in runs of plane z."""
        lengths = runs.stops - runs.starts
        np.add.at(self.areas, runs.owners, lengths)
        planes = np.full_like(runs.rows, z)
        # Of middles, twice the sum: it is a whole number.
        middles = (runs.starts + runs.stops, 2 * runs.rows + 1, 2 * planes)
        firsts = (runs.starts, runs.rows, planes)
        lasts = (runs.stops, runs.rows + 1, planes + 1)
        for axis in range(3):
            np.add.at(self.moments[axis], runs.owners, lengths * middles[axis])
            np.minimum.at(self.lowest[axis], runs.owners, firsts[axis])
            np.maximum.at(self.highest[axis], runs.owners, lasts[axis])

    def table(self, t: int, ids: npt.NDArray[np.integer], pieces: Offsets) -> LabelProperties:
        """Return the rows of those that have pixels."""
        some = np.flatnonzero(self.areas)
        areas = self.areas[some]
        return LabelProperties(
            np.full(len(some), t),
            ids[some],
            areas,
            np.concatenate([self.lowest, self.highest])[:, some].T,
            (self.moments[:, some] / (2 * areas)).T,
            pieces[some],
        )


class _Pieces:
    """Counts the parts of each object, row after row and plane after plane.

    Only runs that later ones may touch are kept: those of a row, and in a stack those of a plane. `counts` are the
    parts so far: where two turn out to be one, it is taken back.
    """

    def __init__(self, count: int, width: int, height: int, depth: int) -> None:
        self.counts = np.zeros(count, np.int64)
        # An empty row between planes, so that the last of one and the first of the next are no neighbours.
        self._plane = height + 1
        self._width = width
        self._back = (1,) if depth == 1 else (1, self._plane - 1, self._plane, self._plane + 1)
        self._open = Runs(*np.zeros((4, 0), np.int64))
        self._parts = np.zeros(0, np.int64)

    def add(self, runs: Runs, z: int, stop: int) -> None:
        """Take in the next runs: those of plane z down to row `stop`."""
        known = Runs.joined([self._open, runs._replace(rows=runs.rows + z * self._plane)])
        before, new = int(self._parts.max(initial=-1)) + 1, len(runs.rows)
        parts = np.concatenate([self._parts, before + np.arange(new)])
        owners = np.zeros(before + new, np.int64)
        owners[parts] = known.owners
        one, other = np.concatenate([self._touching(known, new, back) for back in self._back], axis=1)
        joined = _joined(parts[one], parts[other], before + new)
        owners_found = np.zeros(int(joined.max(initial=-1)) + 1, np.int64)
        owners_found[joined] = owners
        np.add.at(self.counts, owners_found, 1)
        np.subtract.at(self.counts, owners[:before], 1)
        kept = np.flatnonzero(known.rows >= z * self._plane + stop - self._back[-1])
        self._open = Runs(*(column[kept] for column in known))
        self._parts = np.unique(joined[parts[kept]], return_inverse=True)[1]

    def _touching(self, runs: Runs, new: int, back: int) -> npt.NDArray[np.int64]:
        """Return which of the last `new` runs touches which one of its own object, so many rows back."""
        pitch = self._width + 1
        first = len(runs.rows) - new
        line = (runs.rows[first:] - back) * pitch
        begin = np.searchsorted(runs.rows * pitch + runs.stops, line + runs.starts[first:])
        end = np.searchsorted(runs.rows * pitch + runs.starts, line + runs.stops[first:], side="right")
        counts = np.maximum(end - begin, 0)
        one = np.repeat(np.arange(first, first + new), counts)
        other = np.arange(len(one)) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
        same = runs.owners[one] == runs.owners[other]
        return np.stack([one[same], other[same]])


def _joined(one: Offsets, other: Offsets, count: int) -> Offsets:
    """Return a number for each of `count` parts, from 0, the same for those that pairs link, be it by way of others.

    Of two that are linked, the one with the larger number takes the smaller's, until no two differ. SciPy has the like;
    to import it costs more than to do this for a thousand images.
    """
    numbers = np.arange(count)
    while len(one):
        np.minimum.at(numbers, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(numbers, further := numbers[numbers]):
            numbers = further
        one, other = numbers[one], numbers[other]
        differ = one != other
        one, other = one[differ], other[differ]
    return np.unique(numbers, return_inverse=True)[1]
