"""Pascal VOC files: by hand, against an independent list of the same boxes, and damaged."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats.pascal_voc import PascalVoc
from mifakit.annotations.model import ShapeKind, Shapes
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"y": 480, "x": 640})
HEAD = "<folder>a</folder><filename>cells/a.jpg</filename><size><width>640</width><height>480</height></size>"
BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>8</ymax></bndbox>"
CELL = f"""<object><name>cell</name><pose>Unspecified</pose><truncated>1</truncated><difficult>0</difficult>{BOX}
    <part><name>nucleus</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part>
    <attributes><attribute><name>stage</name><value>late</value></attribute></attributes></object>"""
OUTLINE = f"""<object><name>debris</name><confidence>0.5</confidence><polygon>
    <x1>1</x1><y1>1</y1><x2>11</x2><y2>1</y2><x3>11</x3><y3>6</y3></polygon>{BOX}</object>"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*objects: str, head: str = HEAD) -> Path:
        path = tmp_path / "a.xml"
        path.write_text(f"<annotation>{head}{''.join(objects)}</annotation>")
        return path

    return file


def read(path: Path, options: Options = Options()) -> Annotation:  # noqa: B008
    return PascalVoc().open(path, options).read(0, GRID)


def shapes_of(annotation: Annotation) -> Shapes:
    (shapes,) = annotation.layers
    assert isinstance(shapes, Shapes)
    return shapes


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return PascalVoc()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write(CELL, OUTLINE)


def test_a_box_includes_its_last_pixel(write: Callable[..., Path]) -> None:
    """Columns 1 to 4 and rows 2 to 8, counted from 1, are 4 x 7 pixels."""
    (box,) = shapes_of(read(write(f"<object><name>a</name>{BOX}</object>"))).bounds
    assert box.tolist() == [0, 1, 4, 8]


def test_the_sheet_may_say_that_pixels_count_from_0(write: Callable[..., Path]) -> None:
    path = write(f"<object><name>a</name>{BOX}</object>", OUTLINE)
    for first, box, polygon in [(None, [0, 1, 4, 8], [0, 0]), (1, [0, 1, 4, 8], [0, 0]), (0, [1, 2, 4, 8], [1, 1])]:
        shapes = shapes_of(read(path, Options(first_pixel=first)))
        assert shapes.bounds[0].tolist() == box
        assert shapes.vertices[4].tolist() == polygon


def test_what_is_said_of_objects_is_kept(write: Callable[..., Path]) -> None:
    file = PascalVoc().open(write(CELL, OUTLINE), Options())
    assert file.images == (NamedImage("cells/a.jpg", 640, 480),)
    shapes = shapes_of(file.read(0, GRID))
    assert shapes.kinds.tolist() == [ShapeKind.BOX, ShapeKind.BOX, ShapeKind.POLYGON]
    assert shapes.objects.name == ["cell", "nucleus", "debris"]
    assert shapes.objects.properties == {
        "truncated": [1, None, None],
        "difficult": [0, None, None],
        "stage": ["late", None, None],
        "object": [1, None, None],
        "part_of": [None, 1, None],
    }
    assert shapes.objects.confidence is not None
    np.testing.assert_equal(shapes.objects.confidence, [np.nan, np.nan, 0.5])
    assert shapes.bounds[1].tolist() == [1, 2, 3, 4]
    assert shapes.vertices[8:].tolist() == [[0, 0], [10, 0], [10, 5]]


def test_the_size_may_be_missing(write: Callable[..., Path]) -> None:
    for size in ("", "<size/>", "<size><width>0</width><height>0</height></size>"):
        path = write(CELL, head=f"<filename>a.jpg</filename>{size}")
        assert PascalVoc().open(path, Options()).images == (NamedImage("a.jpg"),)
    huge = f"<size><width>{'9' * 5_000}</width><height>1</height></size>"
    assert PascalVoc().open(write(CELL, head=huge), Options()).images == (NamedImage("", None, 1),)


def test_an_image_without_objects(write: Callable[..., Path]) -> None:
    assert read(write()) == Annotation(())
    assert recognise(write()) is not None


