"""Outlines and masks of an image, in the order in which they are painted, plane by plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.mentions import name_of
from mifakit.annotations.model import Masks, Numbers, Objects, Offsets, ShapeKind, Shapes
from mifakit.annotations.raster.rasterising import (
    VERTICES_AT_ONCE,
    Edges,
    Window,
    batches_of,
    edges_of,
    scan,
    vertex_counts,
)
from mifakit.annotations.raster.runs import Runs


class Drawing:
    """The objects of several layers, counted through; those that are painted later lie on top.

    Parameters
    ----------
    layers
        Their vertices are finite.
    grid
        The image.

    Attributes
    ----------
    objects
        What is said of those of each layer.
    counts
        How many each layer has.
    lines
        Which are lines.
    order
        As they are painted: in the order of layers and objects, unless another is set.
    """

    def __init__(self, layers: Sequence[Shapes | Masks], grid: Grid) -> None:
        self.grid = grid
        self.objects = tuple(layer.objects for layer in layers)
        self._layers = tuple(replace(layer, objects=Objects(len(layer))) for layer in layers)
        self.counts = np.array([len(layer) for layer in layers])
        self._layer_of = np.repeat(np.arange(len(layers)), self.counts)
        self._starts = np.cumsum(self.counts) - self.counts
        self._bounds = np.concatenate([layer.bounds for layer in layers]).T
        self._weights = np.concatenate([_weights(layer) for layer in layers])
        self._planes = {
            axis: np.concatenate([_planes_of(layer.objects, axis) for layer in layers]) for axis in ("t", "z")
        }
        self.lines = np.concatenate([_lines(layer) for layer in layers])
        self.order = np.arange(len(self))

    def __len__(self) -> int:
        return int(self.counts.sum())

    @property
    def areas(self) -> Numbers:
        """The area of each object."""
        return np.concatenate([layer.areas for layer in self._layers])

    def name(self, number: int) -> str:
        """Return what the file calls an object."""
        layer = self._layer_of[number]
        return name_of(self.objects[layer], int(number - self._starts[layer]))

    def planes(self) -> Iterator[tuple[int, int, int]]:
        """Yield t and z of all planes that differ in their objects, and how many planes are like each."""
        for (t, like_t), (z, like_z) in product(*(self._different(axis) for axis in ("t", "z"))):
            yield t, z, like_t * like_z

    def crossings(self, t: int, z: int) -> Offsets:
        """Return how often outlines cross the centre of each row of a plane: twice for each run of pixels."""
        height, width = self.grid.height, self.grid.width
        rows = slice(0, height)
        changes = np.zeros(height + 1, np.int64)
        for _, edges in self._edges(t, z, (rows, slice(0, width))):
            first, last = edges.rows(rows)
            changes += np.bincount(first, minlength=height + 1) - np.bincount(last, minlength=height + 1)
        return np.cumsum(changes[:-1])

    def runs(self, t: int, z: int, window: Window, among: npt.NDArray[np.bool_] | None = None) -> Iterator[Runs]:
        """Yield the pixels of the objects in a window of a plane, in the order of painting.

        Parameters
        ----------
        among
            True for the objects that are painted; all when left out.
        """
        for members, edges in self._edges(t, z, window, among):
            for runs in scan(edges, window):
                yield runs._replace(owners=members[runs.owners])

    def _edges(
        self, t: int, z: int, window: Window, among: npt.NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[Offsets, Edges]]:
        """Yield successive objects, and the edges of each, whose owner is the place among them."""
        rows, columns = window
        left, top, right, bottom = self._bounds
        here = (left < columns.stop) & (right > columns.start) & (top < rows.stop) & (bottom > rows.start)
        for axis, index in (("t", t), ("z", z)):
            here &= np.isnan(self._planes[axis]) | (self._planes[axis] == index)
        if among is not None:
            here &= among
        chosen = self.order[here[self.order]]
        for start, stop in batches_of(self._weights[chosen], VERTICES_AT_ONCE):
            members = chosen[start:stop]
            parts = []
            for number, layer in enumerate(self._layers):
                mine = np.flatnonzero(self._layer_of[members] == number)
                if mine.size:
                    edges = edges_of(layer.take(members[mine] - self._starts[number]))
                    parts.append(edges._replace(owners=mine[edges.owners]))
            yield members, Edges(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _different(self, axis: str) -> list[tuple[int, int]]:
        """Return the places along an axis that have objects of their own, one of the others, and the number of each."""
        size = self.grid.size(axis)
        places = np.unique(self._planes[axis])
        own = places[(places >= 0) & (places < size)].astype(int).tolist()
        others = next((index for index, place in enumerate([*own, size]) if index != place), size)
        return [(place, 1) for place in own] + [(others, size - len(own))] * (others < size)


def _weights(layer: Shapes | Masks) -> Offsets:
    return vertex_counts(layer) + 1 if isinstance(layer, Shapes) else 2 * np.diff(layer.offsets) + 1


def _lines(layer: Shapes | Masks) -> npt.NDArray[np.bool_]:
    return layer.kinds == ShapeKind.LINE if isinstance(layer, Shapes) else np.zeros(len(layer), bool)


def _planes_of(objects: Objects, axis: str) -> Numbers:
    said: Numbers | None = getattr(objects, axis)
    return np.full(objects.count, np.nan) if said is None else np.floor(said + 0.5)
