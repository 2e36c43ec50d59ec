"""Whether objects lie in the image, have an extent, and have an inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.mentions import grouped
from mifakit.annotations.model import Masks, Numbers, Objects, Offsets, Points, ShapeKind, Shapes, following_vertices
from mifakit.annotations.raster.rasterising import batches_of, vertex_counts
from mifakit.findings import Finding, Place

_VERTICES_AT_ONCE = 2**18
_FLAT = 1e-12
"""Of the square of its extent: what is left of no area when numbers are rounded."""


def outside(layer: Shapes | Masks | Points, grid: Grid, place: Place) -> Iterator[Finding]:
    """Yield what lies wholly outside the image, or on planes that it does not have (MIFA340, of points MIFA343)."""
    if isinstance(layer, Points):
        code, noun, bounds = "MIFA343", "points", np.tile(layer.xy, 2)
    else:
        code, noun, bounds = "MIFA340", "shapes" if isinstance(layer, Shapes) else "masks", layer.bounds
    left, top, right, bottom = bounds.T
    # What only touches the border from without is outside; what lies along it is not.
    beside = (left < 0) & (right <= 0) | (right > grid.width) & (left >= grid.width)
    beside |= (top < 0) & (bottom <= 0) | (bottom > grid.height) & (top >= grid.height)
    size = f"{grid.width} × {grid.height} pixels"
    yield from grouped(code, beside, f"{noun} lie outside the image of {size}", place, layer.objects)
    for axis in "tz":
        said = getattr(layer.objects, axis)
        if said is not None:
            beyond = (said < -0.5) | (said >= grid.size(axis) - 0.5)
            words = f"{noun} are at a {axis} that the image does not have ({grid.size(axis)} from 0)"
            yield from grouped(code, beyond, words, place, layer.objects)


def without_extent(layer: Shapes | Masks, place: Place) -> Iterator[Finding]:
    """Yield areas that are none and lines that are points (MIFA341)."""
    if isinstance(layer, Masks):
        yield from grouped("MIFA341", layer.areas == 0, "masks have no pixel", place, layer.objects)
        return
    words = "shapes have no area, or as lines no length"
    yield from grouped("MIFA341", _flat(layer), words, place, layer.objects)


def crossing_themselves(shapes: Shapes, place: Place) -> Iterator[Finding]:
    """Yield outlines that cross themselves, and parts or holes that cross each other (MIFA342)."""
    bare = replace(shapes, objects=Objects(len(shapes)))
    invalid = np.zeros(len(shapes), bool)
    checked = np.flatnonzero(_complete(shapes) & (shapes.kinds != ShapeKind.LINE))
    for start, stop in batches_of(vertex_counts(shapes)[checked], _VERTICES_AT_ONCE):
        some = checked[start:stop]
        invalid[some] = ~_valid(bare.take(some))
    found = np.flatnonzero(invalid)
    invalid[found] = ~_flat(bare.take(found))
    yield from grouped("MIFA342", invalid, "outlines cross themselves", place, shapes.objects)


def _flat(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Return which areas are none, and which lines are points."""
    left, top, right, bottom = shapes.bounds.T
    with np.errstate(over="ignore", invalid="ignore"):
        extent = np.fmax(right - left, bottom - top)
        flat: npt.NDArray[np.bool_] = ~(extent > 0)
        # Where an outline crosses itself, its halves may cancel each other.
        doubtful = (shapes.areas <= _FLAT * extent**2) & (shapes.kinds != ShapeKind.LINE) & ~flat
    some = np.flatnonzero(doubtful)
    flat[some] = _swept(replace(shapes, objects=Objects(len(shapes))).take(some), extent[some]) <= _FLAT
    return flat


def _swept(shapes: Shapes, extent: Numbers) -> Numbers:
    """Return twice the area that a ray from the first vertex sweeps along each ring to and fro, for an extent of 1."""
    owners = shapes.shape_of_vertex
    first = np.repeat(shapes.rings[:-1], np.diff(shapes.rings))
    x, y = ((shapes.vertices - shapes.vertices[first]) / extent[owners, None]).T
    following = following_vertices(shapes.rings)
    swept = np.zeros(len(shapes))
    np.add.at(swept, owners, np.abs(x * y[following] - x[following] * y))
    return swept


def _complete(shapes: Shapes) -> npt.NDArray[np.bool_]:
    """Return which have parts, each of rings, each of three vertices or more."""
    complete = np.diff(shapes.offsets) > 0
    shape_of_part = _group_of(shapes.offsets)
    complete[shape_of_part[np.diff(shapes.parts) < 1]] = False
    complete[shape_of_part[_group_of(shapes.parts)][np.diff(shapes.rings) < 3]] = False
    return complete


def _valid(shapes: Shapes) -> npt.NDArray[np.bool_]:
    import shapely

    rings = np.asarray(shapely.linearrings(shapes.vertices, indices=_group_of(shapes.rings)))
    parts = np.asarray(shapely.polygons(rings, indices=_group_of(shapes.parts)))
    with np.errstate(all="ignore"):
        return np.asarray(shapely.is_valid(shapely.multipolygons(parts, indices=_group_of(shapes.offsets))), bool)


def _group_of(starts: Offsets) -> Offsets:
    """Return the group of each member, given where groups start."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))