@pytest.mark.parametrize(
    ("broken", "code", "message"),
    [
        ("", "MIFA359", "2 objects with neither bndbox nor polygon: 2 and 3"),
        (BOX.replace("<xmax>4</xmax>", ""), "MIFA359", "2 objects without xmax: 2 and 3"),
        (BOX.replace(">4<", ">four<"), "MIFA361", "2 objects whose xmax is not a number: 2 and 3"),
        (BOX.replace(">4<", ">nan<"), "MIFA361", "2 objects whose xmax is not a number: 2 and 3"),
        (BOX.replace(">4<", ">inf<"), "MIFA361", "2 objects whose xmax is not a number: 2 and 3"),
        (BOX.replace(">4<", ">0<"), "MIFA359", "2 objects whose box ends before it begins: 2 and 3"),
        ("<polygon><x1>1</x1><y1>1</y1></polygon>", "MIFA359", "2 objects of fewer than 3 vertices: 2 and 3"),
        ("<polygon><x1>1</x1><y2>1</y2></polygon>", "MIFA361", "2 objects whose coordinates are not numbers: 2 and 3"),
        (f"<confidence>high</confidence>{BOX}", "MIFA361", "2 objects whose confidence is not a number: 2 and 3"),
    ],
)
def test_a_bad_object_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, message: str) -> None:
    path = write(CELL, *[f"<object><name>bad</name>{broken}</object>"] * 2)
    annotation = read(path)
    assert shapes_of(annotation).objects.name == ["cell", "nucleus"]
    (finding,) = annotation.findings
    assert (finding.code, finding.message, str(finding.place)) == (code, message, str(path))


def test_many_bad_objects_are_one_finding(write: Callable[..., Path]) -> None:
    (finding,) = read(write(CELL, *["<object/>"] * 500)).findings
    assert finding.message == "500 objects with neither bndbox nor polygon: 2, 3, 4 and 497 more"


def test_another_xml_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        read(write(head=""))


def test_labelme_xml_is_not_taken_for_it(write: Callable[..., Path]) -> None:
    outline = "<polygon><username/><pt><x>1</x><y>1</y></pt></polygon>"
    path = write(f"<object><name>a</name>{outline}</object>", head="<filename>a.jpg</filename>")
    assert not PascalVoc().recognises(path, path.read_bytes())


def test_the_paths_of_people_are_not_kept(real_data: Callable[[str], Path]) -> None:
    path = real_data("voc_bccd") / "BCCD" / "Annotations" / "BloodImage_00000.xml"
    assert "/home/pi" in path.read_text()
    file = PascalVoc().open(path, Options())
    assert "/home/pi" not in repr(file)


def test_blood_cells_by_hand(real_data: Callable[[str], Path]) -> None:
    file = PascalVoc().open(real_data("voc_bccd") / "BCCD" / "Annotations" / "BloodImage_00000.xml", Options())
    assert file.images == (NamedImage("BloodImage_00000.jpg", 640, 480),)
    shapes = shapes_of(file.read(0, GRID))
    assert len(shapes) == 20
    assert shapes.objects.name is not None
    assert shapes.objects.name[:3] == ["WBC", "RBC", "RBC"]
    assert shapes.bounds[:2].tolist() == [[259, 176, 491, 376], [77, 335, 184, 435]]


def test_blood_cells_against_the_list_beside_them(real_data: Callable[[str], Path]) -> None:
    """`test.csv` lists the same boxes, made by a script of the data set's own."""
    folder = real_data("voc_bccd")
    listed = defaultdict(list)
    with (folder / "test.csv").open() as stream:
        for row in csv.DictReader(stream):
            sides = (float(row[name]) for name in ("xmin", "ymin", "xmax", "ymax"))
            listed[row["filename"]].append((row["cell_type"], *sides))
    count = 0
    for path in sorted((folder / "BCCD" / "Annotations").glob("*.xml")):
        assert isinstance(recognise(path), PascalVoc)
        file = PascalVoc().open(path, Options())
        annotation = file.read(0, GRID)
        shapes = shapes_of(annotation)
        assert not annotation.findings
        assert shapes.objects.name is not None
        boxes = np.add(shapes.bounds, [1, 1, 0, 0]).tolist()
        found = [(name, *box) for name, box in zip(shapes.objects.name, boxes, strict=True)]
        assert sorted(found) == sorted(listed[file.images[0].name])
        assert shapes.bounds.min() >= 0 and (shapes.bounds[:, 2:] <= [640, 480]).all()
        count += len(shapes)
    assert count == 1059
