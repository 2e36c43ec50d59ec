"""CVAT XML: images and videos by hand, and damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mifakit.annotations.base import AnnotationFile, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats.cvat import Cvat
from mifakit.annotations.model import Classes, Layer, Masks, Points, ShapeKind, Shapes
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"y": 480, "x": 640})
META = """<version>1.1</version><meta><task><id>7</id><name>cells</name><mode>annotation</mode>
    <created>2024-01-01 08:00:00+00:00</created><updated>2024-03-05 09:10:11.120000+00:00</updated>
    <owner><username>boss</username><email>boss@example.org</email></owner>
    <assignee><username>ada</username><email>ada@example.org</email></assignee>
    <labels><label><name>cell</name><color>#ff0000</color></label></labels></task>
    <dumped>2024-04-01 00:00:00+00:00</dumped></meta>"""
SHAPES = """
    <box label="cell" source="manual" occluded="1" xtl="1.50" ytl="2.00" xbr="4.50" ybr="8.00" z_order="0">
        <attribute name="stage">late</attribute><attribute name="source">drawn</attribute></box>
    <box label="cell" occluded="0" xtl="10" ytl="10" xbr="14" ybr="12" rotation="90.00" group_id="3"/>
    <polygon label="debris" occluded="0" points="0.00,0.00;10.00,0.00;10.00,5.00" z_order="1"/>
    <polyline label="fibre" occluded="0" points="1,1;2,3;5,8"/>
    <ellipse label="cell" occluded="0" cx="20" cy="30" rx="6" ry="3" rotation="30"/>
    <points label="nucleus" occluded="0" points="5.5,6.5"/>
    <points label="spot" occluded="0" points="1,2;3,4"/>
    <mask label="blob" occluded="0" rle="1, 3, 1, 1" left="10" top="20" width="3" height="2" z_order="0"/>
    <skeleton label="worm" source="auto" z_order="0">
        <points label="head" occluded="0" outside="0" points="7,8"/>
        <points label="tail" occluded="1" outside="0" points="9,10"><attribute name="sure">no</attribute></points>
        <points label="middle" occluded="0" outside="1" points="0,0"/>
        <attribute name="age">2</attribute></skeleton>
    <tag label="out of focus" source="manual"/>"""
IMAGE = f'<image id="0" name="plate 1/a.png" width="640" height="480">{SHAPES}</image>'
VIDEO = """<version>1.1</version><meta><task><id>8</id><mode>interpolation</mode>
    <original_size><width>640</width><height>480</height></original_size><source>movie.mp4</source></task></meta>
    <track id="0" label="cell" source="manual">
        <box frame="3" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4" z_order="0">
            <attribute name="stage">early</attribute></box>
        <box frame="4" keyframe="0" outside="0" occluded="1" xtl="2" ytl="2" xbr="4" ybr="4" z_order="0"/>
        <box frame="5" keyframe="1" outside="1" occluded="0" xtl="2" ytl="2" xbr="4" ybr="4" z_order="0"/></track>
    <track id="1" label="nucleus" source="auto"><points frame="3" keyframe="1" outside="0" points="5,6"/></track>
    <track id="2" label="worm"><skeleton frame="9" keyframe="1">
        <points label="head" outside="0" occluded="0" points="7,8"/></skeleton></track>"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*content: str) -> Path:
        path = tmp_path / "annotations.xml"
        path.write_text(f'<?xml version="1.0" encoding="utf-8"?><annotations>{"".join(content)}</annotations>')
        return path

    return file


def opened(path: Path) -> AnnotationFile:
    return Cvat().open(path, Options())


def layers_of(path: Path) -> dict[type[Layer], Layer]:
    annotation = opened(path).read(0, GRID)
    assert not annotation.findings
    return {type(layer): layer for layer in annotation.layers}


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return Cvat()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write(META, IMAGE, '<image id="1" name="b.png" width="640" height="480"/>')


class TestVideoContract(TestContract):
    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        extra = '<track id="3" label="a">{}</track>'
        polygon = (
            '<polygon frame="0" points="1,1;2,1;2,2"/><mask frame="1" rle="0,1" left="0" top="0" width="1" height="1"/>'
        )
        return write(VIDEO, extra.format(polygon), '<image name="a.png"><tag label="good"/></image>')


def test_images_are_those_of_the_file(write: Callable[..., Path]) -> None:
    path = write(META, IMAGE, '<image id="1" name="b.png"/>')
    assert opened(path).images == (NamedImage("plate 1/a.png", 640, 480), NamedImage("b.png"))
    assert opened(path).read(1, GRID).layers == ()
    assert isinstance(recognise(path), Cvat)


