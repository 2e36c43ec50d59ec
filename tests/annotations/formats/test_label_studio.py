"""Exports of Label Studio: shapes in per cent, brushes, answers, and several annotators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from tests.annotations.brush_writer import packed, rgba
from tests.annotations.json_contract import JsonContract
from tests.annotations.layers import messages, only, painted, read_content

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats.label_studio import LabelStudio
from mifakit.annotations.model import Classes, Counts, Masks, Points, ShapeKind, Shapes
from mifakit.errors import MifaError

SMALL = Grid({"y": 10, "x": 20})
ALPHA = np.zeros((10, 20), np.uint8)
ALPHA[2:5, 3:9] = 255


def result(kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    size = {"original_width": 20, "original_height": 10, "image_rotation": 0}
    about = {"id": f"{kind}1", "type": kind, "from_name": "label", "to_name": "image", "origin": "manual"}
    return {**size, "value": value, **about, **more}


def annotated(*results: Any, **more: Any) -> dict[str, Any]:
    when = {"created_at": "2024-05-07T12:34:36.829143Z", "was_cancelled": False, "ground_truth": False}
    return {"id": 1552, "completed_by": 3, "result": list(results), **when, **more}


def task(*annotations: Any, image: str = "/data/upload/7/e97d4735-a.png", **more: Any) -> dict[str, Any]:
    return {"id": 109, "annotations": list(annotations), "predictions": [], "data": {"image": image}, **more}


def read(folder: Path, content: Any, index: int = 0, grid: Grid = SMALL) -> Annotation:
    return read_content(LabelStudio(), folder / "export.json", content, index, grid)


BOX = result(
    "rectanglelabels", {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["cell"]}
)
POINT = result("keypointlabels", {"x": 50, "y": 50, "width": 0.4, "keypointlabels": ["spot"]})
BRUSH = result("brushlabels", {"format": "rle", "rle": list(packed(rgba(ALPHA, (9, 8, 7)))), "brushlabels": ["cell"]})
RESULTS = (
    BOX,
    result("polygonlabels", {"points": [[0, 0], [50, 0], [50, 100]], "closed": True, "polygonlabels": ["cell", "big"]}),
    result(
        "ellipselabels", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 40, "rotation": 90, "ellipselabels": ["cell"]}
    ),
    POINT,
    BRUSH,
    result("choices", {"choices": ["in focus", "bright"]}, from_name="quality"),
    result("taxonomy", {"taxonomy": [["tissue", "liver"]]}, from_name="organ"),
    result("number", {"number": 12}, from_name="nuclei"),
)
EXAMPLE = [task(annotated(*RESULTS)), task(annotated(BOX), image="s3://bucket/plate/b.png")]
BIG = Grid({"y": 512, "x": 512})


class TestContract(JsonContract):
    @pytest.fixture
    def annotation_format(self) -> LabelStudio:
        return LabelStudio()

    @pytest.fixture
    def grid(self) -> Grid:
        return SMALL

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "export.json"
        path.write_text(json.dumps(EXAMPLE))
        return path


def test_all_kinds(tmp_path: Path) -> None:
    annotation = read(tmp_path, EXAMPLE)
    assert not annotation.findings
    shapes = only(Shapes, annotation)
    assert shapes.kinds.tolist() == [ShapeKind.BOX, ShapeKind.POLYGON, ShapeKind.ELLIPSE]
    assert shapes.bounds[0].tolist() == [2, 2, 8, 6]
    assert shapes.take(np.array([1])).vertices.tolist() == [[0, 0], [10, 0], [10, 10]]
    # 10 % of the width along x, 40 % of the height along y, turned by a quarter: 4 along x and 2 along y.
    assert shapes.bounds[2] == pytest.approx([6, 3, 14, 7], abs=0.02)
    assert shapes.objects.source_id == ["rectanglelabels1", "polygonlabels1", "ellipselabels1"]
    assert shapes.objects.name == ["cell", "cell, big", "cell"]
    assert shapes.objects.annotator == ["3"] * 3
    assert shapes.objects.created == ["2024-05-07T12:34:36.829143Z"] * 3
    assert shapes.objects.properties["annotation"] == [1552] * 3
    assert only(Points, annotation).xy.tolist() == [[10, 5]]
    assert (painted(only(Masks, annotation), 0, (10, 20)) == (ALPHA > 0)).all()
    classes = only(Classes, annotation).objects
    assert classes.name == ["in focus", "bright", "tissue / liver"]
    assert classes.properties["attribute"] == ["quality", "quality", "organ"]
    assert classes.annotator == ["3"] * 3
    counts = only(Counts, annotation)
    assert (counts.values.tolist(), counts.objects.name) == ([12], ["nuclei"])


def test_rectangles_turn_around_their_first_corner(tmp_path: Path) -> None:
    value = {"x": 50, "y": 20, "width": 30, "height": 20, "rotation": 90}
    shapes = only(Shapes, read(tmp_path, [task(annotated(result("rectangle", value)))]))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
    # The corner is at (10, 2); sides are 6 and 2 pixels. A quarter from x towards y: 6 down, 2 to the left.
    assert shapes.vertices == pytest.approx(np.array([[10, 2], [10, 8], [8, 8], [8, 2]]))


def test_turned_rectangles_keep_their_area(tmp_path: Path) -> None:
    """The first box of the converter's own test file; pixels are square, per cents are not."""
    value = {"x": 10.537, "y": 79.558, "width": 19.045, "height": 8.133, "rotation": 328.332}
    one = result("rectanglelabels", value, original_width=597, original_height=768)
    shapes = only(Shapes, read(tmp_path, [task(annotated(one))], grid=Grid({"y": 768, "x": 597})))
    polygon = shapely.Polygon(shapes.vertices)
    assert polygon.area == pytest.approx(0.19045 * 597 * 0.08133 * 768)
    assert polygon.minimum_rotated_rectangle.area == pytest.approx(polygon.area)


