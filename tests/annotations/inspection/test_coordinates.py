"""Suspicions about coordinates: each has a case that raises it, and the innocent ones nearest to that."""

from __future__ import annotations

import numpy as np
import pytest
from tests.annotations.drawings import boxes
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.coordinates import not_in_pixels, off_by_one, swapped, without_nonfinite
from mifakit.annotations.model import Counts, Graph, Masks, Objects, Points, Shapes
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.readers.base import Spacing

NAN, INF = float("nan"), float("inf")


def points(xy: np.ndarray) -> Points:
    return Points(np.asarray(xy, float), Objects(len(xy)))


def spread(width: float, height: float, count: int = 50) -> np.ndarray:
    """Return points all over a rectangle, two of them at its corners."""
    inside = np.random.default_rng(0).uniform((0, 0), (width, height), (count - 2, 2))
    return np.concatenate([inside, [(0.01 * width, 0.01 * height), (0.99 * width, 0.99 * height)]])


def test_objects_whose_place_is_no_number_are_left_out() -> None:
    collector = ShapeCollector()
    for name, x in {"a": 0.0, "b": NAN, "c": INF, "d": 1e300, "e": -INF}.items():
        collector.polygon([(x, 0), (5, 0), (5, 5)], source_id=name)
    shapes, findings = without_nonfinite(collector.collected(), PLACE)
    assert isinstance(shapes, Shapes)
    assert shapes.objects.source_id == ["a", "d"]
    assert np.isfinite(shapes.vertices).all()
    assert said(findings) == {"MIFA361": ["3 of 5 shapes are left out, whose coordinates are not numbers: b, c and e"]}


def test_points_masks_and_nodes_whose_place_is_no_number() -> None:
    layer = Points(np.array([(0, 0), (NAN, 0), (1, 1), (2, 2)]), Objects(4, z=np.array([NAN, 0, INF, 1])))
    kept, findings = without_nonfinite(layer, PLACE)
    assert isinstance(kept, Points)
    assert kept.xy.tolist() == [[0, 0], [2, 2]]
    assert said(findings) == {"MIFA361": ["2 of 4 points are left out, whose coordinates are not numbers: #2 and #3"]}
    edges = np.array([(0, 1), (1, 2), (0, 3), (2, 3)])
    graph, findings = without_nonfinite(Graph(layer, edges, {"cost": np.array([1, 2, 3, 4])}), PLACE)
    assert isinstance(graph, Graph)
    assert graph.nodes.xy.tolist() == [[0, 0], [2, 2]]
    assert graph.edges.tolist() == [[0, 1]]
    assert graph.edge_properties["cost"].tolist() == [3]
    assert list(said(findings)) == ["MIFA361"]
    masks = Masks(
        np.array([0, 1]), np.zeros(2, int), np.zeros(2, int), np.ones(2, int), Objects(2, t=np.array([INF, 0]))
    )
    left, findings = without_nonfinite(masks, PLACE)
    assert isinstance(left, Masks)
    assert len(left) == len(left.rows) == 1
    assert list(said(findings)) == ["MIFA361"]


@pytest.mark.parametrize(
    "layer",
    [
        boxes((0, 0, 5, 5), (1, 1, 2, 2), t=[None, 3]),
        points([(1, 2)]),
        Graph(points([(1, 2)]), np.zeros((0, 2), int)),
        Counts(np.array([NAN]), Objects(1)),
    ],
)
def test_layers_of_numbers_stay_the_very_same(layer: Shapes | Points | Graph | Counts) -> None:
    assert without_nonfinite(layer, PLACE) == (layer, ())


def test_x_and_y_that_seem_swapped() -> None:
    right = points(spread(2000, 1000))
    wrong = points(spread(2000, 1000)[:, ::-1])
    grid = Grid({"y": 1000, "x": 2000})
    assert said(swapped([right], grid, PLACE)) == {}
    (message,) = said(swapped([wrong], grid, PLACE))["MIFA344"]
    assert "of 50 objects have y beyond 1000; with x and y exchanged, all would lie in the image" in message
    tall = Grid({"y": 2000, "x": 1000})
    assert "have x beyond 1000" in said(swapped([right], tall, PLACE))["MIFA344"][0]
    assert said(swapped([wrong], tall, PLACE)) == {}


