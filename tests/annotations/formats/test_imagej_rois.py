"""ImageJ's ROIs: real ones read by hand and with roifile, made ones of every type, and bad ones."""

from __future__ import annotations

import functools
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roifile
import shapely
import tifffile
from roifile import ROI_OPTIONS, ROI_SUBTYPE, ROI_TYPE, ImagejRoi

from mifakit.annotations.base import Annotation, Grid, Options
from mifakit.annotations.formats import imagej_rois
from mifakit.annotations.formats.imagej_rois import ImagejRois
from mifakit.annotations.model import Points, ShapeKind, Shapes
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract, check_annotation, read_or_refuse

PLANE = Grid({"y": 512, "x": 512})
FRAMES = Grid({"t": 300, "y": 512, "x": 512})


def roi(kind: ROI_TYPE, **said: Any) -> ImagejRoi:
    made = ImagejRoi()
    made.roitype, made.version = kind, 228
    for name, value in said.items():
        setattr(made, name, value)
    return made


def vertices(points: Any, kind: ROI_TYPE = ROI_TYPE.POLYGON, **said: Any) -> ImagejRoi:
    made = ImagejRoi.frompoints(np.array(points))
    made.roitype, made.name = kind, ""
    for name, value in said.items():
        setattr(made, name, value)
    return made


SQUARE = [(2, 2), (6, 2), (6, 6), (2, 6)]
RECT = roi(ROI_TYPE.RECT, left=2, top=3, right=6, bottom=8)
ALL = {
    "polygon": vertices(SQUARE, name="cell"),
    "rect": RECT,
    "oval": roi(ROI_TYPE.OVAL, left=10, top=10, right=20, bottom=14),
    "line": roi(ROI_TYPE.LINE, x1=1.0, y1=2.0, x2=3.0, y2=4.0),
    "points": vertices([(1, 2), (3, 4)], ROI_TYPE.POINT),
}


