"""OME-XML ROIs: by hand, against ome-types, and damaged."""

from __future__ import annotations

import base64
import bz2
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats.ome_rois import OmeRois
from mifakit.annotations.model import Layer, Masks, Points, ShapeKind, Shapes
from mifakit.annotations.reading import bit_masks
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"t": 3, "z": 46, "y": 240, "x": 305})
SHAPES = """
    <Rectangle ID="Shape:1" X="1" Y="2" Width="3" Height="4" TheT="0" TheZ="2" Text="Hi" StrokeColor="-65281"/>
    <Ellipse ID="Shape:2" X="20" Y="30" RadiusX="6" RadiusY="3" TheC="1"/>
    <Polygon ID="Shape:3" Points="0,0 10,0 10,5"/>
    <Polyline ID="Shape:4" Points="1,1 2,3 5,8" MarkerEnd="Arrow"/>
    <Line ID="Shape:5" X1="1" Y1="2" X2="3" Y2="4"/>
    <Point ID="Shape:6" X="1.5" Y="2.5"/>
    <Label ID="Shape:7" X="7" Y="8" Text="here"/>"""
MASK = '<Mask ID="Shape:8" X="10" Y="20" Width="{width}" Height="{height}"><BinData {how}>{data}</BinData></Mask>'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*shapes: str, before: str = "", roi: str = "", schema: str = "OME/2016-06") -> Path:
        path = tmp_path / "a.ome.xml"
        union = f'<ROI ID="ROI:1" Name="cell 1">{roi}<Union>{"".join(shapes)}</Union></ROI>'
        path.write_text(f'<OME xmlns="http://www.openmicroscopy.org/Schemas/{schema}">{before}{union}</OME>')
        return path

    return file


def read(path: Path, options: Options = Options()) -> Annotation:  # noqa: B008
    return OmeRois().open(path, options).read(0, GRID)


def layer_of(path: Path, kind: type[Layer], options: Options = Options()) -> Layer:  # noqa: B008
    annotation = read(path, options)
    assert not annotation.findings
    return next(layer for layer in annotation.layers if isinstance(layer, kind))


def shapes_of(path: Path) -> Shapes:
    shapes = layer_of(path, Shapes)
    assert isinstance(shapes, Shapes)
    return shapes


def pixels_of(path: Path) -> npt.NDArray[np.bool_]:
    masks = layer_of(path, Masks)
    assert isinstance(masks, Masks)
    image = np.zeros((240, 305), bool)
    for row, start, stop in zip(masks.rows, masks.starts, masks.stops, strict=True):
        image[row, start:stop] = True
    return image


def mask(data: bytes, width: int, height: int, how: str = 'BigEndian="true"') -> str:
    return MASK.format(width=width, height=height, how=how, data=base64.b64encode(data).decode())


def transformed(shape: str, *matrix: float) -> str:
    names = ("A00", "A01", "A02", "A10", "A11", "A12")
    numbers = " ".join(f'{name}="{value}"' for name, value in zip(names, matrix, strict=True))
    tag = shape.split()[0].removeprefix("<")
    return shape.replace("/>", f"><Transform {numbers}/></{tag}>")


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return OmeRois()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write(SHAPES, mask(b"\xa8", 3, 2))

    @pytest.fixture
    def grid(self) -> Grid:
        return GRID


