"""SWC: a tree of nodes, in micrometres or pixels, and trees that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats import swc
from mifakit.annotations.formats.swc import Swc
from mifakit.annotations.model import Graph
from mifakit.errors import MifaError
from mifakit.readers.base import Spacing
from mifakit.testing.annotations import AnnotationContract, check_annotation

MICROSCOPE = Grid(
    {"z": 50, "y": 512, "x": 512},
    {"x": Spacing(0.5, "micrometer"), "y": Spacing(0.25, "micrometer"), "z": Spacing(2000, "nanometer")},
)
# As NeuroMorpho.org writes them: a header of comments, then nodes.
NEURON = """# ORIGINAL_SOURCE Neurolucida
# CREATURE mouse
# SCALE 1.0 1.0 1.0

1 1 10.0 20.0 4.0 6.5 -1
2 3 12.5 20.0 4.0 0.5 1
 3 3 15 22.5 6 0.4 2 # a comment
4 2 10.0 25.0 3.0 0.3 1
5 7 11.0 26.0 2.0 0.3 4
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.swc"


def read(path: Path, text: str, grid: Grid = MICROSCOPE, **said: Any) -> tuple[Graph, Annotation]:
    path.write_text(text)
    annotation = Swc().open(path, Options(**said)).read(0, grid)
    check_annotation(annotation)
    (graph,) = annotation.layers
    assert isinstance(graph, Graph)
    return graph, annotation


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> Swc:
        return Swc()

    @pytest.fixture
    def annotation_file(self, path: Path) -> Path:
        path.write_text(NEURON)
        return path

    @pytest.fixture
    def grid(self) -> Grid:
        return MICROSCOPE


def test_a_neuron(path: Path) -> None:
    graph, annotation = read(path, NEURON)
    assert not graph.tracks
    assert annotation.findings == ()
    assert graph.nodes.xy.tolist() == [[20, 80], [25, 80], [30, 90], [20, 100], [22, 104]]
    objects = graph.nodes.objects
    assert objects.z is not None
    assert objects.z.tolist() == [2, 2, 3, 1.5, 1]
    assert objects.name == ["soma", "dendrite", "dendrite", "axon", "7"]
    assert objects.source_id == ["1", "2", "3", "4", "5"]
    assert list(objects.properties["radius"]) == [6.5, 0.5, 0.4, 0.3, 0.3]
    assert graph.edges.tolist() == [[0, 1], [1, 2], [0, 3], [3, 4]]


def test_types_that_the_sheet_names(path: Path) -> None:
    graph, _ = read(path, NEURON, classes={7: "spine", 2: "neurite"})
    assert graph.nodes.objects.name == ["soma", "dendrite", "dendrite", "neurite", "spine"]


@pytest.mark.parametrize(("first", "xy", "z"), [(None, [10, 20], 4), (0, [10.5, 20.5], 4), (1, [9.5, 19.5], 3)])
def test_pixels(path: Path, first: int | None, xy: list[float], z: float) -> None:
    graph, _ = read(path, NEURON, Grid({"z": 9, "y": 9, "x": 9}), unit="pixel", first_pixel=first)
    assert graph.nodes.xy[0].tolist() == xy
    assert graph.nodes.objects.z is not None
    assert graph.nodes.objects.z[0] == z


def test_nanometres(path: Path) -> None:
    graph, _ = read(path, NEURON, unit="nanometer")
    np.testing.assert_allclose(graph.nodes.xy[0], [0.02, 0.08])


def test_micrometres_need_the_distance_of_pixels(path: Path) -> None:
    with pytest.raises(MifaError) as caught:
        read(path, NEURON, Grid({"y": 9, "x": 9}))
    assert caught.value.code == "MIFA227"


def findings(path: Path, text: str) -> tuple[list[list[int]], list[tuple[str, str]]]:
    graph, annotation = read(path, text)
    return graph.edges.tolist(), [(finding.code, finding.message) for finding in annotation.findings]


def test_several_roots(path: Path) -> None:
    edges, found = findings(path, "1 1 0 0 0 1 -1\n2 1 0 0 0 1 -1\n3 3 0 0 0 1 2\n")
    assert edges == [[1, 2]]
    assert found == [("MIFA354", "has 2 nodes without a parent, so that it is as many trees")]


def test_a_parent_that_is_not_there(path: Path) -> None:
    edges, found = findings(path, "1 1 0 0 0 1 -1\n2 3 0 0 0 1 9\n3 3 0 0 0 1 2\n")
    assert edges == [[1, 2]]
    assert [code for code, _ in found] == ["MIFA359", "MIFA354"]
    assert "of node 2" in found[0][1]


def test_children_before_their_parents(path: Path) -> None:
    edges, found = findings(path, "2 3 0 0 0 1 1\n1 1 0 0 0 1 -1\n")
    assert (edges, found) == ([[1, 0]], [])


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["1 1 0 0 0 1 3", "2 1 0 0 0 1 1", "3 1 0 0 0 1 2", "4 1 0 0 0 1 3"], 3),
        (["1 1 0 0 0 1 1", "2 1 0 0 0 1 1"], 1),
        (["1 1 0 0 0 1 2", "2 1 0 0 0 1 1", "3 1 0 0 0 1 4", "4 1 0 0 0 1 3"], 2),
    ],
)
def test_circles_are_opened(path: Path, lines: list[str], left: int) -> None:
    edges, found = findings(path, "\n".join(lines))
    assert len(edges) == left
    assert found[0][0] == "MIFA359"
    assert "circle" in found[0][1]


def test_lines_that_make_no_sense(path: Path) -> None:
    text = NEURON + "6 1 1 1\n7 1 x 0 0 1 1\n8 1 nan 0 0 1 1\n1 1 0 0 0 1 -1\n9.5 1 0 0 0 1 1\n10 1 0 0 0 1 1e300\n"
    edges, found = findings(path, text)
    assert len(edges) == 4
    assert found == [
        ("MIFA359", "1 line of fewer than 7 numbers: 10"),
        ("MIFA361", "2 lines whose values are not numbers: 11 and 12"),
        ("MIFA359", "1 line whose id another node has: 13"),
        ("MIFA359", "2 lines whose id, type or parent is not a whole number: 14 and 15"),
    ]


def test_comments_in_any_encoding(path: Path) -> None:
    path.write_bytes("# Größe\r\n".encode("latin-1") + NEURON.encode())
    assert Swc().recognises(path, path.read_bytes())
    assert len(Swc().open(path, Options()).read(0, MICROSCOPE).layers) == 1


def test_too_many_nodes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swc, "MAX_OBJECTS", 4)
    with pytest.raises(MifaError) as caught:
        read(path, NEURON)
    assert caught.value.code == "MIFA226"


def test_a_long_chain(path: Path) -> None:
    lines = [f"{number} 2 {number} 0 0 1 {number - 1 or -1}" for number in range(1, 20_001)]
    graph, annotation = read(path, "\n".join(reversed(lines)))
    assert len(graph.edges) == 19_999
    assert annotation.findings == ()