def pack(path: Path, rois: dict[str, ImagejRoi | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in rois.items():
            archive.writestr(f"{name}.roi", one if isinstance(one, bytes) else one.tobytes())
    return path


def read(path: Path, grid: Grid = PLANE, options: Options | None = None) -> Annotation:
    file = ImagejRois().open(path, options or Options())
    assert [image.name for image in file.images] == [""]
    annotation = file.read(0, grid)
    check_annotation(annotation)
    return annotation


def shapes_of(annotation: Annotation) -> Shapes:
    (shapes,) = [layer for layer in annotation.layers if isinstance(layer, Shapes)]
    return shapes


def points_of(annotation: Annotation) -> Points:
    (points,) = [layer for layer in annotation.layers if isinstance(layer, Points)]
    return points


def geometry(shapes: Shapes, index: int = 0) -> shapely.MultiPolygon:
    parts = range(shapes.offsets[index], shapes.offsets[index + 1])
    rings = [
        [shapes.vertices[shapes.rings[ring] : shapes.rings[ring + 1]] for ring in range(*shapes.parts[part : part + 2])]
        for part in parts
    ]
    return shapely.MultiPolygon([(outside, holes) for outside, *holes in rings])


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> ImagejRois:
        return ImagejRois()

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        return pack(tmp_path / "RoiSet.zip", ALL)


@pytest.fixture
def one(tmp_path: Path) -> Callable[..., Annotation]:
    """Return a function that reads one ROI."""

    def read_one(made: ImagejRoi | bytes, grid: Grid = PLANE, options: Options | None = None) -> Annotation:
        path = tmp_path / "one.roi"
        path.write_bytes(made if isinstance(made, bytes) else made.tobytes())
        return read(path, grid, options)

    return read_one


One = Callable[..., Annotation]


def test_a_square_covers_sixteen_pixels(one: One) -> None:
    shapes = shapes_of(one(vertices(SQUARE)))
    assert shapes.vertices.tolist() == [list(vertex) for vertex in SQUARE]
    assert geometry(shapes).area == 16


def test_a_rectangle_of_one_pixel(one: One) -> None:
    shapes = shapes_of(one(roi(ROI_TYPE.RECT, left=0, top=0, right=1, bottom=1)))
    assert shapes.kinds.tolist() == [ShapeKind.BOX]
    assert shapes.bounds.tolist() == [[0, 0, 1, 1]]


def test_whole_numbers_are_the_middles_of_pixels_in_points_and_lines(one: One) -> None:
    assert points_of(one(vertices([(0, 0)], ROI_TYPE.POINT))).xy.tolist() == [[0.5, 0.5]]
    line = shapes_of(one(roi(ROI_TYPE.LINE, x1=0.0, y1=0.0, x2=1.0, y2=0.0)))
    assert line.kinds.tolist() == [ShapeKind.LINE]
    assert line.vertices.tolist() == [[0.5, 0.5], [1.5, 0.5]]


@pytest.mark.parametrize("kind", [ROI_TYPE.POLYLINE, ROI_TYPE.FREELINE, ROI_TYPE.ANGLE])
@pytest.mark.parametrize("dtype", [int, np.float32])
def test_open_lines(one: One, kind: ROI_TYPE, dtype: type) -> None:
    shapes = shapes_of(one(vertices(np.array([(1, 1), (5, 1), (5, 4)], dtype), kind)))
    assert shapes.kinds.tolist() == [ShapeKind.LINE]
    assert shapes.vertices.tolist() == [[1.5, 1.5], [5.5, 1.5], [5.5, 4.5]]


@pytest.mark.parametrize("kind", [ROI_TYPE.POLYGON, ROI_TYPE.FREEHAND, ROI_TYPE.TRACED])
def test_subpixel_outlines_stay_where_they_are(one: One, kind: ROI_TYPE) -> None:
    outline = np.array([(1.25, 1.5), (5.75, 1.5), (5.75, 4.125)], np.float32)
    shapes = shapes_of(one(vertices(outline, kind)))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
    np.testing.assert_array_equal(shapes.vertices, outline)
    assert shapes.objects.properties["type"] == [kind.name.lower()]


def test_rectangles_between_pixels(one: One) -> None:
    made = roi(ROI_TYPE.RECT, options=ROI_OPTIONS.SUB_PIXEL_RESOLUTION, xd=1.5, yd=2.25, widthd=3.0, heightd=4.5)
    assert shapes_of(one(made)).bounds.tolist() == [[1.5, 2.25, 4.5, 6.75]]


def test_rounded_rectangles(one: One) -> None:
    made = roi(ROI_TYPE.RECT, left=10, top=20, right=50, bottom=40, rounded_rect_arc_size=10)
    shapes = shapes_of(one(made))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
    np.testing.assert_allclose(shapes.bounds, [[10, 20, 50, 40]])
    oracle = shapely.box(15, 25, 45, 35).buffer(5, quad_segs=200)
    assert geometry(shapes).area == pytest.approx(oracle.area, rel=1e-3)
    assert geometry(shapes).symmetric_difference(oracle).area < 0.2
    # The arc is never wider than the rectangle: then it is an ellipse.
    made = roi(ROI_TYPE.RECT, left=0, top=0, right=20, bottom=10, rounded_rect_arc_size=100)
    assert geometry(shapes_of(one(made))).area == pytest.approx(np.pi * 10 * 5, rel=2e-3)


def test_ovals(one: One) -> None:
    shapes = shapes_of(one(roi(ROI_TYPE.OVAL, left=10, top=10, right=20, bottom=14)))
    assert shapes.kinds.tolist() == [ShapeKind.ELLIPSE]
    assert geometry(shapes).area == pytest.approx(np.pi * 5 * 2)
    assert shapes.objects.properties["ellipse_x"] == [15.0]
    assert shapes.objects.properties["ellipse_ry"] == [2.0]


def test_points_with_counters_have_classes(one: One) -> None:
    made = vertices([(1, 2), (3, 4), (5, 6)], ROI_TYPE.POINT, counters=np.array([0, 2, 0], np.uint8), name="cells")
    made.counter_positions = np.zeros(3, np.uint32)
    points = points_of(one(made))
    assert points.xy.tolist() == [[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]]
    assert points.objects.name == ["0", "2", "0"]
    assert points.objects.source_id == ["cells"] * 3
    named = points_of(one(made, options=Options(classes={0: "red", 2: "white"})))
    assert named.objects.name == ["red", "white", "red"]
    made.counters = np.zeros(3, np.uint8)
    assert points_of(one(made)).objects.name is None


def test_points_on_several_planes(one: One) -> None:
    made = vertices([(1, 2), (3, 4), (5, 6), (7, 8)], ROI_TYPE.POINT, counters=np.zeros(4, np.uint8))
    made.counter_positions = np.array([1, 2, 0, 301], np.uint32)
    annotation = one(made, FRAMES)
    t = points_of(annotation).objects.t
    assert t is not None
    np.testing.assert_array_equal(t, [0, 1, np.nan])
    assert [finding.code for finding in annotation.findings] == ["MIFA359"]
    assert "1 ROI on a plane behind the 300 of the image" in annotation.findings[0].message


@pytest.mark.parametrize(
    ("sizes", "position", "expected"),
    [
        ({}, 1, {}),
        ({}, 0, {}),
        ({"t": 9}, 0, {}),
        ({"t": 9}, 1, {"t": 0}),
        ({"t": 9}, 9, {"t": 8}),
        ({"z": 9}, 2, {"z": 1}),
        ({"c": 2}, 2, {"c": 1}),
        ({"c": 2, "z": 3, "t": 4}, 24, {"c": 1, "z": 2, "t": 3}),
        ({"c": 2, "z": 3, "t": 4}, 3, {"c": 0, "z": 1, "t": 0}),
        ({"c": 3, "t": 4}, 3, {"t": 2}),
        ({"c": 3}, 3, {"c": 2}),
    ],
)
def test_positions_in_a_stack(one: One, sizes: dict[str, int], position: int, expected: dict[str, int]) -> None:
    made = vertices(SQUARE, position=position)
    objects = shapes_of(one(made, Grid({**sizes, "y": 9, "x": 9}))).objects
    said = {axis: getattr(objects, axis) for axis in "czt"}
    assert {axis: values[0] for axis, values in said.items() if values is not None} == expected


def test_positions_in_a_hyperstack(one: One) -> None:
    made = vertices(SQUARE, c_position=0, z_position=2, t_position=5)
    objects = shapes_of(one(made, Grid({"t": 9, "c": 2, "z": 3, "y": 9, "x": 9}))).objects
    assert objects.c is None
    assert objects.z is not None
    assert objects.t is not None
    assert (objects.z[0], objects.t[0]) == (1, 4)


def test_a_plane_that_the_image_does_not_have(one: One) -> None:
    annotation = one(vertices(SQUARE, position=5))
    assert annotation.layers == ()
    assert annotation.findings[0].code == "MIFA359"


def test_what_is_said_of_it(one: One) -> None:
    made = vertices(SQUARE, name="zelle µ", group=7, stroke_color=b"\xff\x12\x34\x56", float_stroke_width=2.5)
    objects = shapes_of(one(made)).objects
    assert objects.source_id == ["zelle µ"]
    assert objects.name is None
    assert objects.properties == {
        "type": ["polygon"], "group": [7], "stroke_color": ["#123456"], "stroke_width": [2.5],
    }  # fmt: skip


def test_without_a_name_it_is_called_like_its_file(one: One) -> None:
    assert shapes_of(one(vertices(SQUARE))).objects.source_id == ["one"]


def test_splines_and_overlays_are_said(one: One) -> None:
    annotation = one(vertices(SQUARE, options=ROI_OPTIONS.SPLINE_FIT))
    assert len(shapes_of(annotation)) == 1
    assert "spline" in annotation.findings[0].message
    annotation = one(roi(ROI_TYPE.RECT, subtype=ROI_SUBTYPE.TEXT, text="A", text_name="Arial"))
    assert annotation.layers == ()
    assert "of text in the overlay" in annotation.findings[0].message


def test_outlines_of_more_vertices_than_a_short_counts(one: One) -> None:
    turn = np.linspace(0, 2 * np.pi, 40_000, endpoint=False)
    circle = np.stack([300 + 200 * np.cos(turn), 300 + 200 * np.sin(turn)], 1).astype(np.float32)
    made = bytearray(vertices(circle[:100]).tobytes())
    data = made[:64] + bytes(4 * 40_000) + circle.T.astype(">f4").tobytes()
    struct.pack_into(">H", data, 16, 40_000)
    struct.pack_into(">i", data, 60, 0)
    shapes = shapes_of(one(bytes(data)))
    np.testing.assert_array_equal(shapes.vertices, circle)


def path_roi(*segments: tuple[float, ...]) -> ImagejRoi:
    path = np.array([number for segment in segments for number in segment], np.float32)
    return roi(ROI_TYPE.RECT, multi_coordinates=path, shape_roi_size=len(path))


def test_composites_with_curves(one: One) -> None:
    k = 5 * 4 / 3 * (np.sqrt(2) - 1)  # four cubic curves that are a circle of radius 5
    made = path_roi(
        (0, 15, 10), (3, 15, 10 + k, 10 + k, 15, 10, 15), (3, 10 - k, 15, 5, 10 + k, 5, 10),
        (3, 5, 10 - k, 10 - k, 5, 10, 5), (3, 10 + k, 5, 15, 10 - k, 15, 10), (4,),
        (0, 0, 0), (1, 30, 0), (1, 30, 20), (1, 0, 20), (1, 0, 0), (4,),
        (0, 40, 0), (2, 45, 10, 50, 0), (4,),
    )  # fmt: skip
    outline = geometry(shapes_of(one(made)))
    assert sorted(len(part.interiors) for part in outline.geoms) == [0, 1]
    # A parabola's area is two thirds of the triangle of its controls.
    expected = 600 - np.pi * 25 + 2 / 3 * 50
    assert outline.area == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    "segments",
    [
        [(0, 1)],
        [(9, 1, 1)],
        [(1, 2, 2), (3, 1, 1)],
        [(2, 1, 1, 2, 2)],
        [(4,)],
        [(0, 1, 1), (1, 2, 2), (4,)],
        [(np.nan,)],
    ],
)
def test_composites_that_are_none(one: One, segments: list[tuple[float, ...]]) -> None:
    annotation = one(path_roi(*segments))
    assert annotation.layers == ()
    assert [finding.code for finding in annotation.findings] == ["MIFA359"]


def test_composites_of_no_numbers(one: One) -> None:
    annotation = one(path_roi((0, 1, np.nan), (1, 2, 2), (1, 3, 1), (4,)))
    assert [finding.code for finding in annotation.findings] == ["MIFA361"]


def test_coordinates_that_are_no_numbers(one: One) -> None:
    made = vertices(np.array([(1, 1), (2, 2), (3, 3)], np.float32))
    assert made.subpixel_coordinates is not None
    made.subpixel_coordinates[1, 0] = np.inf
    annotation = one(made)
    assert annotation.layers == ()
    assert [finding.code for finding in annotation.findings] == ["MIFA361"]


def test_one_bad_member_spares_the_others(tmp_path: Path) -> None:
    bad = vertices(SQUARE).tobytes()
    path = pack(tmp_path / "RoiSet.zip", {"1": bad[:70], "2": RECT, "3": b"no roi", "4": bad[:60], "5": RECT})
    annotation = read(path)
    assert shapes_of(annotation).objects.source_id == ["2", "5"]
    assert [finding.message for finding in annotation.findings] == [
        "2 ROIs that cannot be read: 1 and 4",
        "1 ROI of another format: 3",
    ]
    assert all(finding.place is not None and finding.place.path == str(path) for finding in annotation.findings)


def test_an_archive_without_any(tmp_path: Path) -> None:
    for members in ({}, {"a": b"text"}):
        with pytest.raises(MifaError, match="MIFA202"):
            read(pack(tmp_path / "RoiSet.zip", members))  # type: ignore[arg-type]


def test_archives_of_other_things_are_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "masks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"")
    assert not ImagejRois().recognises(path, path.read_bytes())
    single = tmp_path / "a.roi"
    assert ImagejRois().recognises(single, RECT.tobytes())
    assert not ImagejRois().recognises(single, b"Io")


def test_too_many_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagej_rois, "MAX_OBJECTS", 3)
    path = pack(tmp_path / "RoiSet.zip", {"1": ALL["points"], "2": ALL["points"]})
    with pytest.raises(MifaError, match="MIFA226"):
        read(path)


