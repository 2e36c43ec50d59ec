"""napari's CSV, written here word for word as its own writer does (`napari_builtins/io/_write.py`)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.napari import Napari
from mifakit.annotations.model import Graph, Kind, Points, ShapeKind, Shapes
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract, check_annotation

PLANE = Grid({"c": 1, "y": 100, "x": 200})
MOVIE = Grid({"t": 9, "c": 2, "z": 5, "y": 100, "x": 200})


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def write_points(path: Path, data: Sequence[Sequence[float]], **features: Sequence[Any]) -> Path:
    header = ["index", *(f"axis-{axis}" for axis in range(len(data[0]))), *features]
    return write(
        path,
        header,
        [
            (float(row), *place, *extra)
            for row, (place, *extra) in enumerate(zip(data, *features.values(), strict=True))
        ],
    )


def write_shapes(path: Path, shapes: Sequence[tuple[str, Sequence[Sequence[float]]]]) -> Path:
    header = ["index", "shape-type", "vertex-index", *(f"axis-{axis}" for axis in range(len(shapes[0][1][0])))]
    rows = [
        (number, kind, vertex, *place)
        for number, (kind, places) in enumerate(shapes)
        for vertex, place in enumerate(places)
    ]
    return write(path, header, rows)


RECTANGLE = [(2, 3), (2, 7), (6, 7), (6, 3)]  # y, x


def read(path: Path, grid: Grid = PLANE, options: Options | None = None) -> tuple[Any, Annotation]:
    assert Napari().recognises(path, path.read_bytes()[:65536])
    annotation = Napari().open(path, options or Options()).read(0, grid)
    check_annotation(annotation)
    (layer,) = annotation.layers or (None,)
    return layer, annotation


class _Contract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> Napari:
        return Napari()

    @pytest.fixture
    def grid(self) -> Grid:
        return PLANE


class TestContractOfPoints(_Contract):
    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        return write_points(tmp_path / "a.csv", [(1, 2), (3.5, 4)], kind=["a", "b"])

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.POINTS})


class TestContractOfShapes(_Contract):
    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        return write_shapes(tmp_path / "a.csv", [("rectangle", RECTANGLE), ("path", [(0, 0), (1, 2)])])

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.SHAPES, Kind.BOXES})


class TestContractOfTracks(_Contract):
    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        return write(tmp_path / "a.csv", ["ID", "t", "y", "x"], [(1, 0, 2, 3), (1, 1, 2, 4)])

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.TRACKS})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_points_are_y_x_from_the_centre_of_the_first_pixel(path: Path) -> None:
    points, _ = read(write_points(path, [(0, 0), (10, 20.25)], score=[0.5, 1]))
    assert isinstance(points, Points)
    assert points.xy.tolist() == [[0.5, 0.5], [20.75, 10.5]]
    assert points.objects.source_id == ["0.0", "1.0"]
    np.testing.assert_array_equal(points.objects.properties["score"], [0.5, 1])


def test_a_class_is_what_the_sheet_says(path: Path) -> None:
    write_points(path, [(0, 0), (1, 1)], kind=[1, 2])
    points, _ = read(path, options=Options(columns={"class": "kind"}, classes={1: "cell"}))
    assert points.objects.name == ["cell", "2"]


@pytest.mark.parametrize(
    ("sizes", "place", "expected"),
    [
        ({"t": 9, "c": 2, "z": 5}, (7, 1, 3, 10, 20), {"t": 7, "c": 1, "z": 3}),
        ({"t": 9, "c": 2, "z": 5}, (7, 3, 10, 20), {"t": 7, "z": 3}),
        ({"t": 9, "c": 2, "z": 5}, (10, 20), {}),
        ({"c": 2, "z": 5}, (3.5, 10, 20), {"z": 3.5}),
        ({"t": 9, "c": 1, "z": 1}, (7, 10, 20), {"t": 7}),
        ({"t": 1, "c": 1, "z": 1}, (0, 0, 0, 10, 20), {"t": 0, "c": 0, "z": 0}),
    ],
)
def test_axes_are_those_of_the_image(
    path: Path, sizes: dict[str, int], place: tuple[float, ...], expected: dict[str, float]
) -> None:
    points, _ = read(write_points(path, [place]), Grid({**sizes, "y": 100, "x": 200}))
    assert points.xy.tolist() == [[20.5, 10.5]]
    said = {axis: getattr(points.objects, axis) for axis in "tcz"}
    assert {axis: values[0] for axis, values in said.items() if values is not None} == expected


@pytest.mark.parametrize("place", [(7, 10, 20), (1, 1, 1, 1, 10, 20)])
def test_axes_that_cannot_be_told(path: Path, place: tuple[float, ...]) -> None:
    with pytest.raises(MifaError) as caught:
        read(write_points(path, [place]), MOVIE)
    assert caught.value.code == "MIFA227"


def test_shapes(path: Path) -> None:
    write_shapes(
        path,
        [
            ("rectangle", RECTANGLE),
            ("rectangle", [(0, 2), (2, 4), (4, 2), (2, 0)]),
            ("ellipse", RECTANGLE),
            ("ellipse", [(0, 3), (3, 6), (5, 4), (2, 1)]),
            ("polygon", [(0, 0), (0, 4), (3, 0)]),
            ("line", [(0, 0), (5, 1)]),
            ("path", [(0, 0), (5, 1), (7, 7)]),
        ],
    )
    shapes, annotation = read(path)
    assert isinstance(shapes, Shapes)
    assert annotation.findings == ()
    assert [ShapeKind(kind).name for kind in shapes.kinds] == [
        "BOX", "POLYGON", "ELLIPSE", "ELLIPSE", "POLYGON", "LINE", "LINE",
    ]  # fmt: skip
    assert shapes.bounds[0].tolist() == [3.5, 2.5, 7.5, 6.5]
    turned = np.sqrt(2) * 3 / 2 * np.sqrt(2) * 2 / 2 * np.pi
    np.testing.assert_allclose(shapes.areas, [16, 8, np.pi * 4, turned, 6, 0, 0])
    assert shapes.objects.properties["ellipse_angle"][3] == pytest.approx(45)
    assert shapes.objects.properties["ellipse_x"][3] == 4.0
    np.testing.assert_array_equal(shapes.vertices[-3:], [(0.5, 0.5), (1.5, 5.5), (7.5, 7.5)])
    assert shapes.objects.source_id == ["0", "1", "2", "3", "4", "5", "6"]


def test_shapes_in_a_movie(path: Path) -> None:
    flat = [(4, 2, *corner) for corner in RECTANGLE]
    tilted = [(4, plane, *corner) for plane, corner in enumerate(RECTANGLE)]
    shapes, annotation = read(write_shapes(path, [("rectangle", flat), ("polygon", tilted)]), MOVIE)
    assert (shapes.objects.t[0], shapes.objects.z[0]) == (4, 2)
    assert [finding.message for finding in annotation.findings] == ["1 shape on several planes, or on none: 1"]


def test_shapes_that_make_no_sense(path: Path) -> None:
    nowhere = [(float("nan"), 3), *RECTANGLE[1:]]
    shapes, annotation = read(write_shapes(path, [("star", RECTANGLE), ("polygon", nowhere), ("line", RECTANGLE[:2])]))
    assert shapes.objects.source_id == ["2"]
    assert [finding.code for finding in annotation.findings] == ["MIFA359", "MIFA361"]


@pytest.mark.parametrize("header", [["ID", "t", "y", "x"], ["track_id", "T", "Y", "X"], ["TrackID", "t", "y", "x"]])
def test_tracks(path: Path, header: list[str]) -> None:
    graph, _ = read(write(path, header, [(1, 0, 2, 3), (1, 1, 2, 4), (5, 1, 0, 0)]))
    assert isinstance(graph, Graph)
    assert graph.tracks
    assert graph.nodes.xy.tolist() == [[3.5, 2.5], [4.5, 2.5], [0.5, 0.5]]
    assert graph.edges.tolist() == [[0, 1]]


def test_tracks_in_space_that_divide(path: Path) -> None:
    rows = [(1, 0, 5, 2, 3, ""), (2, 1, 5, 2, 3, 1), (3, 1, 4, 2, 3, 1)]
    graph, _ = read(write(path, ["track_id", "t", "z", "y", "x", "parent_track_id"], rows), MOVIE)
    assert sorted(graph.edges.tolist()) == [[0, 1], [0, 2]]
    assert graph.nodes.objects.z.tolist() == [5, 5, 4]


@pytest.mark.parametrize(
    "header", ["x,y", "index,axis-0", "index,axis-1,axis-2", "ID,x,y,t", "axis-0", "", "index,shape-type,axis-0"]
)
def test_other_tables(path: Path, header: str) -> None:
    path.write_text(f"{header}\n1,2,3\n")
    assert not Napari().recognises(path, path.read_bytes())
    with pytest.raises(MifaError) as caught:
        Napari().open(path, Options())
    assert caught.value.code == "MIFA204"
