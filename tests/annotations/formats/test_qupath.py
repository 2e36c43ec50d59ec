"""GeoJSON of QuPath, old and new, and of other tools, against Shapely."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape as shapely_shape
from tests.annotations.json_contract import JsonContract
from tests.annotations.layers import messages, only, read_content

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.qupath import QuPath
from mifakit.annotations.model import Points, ShapeKind, Shapes
from mifakit.errors import MifaError

SQUARE = [[2, 2], [6, 2], [6, 6], [2, 6], [2, 2]]
HOLE = [[3, 3], [3, 4], [4, 4], [4, 3], [3, 3]]


def feature(kind: str, coordinates: Any, more: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a feature; `more` goes into its geometry."""
    return {
        "type": "Feature",
        "id": "3e4b6f50",
        "geometry": {"type": kind, "coordinates": coordinates, **(more or {})},
        "properties": {"objectType": "annotation", **properties},
    }


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def read(folder: Path, content: Any, grid: Grid | None = None, options: Options | None = None) -> Annotation:
    return read_content(QuPath(), folder / "a.geojson", content, 0, grid or Grid({"y": 512, "x": 512}), options)


CELL = {
    "type": "Feature",
    "id": "c1",
    "geometry": {"type": "Polygon", "coordinates": [SQUARE, HOLE], "plane": {"c": -1, "z": 2, "t": 1}},
    "nucleusGeometry": {"type": "Polygon", "coordinates": [HOLE], "plane": {"c": -1, "z": 2, "t": 1}},
    "properties": {
        "objectType": "cell",
        "classification": {"names": ["Tumor", "Positive"], "color": [200, 0, 16]},
        "isLocked": True,
        "measurements": {"Nucleus: Area µm^2": 12.5, "Solidity": None},
        "metadata": {"note": "checked", "by": "jo@example.org"},
    },
}
EXAMPLE = collection(CELL, feature("Point", [931.08, 875.18], name="calib1"), feature("LineString", [[1, 2], [3, 4]]))