@pytest.mark.parametrize("name", ["polygon", "points", "oval"])
def test_damaged_single_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.roi"
    whole = ALL[name].tobytes()
    dice = np.random.default_rng(0)
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        read_or_refuse(ImagejRois(), path, Options(), FRAMES)
    for _ in range(300):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[dice.integers(0, len(whole), 3)] = dice.integers(0, 256, 3)
        path.write_bytes(damaged.tobytes())
        read_or_refuse(ImagejRois(), path, Options(), FRAMES)


def test_overlays_in_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    overlays = [ALL["polygon"].tobytes(), ALL["oval"].tobytes()]
    tifffile.imwrite(path, np.zeros((9, 9), np.uint8), imagej=True, metadata={"Overlays": overlays, "ROI": overlays[0]})
    assert not ImagejRois().recognises(path, path.read_bytes())
    shapes = shapes_of(read(path))
    assert shapes.objects.source_id == ["cell", "overlay 2"]
    tifffile.imwrite(path, np.zeros((9, 9), np.uint8), imagej=True, metadata={"ROI": RECT.tobytes()})
    assert shapes_of(read(path)).objects.source_id == ["overlay 1"]
    tifffile.imwrite(path, np.zeros((9, 9), np.uint8))
    with pytest.raises(MifaError, match="MIFA202"):
        read(path)
    path.write_bytes(b"no TIFF")
    with pytest.raises(MifaError, match="MIFA204"):
        read(path)


