"""LabelMe's files, against those that COCO's outlines were written to, and against Pillow."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PIL import Image
from tests.annotations.json_contract import JsonContract
from tests.annotations.layers import GRID, messages, only, painted, read_content

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.labelme import LabelMe
from mifakit.annotations.model import Classes, Masks, Points, ShapeKind, Shapes
from mifakit.errors import MifaError

TRIANGLE = [[1.5, 2], [6, 2], [6, 7]]
PICTURE = np.array([[0, 1, 1], [1, 0, 1]], bool)


def png(picture: np.ndarray, **how: Any) -> str:
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "PNG", **how)
    return base64.b64encode(stream.getvalue()).decode()


def shape(kind: str | None, points: Any, **more: Any) -> dict[str, Any]:
    return {"label": "cell", "points": points, "shape_type": kind, "group_id": None, "flags": {}, **more}


def file(*shapes: Any, **more: Any) -> dict[str, Any]:
    image = {"imagePath": "a.png", "imageData": None, "imageWidth": 512, "imageHeight": 512}
    return {"version": "5.5.0", "flags": {}, "shapes": list(shapes), **image, **more}


def read(folder: Path, content: Any, grid: Grid = GRID, options: Options | None = None) -> Annotation:
    return read_content(LabelMe(), folder / "a.json", content, 0, grid, options)


# The shapes of LabelMe's own example `primitives.json`, and a mask.
EXAMPLE = file(
    shape("rectangle", [[32.0, 35.0], [132.0, 135.0]]),
    shape("circle", [[195.0, 84.0], [225.0, 124.0]], description="round"),
    shape("polygon", [[69.0, 318.0], [45.0, 403.0], [173.0, 406.0], [198.0, 321.0]], flags={"occluded": True}),
    shape("line", [[188.0, 178.0], [160.0, 224.0]]),
    shape("point", [[345.0, 174.0]]),
    shape("linestrip", [[440.5, 181.4], [402.5, 274.4], [511.5, 275.4]]),
    shape("mask", [[10.0, 20.0], [12.0, 21.0]], mask=png(PICTURE)),
    flags={"blurred": True, "empty": False, "__ignore__": None},
)


class TestContract(JsonContract):
    @pytest.fixture
    def annotation_format(self) -> LabelMe:
        return LabelMe()

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "a.json"
        path.write_text(json.dumps(EXAMPLE))
        return path


def test_all_kinds_of_shapes(tmp_path: Path) -> None:
    annotation = read(tmp_path, EXAMPLE)
    assert not annotation.findings
    shapes = only(Shapes, annotation)
    box, circle, polygon, line = ShapeKind.BOX, ShapeKind.ELLIPSE, ShapeKind.POLYGON, ShapeKind.LINE
    assert shapes.kinds.tolist() == [box, circle, polygon, line, line]
    assert shapes.bounds[0].tolist() == [32, 35, 132, 135]
    assert shapely.Polygon(shapes.take(np.array([1])).vertices).area == pytest.approx(np.pi * 50**2)
    assert shapes.take(np.array([2])).vertices.tolist() == [[69, 318], [45, 403], [173, 406], [198, 321]]
    assert shapes.take(np.array([3])).vertices.tolist() == [[188, 178], [160, 224]]
    assert shapes.objects.properties["description"] == [None, "round", None, None, None]
    assert shapes.objects.properties["flags.occluded"] == [None, None, True, None, None]
    assert [shapes.objects.properties[f"ellipse_{name}"][1] for name in ("x", "y", "rx", "ry")] == [195, 84, 50, 50]
    assert only(Points, annotation).xy.tolist() == [[345, 174]]
    assert only(Points, annotation).objects.name == ["cell"]
    masks = only(Masks, annotation)
    assert (painted(masks, 0, (512, 512))[20:22, 10:13] == PICTURE).all()
    assert painted(masks, 0, (512, 512)).sum() == PICTURE.sum()
    assert only(Classes, annotation).objects.name == ["blurred"]


@pytest.mark.parametrize(
    "points", [[[2, 6], [8, 3]], [[8, 3], [2, 6]], [[2, 3], [8, 6]], [[2, 3], [8, 3], [8, 6], [2, 6]]]
)
def test_corners_of_a_box_in_any_order(tmp_path: Path, points: Any) -> None:
    shapes = only(Shapes, read(tmp_path, file(shape("rectangle", points))))
    assert shapes.kinds.tolist() == [ShapeKind.BOX]
    assert shapes.bounds.tolist() == [[2, 3, 8, 6]]


@pytest.mark.parametrize("kind", ["rectangle", "rotation"])
def test_turned_rectangles(tmp_path: Path, kind: str) -> None:
    corners = [[5, 2], [8, 5], [5, 8], [2, 5]]
    shapes = only(Shapes, read(tmp_path, file(shape(kind, corners))))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
    assert shapes.vertices.tolist() == corners


def test_polygons_of_a_group_are_parts_of_one_object(tmp_path: Path) -> None:
    other = [[x + 10, y] for x, y in TRIANGLE]
    shapes = [
        shape("polygon", TRIANGLE, group_id=1),
        shape("polygon", other),
        shape("polygon", other, group_id=1),
        shape("polygon", TRIANGLE, group_id=1, label="nucleus"),
        shape("rectangle", TRIANGLE[:2], group_id=1),
    ]
    found = only(Shapes, read(tmp_path, file(*shapes)))
    assert found.offsets.tolist() == [0, 2, 3, 4, 5]
    assert found.vertices[:6].tolist() == TRIANGLE + other
    assert found.objects.name == ["cell", "cell", "nucleus", "cell"]
    assert found.objects.properties["group_id"] == [1, None, 1, 1]


def test_files_of_old_versions(tmp_path: Path) -> None:
    content = {"shapes": [{"label": "cell", "points": TRIANGLE, "line_color": [1, 2, 3], "fill_color": None}]}
    shapes = only(Shapes, read(tmp_path, {**content, "lineColor": [0, 255, 0, 128], "imagePath": "a.png"}))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
    assert shapes.objects.properties == {}


def test_other_tools(tmp_path: Path) -> None:
    """X-AnyLabeling adds fields."""
    more = {"score": 0.5, "difficult": False, "attributes": {"stage": "M"}, "kie_linking": [], "label": 3}
    objects = only(
        Points, read(tmp_path, file(shape("point", [[1, 2]], **more)), options=Options({3: "nucleus"}))
    ).objects
    assert objects.name == ["nucleus"]
    assert objects.confidence is not None and objects.confidence.tolist() == [0.5]
    assert objects.properties == {"difficult": [False], "attributes.stage": ["M"]}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("a.png", "a.png"),
        ("..\\images\\a.png", "../images/a.png"),
        ("C:\\Users\\jo\\a.png", "C:/Users/jo/a.png"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_name_of_its_image(tmp_path: Path, said: str | None, name: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(file(imagePath=said, imageHeight=0)))
    (image,) = LabelMe().open(path, Options()).images
    assert (image.name, image.width, image.height) == (name, 512, None)


def test_the_copy_of_the_image_is_skipped(tmp_path: Path) -> None:
    content = json.dumps({"flags": {}, "imageData": "A" * 3_000_000, **file(shape("point", [[1, 2]]))})
    path = tmp_path / "a.json"
    path.write_text(content.replace('"imageData": null', '"x": 1'))
    assert LabelMe().recognises(path, path.read_bytes()[: 64 * 1024])
    opened = LabelMe().open(path, Options())
    assert len(only(Points, opened.read(0, GRID))) == 1
    assert len(repr(opened)) < 1000


HUGE = bytearray(base64.b64decode(png(PICTURE)))
HUGE[16:24] = (60_000).to_bytes(4, "big") * 2


@pytest.mark.parametrize(
    ("bad", "code", "reason"),
    [
        (shape("polygon", [[1, 2], [3, 4]]), "MIFA359", "of fewer than 3 vertices"),
        (shape("polygon", [[1, 2], [3, 4]], group_id=3), "MIFA359", "of fewer than 3 vertices"),
        (shape("polygon", []), "MIFA359", "without coordinates"),
        (shape("polygon", [[1, 2], [3, 4], [None, 6]]), "MIFA361", "whose coordinates are not"),
        (shape("rectangle", [[1, 2]]), "MIFA359", "of fewer than 3 vertices"),
        (shape("circle", [[1, 2]]), "MIFA359", "that are circles, but not of"),
        (shape("line", [[1, 2]]), "MIFA359", "of fewer than 2 vertices"),
        (shape("star", [[1, 2]]), "MIFA359", "of shape_type 'star'"),
        (shape(3, [[1, 2]]), "MIFA359", "that cannot be read (Expected `str | null`"),  # type: ignore[arg-type]
        (shape("mask", [[1, 2]]), "MIFA359", "whose mask is no PNG"),
        (shape("mask", [[1, 2]], mask="µ"), "MIFA359", ""),
        (shape("mask", [[1, 2]], mask="AAAA"), "MIFA359", "whose mask is no PNG"),
        (shape("mask", [[1, 2]], mask=png(PICTURE)[:-60]), "MIFA359", "whose mask is no PNG that can be read"),
        (shape("mask", [[1, 2]], mask=png(np.zeros((2, 2, 3), np.uint8))), "MIFA359", "whose mask is no grey PNG"),
        (shape("mask", [[-1, 2]], mask=png(PICTURE)), "MIFA359", "whose mask reaches out of its image"),
        (shape("mask", [[1e15, 2]], mask=png(PICTURE)), "MIFA359", "whose mask reaches out of its image"),
        (shape("mask", [[510, 2]], mask=png(PICTURE)), "MIFA359", "whose mask reaches out of its image"),
        (shape("mask", [[2, 511]], mask=png(PICTURE)), "MIFA359", "whose mask reaches out of its image"),
        (shape("mask", [], mask=png(PICTURE)), "MIFA359", "without coordinates"),
        (
            shape("mask", [[0, 0]], mask=base64.b64encode(HUGE).decode()),
            "MIFA359",
            "whose mask is larger than its image",
        ),
        (3, "MIFA359", "that cannot be read (Expected `object`"),
    ],
)
def test_an_object_that_is_left_out(tmp_path: Path, bad: Any, code: str, reason: str) -> None:
    annotation = read(tmp_path, file(bad, shape("point", [[1, 2]])))
    assert [finding.code for finding in annotation.findings] == [code]
    assert messages(annotation)[0].startswith(f"1 shape {reason}")
    assert messages(annotation)[0].endswith(": 1")
    assert len(only(Points, annotation)) == 1


@pytest.mark.parametrize("how", [bool, np.uint8])
def test_masks_as_labelme_writes_them(tmp_path: Path, how: type) -> None:
    picture = np.random.default_rng(0).random((40, 30)) > 0.5
    bad = shape(
        "mask", [[472.0, 482.0], [501.0, 511.0]], mask=png((picture * 255 if how is np.uint8 else picture).astype(how))
    )
    masks = only(Masks, read(tmp_path, file(bad), Grid({"y": 522, "x": 502})))
    assert (painted(masks, 0, (522, 502))[482:522, 472:502] == picture).all()


@pytest.mark.parametrize("content", [{"shapes": 3}, {"version": "5"}, [], {"shapes": [], "imageWidth": "a"}])
def test_no_labelme(tmp_path: Path, content: Any) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ('{"version": "5.5.0", "flags": {}, "shapes": [{"label": "a", "points": [[1, 2', True),
        ('{"shapes": [], "imagePath": "a.png"}', True),
        ('{"flags": {}, "imageData": "/9j/4AAQSkZJRg', True),
        ('{"shapes": [{"x": 1}]}', False),
        ('{"images": [{"label": 1, "points": 2}]}', False),
    ],
)
def test_how_files_are_recognised(head: str, yes: bool) -> None:
    assert LabelMe().recognises(Path("a.json"), head.encode()) == yes


def test_real_files(real_data: Callable[[str], Path]) -> None:
    """supervision wrote the embryos' outlines anew as LabelMe; 180 of them, as counted in COCO's file by hand."""
    names: Counter[str | None] = Counter()
    for path in sorted((real_data("coco_embryo") / "labelme_from_coco").glob("*.json")):
        assert LabelMe().recognises(path, path.read_bytes()[: 64 * 1024])
        opened = LabelMe().open(path, Options())
        assert [(one.name, one.width, one.height) for one in opened.images] == [(f"{path.stem}.jpg", 2048, 1570)]
        annotation = opened.read(0, Grid({"y": 1570, "x": 2048}))
        assert not annotation.findings
        shapes = only(Shapes, annotation)
        names.update(shapes.objects.name or ())
        rings = [np.array(one["points"]) for one in json.loads(path.read_text())["shapes"]]
        assert (shapes.vertices == np.concatenate(rings)).all()
    assert names == {"incorrect stage": 168, "correct stage": 12}
