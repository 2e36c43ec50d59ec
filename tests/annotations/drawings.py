"""Shapes for tests, and what they must cover, reckoned in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np

from mifakit.annotations.model import Masks, Shapes
from mifakit.annotations.reading.collectors import ShapeCollector

Ring = Sequence[tuple[float, float]]


def polygons(*shapes: Sequence[Sequence[Ring]]) -> Shapes:
    """Return shapes of parts of rings."""
    collector = ShapeCollector()
    for parts in shapes:
        collector.multipolygon(parts)
    return collector.collected()


def boxes(*corners: tuple[float, float, float, float], **said: Sequence[object]) -> Shapes:
    """Return boxes: left, top, right, bottom; `said` has one value a box."""
    collector = ShapeCollector()
    for number, box in enumerate(corners):
        collector.box(*box, **{name: values[number] for name, values in said.items()})
    return collector.collected()


def covered(rings: Iterable[Ring], width: int, height: int) -> np.ndarray:
    """Return which pixels rings cover, edge by edge, in whole numbers: coordinates are multiples of 1/16."""
    y, x = 16 * np.indices((height, width)) + 8
    inside = np.zeros((height, width), bool)
    for ring in rings:
        corners = [(round(16 * x), round(16 * y)) for x, y in ring]
        for one, other in zip(corners, [*corners[1:], *corners[:1]], strict=True):
            (x0, y0), (x1, y1) = sorted((one, other), key=itemgetter(1))
            inside ^= (y0 <= y) & (y < y1) & ((y - y0) * (x1 - x0) <= (x - x0) * (y1 - y0))
    return inside


def pixels_of(masks: Masks, width: int, height: int) -> np.ndarray:
    """Return how often each object covers each pixel: (objects, y, x)."""
    pixels = np.zeros((len(masks), height, width), int)
    for owner, row, start, stop in zip(masks.owners, masks.rows, masks.starts, masks.stops, strict=True):
        assert 0 <= start < stop <= width
        pixels[owner, row, start:stop] += 1
    return pixels