# Real files


def test_a_real_set(real_data: Callable[[str], Path]) -> None:
    path = real_data("roi_zip") / "RoiSet.zip"
    assert ImagejRois().recognises(path, path.read_bytes()[:65536])
    annotation = read(path, FRAMES)
    shapes = shapes_of(annotation)
    assert len(shapes) == 1747
    assert annotation.findings == ()
    # Its first member, byte by byte: version, type, count, position, and vertices between pixels after the whole ones.
    with zipfile.ZipFile(path) as archive:
        data = archive.read("0209-0281-0436.roi")
    assert struct.unpack_from(">hB", data, 4) == (228, 7)
    (count,) = struct.unpack_from(">h", data, 16)
    assert struct.unpack_from(">i", data, 56) == (209,)
    by_hand = np.frombuffer(data, ">f4", 2 * count, 64 + 4 * count).reshape(2, -1).T
    np.testing.assert_array_equal(shapes.vertices[: shapes.rings[1]], by_hand)
    assert shapes.objects.t is not None
    assert shapes.objects.t[0] == 208
    assert (shapes.objects.t.min(), shapes.objects.t.max()) == (207, 223)
    assert shapes.objects.source_id is not None
    assert shapes.objects.source_id[:2] == ["0209-0281-0436", "0210-0281-0436"]


