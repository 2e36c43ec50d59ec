"""Whether coordinates are what they were taken for: numbers, in pixels, x before y, counted from the right end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.mentions import grouped
from mifakit.annotations.model import Graph, Layer, Masks, Numbers, Objects, Points, ShapeKind, Shapes
from mifakit.findings import Finding, Place

_LIKELY = 0.25
"""Of the objects that lie outside when x and y are swapped; where there are fewer, it may have another reason."""
_MANY = 5
"""Objects, before anything is said of their unit."""
_SPANNED = 0.8
"""Of the image's physical size, for that."""
_UNLIKE = 2
"""How much the size of a pixel must differ from 1, for that."""


def without_nonfinite(layer: Layer, place: Place) -> tuple[Layer, tuple[Finding, ...]]:
    """Return a layer without objects whose place is no number (MIFA361); NaN as t, z or c says nothing, and stays."""
    match layer:
        case Shapes():
            bad = _unplaced(layer.objects)
            bad[layer.shape_of_vertex[~np.isfinite(layer.vertices).all(axis=1)]] = True
            kept: Layer = layer.take(~bad) if bad.any() else layer
            noun, objects = "shapes", layer.objects
        case Points():
            bad = _unplaced(layer.objects) | ~np.isfinite(layer.xy).all(axis=1)
            kept = Points(layer.xy[~bad], layer.objects.take(~bad)) if bad.any() else layer
            noun, objects = "points", layer.objects
        case Graph():
            bad = _unplaced(layer.nodes.objects) | ~np.isfinite(layer.nodes.xy).all(axis=1)
            kept = _subgraph(layer, ~bad) if bad.any() else layer
            noun, objects = "nodes, with their edges,", layer.nodes.objects
        case Masks():
            bad = _unplaced(layer.objects)
            kept = layer.take(~bad) if bad.any() else layer
            noun, objects = "masks", layer.objects
        case _:
            return layer, ()
    words = f"{noun} are left out, whose coordinates are not numbers"
    return kept, tuple(grouped("MIFA361", bad, words, place, objects))


def swapped(layers: Sequence[Layer], grid: Grid, place: Place) -> Iterator[Finding]:
    """Yield a suspicion that x is y: exchanged, all objects would lie in the image, and now many do not (MIFA344)."""
    bounds = _bounds_of(layers)
    if not len(bounds) or grid.width == grid.height:
        return
    as_is = _outside(bounds, grid.width, grid.height)
    if _outside(bounds, grid.height, grid.width).any():
        return
    shorter, longer = sorted((grid.width, grid.height))
    if as_is.sum() > _LIKELY * (1 - shorter / longer) * len(bounds):
        axis, size = ("y", grid.height) if grid.height < grid.width else ("x", grid.width)
        message = (
            f"{as_is.sum():,} of {len(bounds):,} objects have {axis} beyond {size}; with x and y exchanged, "
            f"all would lie in the image of {grid.width} × {grid.height} pixels"
        )
        yield Finding.of("MIFA344", message, place)


def off_by_one(shapes: Shapes, grid: Grid, place: Place) -> Iterator[Finding]:
    """Yield a suspicion that pixels were counted from the other number: boxes end one pixel off the image (MIFA345)."""
    boxes = shapes.take(shapes.kinds == ShapeKind.BOX)
    left, top, right, bottom = boxes.bounds.T
    if _outside(boxes.bounds, grid.width, grid.height, margin=1).any():
        return
    before = (left == -1) | (top == -1)
    words = "boxes begin one pixel before the image, as if its first pixel were called 0 and was taken for 1"
    yield from grouped("MIFA345", before, words, place, boxes.objects)
    after = (right == grid.width + 1) | (bottom == grid.height + 1)
    words = "boxes end one pixel beyond the image, as if its first pixel were called 1 and was taken for 0"
    yield from grouped("MIFA345", after, words, place, boxes.objects)


def not_in_pixels(layers: Sequence[Layer], grid: Grid, place: Place) -> Iterator[Finding]:
    """Yield a suspicion about the unit: coordinates span the image's physical size, and not its pixels (MIFA346)."""
    bounds = _bounds_of(layers)
    micrometres = grid.micrometres("x"), grid.micrometres("y")
    if len(bounds) < _MANY or micrometres[0] is None or micrometres[1] is None:
        return
    lowest, highest = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    if np.mean(bounds != np.floor(bounds)) < 0.5:
        return
    for unit, factor in (("micrometer", 1.0), ("nanometer", 1e3)):
        pixel = np.array(micrometres) * factor
        extent = pixel * (grid.width, grid.height)
        alike = not ((pixel > _UNLIKE).all() or (pixel < 1 / _UNLIKE).all())
        spanned = (lowest >= 0).all() and (highest <= extent).all() and (highest - lowest >= _SPANNED * extent).all()
        if spanned and not alike:
            message = (
                f"all coordinates lie within {extent[0]:g} × {extent[1]:g}, the image's size in units of a {unit}; "
                f"in pixels it is {grid.width} × {grid.height}"
            )
            yield Finding.of("MIFA346", message, place, f"set unit: {unit} in the sheet, if that is so")


def _bounds_of(layers: Sequence[Layer]) -> Numbers:
    """Return left, top, right, bottom of all that is given by coordinates."""
    bounds = [np.zeros((0, 4))]
    for layer in layers:
        match layer:
            case Shapes():
                bounds.append(layer.bounds)
            case Points():
                bounds.append(np.tile(layer.xy, 2))
            case Graph():
                bounds.append(np.tile(layer.nodes.xy, 2))
    every = np.concatenate(bounds)
    return every[np.isfinite(every).all(axis=1)]


def _outside(bounds: Numbers, width: int, height: int, margin: float = 0) -> npt.NDArray[np.bool_]:
    """Return what reaches out of an image by more than a margin."""
    left, top, right, bottom = bounds.T
    beyond: npt.NDArray[np.bool_]
    beyond = (left < -margin) | (top < -margin) | (right > width + margin) | (bottom > height + margin)
    return beyond


def _unplaced(objects: Objects) -> npt.NDArray[np.bool_]:
    unplaced = np.zeros(objects.count, bool)
    for said in (objects.t, objects.z, objects.c):
        if said is not None:
            unplaced |= np.isinf(said)
    return unplaced


def _subgraph(graph: Graph, which: npt.NDArray[np.bool_]) -> Graph:
    """Return some nodes, and the edges between them."""
    nodes = Points(graph.nodes.xy[which], graph.nodes.objects.take(which))
    edges = np.flatnonzero(which[graph.edges].all(axis=1))
    properties = Objects(len(graph.edges), properties=graph.edge_properties).take(edges).properties
    return Graph(nodes, (np.cumsum(which) - 1)[graph.edges[edges]], properties, graph.tracks)
