"""Outside the image, without extent, crossing themselves: what is said, and of what nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.annotations.drawings import boxes, polygons
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.places import crossing_themselves, outside, without_extent
from mifakit.annotations.model import Masks, Objects, Points, Shapes
from mifakit.annotations.reading.collectors import ShapeCollector

GRID = Grid({"t": 3, "y": 100, "x": 200})


@pytest.mark.parametrize(
    ("box", "is_outside"),
    [
        ((0, 0, 200, 100), False),
        ((-5, -5, 1, 1), False),
        ((-5, 0, 0, 9), True),
        ((-5, 0, -1, 9), True),
        ((200, 0, 205, 9), True),
        ((199.5, 0, 205, 9), False),
        ((0, 100, 5, 110), True),
        ((0, -9, 5, -1), True),
        ((0, 99, 5, 110), False),
        ((150, 50, 160, 60), False),
        ((0, 0, 0, 100), False),  # along the border
        ((200, 0, 200, 100), False),
    ],
)
def test_shapes_outside_the_image(box: tuple[float, float, float, float], is_outside: bool) -> None:
    shapes = boxes((1, 1, 2, 2), box)
    expected = {"MIFA340": ["1 of 2 shapes lie outside the image of 200 × 100 pixels: #2"]}
    assert said(outside(shapes, GRID, PLACE)) == (expected if is_outside else {})


def test_masks_and_points_outside_the_image() -> None:
    masks = Masks(np.array([0, 1]), np.array([5, 150]), np.array([5, 5]), np.array([6, 6]), Objects(2))
    assert said(outside(masks, GRID, PLACE)) == {
        "MIFA340": ["1 of 2 masks lie outside the image of 200 × 100 pixels: #2"]
    }
    points = Points(np.array([[0, 0], [200, 100], [-1, 5], [5, 101.0]]), Objects(4, source_id=["a", "b", "c", "d"]))
    assert said(outside(points, GRID, PLACE)) == {
        "MIFA343": ["2 of 4 points lie outside the image of 200 × 100 pixels: c and d"]
    }


def test_planes_that_the_image_lacks() -> None:
    shapes = boxes(*[(1, 1, 5, 5)] * 5, t=[None, 0, 2, 3, -1], z=[0, 0, 0.4, 7, None])
    assert said(outside(shapes, GRID, PLACE)) == {
        "MIFA340": [
            "2 of 5 shapes are at a t that the image does not have (3 from 0): #4 and #5",
            "1 of 5 shapes are at a z that the image does not have (1 from 0): #4",
        ]
    }


def test_many_are_counted_and_few_are_named() -> None:
    (message,) = said(outside(boxes(*[(-5, 0, -1, 9)] * 1200), GRID, PLACE))["MIFA340"]
    assert message == "1,200 of 1,200 shapes lie outside the image of 200 × 100 pixels: #1, #2, #3 and 1,197 more"


def flat(collect: ShapeCollector) -> list[bool]:
    messages = said(without_extent(collect.collected(), PLACE))
    named = messages["MIFA341"][0].partition(": ")[2].replace(" and ", ", ").split(", ") if messages else []
    return [f"#{number}" in named for number in range(1, len(collect) + 1)]


def test_shapes_without_an_extent() -> None:
    collector = ShapeCollector()
    collector.polygon([(0, 0), (1, 1)])
    collector.polygon([(0, 0), (1, 1), (3, 3), (0.1, 0.1)])
    collector.line([(4, 4), (4, 4)])
    assert flat(collector) == [True, True, True]
    collector = ShapeCollector()
    collector.box(3, 3, 3, 9)
    collector.polygon([(5, 5)])
    collector.polygon([])
    assert flat(collector) == [True, True, True]


def test_shapes_with_an_extent() -> None:
    collector = ShapeCollector()
    collector.polygon([(0, 0), (1, 0), (0, 1)])
    collector.polygon([(0, 0), (2, 2), (2, 0), (0, 2)])  # a bow tie, of which one half cancels the other
    collector.polygon([(100, 100), (100.001, 100), (100, 100.001)])
    collector.line([(0, 0), (5, 0)])
    collector.polygon([(0, 0), (1e300, 0), (0, 1e300)])
    collector.multipolygon([[[(0, 0), (1, 1)]], [[(0, 0), (9, 0), (0, 9)]]])
    assert flat(collector) == [False] * 6


def test_masks_without_a_pixel() -> None:
    masks = Masks(np.array([0, 2]), np.array([5, 5]), np.array([5, 5]), np.array([6, 6]), Objects(3))
    assert said(without_extent(masks, PLACE)) == {"MIFA341": ["1 of 3 masks have no pixel: #2"]}
    assert said(without_extent(masks.take(np.array([0, 2])), PLACE)) == {}


SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


@pytest.mark.parametrize(
    ("parts", "crosses"),
    [
        ([[SQUARE]], False),
        ([[SQUARE[::-1]]], False),
        ([[[(0, 0), (2, 2), (2, 0), (0, 2)]]], True),
        ([[SQUARE, [(2, 2), (4, 2), (4, 4), (2, 4)]]], False),
        ([[SQUARE, [(8, 8), (14, 8), (14, 14), (8, 14)]]], True),
        ([[SQUARE], [[(20, 0), (30, 0), (30, 10)]]], False),
        ([[SQUARE], [[(5, 5), (30, 5), (30, 9)]]], True),
        ([[[(0, 0), (5, 5)]]], False),  # no area at all
        ([[[(0, 0), (5, 5), (9, 9), (3, 3)]]], False),
        ([[SQUARE, [(2, 2), (3, 3)]]], False),
        ([[]], False),
    ],
)
def test_outlines_that_cross_themselves(parts: list[list[list[tuple[float, float]]]], crosses: bool) -> None:
    shapes = polygons([[SQUARE]], parts)
    expected = {"MIFA342": ["1 of 2 outlines cross themselves: #2"]}
    assert said(crossing_themselves(shapes, PLACE)) == (expected if crosses else {})


def test_lines_may_cross_themselves() -> None:
    collector = ShapeCollector()
    collector.line([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert said(crossing_themselves(collector.collected(), PLACE)) == {}


def test_batches_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    bow = [(0, 0), (2, 2), (2, 0), (0, 2)]
    shapes = polygons(*[[[bow if number % 7 == 3 else SQUARE]] for number in range(30)])
    whole = said(crossing_themselves(shapes, PLACE))
    assert whole == {"MIFA342": ["4 of 30 outlines cross themselves: #4, #11, #18 and 1 more"]}
    monkeypatch.setattr("mifakit.annotations.inspection.places._VERTICES_AT_ONCE", 9)
    assert said(crossing_themselves(shapes, PLACE)) == whole


@pytest.mark.parametrize("shapes", [boxes(), polygons([[]]), polygons([]), polygons([[[]]])])
def test_nothing_to_look_at(shapes: Shapes) -> None:
    assert said(outside(shapes, GRID, PLACE)) == {}
    assert said(crossing_themselves(shapes, PLACE)) == {}
    assert set(said(without_extent(shapes, PLACE))) == ({"MIFA341"} if len(shapes) else set())