def test_a_real_set_against_roifile(real_data: Callable[[str], Path]) -> None:
    path = real_data("roi_zip") / "RoiSet.zip"
    shapes = shapes_of(read(path, FRAMES))
    oracle = roifile.roiread(path)
    assert isinstance(oracle, list)
    areas = [shapely.Polygon(one.coordinates()).area for one in oracle]  # type: ignore[arg-type]
    assert [geometry(shapes, index).area for index in range(len(shapes))] == pytest.approx(areas)


@pytest.mark.parametrize(
    ("name", "area", "holes"),
    [
        ("composite-rect-in-rect", (101 - 40) * (103 - 61) - (84 - 53) * (93 - 75), [1]),
        ("composite-brush-donut", (12 - 4) * (8 - 5) - 2 - (10 - 6) * (7 - 6), [1]),
        ("composite-brush-yin-yang", None, [0, 1]),
        ("composite-oval-in-rect", None, [1]),
        ("composite-two-ovals", None, [0, 0]),
        ("composite-two-ellipses", None, [0, 0]),
    ],
)
def test_real_composites(real_data: Callable[[str], Path], name: str, area: float | None, holes: list[int]) -> None:
    path = real_data("roi_zip") / f"{name}.roi"
    outline = geometry(shapes_of(read(path)))
    assert sorted(len(part.interiors) for part in outline.geoms) == holes
    oracle = roifile.roiread(path)
    assert isinstance(oracle, ImagejRoi)
    rings = [shapely.Polygon(ring) for ring in oracle.coordinates(multi=True) if len(ring) > 3]  # type: ignore[union-attr]
    assert outline.area == pytest.approx(functools.reduce(shapely.symmetric_difference, rings).area)
    assert area is None or outline.area == area


