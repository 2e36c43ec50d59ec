"""Files of the VGG Image Annotator: versions 1 and 2, exports and projects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from tests.annotations.json_contract import JsonContract
from tests.annotations.layers import GRID, messages, only, read_content

from mifakit.annotations.base import Annotation, Options
from mifakit.annotations.formats.via import Via
from mifakit.annotations.model import Classes, Points, ShapeKind, Shapes
from mifakit.errors import MifaError

POLYGON = {"name": "polygon", "all_points_x": [1, 6, 6], "all_points_y": [2.5, 2, 7]}
POINT = {"name": "point", "cx": 9, "cy": 8.5}
SHAPES = [
    POLYGON,
    {"name": "rect", "x": 10, "y": 20, "width": 30, "height": 5},
    {"name": "circle", "cx": 50, "cy": 60, "r": 4},
    {"name": "ellipse", "cx": 100, "cy": 60, "rx": 20, "ry": 10, "theta": np.pi / 2},
    {"name": "polyline", "all_points_x": [1, 2, 3], "all_points_y": [4, 5, 4]},
    POINT,
]


def region(shape: Any, **attributes: Any) -> dict[str, Any]:
    return {"shape_attributes": shape, "region_attributes": attributes}


def entry(name: str, regions: Any, **attributes: Any) -> dict[str, Any]:
    return {"filename": name, "size": 1234, "regions": regions, "file_attributes": attributes}


def version_2(*regions: Any, **attributes: Any) -> dict[str, Any]:
    return {"a.png1234": entry("a.png", list(regions), **attributes)}


def version_1(*regions: Any) -> dict[str, Any]:
    old = {
        "fileref": "",
        "base64_img_data": "",
        **entry("a.png", {str(place): one for place, one in enumerate(regions)}),
    }
    return {"a.png1234": old}


def project(metadata: Any, files: Any = None) -> dict[str, Any]:
    attributes = {"region": {"kind": {"type": "dropdown", "options": {"cell": "a cell"}}}, "file": files or {}}
    return {"_via_settings": {"ui": {}}, "_via_img_metadata": metadata, "_via_attributes": attributes}


def read(folder: Path, content: Any, index: int = 0, options: Options | None = None) -> Annotation:
    return read_content(Via(), folder / "via.json", content, index, GRID, options)


EXAMPLE = {
    "1": {**version_1(*(region(shape, kind="cell") for shape in SHAPES)), "b": entry("b/b.png", {}, label="blurred")},
    "2": version_2(*(region(shape, kind="cell") for shape in SHAPES), label="blurred"),
    "project": project(
        version_2(*(region(shape, kind="cell") for shape in SHAPES), focus="in"), {"focus": {"type": "radio"}}
    ),
}


class TestContract(JsonContract):
    @pytest.fixture(params=list(EXAMPLE))
    def annotation_file(self, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
        path = tmp_path / "via.json"
        path.write_text(json.dumps(EXAMPLE[request.param]))
        return path

    @pytest.fixture
    def annotation_format(self) -> Via:
        return Via()


@pytest.mark.parametrize("version", list(EXAMPLE))
def test_all_kinds_of_shapes(tmp_path: Path, version: str) -> None:
    annotation = read(tmp_path, EXAMPLE[version])
    assert not annotation.findings
    shapes = only(Shapes, annotation)
    polygon, box, ellipse, line = ShapeKind.POLYGON, ShapeKind.BOX, ShapeKind.ELLIPSE, ShapeKind.LINE
    assert shapes.kinds.tolist() == [polygon, box, ellipse, ellipse, line]
    assert shapes.take(np.array([0])).vertices.tolist() == [[1, 2.5], [6, 2], [6, 7]]
    assert shapes.bounds[1].tolist() == [10, 20, 40, 25]
    assert shapely.Polygon(shapes.take(np.array([2])).vertices).area == pytest.approx(np.pi * 16)
    assert shapes.take(np.array([4])).vertices.tolist() == [[1, 4], [2, 5], [3, 4]]
    # A quarter of a turn: what was long along x is long along y.
    assert shapes.bounds[3] == pytest.approx([90, 40, 110, 80], abs=0.1)
    assert shapes.objects.properties["ellipse_angle"][3] == pytest.approx(90)
    assert only(Points, annotation).xy.tolist() == [[9, 8.5]]
    assert shapes.objects.name == ["cell"] * 5
    assert shapes.objects.source_id == (["0", "1", "2", "3", "4"] if version == "1" else None)


def test_ellipses_of_version_1_are_not_turned(tmp_path: Path) -> None:
    shape = {"name": "ellipse", "cx": 100, "cy": 60, "rx": 20, "ry": 10}
    assert only(Shapes, read(tmp_path, version_1(region(shape)))).bounds[0] == pytest.approx([80, 50, 120, 70], abs=0.1)


def test_theta_goes_from_x_towards_y(tmp_path: Path) -> None:
    shape = {"name": "ellipse", "cx": 0, "cy": 0, "rx": 20, "ry": 1, "theta": np.pi / 4}
    vertices = only(Shapes, read(tmp_path, version_2(region(shape)))).vertices
    far = vertices[np.abs(vertices).sum(axis=1) > 20]
    assert len(far) and (far[:, 0] * far[:, 1] > 0).all()


@pytest.mark.parametrize(
    ("attributes", "names", "properties"),
    [
        ([{"stage": "M"}, {"stage": "G1"}], ["M", "G1"], {}),
        ([{"stage": "M"}, {}], ["M", None], {}),
        ([{"note": "dim", "type": "cell"}, {"note": "old", "type": ""}], ["cell", None], {"note": ["dim", "old"]}),
        ([{"note": "dim", "stage": "M"}, {}], None, {"note": ["dim", None], "stage": ["M", None]}),
        ([{"Label": 3}, {"Label": 4}], ["nucleus", "4"], {}),
        ([{"type": {"a": True, "b": False, "c": True}}, {"type": {}}], ["a, c", None], {}),
        ([{"type": "cell", "seen": {"a": True}}, {}], ["cell", None], {"seen.a": [True, None]}),
        ([{"score": 0.5}, {}], None, {"score": [0.5, None]}),
        ([{"type": "cell", "by": "jo@example.org"}, {}], ["cell", None], {}),
    ],
)
def test_which_attribute_is_the_class(tmp_path: Path, attributes: Any, names: Any, properties: Any) -> None:
    content = version_2(*(region(POINT, **one) for one in attributes))
    objects = only(Points, read(tmp_path, content, options=Options({3: "nucleus"}))).objects
    assert objects.name == names
    assert objects.properties == properties


def test_attributes_of_files_that_are_choices_are_classes(tmp_path: Path) -> None:
    files = {"focus": {"type": "radio"}, "stains": {"type": "checkbox"}, "note": {"type": "text"}, "x": {}}
    content = version_2(
        focus="in", stains={"DAPI": True, "WGA": False}, note="old", caption="c", public_domain="no", x=""
    )
    annotation = read(tmp_path, project(content, files))
    objects = only(Classes, annotation).objects
    assert objects.name == ["in", "DAPI"]
    assert objects.properties == {"attribute": ["focus", "stains"]}
    assert messages(annotation) == ["1 attribute of the image that is no choice: note"]


def test_attributes_of_files_outside_a_project_are_classes_by_name(tmp_path: Path) -> None:
    annotation = read(tmp_path, version_2(region(POINT), Class="in", note="old"))
    assert only(Classes, annotation).objects.name == ["in"]
    assert len(annotation.findings) == 1


def test_images(tmp_path: Path) -> None:
    content = {
        **version_2(region(POINT)),
        "b": entry("http://x/b.png", [region(POINT)] * 2),
        "a2": entry("a.png", [region(POINT)]),
    }
    path = tmp_path / "via.json"
    path.write_text(json.dumps(content))
    assert [(one.name, one.width) for one in Via().open(path, Options()).images] == [
        ("a.png", None),
        ("http://x/b.png", None),
    ]
    annotation = read(tmp_path, content)
    assert len(only(Points, annotation)) == 2
    assert messages(annotation) == ["1 entry of an image that another is about, taken for one with it: a.png"]


@pytest.mark.parametrize(
    ("bad", "code", "reason"),
    [
        (region({**POLYGON, "all_points_x": [1, 2]}), "MIFA359", "whose coordinates do not"),
        (region({**POLYGON, "all_points_x": [1, 2, None]}), "MIFA361", "whose coordinates are not"),
        (
            region({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1, 2]}),
            "MIFA359",
            "of fewer than 3 vertices",
        ),
        (region({"name": "polygon"}), "MIFA359", "without coordinates"),
        (region({"name": "polyline", "all_points_x": [1], "all_points_y": [2]}), "MIFA359", "of fewer than 2 vertices"),
        (region({"name": "rect", "x": 1, "y": 2, "width": 3}), "MIFA361", "whose coordinates are not"),
        (region({"name": "rect", "x": 1, "y": 2, "width": 3, "height": -1}), "MIFA359", "whose sides are negative"),
        (region({"name": "circle", "cx": 1, "cy": 2}), "MIFA361", "whose coordinates are not"),
        (
            region({"name": "ellipse", "cx": 1, "cy": 2, "rx": 1, "ry": 1, "theta": None}),
            "MIFA361",
            "whose coordinates are not numbers",
        ),
        (region({"name": "point", "cx": 1}), "MIFA361", "whose coordinates are not"),
        (region({"name": "star"}), "MIFA359", "of shape 'star'"),
        (region({}), "MIFA359", "that cannot be read (Object missing required field `name`"),
        ({}, "MIFA359", "that cannot be read (Object missing required field `shape_attributes`"),
        (
            region(POINT) | {"region_attributes": 3},
            "MIFA359",
            "that cannot be read (Expected `object | null`, got `int`",
        ),
        (3, "MIFA359", "that cannot be read (Expected `object`, got `int`"),
    ],
)
def test_an_object_that_is_left_out(tmp_path: Path, bad: Any, code: str, reason: str) -> None:
    annotation = read(tmp_path, version_2(bad, region(POINT)))
    assert [finding.code for finding in annotation.findings] == [code]
    assert messages(annotation)[0].startswith(f"1 region {reason}")
    assert messages(annotation)[0].endswith(": number 1 of a.png")
    assert len(only(Points, annotation)) == 1


def test_an_image_that_is_left_out(tmp_path: Path) -> None:
    annotation = read(tmp_path, {"x": 3, "y": entry("", []), "z": {}, **version_2(region(POINT))})
    assert messages(annotation) == [
        "1 entry that cannot be read (Expected `object`, got `int`): x",
        "1 entry without the name of an image: y",
        "1 entry that cannot be read (Object missing required field `filename`): z",
    ]


@pytest.mark.parametrize("content", [{}, [], {"a": {}}, project({}), project([]), {"_via_img_metadata": 3}])
def test_no_via(tmp_path: Path, content: Any) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ('{"_via_settings": {"ui": {', True),
        ('{"_via_img_metadata": {', True),
        ('{"a.png12": {"fileref": "", "size": 12, "filename": "a.png", "base64_img_data": "AAAA', True),
        ('{"a.png12": {"filename": "a.png", "size": 12, "regions": [', True),
        ('{"a": {"filename": "a.png"}}', False),
        ('{"filename": "a.png", "regions": []}', False),
    ],
)
def test_how_files_are_recognised(head: str, yes: bool) -> None:
    assert Via().recognises(Path("a.json"), head.encode()) == yes