def test_shapes(write: Callable[..., Path]) -> None:
    shapes = layers_of(write(META, IMAGE))[Shapes]
    assert isinstance(shapes, Shapes)
    box, polygon, ellipse, line = ShapeKind.BOX, ShapeKind.POLYGON, ShapeKind.ELLIPSE, ShapeKind.LINE
    assert shapes.kinds.tolist() == [box, polygon, polygon, line, ellipse]
    assert shapes.objects.name == ["cell", "cell", "debris", "fibre", "cell"]
    assert shapes.bounds[0].tolist() == [1.5, 2, 4.5, 8]
    assert shapes.vertices[8:14].tolist() == [[0, 0], [10, 0], [10, 5], [1, 1], [2, 3], [5, 8]]
    assert shapes.objects.annotator == ["ada"] * 5
    assert shapes.objects.created == ["2024-03-05T09:10:11+00:00"] * 5
    properties = shapes.objects.properties
    assert properties["stage"] == ["late", None, None, None, None]
    assert (properties["source"][0], properties["source (attribute)"][0]) == ("manual", "drawn")
    assert properties["occluded"] == [1, 0, 0, 0, 0]
    assert properties["z_order"] == [0, None, 1, None, None]
    assert properties["group_id"][1] == 3
    assert (properties["ellipse_x"][4], properties["ellipse_angle"][4]) == (20, 30)


def test_a_box_turns_clockwise_about_its_middle(write: Callable[..., Path]) -> None:
    """Of 4 x 2 about (12, 11): turned by a right angle its left upper corner comes to lie at the right."""
    shapes = layers_of(write(META, IMAGE))[Shapes]
    assert isinstance(shapes, Shapes)
    np.testing.assert_allclose(shapes.vertices[4:8], [[13, 9], [13, 13], [11, 13], [11, 9]])
    assert shapes.objects.properties["rotation"][1] == 90


def test_points_and_skeletons(write: Callable[..., Path]) -> None:
    points = layers_of(write(META, IMAGE))[Points]
    assert isinstance(points, Points)
    assert points.xy.tolist() == [[5.5, 6.5], [1, 2], [3, 4], [7, 8], [9, 10]]
    assert points.objects.name == ["nucleus", "spot", "spot", "head", "tail"]
    assert points.objects.properties["object"] == [None, 7, 7, 9, 9]
    assert points.objects.properties["skeleton"] == [None, None, None, "worm", "worm"]
    assert points.objects.properties["sure"] == [None, None, None, None, "no"]
    assert points.objects.properties["age"] == [None, None, None, "2", "2"]


def test_a_mask_goes_row_by_row(write: Callable[..., Path]) -> None:
    """One outside, three inside (over the end of the row), one outside, one inside: .XX / X.X."""
    masks = layers_of(write(META, IMAGE))[Masks]
    assert isinstance(masks, Masks)
    runs = list(zip(masks.rows, masks.starts, masks.stops, strict=True))
    assert runs == [(20, 11, 13), (21, 10, 11), (21, 12, 13)]
    assert masks.objects.name == ["blob"]


def test_tags_are_classes_of_the_image(write: Callable[..., Path]) -> None:
    classes = layers_of(write(META, IMAGE))[Classes]
    assert isinstance(classes, Classes)
    assert classes.objects.name == ["out of focus"]


def test_tracks_of_a_video(write: Callable[..., Path]) -> None:
    path = write(VIDEO)
    assert opened(path).images == (NamedImage("movie.mp4", 640, 480),)
    layers = layers_of(path)
    shapes, points = layers[Shapes], layers[Points]
    assert isinstance(shapes, Shapes) and isinstance(points, Points)
    assert shapes.objects.t is not None and points.objects.t is not None
    assert shapes.objects.t.tolist() == [3, 4]  # in frame 5 it is outside
    assert shapes.bounds.tolist() == [[1, 2, 3, 4], [2, 2, 4, 4]]
    assert shapes.objects.properties["track"] == ["0", "0"]
    assert shapes.objects.properties["keyframe"] == [1, 0]
    assert shapes.objects.properties["stage"] == ["early", None]
    assert points.objects.t.tolist() == [3, 9]
    assert points.objects.name == ["nucleus", "head"]
    assert points.objects.properties["track"] == ["1", "2"]


def test_tasks_of_a_project(write: Callable[..., Path]) -> None:
    task = "<task><id>{0}</id><source>{0}.mp4</source><assignee><username>{1}</username></assignee></task>"
    meta = f"<meta><project><tasks>{task.format(1, 'ada')}{task.format(2, 'bob@example.org')}</tasks></project></meta>"
    box = '<box frame="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    file = opened(write(meta, *(f'<track id="{t}" label="a" task_id="{t}">{box}</track>' for t in (1, 2))))
    assert [image.name for image in file.images] == ["1.mp4", "2.mp4"]
    annotators = [layer.objects.annotator for one in (0, 1) for layer in file.read(one, GRID).layers]
    assert annotators == [["ada"], None]


