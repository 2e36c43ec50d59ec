"""YOLO: by hand, against the COCO file that a real set was made of, and damaged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.annotations.layers import read_with_findings

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats import yolo
from mifakit.annotations.formats.yolo import Yolo
from mifakit.annotations.model import ShapeKind, Shapes
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.sources import plain_text
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"y": 200, "x": 100})
BOX = "1 0.5 0.25 0.2 0.1"
PREDICTED = "0 0.5 0.25 0.2 0.1 0.875"
TRIANGLE = "2 0 0 1 0 1 0.5"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*lines: str) -> Path:
        path = tmp_path / "train" / "labels" / "a.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    return file


def read(path: Path, options: Options = Options()) -> Annotation:  # noqa: B008
    return read_with_findings(Yolo().open(path, options), 0, GRID)


def shapes_of(path: Path, options: Options = Options()) -> Shapes:  # noqa: B008
    annotation = read(path, options)
    assert not annotation.findings
    (shapes,) = annotation.layers
    assert isinstance(shapes, Shapes)
    return shapes


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return Yolo()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write(BOX, TRIANGLE)


def test_fractions_are_of_the_whole_image(write: Callable[..., Path]) -> None:
    """20 x 20 pixels about the middle (50, 50) of 100 x 200."""
    shapes = shapes_of(write(BOX, PREDICTED, TRIANGLE))
    assert shapes.kinds.tolist() == [ShapeKind.BOX, ShapeKind.BOX, ShapeKind.POLYGON]
    np.testing.assert_allclose(shapes.bounds[:2], [[40, 40, 60, 60]] * 2)
    assert shapes.vertices[8:].tolist() == [[0, 0], [100, 0], [100, 100]]
    assert shapes.objects.confidence is not None
    np.testing.assert_equal(shapes.objects.confidence, [np.nan, 0.875, np.nan])


def test_a_predicted_polygon_ends_with_its_confidence(write: Callable[..., Path]) -> None:
    shapes = shapes_of(write(f"{TRIANGLE} 0.5", f"{TRIANGLE} 0 0.5 0.25"))
    assert np.diff(shapes.rings).tolist() == [3, 4]
    assert shapes.objects.confidence is not None
    np.testing.assert_equal(shapes.objects.confidence, [0.5, 0.25])


def test_classes_come_from_the_sheet_or_from_the_nearest_list(write: Callable[..., Path]) -> None:
    path = write(BOX, PREDICTED, TRIANGLE)
    assert shapes_of(path).objects.name == ["1", "0", "2"]
    (path.parents[1] / "data.yaml").write_text("nc: 3\nnames: [cell, debris, fibre]\n")
    assert Yolo().open(path, Options()).companions == ("../data.yaml",)
    assert shapes_of(path).objects.name == ["debris", "cell", "fibre"]
    sheet = Options(classes={0: "a", 1: "b", 2: "c"})
    assert Yolo().open(path, sheet).companions == ()
    assert shapes_of(path, sheet).objects.name == ["b", "a", "c"]


def test_a_class_that_the_list_does_not_name_keeps_its_number(write: Callable[..., Path]) -> None:
    path = write(BOX, TRIANGLE, TRIANGLE)
    (path.parent / "classes.txt").write_text("cell\ndebris\n")
    annotation = read(path)
    (shapes,) = annotation.layers
    assert isinstance(shapes, Shapes)
    assert shapes.objects.name == ["debris", "2", "2"]
    (finding,) = annotation.findings
    assert finding.message == "2 lines of a class that classes.txt does not name: 2 and 3"


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        (BOX, True),
        (f"\n{BOX}\n\n{TRIANGLE}\n", True),
        (f"{BOX}\r\n{BOX}\r\n", True),
        ("0 0.5 0.5 1e-3 0.1", True),
        ("", False),
        ("\n\n", False),
        ("1 0 3 0\n", False),  # the table of the Cell Tracking Challenge
        ("1 0.5 0.25 0.2\n", False),
        ("1 0.5 0.25 0.2 1.5\n", False),
        ("cell 0.5 0.25 0.2 0.1\n", False),
        (f"{BOX}\nnotes of 2024\n", False),
        ("1.5 0.5 0.25 0.2 0.1\n", False),
        ("1 nan 0.25 0.2 0.1\n", False),
        ("1 0.5 0.25 0.2 0.1 µ\n", False),
    ],
)
def test_recognition(write: Callable[..., Path], text: str, recognised: bool) -> None:
    path = write()
    path.write_text(text)
    assert Yolo().recognises(path, path.read_bytes()) is recognised
    assert isinstance(recognise(path), Yolo) is recognised


def test_a_head_that_is_cut_off_in_a_number_is_recognised(write: Callable[..., Path]) -> None:
    """The first 64 kB may end in `1e`, which is no number."""
    for lines in (["0 0.5 0.5 1e-3 0.25"] * 4_000, ["0" + " 1e-3 0.25" * 10_000]):
        for blanks in range(20):
            path = write("\n" * blanks, *lines)
            assert isinstance(recognise(path), Yolo)


def test_an_empty_file_is_an_image_without_objects(write: Callable[..., Path]) -> None:
    assert Yolo().open(write(), Options()).images == (NamedImage(),)
    assert read(write()) == Annotation(())
    assert read(write("", " ")) == Annotation(())


@pytest.mark.parametrize(
    ("broken", "code", "reason"),
    [
        ("1 0.5 0.25 0.2", "MIFA359", "of fewer than 5 numbers"),
        ("1 0.5 0.25 nan 0.1", "MIFA361", "whose coordinates are not numbers"),
        ("1 0.5 0.25 0.2 x", "MIFA361", "whose coordinates are not numbers"),
        ("1 0.5 0.25 0.2 0.1 x", "MIFA361", "whose confidence is not a number"),
        ("cell 0.5 0.25 0.2 0.1", "MIFA361", "whose class is not a number"),
        ("0.5 0.5 0.25 0.2 0.1", "MIFA359", "whose class is not a whole number"),
        ("-1 0.5 0.25 0.2 0.1", "MIFA359", "of a negative class"),
        ("1 0.5 0.25 -0.2 0.1", "MIFA359", "whose box ends before it begins"),
        ("1 320 240 32 24", "MIFA359", "whose numbers are no fractions of an image"),
        ("1 0.5 0.25 0.2 0.1 0.9 17", "MIFA359", "whose numbers are no fractions of an image"),  # the id of a track
        ("1 0 0 1 1 0 0", "MIFA359", "of fewer than 3 vertices"),
    ],
)
def test_a_bad_line_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, reason: str) -> None:
    path = write(BOX, broken, broken)
    annotation = read(path)
    assert len(annotation.layers) == 1
    (finding,) = annotation.findings
    assert (finding.code, finding.message, str(finding.place)) == (code, f"2 lines {reason}: 2 and 3", str(path))
    with pytest.raises(MifaError, match="MIFA204: is not YOLO"):
        read(write(broken))


def test_other_files_are_refused(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write()
    path.write_bytes(b"\xff\xff")
    with pytest.raises(MifaError, match="MIFA202: is not UTF-8 text"):
        read(path)
    with pytest.raises(MifaError, match="MIFA202: is not a file"):
        read(path.parent)
    path = write(BOX, BOX)
    monkeypatch.setattr(yolo, "MAX_OBJECTS", 1)
    with pytest.raises(MifaError, match="MIFA226: has more than 1 lines"):
        read(path)
    monkeypatch.setattr(plain_text, "MAX_ANNOTATION_BYTES", 10)
    with pytest.raises(MifaError, match="MIFA226: is larger than 10 bytes"):
        read(path)


def test_text_of_windows_is_read(write: Callable[..., Path]) -> None:
    path = write()
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_bytes(f"{BOX}\r\n{TRIANGLE}\r\n".encode(encoding))
        assert len(shapes_of(path)) == 2


def test_embryos_against_their_coco_file(real_data: Callable[[str], Path]) -> None:
    """The set was made of the COCO file through masks, so outlines agree to a pixel or two."""
    folder = real_data("coco_embryo")
    coco = json.loads((folder / "test" / "_annotations.coco.json").read_text())
    named = {one["id"]: one["name"] for one in coco["categories"]}
    images = {one["id"]: one for one in coco["images"]}
    expected = defaultdict(list)
    for one in coco["annotations"]:
        expected[images[one["image_id"]]["file_name"]].append(one)
    count = 0
    for image in images.values():
        path = folder / "yolo_seg_from_coco" / f"{image['file_name'].removesuffix('.jpg')}.txt"
        assert isinstance(recognise(path), Yolo)
        grid = Grid({"y": image["height"], "x": image["width"]})
        annotation = Yolo().open(path, Options(classes=named)).read(0, grid)
        (shapes,) = annotation.layers
        assert isinstance(shapes, Shapes)
        assert not annotation.findings
        wanted = expected[image["file_name"]]
        assert shapes.objects.name == [named[one["category_id"]] for one in wanted]
        boxes = np.array([one["bbox"] for one in wanted])
        boxes[:, 2:] += boxes[:, :2]
        assert np.abs(shapes.bounds - boxes).max() < 2.5
        count += len(shapes)
    assert count == 180