def test_the_image_tells_its_size_where_the_file_does_not(tmp_path: Path) -> None:
    bare = {key: value for key, value in POINT.items() if not key.startswith("original")}
    assert only(Points, read(tmp_path, [task(annotated(bare))], grid=BIG)).xy.tolist() == [[256, 256]]
    assert only(Points, read(tmp_path, [task(annotated(POINT))], grid=BIG)).xy.tolist() == [[10, 5]]


def test_open_polygons_are_lines(tmp_path: Path) -> None:
    value = {"points": [[0, 0], [50, 0], [50, 100]], "closed": False}
    shapes = only(Shapes, read(tmp_path, [task(annotated(result("polygon", value)))]))
    assert shapes.kinds.tolist() == [ShapeKind.LINE]


def test_answers_about_a_region_are_its_properties(tmp_path: Path) -> None:
    """As in the converter's own test file: they share the region's id, and repeat where it is."""
    points = {"points": [[0, 0], [50, 0], [50, 100]]}
    results = [
        result("polygon", points, id="A", score=0.5),
        result("labels", {**points, "labels": ["cell"]}, id="A"),
        result("choices", {**points, "choices": ["uncertain", "old"]}, id="A", from_name="doubt"),
        result("number", {**points, "number": 2}, id="A", from_name="nuclei"),
        result("textarea", {**points, "text": ["ask jo@example.org"]}, id="A", from_name="note"),
        result("rating", {**points, "rating": 4}, id="A", from_name=None),
    ]
    annotation = read(tmp_path, [task(annotated(*results))])
    assert len(annotation.layers) == 1 and not annotation.findings
    objects = only(Shapes, annotation).objects
    assert (objects.source_id, objects.name) == (["A"], ["cell"])
    assert objects.confidence is not None and objects.confidence.tolist() == [0.5]
    assert objects.properties == {"annotation": [1552], "doubt": ["uncertain, old"], "nuclei": [2], "rating": [4]}


@pytest.mark.parametrize(
    ("completed_by", "annotator"),
    [
        (3, "3"),
        ("jo", "jo"),
        ("jo@example.org", None),
        ({"id": 4, "email": "jo@example.org", "first_name": "Jo"}, "4"),
        ({"email": "jo@example.org"}, None),
        (None, None),
    ],
)
def test_who_annotated(tmp_path: Path, completed_by: Any, annotator: str | None) -> None:
    objects = only(Points, read(tmp_path, [task(annotated(POINT, completed_by=completed_by))])).objects
    assert objects.annotator == (None if annotator is None else [annotator])
    assert "example.org" not in repr(objects)


@pytest.mark.parametrize(
    ("created", "kept"),
    [("2024-05-07T16:22:41.340242Z", True), ("2024-05-07 16:22:41+02:00", True), (1619440000, False), ("now", False)],
)
def test_when(tmp_path: Path, created: Any, kept: bool) -> None:
    objects = only(Points, read(tmp_path, [task(annotated(POINT, created_at=created))])).objects
    assert objects.created == ([created] if kept else None)