class TestContract(JsonContract):
    @pytest.fixture
    def annotation_format(self) -> QuPath:
        return QuPath()

    @pytest.fixture(params=["collection", "list", "feature"])
    def annotation_file(self, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
        path = tmp_path / "a.geojson"
        both = {
            "type": "GeometryCollection",
            "geometries": [CELL["geometry"], {"type": "Point", "coordinates": [1, 2]}],
        }
        content = {"collection": EXAMPLE, "list": EXAMPLE["features"], "feature": {**CELL, "geometry": both}}
        path.write_text(json.dumps(content[request.param]))
        return path


def test_a_cell_and_its_nucleus(tmp_path: Path) -> None:
    annotation = read(tmp_path, CELL, Grid({"t": 3, "c": 2, "z": 5, "y": 512, "x": 512}))
    shapes = only(Shapes, annotation)
    assert shapes.vertices.tolist() == SQUARE[:4] + HOLE[:4] + HOLE[:4]
    assert [shapes.offsets.tolist(), shapes.parts.tolist(), shapes.rings.tolist()] == [
        [0, 1, 2],
        [0, 2, 3],
        [0, 4, 8, 12],
    ]
    objects = shapes.objects
    assert objects.source_id == ["c1", "c1"]
    assert objects.name == ["Tumor: Positive"] * 2
    assert (objects.t.tolist(), objects.z.tolist(), objects.c) == ([1, 1], [2, 2], None)
    assert objects.properties == {
        "objectType": ["cell", "cell"],
        "metadata.note": ["checked", None],
        "Nucleus: Area µm^2": [12.5, None],
        "color": ["C80010", None],
        "part": [None, "nucleus"],
    }
    assert not annotation.findings


@pytest.mark.parametrize(
    ("plane", "sizes", "t", "z", "c"),
    [
        (None, {}, None, None, None),
        (None, {"z": 5, "c": 3}, None, 0, None),
        (None, {"t": 2}, 0, None, None),
        ({"c": -1, "z": 3, "t": 0}, {"z": 5, "t": 2}, 0, 3, None),
        ({"c": 0, "z": 0, "t": 0}, {"c": 3}, None, None, 0),
        ({"z": 4}, {}, None, 4, None),
    ],
)
def test_planes(tmp_path: Path, plane: Any, sizes: dict[str, int], t: Any, z: Any, c: Any) -> None:
    content = feature("Point", [1, 2], {"plane": plane} if plane else None)
    objects = only(Points, read(tmp_path, content, Grid({**sizes, "y": 512, "x": 512}))).objects
    assert [None if column is None else column[0] for column in (objects.t, objects.z, objects.c)] == [t, z, c]


def test_other_tools_say_no_plane(tmp_path: Path) -> None:
    content = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": None}
    assert only(Points, read(tmp_path, content, Grid({"z": 5, "y": 9, "x": 9}))).objects.z is None


@pytest.mark.parametrize(
    ("content", "name", "properties"),
    [
        ({"classification": {"name": "Tumor", "color": [1, 2, 255]}}, "Tumor", {"color": ["0102FF"]}),
        ({"classification": {"name": "Tumor", "colorRGB": -3670016}}, "Tumor", {"color": ["C80000"]}),
        ({"classification": {"name": "Tumor"}, "color": [9, 9, 9]}, "Tumor", {"color": ["090909"]}),
        ({"classification": "Tumor", "color": [9, 9, 900]}, "Tumor", {}),
        ({"classification": None}, None, {}),
        ({"classification": {}}, None, {}),
        ({"name": "calib1", "label": "x"}, None, {"name": ["calib1"], "label": ["x"]}),
        ({"measurements": [{"name": "Area", "value": 2.5}, {"name": "B", "value": "NaN"}, 3]}, None, {"Area": [2.5]}),
        ({"isLocked": True, "isMissing": False}, None, {"isMissing": [False]}),
    ],
)
def test_properties(tmp_path: Path, content: dict[str, Any], name: str | None, properties: dict[str, Any]) -> None:
    objects = only(Points, read(tmp_path, feature("Point", [1, 2], **content))).objects
    assert objects.name == (None if name is None else [name])
    assert objects.properties == {"objectType": ["annotation"], **properties}


@pytest.mark.parametrize(
    ("properties", "name", "rest"),
    [
        ({"Label": "cell", "area": 3}, "cell", {"area": [3]}),
        ({"type": "cell", "name": "c1"}, "cell", {"name": ["c1"]}),
        ({"class": 2}, "nucleus", {}),
        ({"class": 3}, "3", {}),
        ({"classification": "cell", "label": "7"}, "cell", {"label": ["7"]}),
        ({"area": 3}, None, {"area": [3]}),
    ],
)
def test_classes_of_other_tools(tmp_path: Path, properties: dict[str, Any], name: str | None, rest: Any) -> None:
    content = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": properties}
    objects = only(Points, read(tmp_path, content, options=Options(classes={2: "nucleus"}))).objects
    assert objects.name == (None if name is None else [name])
    assert objects.properties == rest


def test_old_files_say_the_type_as_id(tmp_path: Path) -> None:
    content = feature("Point", [1, 2])
    content.update(id="PathDetectionObject", properties={"isLocked": False})
    objects = only(Points, read(tmp_path, content, Grid({"z": 2, "y": 9, "x": 9}))).objects
    assert objects.source_id is None
    assert objects.properties == {"objectType": ["detection"]}
    assert objects.z.tolist() == [0]


def test_numbers_that_json_lacks(tmp_path: Path) -> None:
    """QuPath writes measurements that have no value as NaN."""
    content = feature("Polygon", [SQUARE], measurements={"A": float("nan"), "B": 1})
    assert only(Shapes, read(tmp_path, content)).objects.properties == {"objectType": ["annotation"], "B": [1]}


def test_all_geometries_against_shapely(tmp_path: Path) -> None:
    shifted = [[x + 10, y] for x, y in SQUARE]
    geometries = [
        feature("Polygon", [SQUARE, HOLE])["geometry"],
        feature("MultiPolygon", [[SQUARE, HOLE], [shifted]])["geometry"],
        feature("LineString", [[1, 2], [3, 4.5], [1, 2]])["geometry"],
    ]
    shapes = only(Shapes, read(tmp_path, collection(*({"type": "Feature", "geometry": one} for one in geometries))))
    for place, geometry in enumerate(geometries):
        theirs = shapely_shape(geometry)
        ours = shapes.take(np.array([place]))
        rings = np.split(ours.vertices, ours.rings[1:-1])
        if theirs.geom_type == "LineString":
            assert shapely.LineString(rings[0]).equals(theirs)
        else:
            parts = [rings[begin:end] for begin, end in zip(ours.parts, ours.parts[1:], strict=False)]
            assert shapely.MultiPolygon([(part[0], part[1:]) for part in parts]).equals(theirs)
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON, ShapeKind.POLYGON, ShapeKind.LINE]


