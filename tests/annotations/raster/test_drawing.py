"""Which planes differ, and what areas shapes have."""

from __future__ import annotations

import numpy as np
import pytest
from tests.annotations.drawings import boxes, polygons

from mifakit.annotations.base import Grid
from mifakit.annotations.raster.drawing import Drawing
from mifakit.annotations.reading.collectors import ShapeCollector


@pytest.mark.parametrize(
    ("t", "z", "planes"),
    [
        ([None, None], [None, None], [(0, 0, 12)]),
        ([0, None], [None, None], [(0, 0, 4), (1, 0, 8)]),
        ([1, 1], [None, None], [(1, 0, 4), (0, 0, 8)]),
        ([0, 2], [3, None], [(0, 3, 1), (0, 0, 3), (2, 3, 1), (2, 0, 3), (1, 3, 1), (1, 0, 3)]),
        ([7, -1], [None, 1.5], [(0, 2, 3), (0, 0, 9)]),
    ],
)
def test_planes_that_differ(t: list[int | None], z: list[float | None], planes: list[tuple[int, int, int]]) -> None:
    grid = Grid({"t": 3, "z": 4, "y": 10, "x": 10})
    drawing = Drawing([boxes((0, 0, 5, 5), (1, 1, 4, 4), t=t, z=z)], grid)
    assert list(drawing.planes()) == planes
    assert sum(times for *_, times in drawing.planes()) == 12


def test_planes_that_are_all_their_own() -> None:
    drawing = Drawing([boxes((0, 0, 5, 5), (1, 1, 4, 4), t=[0, 1])], Grid({"t": 2, "y": 10, "x": 10}))
    assert list(drawing.planes()) == [(0, 0, 1), (1, 0, 1)]


def test_areas_are_those_of_outsides_without_holes() -> None:
    square, hole = [(0, 0), (9, 0), (9, 9), (0, 9)], [(3, 3), (3, 6), (6, 6), (6, 3)]
    shapes = polygons(
        [[square, hole]], [[square[::-1], hole], [hole]], [[square, hole[::-1], [(7, 7), (8, 7), (8, 8)]]], []
    )
    assert shapes.areas.tolist() == [72, 81, 71.5, 0]
    collector = ShapeCollector()
    collector.line(square)
    collector.box(1, 2, 3, 5)
    collector.ellipse(0, 0, 2, 1)
    assert collector.collected().areas == pytest.approx([0, 6, 2 * np.pi])
    assert ShapeCollector().collected().areas.tolist() == []


@pytest.mark.parametrize("seed", range(3))
def test_areas_as_shapely_has_them(seed: int) -> None:
    shapely = pytest.importorskip("shapely")
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = np.random.default_rng(seed).uniform(1, 5, 40)
    ring = np.stack([1e6 + radius * np.cos(turn), radius * np.sin(turn) - 1e6], axis=1)
    assert polygons([[ring]]).areas[0] == pytest.approx(shapely.Polygon(ring).area, rel=1e-9)