def test_several_annotators(tmp_path: Path) -> None:
    annotations = [annotated(POINT), annotated(POINT, id=1553, completed_by=4)]
    old = {**task(image="a.png"), "completions": annotations}
    for content in ([task(*annotations)], [old]):
        objects = only(Points, read(tmp_path, content)).objects
        assert objects.annotator == ["3", "4"]
        assert objects.properties["annotation"] == [1552, 1553]


def test_what_is_no_annotation_is_left_out(tmp_path: Path) -> None:
    cancelled = annotated(BOX, id=2, was_cancelled=True)
    annotation = read(tmp_path, [task(annotated(POINT), cancelled, predictions=[{"result": [BOX]}], drafts=[{}])])
    assert [type(layer) for layer in annotation.layers] == [Points]
    assert messages(annotation) == [
        "1 task with predictions, which are no annotations: 109",
        "1 task with drafts, which are no annotations: 109",
        "1 annotation that was cancelled: number 2 of task 109",
    ]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("/data/upload/7/e97d4735-a%20b.png", "a b.png"),
        ("/data/upload/e97d4735-a.png", "a.png"),
        ("/data/upload/7/plain-a.png", "data/upload/7/plain-a.png"),
        ("/data/local-files/?d=plates/p1/a%20b.png", "plates/p1/a b.png"),
        ("s3://bucket/plate/a.png", "plate/a.png"),
        ("https://host.org/x/a.png?token=1", "x/a.png"),
        ("https://host.org/data/upload/7/e97d4735-a.png", "a.png"),
        ("plates\\p1\\a #1.png", "plates/p1/a #1.png"),
        ("e97d4735-a.png", "e97d4735-a.png"),
        ("data:image/png;base64,AAAA", "task 109"),
        ("http://host.org/", "http://host.org/"),
        ("http://[x/a.png", "http://[x/a.png"),
    ],
)
def test_names_of_images(tmp_path: Path, said: str, name: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(annotated(POINT), image=said)]))
    (image,) = LabelStudio().open(path, Options()).images
    assert (image.name, image.width, image.height) == (name, 20, 10)


def test_images_of_the_same_name_keep_their_addresses(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    addresses = ["/data/upload/7/e97d4735-a.png", "/data/upload/7/00000000-a.png", "/data/upload/7/e97d4735-b.png"]
    path.write_text(json.dumps([task(annotated(POINT), image=address) for address in addresses]))
    assert [one.name for one in LabelStudio().open(path, Options()).images] == [*addresses[:2], "b.png"]


def test_tasks_of_the_same_image(tmp_path: Path) -> None:
    content = [task(annotated(POINT), image="a.png"), task(annotated(BOX), image="a.png", id=2)]
    assert len(read(tmp_path, content).layers) == 2


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"text": "A cell.", "pic": "a.tif", "n": 3}, ["a.tif"]),
        ({"text": "A cell.", "image": "http://x/1234"}, ["1234"]),
        ({"any": "/image2"}, ["/image2"]),
        ({"before": "a.png", "after": "b.png"}, ["a.png", "b.png"]),
    ],
)
def test_which_of_a_tasks_data_is_its_image(tmp_path: Path, data: Any, names: list[str]) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{**task(), "data": data}]))
    assert [one.name for one in LabelStudio().open(path, Options()).images] == names


def test_tasks_of_several_images(tmp_path: Path) -> None:
    results = [{**POINT, "to_name": "after"}, {**BOX, "to_name": "before"}, {**POINT, "to_name": "x", "id": "x"}]
    content = [{**task(annotated(*results)), "data": {"before": "a.png", "after": "b.png"}}]
    before, after = (read(tmp_path, content, index) for index in range(2))
    assert [type(layer) for layer in before.layers] == [Shapes]
    assert [type(layer) for layer in after.layers] == [Points]
    assert messages(after) == ["1 result whose to_name is none of the images of its task: number 3 of task 109"]


def brush(**value: Any) -> dict[str, Any]:
    return result("brushlabels", {"format": "rle", **value}, id="bad")