def test_lines_and_points_of_one_object(tmp_path: Path) -> None:
    lines = feature("MultiLineString", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    annotation = read(tmp_path, collection(lines, feature("MultiPoint", [[1, 2, 0], [3, 4, 5]])))
    assert only(Shapes, annotation).objects.source_id == ["3e4b6f50"] * 2
    assert only(Points, annotation).xy.tolist() == [[1, 2], [3, 4]]
    assert only(Points, annotation).objects.source_id == ["3e4b6f50"] * 2


def test_ellipses(tmp_path: Path) -> None:
    """QuPath writes a polygon; its bounds are the ellipse's."""
    corners = [[8, 5], [5, 7], [2, 5], [5, 3], [8, 5]]
    shapes = only(Shapes, read(tmp_path, feature("Polygon", [corners], {"isEllipse": True})))
    assert shapes.kinds.tolist() == [ShapeKind.ELLIPSE]
    said = shapes.objects.properties
    assert [said[f"ellipse_{name}"][0] for name in ("x", "y", "rx", "ry", "angle")] == [5, 5, 3, 2, 0]
    assert shapely.Polygon(shapes.vertices).area == pytest.approx(np.pi * 6)


def test_objects_that_lie_in_others(tmp_path: Path) -> None:
    inner = feature("Point", [3, 4])
    inner["id"] = "inner"
    outer = feature("Polygon", [SQUARE], childObjects=[{**CELL, "properties": {"childObjects": [inner]}}])
    annotation = read(tmp_path, outer)
    assert only(Shapes, annotation).objects.properties["parent"] == [None, "3e4b6f50", None]
    assert only(Points, annotation).objects.properties["parent"] == ["c1"]
    for _ in range(30):
        inner = {**inner, "properties": {"childObjects": [inner]}}
    annotation = read(tmp_path, inner)
    assert len(only(Points, annotation)) == 20
    assert messages(annotation) == ["1 feature with others in them more than 20 deep: number 1 in inner"]


def test_the_root_is_no_object(tmp_path: Path) -> None:
    annotation = read(tmp_path, collection(feature("Polygon", [SQUARE], objectType="root"), feature("Point", [1, 2])))
    assert [type(layer) for layer in annotation.layers] == [Points]
    assert not annotation.findings


@pytest.mark.parametrize(
    ("geometry", "code", "reason"),
    [
        (None, "MIFA359", "without a geometry"),
        ({"type": "Circle", "coordinates": [1, 2]}, "MIFA359", "of type 'Circle'"),
        ({"type": "Polygon"}, "MIFA359", "that cannot be read (Expected `array`, got `null`"),
        ({"type": "Polygon", "coordinates": []}, "MIFA359", "without coordinates"),
        ({"type": "Polygon", "coordinates": [[]]}, "MIFA359", "without coordinates"),
        ({"type": "Polygon", "coordinates": [], "isEllipse": True}, "MIFA359", "without coordinates"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}, "MIFA359", "of fewer than 3 vertices"),
        (
            {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5]]]},
            "MIFA359",
            "whose coordinates do not come in pairs",
        ),
        (
            {"type": "Polygon", "coordinates": [[1, 2], [3, 4]]},
            "MIFA359",
            "that cannot be read (Expected `array`, got `int`",
        ),
        (
            {"type": "Polygon", "coordinates": [[[1, 2], [3, None], [5, 6]]]},
            "MIFA361",
            "whose coordinates are not numbers",
        ),
        ({"type": "Point", "coordinates": [float("nan"), 2]}, "MIFA361", "whose coordinates are not"),
        ({"type": "Point", "coordinates": []}, "MIFA359", "without coordinates"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "MIFA359", "of fewer than 2 vertices"),
        (
            {"type": "Point", "coordinates": [1, 2], "plane": 3},
            "MIFA359",
            "that cannot be read (Expected `object | null`, got `int`",
        ),
    ],
)
def test_an_object_that_is_left_out(tmp_path: Path, geometry: Any, code: str, reason: str) -> None:
    bad = {**feature("Point", [1, 2]), "id": "bad", "geometry": geometry}
    annotation = read(tmp_path, collection(bad, feature("Point", [1, 2])))
    assert [finding.code for finding in annotation.findings] == [code]
    assert messages(annotation)[0].startswith(f"1 feature {reason}")
    assert messages(annotation)[0].endswith((": bad", ": number 1"))
    assert len(only(Points, annotation)) == 1