@pytest.mark.parametrize("name", ["ellipse", "ellipse-left", "ellipse-top"])
def test_real_ellipses_are_where_imagej_drew_them(real_data: Callable[[str], Path], name: str) -> None:
    path = real_data("roi_zip") / f"{name}.roi"
    outline = geometry(shapes_of(read(path)))
    oracle = roifile.roiread(path)
    assert isinstance(oracle, ImagejRoi)
    drawn = shapely.Polygon(oracle.subpixel_coordinates)  # its 72 vertices stand in the file too
    assert outline.symmetric_difference(drawn).area < 0.005 * drawn.area


@pytest.mark.parametrize(
    ("name", "kind", "bounds"),
    [
        ("rectangle", ShapeKind.BOX, [43, 19, 86, 55]),
        ("polygon", ShapeKind.POLYGON, [65, 49, 174, 138]),
        ("polygon-left", ShapeKind.POLYGON, [-2, 2, 2, 6]),
        ("freehand", ShapeKind.POLYGON, [95, 11, 181, 66]),
        ("line1", ShapeKind.LINE, [89.5, 52.5, 260.5, 103.5]),
        ("polyline", ShapeKind.LINE, [61.5, 29.5, 146.5, 99.5]),
        ("freeline", ShapeKind.LINE, [41.5, 29.5, 160.5, 86.5]),
    ],
)
def test_real_shapes(real_data: Callable[[str], Path], name: str, kind: ShapeKind, bounds: list[float]) -> None:
    shapes = shapes_of(read(real_data("roi_zip") / f"{name}.roi"))
    assert shapes.kinds.tolist() == [kind]
    assert shapes.bounds[0].tolist() == bounds


def test_real_points(real_data: Callable[[str], Path]) -> None:
    single = points_of(read(real_data("roi_zip") / "point.roi"))
    assert single.xy.tolist() == [[68.5, 77.75]]
    assert single.objects.source_id == ["0001-0077-0068"]
    assert single.objects.z is not None
    assert single.objects.z[0] == 0
    several = points_of(read(real_data("roi_zip") / "multipoint.roi"))
    assert len(several) == 14
    np.testing.assert_allclose(several.xy[0], [149.66667 + 0.5, 36.5])


def test_every_real_file(real_data: Callable[[str], Path]) -> None:
    files = [path for path in sorted(real_data("roi_zip").iterdir()) if path.suffix in (".roi", ".zip")]
    assert len(files) == 28
    for path in files:
        annotation = read(path, FRAMES)
        assert annotation.layers
        assert annotation.findings == ()
