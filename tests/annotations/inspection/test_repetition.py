"""The same object twice, and the same annotation of two images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.annotations.drawings import boxes
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.inspection.repetition import fingerprint, repeated
from mifakit.annotations.model import Classes, Graph, Labels, Layer, Masks, Objects, Points, Shapes
from mifakit.annotations.raster.rasterising import runs_of
from mifakit.annotations.reading.collectors import ShapeCollector

HOUSE = [(0, 0), (5, 0), (7, 3), (5, 6), (0, 6)]


def shapes(*rings: Sequence[tuple[float, float]], **said: Sequence[object]) -> Shapes:
    collector = ShapeCollector()
    for number, ring in enumerate(rings):
        collector.polygon(ring, **{name: values[number] for name, values in said.items()})
    return collector.collected()


@pytest.mark.parametrize(
    "other",
    [
        HOUSE,
        HOUSE[::-1],
        HOUSE[2:] + HOUSE[:2],
        [(x + 1e-5, y - 1e-5) for x, y in HOUSE],
        [(-0.0 if x == 0 else x, y) for x, y in HOUSE],
    ],
)
def test_outlines_that_are_the_same(other: Sequence[tuple[float, float]]) -> None:
    assert said(repeated(shapes(HOUSE, other, HOUSE[:3]), PLACE)) == {
        "MIFA347": ["1 of 3 shapes have the same class and place as an earlier one: #2"]
    }


@pytest.mark.parametrize(
    "other",
    [HOUSE[:4], [(x + 0.01, y) for x, y in HOUSE], [(y, x) for x, y in HOUSE], [*HOUSE[:3], HOUSE[4], HOUSE[3]]],
)
def test_outlines_that_are_not(other: Sequence[tuple[float, float]]) -> None:
    assert said(repeated(shapes(HOUSE, other), PLACE)) == {}


@pytest.mark.parametrize(
    ("columns", "times"),
    [
        ({"name": ["cell", "cell"]}, 1),
        ({"name": ["cell", "nucleus"]}, 0),
        ({"name": ["cell", None]}, 0),
        ({"t": [0, 1]}, 0),
        ({"t": [None, None], "z": [1, 1]}, 1),
        ({"z": [None, 0]}, 0),
        ({"source_id": ["a", "b"], "confidence": [0.1, 0.9]}, 1),
    ],
)
def test_class_and_plane_tell_objects_apart(columns: dict[str, Sequence[object]], times: int) -> None:
    layer = shapes(HOUSE, HOUSE, **columns)
    assert len(said(repeated(layer, PLACE))) == times
    assert len(said(repeated(Points(np.ones((2, 2)), layer.objects), PLACE))) == times
    assert len(said(repeated(replace(runs_of(layer, 9, 9), objects=layer.objects), PLACE))) == times


def test_a_box_is_not_the_polygon_around_it() -> None:
    collector = ShapeCollector()
    collector.box(0, 0, 5, 5)
    collector.polygon([(0, 0), (5, 0), (5, 5), (0, 5)])
    assert said(repeated(collector.collected(), PLACE)) == {}


def test_many_different_objects_are_different() -> None:
    random = np.random.default_rng(0)
    layer = boxes(*np.sort(random.integers(0, 30, (3000, 4)), axis=1)[:, [0, 1, 2, 3]])
    expected = len(layer) - len(np.unique(layer.bounds, axis=0))
    (message,) = said(repeated(layer, PLACE))["MIFA347"]
    assert message.startswith(f"{expected:,} of 3,000 shapes")


@pytest.mark.parametrize("layer", [shapes(), Points(np.zeros((0, 2)), Objects(0)), runs_of(shapes(), 9, 9)])
def test_nothing_is_not_there_twice(layer: Shapes | Points | Masks) -> None:
    assert said(repeated(layer, PLACE)) == {}
    assert fingerprint([layer]) == ""


def test_the_same_annotation_has_the_same_fingerprint() -> None:
    one = shapes(HOUSE, HOUSE[:3], source_id=["a", "b"], created=["2024-01-01", None])
    other = shapes(HOUSE[:3], HOUSE[1:] + HOUSE[:1], source_id=["x", "y"])
    assert fingerprint([one]) == fingerprint([other])
    assert len(fingerprint([one])) == 64
    assert fingerprint([one]) != fingerprint([shapes(HOUSE, HOUSE[:4])])
    assert fingerprint([one]) != fingerprint([shapes(HOUSE, HOUSE[:3], name=["cell", "cell"])])


def test_what_may_be_alike_by_chance_has_no_fingerprint() -> None:
    layers: list[list[Layer]] = [
        [],
        [boxes((0, 0, 512, 512))],
        [Classes(Objects(9, name=["cell"] * 9))],
        [Labels("yx", np.zeros((9, 9), int))],
    ]
    assert [fingerprint(one) for one in layers] == [""] * 4


def test_fingerprints_of_other_layers() -> None:
    xy = np.arange(12.0).reshape(6, 2)
    values = np.arange(9).reshape(3, 3)
    layers: list[Layer] = [
        Points(xy, Objects(6)),
        Points(xy + 1, Objects(6)),
        Graph(Points(xy, Objects(6)), np.array([(0, 1), (1, 2)])),
        Graph(Points(xy, Objects(6)), np.array([(1, 0), (1, 2)])),
        Labels("yx", values),
        Labels("yx", values.T.copy()),
        runs_of(shapes(HOUSE), 9, 9),
        shapes(HOUSE),
    ]
    assert len({fingerprint([layer]) for layer in layers}) == len(layers)
    assert fingerprint([Labels("yx", values.astype(np.uint8))]) == fingerprint([Labels("yx", values)])
    turned = Graph(Points(xy[::-1], Objects(6)), np.array([(4, 3), (5, 4)]))
    assert fingerprint([turned]) == fingerprint([layers[2]])