def test_addresses_of_people_are_not_kept(write: Callable[..., Path]) -> None:
    meta = META.replace("<username>ada</username>", "<username>ada@example.org</username>")
    assert "example.org" not in repr(opened(write(meta, IMAGE)))


def test_a_video_without_tracks_is_an_image_without_objects(write: Callable[..., Path]) -> None:
    file = opened(write(VIDEO.partition("<track")[0]))
    assert file.images == (NamedImage("movie.mp4", 640, 480),)
    assert file.read(0, GRID).layers == ()


@pytest.mark.parametrize(
    ("broken", "code", "message"),
    [
        ('<cuboid xtl1="1"/>', "MIFA359", "2 elements of the kind 'cuboid': cuboid 1 and cuboid 2"),
        ('<box xtl="1" ytl="2" xbr="3"/>', "MIFA359", "2 elements without ybr: box 1 and box 2"),
        (
            '<box xtl="1" ytl="2" xbr="3" ybr="inf"/>',
            "MIFA361",
            "2 elements whose ybr is not a number: box 1 and box 2",
        ),
        ('<polygon points="1,1;2,2"/>', "MIFA359", "2 elements of fewer than 3 vertices: polygon 1 and polygon 2"),
        ('<points points="1"/>', "MIFA359", "2 elements whose coordinates do not come in pairs: points 1 and points 2"),
        ('<points points="1;nan"/>', "MIFA361", "2 elements whose coordinates are not numbers: points 1 and points 2"),
        (
            '<mask rle="0,9" left="0" top="0" width="2" height="2"/>',
            "MIFA359",
            "2 elements whose run lengths do not fill its frame: mask 1 and mask 2",
        ),
        (
            '<mask rle="0,a" left="0" top="0" width="2" height="2"/>',
            "MIFA361",
            "2 elements whose run lengths are not numbers: mask 1 and mask 2",
        ),
        (
            f'<mask rle="{10**30}" left="0" top="0" width="2" height="2"/>',
            "MIFA361",
            "2 elements whose run lengths are not numbers: mask 1 and mask 2",
        ),
        (
            '<mask rle="0,1" left="1e15" top="0" width="1" height="1"/>',
            "MIFA359",
            "2 elements whose left is not a whole number: mask 1 and mask 2",
        ),
        (
            '<skeleton label="w"><points points="1"/></skeleton>',
            "MIFA359",
            "2 elements whose coordinates do not come in pairs: points of skeleton 1 and points of skeleton 2",
        ),
    ],
)
def test_a_bad_element_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, message: str) -> None:
    path = write(META, f'<image id="0" name="a.png">{broken * 2}<tag label="good"/></image>')
    annotation = opened(path).read(0, GRID)
    (layer,) = annotation.layers
    assert isinstance(layer, Classes)
    (finding,) = annotation.findings
    assert (finding.code, finding.message, str(finding.place)) == (code, message, str(path))


def test_a_track_without_frames_is_left_out_and_named(write: Callable[..., Path]) -> None:
    path = write(VIDEO, '<track id="5" label="a"><box xtl="1" ytl="2" xbr="3" ybr="4"/></track>')
    (finding,) = opened(path).read(0, GRID).findings
    assert finding.message == "1 element without frame: track 5, box 5"


def test_two_images_of_one_name_are_not_mixed(write: Callable[..., Path]) -> None:
    path = write(META, IMAGE, IMAGE.replace(">late<", ">elsewhen<"), '<image name="b.png"/>')
    file = opened(path)
    assert [image.name for image in file.images] == ["plate 1/a.png", "b.png"]
    (finding,) = file.read(0, GRID).findings
    assert finding.message == "1 element of a name that another has: image plate 1/a.png"
    assert "elsewhen" not in repr(file)


def test_an_image_without_a_name_is_alone_or_refused(write: Callable[..., Path]) -> None:
    assert opened(write("<image><tag label='a'/></image>")).images == (NamedImage(),)
    with pytest.raises(MifaError, match="MIFA202"):
        opened(write("<image/>", IMAGE))


def test_another_xml_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(MifaError, match="MIFA204"):
        opened(write("<other/>"))


def test_numbers_without_end_are_no_trouble(write: Callable[..., Path]) -> None:
    image = f'<image name="a" width="{"9" * 5_000}"><tag label="a" group_id="{"9" * 5_000}"/></image>'
    assert opened(write(image)).images == (NamedImage("a"),)
