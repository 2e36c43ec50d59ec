"""Layers put together say what each of them said, one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mifakit.annotations.base import Annotation
from mifakit.annotations.joining import join_layers, join_objects
from mifakit.annotations.model import Counts, Graph, Layer, Masks, Objects, Points, Shapes
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.testing import check_annotation

RECORDS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "source_id": st.text("ab1", max_size=3),
            "name": st.sampled_from(["cell", "debris"]),
            "t": st.integers(0, 5),
            "confidence": st.floats(0, 1),
            "label": st.integers(1, 9),
            "properties": st.dictionaries(st.sampled_from("pq"), st.integers(0, 9), max_size=2),
        },
    ),
    max_size=4,
)


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_objects_joined_are_objects_of_all_records(parts: list[list[dict]]) -> None:
    together = Objects.of([record for part in parts for record in part])
    joined = join_objects([Objects.of(part) for part in parts])
    assert joined.count == together.count
    for name in ("source_id", "name"):
        assert (getattr(joined, name) or []) == (getattr(together, name) or [])
    for name in ("t", "confidence", "label"):
        one, other = getattr(joined, name), getattr(together, name)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other, strict=True)
    assert {name: list(column) for name, column in joined.properties.items()} == {
        name: list(column) for name, column in together.properties.items()
    }


def shapes(shift: float) -> Shapes:
    collector = ShapeCollector()
    collector.polygon([(0, 0), (4, 0), (4, 4)], [[(1, 1), (2, 1), (2, 2)]], source_id=f"p{shift}")
    collector.box(shift, 0, shift + 2, 3)
    collector.line([(0, 0), (1, shift)])
    return collector.collected()


def test_shapes() -> None:
    (joined,) = join_layers([shapes(1), shapes(5)])
    assert isinstance(joined, Shapes)
    check_annotation(Annotation((joined,)))
    np.testing.assert_array_equal(joined.bounds, np.concatenate([shapes(1).bounds, shapes(5).bounds]))
    np.testing.assert_array_equal(joined.take(np.arange(3, 6)).vertices, shapes(5).vertices)
    assert joined.objects.source_id == ["p1", None, None, "p5", None, None]


def test_masks_points_counts_and_graphs() -> None:
    one = np.array([0, 0, 1])
    masks = Masks(one, one, one, one + 1, Objects(2))
    points = Points(np.array([[1.0, 2.0], [3.0, 4.0]]), Objects.of([{"t": 0}, {"t": 1}]))
    graph = Graph(points, np.array([[0, 1]]), {"weight": [0.5]})
    counts = Counts(np.array([3.0]), Objects.of([{"name": "cell"}]))
    layers: list[Layer] = [masks, points, graph, counts]
    joined = {type(layer): layer for layer in join_layers([*layers, *layers])}
    check_annotation(Annotation(tuple(joined.values())))
    assert joined[Masks].owners.tolist() == [0, 0, 1, 2, 2, 3]  # type: ignore[union-attr]
    assert len(joined[Points]) == 4  # type: ignore[arg-type]
    assert joined[Graph].edges.tolist() == [[0, 1], [2, 3]]  # type: ignore[union-attr]
    assert joined[Graph].edge_properties == {"weight": [0.5, 0.5]}  # type: ignore[union-attr]
    assert joined[Counts].values.tolist() == [3.0, 3.0]  # type: ignore[union-attr]


def test_tracks_and_other_graphs_stay_apart() -> None:
    nodes = Points(np.zeros((1, 2)), Objects(1))
    graphs = [Graph(nodes, np.empty((0, 2), int), tracks=tracks) for tracks in (True, False, True)]
    assert [layer.tracks for layer in join_layers(graphs)] == [True, False]  # type: ignore[union-attr]