def test_shapes(write: Callable[..., Path]) -> None:
    shapes = shapes_of(write(SHAPES))
    box, ellipse, polygon, line = ShapeKind.BOX, ShapeKind.ELLIPSE, ShapeKind.POLYGON, ShapeKind.LINE
    assert shapes.kinds.tolist() == [box, ellipse, polygon, line, line]
    assert shapes.bounds[0].tolist() == [1, 2, 4, 6]
    assert shapes.vertices[76:].tolist() == [[0, 0], [10, 0], [10, 5], [1, 1], [2, 3], [5, 8], [1, 2], [3, 4]]
    objects = shapes.objects
    assert objects.source_id == [f"Shape:{number}" for number in range(1, 6)]
    assert objects.t is not None and objects.z is not None and objects.c is not None
    np.testing.assert_equal(objects.t, [0, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_equal(objects.z, [2, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_equal(objects.c, [np.nan, 1, np.nan, np.nan, np.nan])
    assert objects.name is None
    assert objects.properties["roi"] == ["ROI:1"] * 5
    assert objects.properties["roi_name"] == ["cell 1"] * 5
    assert objects.properties["Text"][0] == "Hi"
    assert objects.properties["StrokeColor"][0] == "FFFF00FF"
    assert objects.properties["MarkerEnd"][3] == "Arrow"
    assert [objects.properties[f"ellipse_{part}"][1] for part in ("x", "y", "rx", "ry", "angle")] == [20, 30, 6, 3, 0]


def test_points_and_labels(write: Callable[..., Path]) -> None:
    points = layer_of(write(SHAPES), Points)
    assert isinstance(points, Points)
    assert points.xy.tolist() == [[1.5, 2.5], [7, 8]]
    assert points.objects.properties["shape"] == [None, "Label"]
    assert points.objects.properties["Text"] == [None, "here"]


def test_transforms(write: Callable[..., Path]) -> None:
    """Of the rectangle from (1, 2) to (4, 6)."""
    rectangle = SHAPES.splitlines()[1]
    assert shapes_of(write(transformed(rectangle, 1, 0, 10, 0, 1, 20))).bounds[0].tolist() == [11, 22, 14, 26]
    assert shapes_of(write(transformed(rectangle, 2, 0, 0, 0, 1, 0))).bounds[0].tolist() == [2, 2, 8, 6]
    turned = shapes_of(write(transformed(rectangle, 0, -1, 10, 1, 0, 0)))
    assert turned.kinds.tolist() == [ShapeKind.BOX]
    assert turned.bounds[0].tolist() == [4, 1, 8, 4]
    sheared = shapes_of(write(transformed(rectangle, 1, 1, 0, 0, 1, 0)))
    assert sheared.kinds.tolist() == [ShapeKind.POLYGON]
    assert sheared.vertices.tolist() == [[3, 2], [6, 2], [10, 6], [7, 6]]


@pytest.mark.parametrize(
    "matrix", [(0, -1, 10, 1, 0, 0), (2, 0, 0, 0, 1, 5), (1, 0.5, 0, 0.25, 3, 0), (-1, 0, 50, 0, 1, 0)]
)
def test_a_transformed_ellipse_is_one(write: Callable[..., Path], matrix: tuple[float, ...]) -> None:
    """Each vertex of it, moved back, lies as far out on the ellipse as those of the plain one."""
    shapes = shapes_of(write(transformed(SHAPES.splitlines()[2], *matrix)))
    assert shapes.kinds.tolist() == [ShapeKind.ELLIPSE]
    a, b, tx, c, d, ty = matrix
    back = (shapes.vertices - [tx, ty]) @ np.linalg.inv(np.array([[a, b], [c, d]])).T
    reach = np.hypot((back[:, 0] - 20) / 6, (back[:, 1] - 30) / 3)
    assert reach.std() < 1e-9
    assert 1 < reach.mean() < 1.001


@pytest.mark.parametrize("compression", ["", "none", "zlib", "bzip2"])
def test_masks_are_bits_row_by_row(write: Callable[..., Path], compression: str) -> None:
    inside = np.array([[1, 0, 1], [0, 1, 1]], bool)
    packed = np.packbits(inside).tobytes()
    data = {"zlib": zlib.compress, "bzip2": bz2.compress}.get(compression, bytes)(packed)
    found = pixels_of(write(mask(data, 3, 2, f'Compression="{compression}"' if compression else "")))
    np.testing.assert_array_equal(found[20:22, 10:13], inside)
    assert found.sum() == 4


def test_masks_of_padded_rows_and_of_bytes(write: Callable[..., Path]) -> None:
    inside = np.random.default_rng(0).random((5, 11)) < 0.5
    for data in (np.packbits(inside, axis=1).tobytes(), (inside * np.uint8(233)).tobytes()):
        np.testing.assert_array_equal(pixels_of(write(mask(data, 11, 5)))[20:25, 10:21], inside)


def test_tags_are_classes(write: Callable[..., Path]) -> None:
    before = """<StructuredAnnotations><TagAnnotation ID="Annotation:1"><Value>mitosis</Value></TagAnnotation>
        <LongAnnotation ID="Annotation:2"><Value>7</Value></LongAnnotation>
        <TagAnnotation ID="Annotation:3"><Value>sure</Value></TagAnnotation>
        <CommentAnnotation ID="Annotation:4"><Value>ask ada@example.org</Value></CommentAnnotation>
        <MapAnnotation ID="Annotation:5"><Value><M K="stage">late</M><M K="rank">2</M></Value></MapAnnotation>
        </StructuredAnnotations>"""
    refs = "".join(f'<AnnotationRef ID="Annotation:{number}"/>' for number in (2, 3, 4, 5, 99))
    tagged = '<Point ID="Shape:1" X="1" Y="2" Text="spot"><AnnotationRef ID="Annotation:1"/></Point>'
    path = write(tagged, '<Point ID="Shape:2" X="1" Y="2" Text="blob"/>', before=before, roi=refs)
    points = layer_of(path, Points)
    assert isinstance(points, Points)
    assert points.objects.name == ["mitosis", "sure"]
    properties = points.objects.properties
    assert (properties["long"], properties["stage"], properties["rank"]) == (["7"] * 2, ["late"] * 2, ["2"] * 2)
    assert "example.org" not in repr(points)
    named = layer_of(path, Points, Options(columns={"class": "Text"}))
    assert isinstance(named, Points)
    assert named.objects.name == ["spot", "blob"]


def test_one_image_is_told_by_the_pattern(write: Callable[..., Path]) -> None:
    image = '<Image ID="Image:0" Name="Series 1"><Pixels SizeX="6" SizeY="4"/></Image>'
    assert OmeRois().open(write(SHAPES, before=image), Options()).images == (NamedImage("", 6, 4),)
    assert OmeRois().open(write(SHAPES), Options()).images == (NamedImage(),)


def test_several_images_refer_to_theirs(write: Callable[..., Path]) -> None:
    image = '<Image ID="Image:{0}" Name="{1}"><Pixels SizeX="6" SizeY="4"/>{2}</Image>'
    reference = '<ROIRef ID="ROI:1"/>'
    cases = [("a", "b", "c"), ("a", "a", "c"), ("", "b", "c")]
    names = [["a", "b"], ["a (Image:0)", "a (Image:1)"], ["Image:0", "b"]]
    for called, expected in zip(cases, names, strict=True):
        images = "".join(
            image.format(number, name, ref)
            for number, (name, ref) in enumerate(zip(called, (reference, reference, ""), strict=True))
        )
        file = OmeRois().open(write(SHAPES, before=images), Options())
        assert [one.name for one in file.images] == expected
        assert [len(file.read(place, GRID).layers) for place in (0, 1)] == [2, 2]
    lonely = "".join(image.format(number, number, "") for number in (0, 1))
    with pytest.raises(MifaError, match="MIFA202: does not say which of its 2 images"):
        read(write(SHAPES, before=lonely))


def test_shapes_of_the_schemas_until_2012(write: Callable[..., Path]) -> None:
    old = """<Shape ID="Shape:1" TheZ="3" Text="a"><Rectangle X="1" Y="2" Width="3" Height="4"/></Shape>
        <Shape ID="Shape:2"><Polyline Points="0,0 10,0 10,5" Closed="true"/></Shape>"""
    shapes = shapes_of(write(old, schema="OME/2012-06"))
    assert shapes.kinds.tolist() == [ShapeKind.BOX, ShapeKind.POLYGON]
    assert shapes.objects.source_id == ["Shape:1", "Shape:2"]
    assert shapes.objects.z is not None and shapes.objects.z[0] == 3
    (finding,) = read(write(f'<Shape ID="Shape:1" Transform="matrix(1 0 0 1 5 5)">{SHAPES}</Shape>')).findings
    assert finding.message == "1 shape with a transform of an older schema: Shape:1"


@pytest.mark.parametrize(
    ("broken", "code", "reason"),
    [
        ('<Rectangle ID="S:9" X="1" Y="2" Width="3"/>', "MIFA359", "without Height"),
        ('<Rectangle ID="S:9" X="1" Y="2" Width="3" Height="nan"/>', "MIFA361", "whose Height is not a number"),
        ('<Polygon ID="S:9" Points="0,0 1,1"/>', "MIFA359", "of fewer than 3 vertices"),
        ('<Polygon ID="S:9" Points="0,0 1,1 1,x"/>', "MIFA361", "whose coordinates are not numbers"),
        ('<Path ID="S:9" D="M 0 0"/>', "MIFA359", "of the kind 'Path'"),
        ('<Mask ID="S:9" X="1" Y="1" Width="2" Height="2"/>', "MIFA359", "whose mask lies elsewhere"),
        ('<Mask ID="S:9" X="1.5" Y="1" Width="2" Height="2"/>', "MIFA359", "that are masks between pixels"),
        (mask(b"\0", 0, 2), "MIFA359", "whose frame has no area"),
        (mask(b"\0\0\0", 2, 2), "MIFA359", "whose mask is larger or smaller than its frame"),
        (mask(b"", 2, 2), "MIFA359", "whose mask is larger or smaller than its frame"),
        (mask(b"\0", 10**6, 10**6), "MIFA359", "whose frame has more than 268,435,456 pixels"),
        (mask(b"\0\0\0", 2, 2, 'Compression="zlib"'), "MIFA359", "whose mask is damaged"),
        (mask(b"\0", 2, 2, 'Compression="bzip2"'), "MIFA359", "whose mask is damaged"),
        (mask(b"\0", 2, 2, 'Compression="lzma"'), "MIFA359", "whose mask is compressed as 'lzma'"),
        (MASK.format(width=2, height=2, how="", data="?!"), "MIFA359", "whose mask is not base64"),
        (transformed(SHAPES.splitlines()[7], 1, 0, 0, 0, 1, float("inf")), "MIFA361", "whose A12 is not a number"),
        (
            mask(b"\0", 2, 2).replace("<Bin", '<Transform A00="2" A01="0" A02="0" A10="0" A11="1" A12="0"/><Bin'),
            "MIFA359",
            "that are masks, turned or scaled",
        ),
    ],
)
def test_a_bad_shape_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, reason: str) -> None:
    path = write(broken, SHAPES)
    annotation = read(path)
    assert sum(isinstance(layer, Shapes) for layer in annotation.layers) == 1
    (finding,) = annotation.findings
    assert finding.code == code
    assert finding.message.startswith(f"1 shape {reason}: S")
    assert str(finding.place) == str(path)


def test_a_mask_that_unpacks_to_too_much(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = mask(zlib.compress(bytes(10_000_000)), 2, 2, 'Compression="zlib"')
    (finding,) = read(write(bomb)).findings
    assert "whose mask is larger or smaller than its frame" in finding.message
    monkeypatch.setattr(bit_masks, "MAX_ARCHIVE_BYTES", 3)
    read(write(mask(b"\0", 2, 2) * 3))
    with pytest.raises(MifaError, match="MIFA226: unpacks to more than 3 bytes"):
        read(write(mask(b"\0", 2, 2) * 4))


def test_ome_xml_without_rois_is_refused(write: Callable[..., Path]) -> None:
    path = write()
    text = path.read_text()
    path.write_text(text.replace("ROI", "Image"))
    assert recognise(path) is None
    with pytest.raises(MifaError, match="MIFA204: is OME-XML without ROIs"):
        read(path)
    path.write_text(text.replace("openmicroscopy", "example"))
    with pytest.raises(MifaError, match="MIFA204"):
        read(path)


def test_real_shapes_by_hand(real_data: Callable[[str], Path]) -> None:
    path = real_data("ome_xml") / "ROI.ome.xml"
    assert isinstance(recognise(path), OmeRois)
    annotation = read(path)
    shapes, masks, points = annotation.layers
    assert isinstance(shapes, Shapes) and isinstance(masks, Masks) and isinstance(points, Points)
    assert not annotation.findings
    assert shapes.objects.source_id == ["Shape:5", "Shape:3", "Shape:6"]
    assert shapes.bounds.tolist() == [[1, 1, 2, 2], [1, 2, 4, 6], [3.82, 2.21, 5.32, 3.71]]
    assert points.objects.source_id == ["Shape:1", "Shape:2", "Shape:4"]
    assert points.objects.c is not None
    np.testing.assert_equal(points.objects.c, [0, 2, np.nan])
    # Its mask is one byte a pixel, 0 233 233 0, at (1, 1) moved by (2, 2).
    assert list(zip(masks.rows, masks.starts, masks.stops, strict=True)) == [(3, 4, 5), (4, 3, 4)]


def test_a_real_file_of_several_images(real_data: Callable[[str], Path]) -> None:
    path = real_data("ome_xml") / "shape-union.ome.xml"
    file = OmeRois().open(path, Options())
    assert file.images == (NamedImage("C4_drawing.tif", 305, 240),)
    (finding,) = file.findings
    assert finding.message == "1 ROI that none of the images refers to: ROI:109"


@pytest.mark.parametrize("name", ["ROI.ome.xml", "shape-union.ome.xml"])
def test_real_shapes_against_ome_types(real_data: Callable[[str], Path], name: str) -> None:
    ome_types = pytest.importorskip("ome_types")
    path = real_data("ome_xml") / name
    document = ome_types.from_xml(path.read_text())
    expected = {}
    images = [image for image in document.images if image.roi_refs]
    wanted = {ref.id for image in images for ref in image.roi_refs}
    for roi in (roi for roi in document.rois if roi.id in wanted):
        for shape in roi.union:
            match type(shape).__name__:
                case "Rectangle":
                    shift = (shape.transform.a02, shape.transform.a12) if shape.transform else (0, 0)
                    left, top = shape.x + shift[0], shape.y + shift[1]
                    right, bottom = left + shape.width, top + shape.height
                    where = [(left, top), (right, top), (right, bottom), (left, bottom)]
                case "Polygon":
                    where = [tuple(map(float, pair.split(","))) for pair in shape.points.split()]
                case "Line":
                    where = [(shape.x1, shape.y1), (shape.x2, shape.y2)]
                case "Point" | "Label":
                    where = [(shape.x, shape.y)]
                case _:
                    continue
            expected[shape.id] = (where, shape.the_t, shape.the_z, shape.the_c)
    found = {}
    for layer in read(path).layers:
        if isinstance(layer, Masks):
            continue
        placed = np.split(layer.vertices, layer.rings[1:-1]) if isinstance(layer, Shapes) else list(layer.xy[:, None])
        nowhere = np.full(len(layer), np.nan)
        objects = layer.objects
        planes = [nowhere if column is None else column for column in (objects.t, objects.z, objects.c)]
        for number, where, *tzc in zip(objects.source_id, placed, *planes, strict=True):
            said = (None if np.isnan(place) else int(place) for place in tzc)
            found[number] = ([tuple(one) for one in where.tolist()], *said)
    assert found == expected
    assert len(found) == {"ROI.ome.xml": 6, "shape-union.ome.xml": 8}[name]


def test_people_are_not_kept(write: Callable[..., Path]) -> None:
    text = '<Point ID="S" X="1" Y="2" Text="/home/ada/cells.tif"/><Point ID="S" X="1" Y="2" Text="ada@example.org"/>'
    assert "ada" not in repr(layer_of(write(text), Points))
