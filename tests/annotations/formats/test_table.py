"""Tables: what columns become by the roles that the sheet gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from tests.annotations.layers import read_with_findings

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.table import Table as TableFormat
from mifakit.annotations.model import Classes, Counts, Graph, Kind, Layer, Points, ShapeKind, Shapes, Table
from mifakit.errors import MifaError
from mifakit.readers.base import Spacing
from mifakit.testing.annotations import AnnotationContract, check_annotation

PLANE = Grid({"y": 100, "x": 200})
MICROSCOPE = Grid(
    {"t": 5, "z": 7, "y": 100, "x": 200},
    {"x": Spacing(0.5, "micrometer"), "y": Spacing(250, "nanometer"), "z": Spacing(2, "micrometer")},
)
POINTS = "id,X,Y,frame,kind,score,area,image\n1,1.5,2.5,0,a,0.5,7,i.tif\n2,3,4,1,b,,8,j.tif\n3,5,6,,a,1,,i.tif\n"
ROLES = {"id": "id", "x": "X", "y": "Y", "t": "frame", "class": "kind", "confidence": "score", "image": "image"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def read(path: Path, content: str, grid: Grid = PLANE, index: int = 0, **said: Any) -> tuple[Any, Annotation]:
    path.write_text(content, encoding="utf-8")
    annotation = read_with_findings(TableFormat().open(path, Options(**said)), index, grid)
    check_annotation(annotation)
    (layer,) = annotation.layers or (None,)
    return layer, annotation


def refusal(path: Path, content: str, grid: Grid = PLANE, **said: Any) -> MifaError:
    with pytest.raises(MifaError) as caught:
        read(path, content, grid, **said)
    assert caught.value.finding.place is not None
    assert caught.value.finding.place.path == str(path)
    return caught.value


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> TableFormat:
        return TableFormat()

    @pytest.fixture
    def annotation_file(self, path: Path) -> Path:
        path.write_text(POINTS)
        return path

    @pytest.fixture
    def options(self) -> Options:
        return Options(columns=ROLES)

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.POINTS})

    @pytest.fixture
    def recognisable(self) -> bool:
        return False


class TestContractOfTracks(TestContract):
    @pytest.fixture
    def annotation_file(self, path: Path) -> Path:
        path.write_text("track,parent,x,y,t\n1,,1,2,0\n1,,2,3,1\n2,1,4,4,2\n")
        return path

    @pytest.fixture
    def options(self) -> Options:
        return Options(columns={name: name for name in ("track", "parent", "x", "y", "t")})

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.TRACKS})


class TestContractOfWorkbooks(TestContract):
    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (["left", "top", "width", "height"], [1, 2, 3, 4], [5, 6.5, 7, 8]):
            book.active.append(row)
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    @pytest.fixture
    def options(self) -> Options:
        return Options(columns={name: name for name in ("left", "top", "width", "height")})

    @pytest.fixture
    def kinds(self) -> frozenset[Kind]:
        return frozenset({Kind.BOXES})


def test_points_of_several_images(path: Path) -> None:
    path.write_text(POINTS)
    file = TableFormat().open(path, Options(columns=ROLES))
    assert file.images == (NamedImage("i.tif"), NamedImage("j.tif"))
    (points,) = file.read(0, PLANE).layers
    assert isinstance(points, Points)
    assert points.xy.tolist() == [[1.5, 2.5], [5, 6]]
    objects = points.objects
    assert objects.source_id == ["1", "3"]
    assert objects.name == ["a", "a"]
    np.testing.assert_array_equal(objects.t, [0, np.nan])  # type: ignore[arg-type]
    np.testing.assert_array_equal(objects.confidence, [0.5, 1])  # type: ignore[arg-type]
    assert list(objects.properties) == ["area"]
    np.testing.assert_array_equal(objects.properties["area"], [7, np.nan])
    (points,) = file.read(1, PLANE).layers
    assert isinstance(points, Points)
    assert points.xy.tolist() == [[3, 4]]


def test_rows_without_an_image_are_said(path: Path) -> None:
    content = "image,x,y\na,1,2\n,3,4\n"
    points, annotation = read(path, content, columns={"image": "image", "x": "x", "y": "y"})
    assert len(points) == 1
    assert [finding.message for finding in annotation.findings] == ["1 row without an image: 2"]
    nothing, annotation = read(path, "image,x,y\n,3,4\n", columns={"image": "image", "x": "x", "y": "y"})
    assert nothing is None
    assert annotation.findings


@pytest.mark.parametrize(("first", "expected"), [(None, [3, 7]), (0, [3.5, 7.5]), (1, [2.5, 6.5])])
def test_pixels_that_are_named_are_meant_by_their_middles(path: Path, first: int | None, expected: list[float]) -> None:
    content = "x,y,z,t\n3,7,2,4\n"
    points, _ = read(path, content, columns={name: name for name in "xyzt"}, first_pixel=first)
    assert points.xy.tolist() == [expected]
    assert (points.objects.z[0], points.objects.t[0]) == (2 - (first or 0), 4 - (first or 0))


@pytest.mark.parametrize(("first", "expected"), [(None, [2, 3, 6, 8]), (0, [2, 3, 7, 9]), (1, [1, 2, 6, 8])])
def test_boxes_by_their_sides(path: Path, first: int | None, expected: list[float]) -> None:
    roles = {"left": "l", "top": "t", "right": "r", "bottom": "b"}
    boxes, _ = read(path, "l,t,r,b\n2,3,6,8\n", columns=roles, first_pixel=first)
    assert isinstance(boxes, Shapes)
    assert boxes.kinds.tolist() == [ShapeKind.BOX]
    assert boxes.bounds.tolist() == [expected]


@pytest.mark.parametrize(("first", "expected"), [(None, [2, 3, 6, 8]), (0, [2, 3, 6, 8]), (1, [1, 2, 5, 7])])
def test_boxes_by_corner_and_size(path: Path, first: int | None, expected: list[float]) -> None:
    roles = {"left": "BX", "top": "BY", "width": "Width", "height": "Height"}
    boxes, _ = read(path, "BX,BY,Width,Height\n2,3,4,5\n", columns=roles, first_pixel=first)
    assert boxes.bounds.tolist() == [expected]
    assert boxes.areas.tolist() == [20]


def test_boxes_that_are_none(path: Path) -> None:
    roles = {"left": "l", "top": "t", "right": "r", "bottom": "b"}
    boxes, annotation = read(path, "l,t,r,b\n2,3,1,8\n2,3,,8\n2,3,4,8\n2,9,4,8\n", columns=roles)
    assert len(boxes) == 1
    assert [(finding.code, finding.message) for finding in annotation.findings] == [
        ("MIFA361", "1 row without right: 2"),
        ("MIFA359", "2 rows whose box ends before it begins: 1 and 4"),
    ]


def test_lengths_become_pixels(path: Path) -> None:
    content = "x,y,z,t\n3,7,4,1\n"
    roles = {name: name for name in "xyzt"}
    points, _ = read(path, content, MICROSCOPE, columns=roles, unit="micrometer")
    assert points.xy.tolist() == [[6, 28]]
    assert (points.objects.z[0], points.objects.t[0]) == (2, 1)
    points, _ = read(path, content, MICROSCOPE, columns=roles, unit="nanometer")
    np.testing.assert_allclose(points.xy, [[0.006, 0.028]])
    points, _ = read(path, content, MICROSCOPE, columns=roles, unit="pixel")
    assert points.xy.tolist() == [[3, 7]]
    sides = {"left": "x", "top": "y", "width": "z", "height": "t"}
    boxes, _ = read(path, content, MICROSCOPE, columns=sides, unit="micrometer")
    assert boxes.bounds.tolist() == [[6, 28, 14, 32]]


def test_lengths_need_the_distance_of_pixels(path: Path) -> None:
    error = refusal(path, "x,y\n1,2\n", columns={"x": "x", "y": "y"}, unit="micrometer")
    assert error.code == "MIFA227"
    assert "pixel_size" in str(error.finding.hint)


def test_coordinates_that_are_no_numbers(path: Path) -> None:
    content = "x,y,t\n1,2,0\n,2,0\nNaN,2,0\ninf,2,0\nleft,2,0\n1,2,soon\n"
    points, annotation = read(path, content, columns={"x": "x", "y": "y", "t": "t"})
    assert points.xy.tolist() == [[1, 2]]
    assert [(finding.code, finding.message) for finding in annotation.findings] == [
        ("MIFA361", "2 rows whose x is not a number: 4 and 5"),
        ("MIFA361", "1 row whose t is not a number: 6"),
        ("MIFA361", "2 rows without x: 2 and 3"),
    ]


def test_many_bad_rows_are_one_finding(path: Path) -> None:
    content = "x,y\n" + "no,1\n" * 1000
    nothing, annotation = read(path, content, columns={"x": "x", "y": "y"})
    assert nothing is None
    assert [finding.message for finding in annotation.findings] == [
        "1,000 rows whose x is not a number: 1, 2, 3 and 997 more"
    ]


def test_classes_of_images(path: Path) -> None:
    path.write_text("file,grade\na.tif,good\nb.tif,bad\n")
    file = TableFormat().open(path, Options(columns={"image": "file", "class": "grade"}))
    assert [image.name for image in file.images] == ["a.tif", "b.tif"]
    (classes,) = file.read(1, PLANE).layers
    assert isinstance(classes, Classes)
    assert classes.objects.name == ["bad"]


def test_classes_that_are_numbers(path: Path) -> None:
    classes, _ = read(path, "c\n1\n2.0\n3\n\n", columns={"class": "c"}, classes={1: "one", 2: "two"})
    assert classes.objects.name == ["one", "two", "3"]


def test_counts(path: Path) -> None:
    counts, annotation = read(path, "n,what\n12,cell\nmany,cell\n,cell\n", columns={"count": "n", "class": "what"})
    assert isinstance(counts, Counts)
    assert counts.values.tolist() == [12]
    assert counts.objects.name == ["cell"]
    assert [finding.code for finding in annotation.findings] == ["MIFA359", "MIFA359"]


def test_what_is_known_of_objects(path: Path) -> None:
    content = "label,area,kind\n1,10.5,a\n2,7,b\n2.5,1,c\n1e30,1,c\n,1,c\n"
    table, annotation = read(path, content, columns={"label": "label", "class": "kind"})
    assert isinstance(table, Table)
    assert table.objects.label.tolist() == [1, 2]
    assert table.objects.name == ["a", "b"]
    np.testing.assert_array_equal(table.objects.properties["area"], [10.5, 7])
    assert [finding.message for finding in annotation.findings] == [
        "1 row without label: 5",
        "2 rows whose label is not a whole number: 3 and 4",
    ]
    table, _ = read(path, content, columns={"id": "kind"})
    assert table.objects.source_id == ["a", "b", "c", "c", "c"]


def test_tracks(path: Path) -> None:
    content = "track,parent,x,y,t\n1,,1,2,0\n2,1.0,4,4,2\n1,,2,3,1\n3,1.0,5,5,2\n4,9,5,5,2\n"
    graph, annotation = read(path, content, columns={name: name for name in ("track", "parent", "x", "y", "t")})
    assert isinstance(graph, Graph)
    assert graph.tracks
    assert sorted(graph.edges.tolist()) == [[0, 2], [2, 1], [2, 3]]
    assert graph.nodes.xy[2].tolist() == [2, 3]
    assert graph.nodes.objects.properties["track"] == [1, 2, 1, 3, 4]
    assert [finding.message for finding in annotation.findings] == [
        "1 row whose parent is not there: no edge leads there: track 4"
    ]


@pytest.mark.parametrize("nothing", ["", "0", "-1", "NA", "1"])
def test_tracks_without_a_parent(path: Path, nothing: str) -> None:
    content = f"track,parent,x,y,t\n1,{nothing},1,2,0\n1,{nothing},1,2,1\n"
    graph, annotation = read(path, content, columns={name: name for name in ("track", "parent", "x", "y", "t")})
    assert graph.edges.tolist() == [[0, 1]]
    assert annotation.findings == ()


def test_a_track_that_is_called_0_is_a_parent(path: Path) -> None:
    content = "track,parent,x,y,t\n0,0,1,2,0\n1,0,1,2,1\n"
    graph, _ = read(path, content, columns={name: name for name in ("track", "parent", "x", "y", "t")})
    assert graph.edges.tolist() == [[0, 1]]


def test_places_that_name_the_one_before(path: Path) -> None:
    content = "id,parent,x,y\na,,1,2\nb,a,1,2\nc,a,3,4\n"
    graph, _ = read(path, content, columns={name: name for name in ("id", "parent", "x", "y")})
    assert not graph.tracks
    assert graph.edges.tolist() == [[0, 1], [0, 2]]


def test_tracks_that_are_at_two_places(path: Path) -> None:
    content = "track,x,y,t\n1,1,2,0\n1,1,2,1\n1,9,9,1\n"
    graph, annotation = read(path, content, columns={name: name for name in ("track", "x", "y", "t")})
    assert len(graph.nodes) == 3
    assert graph.edges.tolist() == [[0, 1]]
    assert "1 row at a time at which their track is elsewhere" in annotation.findings[0].message


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ({}, "does not tell what it means"),
        ({"x": "a"}, "name both x and y"),
        ({"x": "a", "y": "nope"}, "has no column 'nope'"),
        ({"left": "a", "top": "b"}, "has boxes"),
        ({"left": "a", "top": "b", "width": "c", "height": "d", "x": "a"}, "has boxes"),
        ({"x": "a", "y": "b", "width": "c"}, "has boxes"),
        ({"x": "a", "y": "b", "track": "c"}, "name t"),
        ({"x": "a", "y": "b", "parent": "c"}, "name track, or id"),
        ({"image": "a"}, "does not tell what it means"),
    ],
)
def test_what_the_sheet_must_say(path: Path, roles: dict[str, str], words: str) -> None:
    error = refusal(path, "a,b,c,d\n1,2,3,4\n", columns=roles)
    assert error.code == "MIFA227"
    assert words in error.finding.message
    assert "'a', 'b', 'c', 'd'" in error.finding.message


def test_headers_in_another_case(path: Path) -> None:
    points, _ = read(path, " X , Y \n1,2\n", columns={"x": "x", "y": "Y "})
    assert points.xy.tolist() == [[1, 2]]


def test_a_thousand_columns_are_not_all_listed(path: Path) -> None:
    error = refusal(path, ",".join(f"measurement_{number}" for number in range(1000)) + "\n", columns={})
    assert len(error.finding.message) < 1000


def test_people_are_not_kept(path: Path) -> None:
    content = "x,y,who,note,file\n1,2,Ann,fine,/home/ann/a.tif\n1,2,ann@example.org,write to ann@example.org,b.tif\n"
    points, _ = read(path, content, columns={"x": "x", "y": "y", "annotator": "who"})
    assert points.objects.annotator == ["Ann", None]
    assert points.objects.properties == {"note": ["fine", None], "file": [None, "b.tif"]}


def test_what_was_noticed_while_reading(path: Path) -> None:
    path.write_bytes("x,y,name\n1,2,µ\n1,2\n".encode("latin-1"))
    file = TableFormat().open(path, Options(columns={"x": "x", "y": "y"}))
    layers: tuple[Layer, ...] = file.read(0, PLANE).layers
    assert len(layers) == 1
    assert [finding.code for finding in file.findings] == ["MIFA359", "MIFA359"]