def test_a_nucleus_that_is_left_out(tmp_path: Path) -> None:
    annotation = read(tmp_path, {**CELL, "nucleusGeometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}})
    assert len(only(Shapes, annotation)) == 1
    assert messages(annotation) == ["1 feature of fewer than 3 vertices: nucleus of c1"]


@pytest.mark.parametrize(
    "content", [{"type": "Polygon", "coordinates": [SQUARE]}, [1, 2], {"type": "Topology"}, [[]], 3]
)
def test_no_geojson(tmp_path: Path, content: Any) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [collection(), []])
def test_nothing_in_it(tmp_path: Path, content: Any) -> None:
    assert read(tmp_path, content) == Annotation(())


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ('{"type": "FeatureCollection", "features": [', True),
        ('{"features": [{"type": "Feature", "geometry": {"type": "Polygon", "coord', True),
        ('{"type": "Feature", "id": "PathCellObject", "geometry": {"type": "Polygon", "coord', True),
        ('[{"type": "Feature", "geometry": {"type": "Polygon", "coord', True),
        ('{"type": "Polygon", "coordinates": [[[1, 2]]]}', False),
        ('{"features": ["a", "b"], "x": 1}', False),
    ],
)
def test_how_files_are_recognised(head: str, yes: bool) -> None:
    assert QuPath().recognises(Path("a.json"), head.encode()) == yes


class TestRealFile:
    """An export of QuPath, from its demonstration project for laser microdissection."""

    @pytest.fixture
    def path(self, real_data: Callable[[str], Path]) -> Path:
        return real_data("qupath") / "TD_01_verysmall_mIF.geojson"

    def test_what_stands_in_it(self, path: Path) -> None:
        assert QuPath().recognises(path, path.read_bytes()[: 64 * 1024])
        annotation = QuPath().open(path, Options()).read(0, Grid({"c": 3, "y": 1000, "x": 1000}))
        assert not annotation.findings
        shapes, points = only(Shapes, annotation), only(Points, annotation)
        # Read in the file by hand: rings say their first vertex twice.
        assert np.diff(shapes.rings).tolist() == [145, 101, 103, 216, 7, 4]
        assert shapes.objects.name == ["class_1", "class_2", "class_2", "class_1", "class_2", "class_1"]
        assert shapes.objects.properties["color"][:2] == ["038011", "FF00FF"]
        assert shapes.objects.source_id[5] == "eb975adf-6f87-4e7b-9980-c2b5a93d80d9"
        assert shapes.vertices[-4:].tolist() == [[160, 140], [160, 263], [244, 263], [244, 140]]
        assert points.xy.tolist() == [[931.08, 875.18], [893.85, 43.09], [42.33, 619.4]]
        assert points.objects.properties["name"] == ["calib1", "calib2", "calib3"]
        assert points.objects.name is None

    def test_against_shapely(self, path: Path) -> None:
        shapes = only(Shapes, QuPath().open(path, Options()).read(0, Grid({"y": 1000, "x": 1000})))
        theirs = [shapely_shape(one["geometry"]) for one in json.loads(path.read_text())["features"]]
        areas = [shapely.Polygon(ring).area for ring in np.split(shapes.vertices, shapes.rings[1:-1])]
        assert areas == pytest.approx([one.area for one in theirs if one.geom_type == "Polygon"])