@pytest.mark.parametrize(
    ("bad", "code", "reason"),
    [
        (result("rectangle", {"x": 1, "y": 2, "width": 3}), "MIFA361", "whose coordinates are not"),
        (result("rectangle", {"x": 1, "y": 2, "width": -3, "height": 1}), "MIFA359", "whose sides are negative"),
        (
            result("rectangle", {"x": 1, "y": 2, "width": 3, "height": 1, "rotation": None}),
            "MIFA361",
            "whose coordinates are not numbers",
        ),
        (result("polygon", {"points": [[1, 2], [3, 4]]}), "MIFA359", "of fewer than 3 vertices"),
        (result("polygon", {}), "MIFA361", "whose coordinates are not"),
        (
            result("ellipse", {"x": 1, "y": 2, "radiusX": float("nan"), "radiusY": 2}),
            "MIFA361",
            "whose coordinates are not numbers",
        ),
        (result("keypoint", {"x": 1}), "MIFA361", "whose coordinates are not"),
        (brush(), "MIFA359", "whose painting has no run lengths"),
        (brush(rle=[1, 2, 3]), "MIFA359", "whose painting is not stored as Label Studio does"),
        (brush(rle=[1, 300]), "MIFA359", "that cannot be read (Expected `int` <="),
        (brush(rle=list(packed(rgba(ALPHA.T, (1, 2, 3)).repeat(2)))), "MIFA359", "whose painting is not of 20 x 10"),
        (brush(rle=list(packed(rgba(ALPHA, (1, 2, 3))))[:-9]), "MIFA359", "whose painting is stored incompletely"),
        ({**BRUSH, "original_width": 10, "original_height": 20}, "MIFA359", "whose painting is not of 20 x 10"),
        (result("textarea", {"text": ["x"]}), "MIFA359", "about the whole image, of type 'textarea'"),
        (result("relation", {}), "MIFA359", "about the whole image, of type 'relation'"),
        (result("choices", {"choices": []}), "MIFA359", "about the whole image, of type 'choices'"),
        (result("number", {"number": None}), "MIFA359", "about the whole image, of type 'number'"),
        (result("bitmasklabels", {"imageDataURL": "x"}), "MIFA359", "about the whole image, of type 'bitmask"),
        ({**BOX, "image_rotation": 90}, "MIFA359", "of an image that was turned, or is one of several pages"),
        ({**BOX, "item_index": 2}, "MIFA359", "of an image that was turned, or is one of several pages"),
        ({"value": {}}, "MIFA359", "that cannot be read (Object missing required field `type`"),
        (3, "MIFA359", "that cannot be read (Expected `object`, got `int`"),
    ],
)
def test_a_result_that_is_left_out(tmp_path: Path, bad: Any, code: str, reason: str) -> None:
    annotation = read(tmp_path, [task(annotated(bad, POINT))])
    assert [finding.code for finding in annotation.findings] == [code]
    assert messages(annotation)[0].startswith(f"1 result {reason}")
    assert messages(annotation)[0].endswith("of task 109")
    assert [type(layer) for layer in annotation.layers] == [Points]


def test_tasks_that_are_left_out(tmp_path: Path) -> None:
    content = [3, {"data": {}}, {"data": {"n": 3}}, task(annotated(POINT)), task({"id": 1})]
    annotation = read(tmp_path, content)
    assert len(only(Points, annotation)) == 1
    assert messages(annotation) == [
        "1 task that cannot be read (Expected `object`, got `int`): number 1",
        "2 tasks whose data name no image: number 2 and number 3",
        "1 annotation that cannot be read (Object missing required field `result`): number 1 of task 109",
    ]


JSON_MIN = [{"image": "/data/upload/1/a.png", "id": 1, "label": [{"x": 1}], "annotator": 1}]


@pytest.mark.parametrize("content", [{}, [3], JSON_MIN, [{"annotations": []}], "x"])
def test_no_export(tmp_path: Path, content: Any) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(tmp_path, content)


def test_too_many_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.sources.limits.MAX_OBJECTS", 7)
    with pytest.raises(MifaError, match="MIFA226: holds 8 objects"):
        read(tmp_path, EXAMPLE)


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ('[{"id": 1, "annotations": [{"id": 2, "completed_by": 1, "result": [{"value": {"rle": [1, 2', True),
        ('[{"id": 1, "data": {"image": "a.png"}, "completions": [{', True),
        (json.dumps(JSON_MIN), False),
        ('[{"id": 1, "annotations": [{"bbox": [1, 2', False),
        ('{"annotations": [{"result": [', False),
    ],
)
def test_how_files_are_recognised(head: str, yes: bool) -> None:
    assert LabelStudio().recognises(Path("a.json"), head.encode()) == yes
