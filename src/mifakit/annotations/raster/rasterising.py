"""From outlines to pixels: which pixels of a plane shapes cover, exactly.

A pixel belongs to a shape if its centre lies inside, by the even-odd rule over all rings, so that holes and parts need
no care of their own. What lies on an edge is settled to one side: shapes that share an edge neither share a pixel nor
leave one out. The square from (2, 2) to (6, 6) has 16 pixels. Lines have no area, and cover none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Masks, Numbers, Objects, Offsets, ShapeKind, Shapes, following_vertices
from mifakit.annotations.raster.runs import Runs

Window = tuple[slice, slice]
"""Rows and columns of a plane."""

VERTICES_AT_ONCE = 2**14
_CROSSINGS_AT_ONCE = 2**18


class Edges(NamedTuple):
    """Edges that pass the centre of some row, each from its upper end to its lower end.

    Attributes
    ----------
    owners
        The object that each belongs to.
    x0, y0, x1, y1
        The upper and the lower end.
    """

    owners: Offsets
    x0: Numbers
    y0: Numbers
    x1: Numbers
    y1: Numbers

    def take(self, which: Offsets) -> Edges:
        """Return some of them."""
        return Edges(self.owners[which], self.x0[which], self.y0[which], self.x1[which], self.y1[which])

    def rows(self, rows: slice) -> tuple[Offsets, Offsets]:
        """Return the first of some rows whose centre each passes, and the first that it does not pass any more."""
        first, last = (np.clip(np.ceil(y - 0.5), rows.start, rows.stop).astype(np.int64) for y in (self.y0, self.y1))
        return first, last


def runs_of(shapes: Shapes, width: int, height: int) -> Masks:
    """Return the pixels of an image that shapes cover. Vertices are finite."""
    window = slice(0, height), slice(0, width)
    bare = replace(shapes, objects=Objects(len(shapes)))
    batches = []
    for start, stop in batches_of(vertex_counts(shapes) + 1, VERTICES_AT_ONCE):
        edges = edges_of(bare.take(np.arange(start, stop)))
        batches += [runs._replace(owners=runs.owners + start) for runs in scan(edges, window)]
    runs = Runs.joined(batches)
    order = np.argsort(runs.owners, kind="stable")
    return Masks(runs.owners[order], runs.rows[order], runs.starts[order], runs.stops[order], shapes.objects)


def vertex_counts(shapes: Shapes) -> Offsets:
    """Return how many vertices each shape has."""
    return np.diff(shapes.rings[shapes.parts[shapes.offsets]])


def batches_of(weights: npt.NDArray[np.integer], most: int) -> Iterator[tuple[int, int]]:
    """Yield start and stop of successive members that together weigh no more than `most`, or are one."""
    ends = np.cumsum(weights)
    start = 0
    while start < len(ends):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + most, side="right")), start + 1)
        yield start, stop
        start = stop


def edges_of(layer: Shapes | Masks) -> Edges:
    """Return what bounds the areas of a layer, sideways."""
    if isinstance(layer, Masks):
        return _sides(layer)
    following = following_vertices(layer.rings)
    x, y = layer.vertices.T
    owners = layer.shape_of_vertex
    row = np.ceil(y - 0.5)
    begin = np.flatnonzero((row != row[following]) & (layer.kinds != ShapeKind.LINE)[owners])
    # Whichever way round a ring goes, an edge is computed alike: so neighbours agree on every pixel.
    end = following[begin]
    downwards = y[begin] < y[end]
    upper, lower = np.where(downwards, begin, end), np.where(downwards, end, begin)
    return Edges(owners[begin], x[upper], y[upper], x[lower], y[lower])


def _sides(masks: Masks) -> Edges:
    """Return the left and the right side of each run of pixels."""
    x = np.concatenate([masks.starts, masks.stops]).astype(np.float64)
    y = np.tile(masks.rows, 2).astype(np.float64)
    return Edges(np.tile(masks.owners, 2), x, y, x, y + 1)


def scan(edges: Edges, window: Window) -> Iterator[Runs]:
    """Yield the runs of pixels between edges that lie in a window, in bands of rows that memory allows.

    In each band they are sorted by owner.
    """
    rows, columns = window
    first, last = edges.rows(rows)
    counts = last - first
    total = int(counts.sum())
    if total > _CROSSINGS_AT_ONCE and rows.stop - rows.start > 1:
        here = edges.take(np.flatnonzero(counts))
        middle = (rows.start + rows.stop) // 2
        yield from scan(here, (slice(rows.start, middle), columns))
        yield from scan(here, (slice(middle, rows.stop), columns))
    elif total:
        yield _between(edges, first, counts, window)


def _between(edges: Edges, first: Offsets, counts: Offsets, window: Window) -> Runs:
    """Sort the places where edges cross the centres of rows: from the first to the second is inside, and so on."""
    rows, columns = window
    row_bits, column_bits = ((part.stop - part.start).bit_length() for part in window)
    edge = np.repeat(np.arange(len(counts)), counts)
    row = np.arange(len(edge)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    x = _crossings(edges, edge, row + 0.5)
    column = np.clip(np.ceil(x - 0.5), columns.start, columns.stop).astype(np.int64) - columns.start
    keys = (((edges.owners[edge] << row_bits) | (row - rows.start)) << column_bits) | column
    keys.sort()
    starts, stops = keys[0::2], keys[1::2]
    some = starts != stops
    starts, stops = starts[some], stops[some]
    lines = starts >> column_bits
    return Runs(
        lines >> row_bits,
        (lines & ((1 << row_bits) - 1)) + rows.start,
        (starts & ((1 << column_bits) - 1)) + columns.start,
        (stops & ((1 << column_bits) - 1)) + columns.start,
    )


def _crossings(edges: Edges, edge: Offsets, y: Numbers) -> Numbers:
    """Return the x at which edges cross y.

    The product comes before the quotient: of coordinates that are short binary fractions, as most are, crossings at
    the very centre of a pixel come out exactly.
    """
    x0, y0, x1, y1 = (column[edge] for column in edges[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        x = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        if not np.isfinite(x).all():  # products of numbers like 1e300
            share = (y / 2 - y0 / 2) / (y1 / 2 - y0 / 2)
            x = np.where(np.isfinite(x), x, x0 * (1 - share) + x1 * share)
    return x