def test_what_only_looks_like_swapped() -> None:
    grid = Grid({"y": 1000, "x": 2000})
    left = spread(1000, 1000)
    assert said(swapped([points(left)], grid, PLACE)) == {}
    stray = np.concatenate([left, [(500, 1500)]])  # one of 51 that slipped off the image
    assert said(swapped([points(stray)], grid, PLACE)) == {}
    assert said(swapped([points(stray * 3)], grid, PLACE)) == {}
    assert said(swapped([points(stray)], Grid({"y": 1000, "x": 1000}), PLACE)) == {}
    assert said(swapped([], grid, PLACE)) == {}


def test_swapped_boxes_and_nodes_count_together() -> None:
    grid = Grid({"y": 100, "x": 400})
    graph = Graph(points([(50, 300), (50, 350)]), np.zeros((0, 2), int))
    assert "3 of 3 objects" in said(swapped([boxes((10, 200, 20, 210)), graph], grid, PLACE))["MIFA344"][0]


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((-1, 5, 9, 9), "begin one pixel before the image, as if its first pixel were called 0 and was taken for 1"),
        ((5, -1, 9, 9), "begin one pixel before"),
        ((5, 5, 201, 9), "end one pixel beyond the image, as if its first pixel were called 1 and was taken for 0"),
        ((5, 5, 9, 101), "end one pixel beyond"),
        ((0, 0, 200, 100), ""),
        ((-0.5, 5, 9, 9), ""),
        ((5, 5, 200.7, 9), ""),
        ((-2, 5, 9, 9), ""),
    ],
)
def test_boxes_that_are_off_by_one(box: tuple[float, float, float, float], words: str) -> None:
    messages = said(off_by_one(boxes((0, 0, 3, 3), box), Grid({"y": 100, "x": 200}), PLACE))
    assert list(messages) == (["MIFA345"] if words else [])
    if words:
        assert messages["MIFA345"][0].startswith(f"1 of 2 boxes {words}")


def test_boxes_far_outside_are_not_just_off_by_one() -> None:
    grid = Grid({"y": 100, "x": 200})
    assert said(off_by_one(boxes((-1, 5, 9, 9), (-30, 5, 9, 9)), grid, PLACE)) == {}
    assert said(off_by_one(boxes(), grid, PLACE)) == {}
    collector = ShapeCollector()
    collector.polygon([(-1, 5), (9, 9), (5, 9)])
    assert said(off_by_one(collector.collected(), grid, PLACE)) == {}


def micrometres(pixel: float, unit: str = "micrometer") -> Grid:
    return Grid({"y": 1000, "x": 2000}, {axis: Spacing(pixel, unit) for axis in "yx"})


@pytest.mark.parametrize(
    ("pixel", "unit", "factor", "named"),
    [
        (0.25, "micrometer", 0.25, "micrometer"),
        (250, "nanometer", 0.25, "micrometer"),
        (4, "micrometer", 4, "micrometer"),
        (0.25, "micrometer", 250, "nanometer"),
    ],
)
def test_coordinates_in_another_unit(pixel: float, unit: str, factor: float, named: str) -> None:
    layer = points(spread(2000, 1000) * factor)
    (finding,) = not_in_pixels([layer], micrometres(pixel, unit), PLACE)
    assert finding.code == "MIFA346"
    assert f"the image's size in units of a {named}; in pixels it is 2000 × 1000" in finding.message
    assert finding.hint == f"set unit: {named} in the sheet, if that is so"


@pytest.mark.parametrize(
    ("layer", "grid"),
    [
        (points(spread(2000, 1000)), micrometres(0.25)),
        (points(spread(2000, 1000)), micrometres(4)),
        (points(spread(500, 250)), Grid({"y": 1000, "x": 2000})),
        (points(spread(500, 250)), micrometres(0.2)),  # they go further than the image would
        (points(spread(500, 250)), micrometres(0.6)),  # they do not fill it
        (points(spread(1400, 700)), micrometres(0.7)),  # may well be pixels
        (points(np.round(spread(500, 250))), micrometres(0.25)),  # whole numbers are pixels
        (points(spread(500, 250)[-2:]), micrometres(0.25)),  # few
        (points(spread(500, 250) - 20), micrometres(0.25)),
    ],
)
def test_coordinates_that_may_well_be_pixels(layer: Points, grid: Grid) -> None:
    assert said(not_in_pixels([layer], grid, PLACE)) == {}
