"""Aperio ImageScope XML: by hand, against shapely's areas, and damaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats.aperio import Aperio
from mifakit.annotations.model import ShapeKind, Shapes
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"y": 512, "x": 512})
Ring = Sequence[tuple[float, float]]


def square(left: float, top: float, side: float) -> Ring:
    return [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]


def region(number: int, ring: Ring, kind: int | str = 0, said: str = "", inside: str = "") -> str:
    corners = "".join(f'<Vertex X="{x}" Y="{y}" Z="0"/>' for x, y in ring)
    return f'<Region Id="{number}" Type="{kind}" {said}>{inside}<Vertices>{corners}</Vertices></Region>'


def layer(*regions: str, name: str = "Tumor", before: str = "") -> str:
    return f"""<Annotation Id="1" Name="{name}" LineColor="65280" Type="4">{before}<Regions>
        <RegionAttributeHeaders><AttributeHeader Id="1" Name="Grade"/></RegionAttributeHeaders>
        {"".join(regions)}</Regions></Annotation>"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*layers: str) -> Path:
        path = tmp_path / "slide.xml"
        path.write_text(f'<Annotations MicronsPerPixel="0.25">{"".join(layers)}</Annotations>')
        return path

    return file


def read(path: Path, options: Options = Options()) -> Annotation:  # noqa: B008
    return Aperio().open(path, options).read(0, GRID)


def shapes_of(path: Path, options: Options = Options()) -> Shapes:  # noqa: B008
    annotation = read(path, options)
    assert not annotation.findings
    (shapes,) = annotation.layers
    assert isinstance(shapes, Shapes)
    return shapes


def polygons_of(shapes: Shapes) -> list[shapely.Polygon]:
    rings = np.split(shapes.vertices, shapes.rings[1:-1])
    return [
        shapely.Polygon(rings[start], rings[start + 1 : stop])
        for start, stop in zip(shapes.parts[:-1], shapes.parts[1:], strict=True)
    ]


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return Aperio()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        hole = region(2, square(12, 12, 2), said='NegativeROA="1"')
        return write(layer(region(1, square(10, 10, 8)), hole, region(3, square(1, 1, 4), 1)))


def test_regions(write: Callable[..., Path]) -> None:
    path = write(
        layer(
            region(1, [(1, 2), (5.5, 2), (5, 7), (1, 2)], said='Text="near the edge"'),
            region(2, square(10, 20, 4), 1, inside='<Attributes><Attribute Name="1" Value="high"/></Attributes>'),
            region(3, [(0, 0), (8, 4)], 2),
        ),
        layer(region(1, [(1, 1), (2, 2)], 4), name="", before="<Attributes/>"),
    )
    assert isinstance(recognise(path), Aperio)
    assert Aperio().open(path, Options()).images == (NamedImage(),)
    shapes = shapes_of(path)
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON, ShapeKind.BOX, ShapeKind.ELLIPSE, ShapeKind.LINE]
    assert shapes.vertices[:3].tolist() == [[1, 2], [5.5, 2], [5, 7]]
    assert shapes.bounds[1].tolist() == [10, 20, 14, 24]
    assert shapes.vertices[-2:].tolist() == [[1, 1], [2, 2]]
    assert shapes.objects.source_id == ["1", "2", "3", "1"]
    assert shapes.objects.name == ["Tumor"] * 3 + [None]
    properties = shapes.objects.properties
    assert properties["Text"] == ["near the edge", None, None, None]
    assert properties["Grade"] == [None, "high", None, None]
    assert properties["LineColor"] == ["00FF00"] * 4
    assert [properties[f"ellipse_{part}"][2] for part in ("x", "y", "rx", "ry")] == [4, 2, 4, 2]


def test_a_turned_rectangle_is_a_polygon(write: Callable[..., Path]) -> None:
    shapes = shapes_of(write(layer(region(1, [(5, 0), (10, 5), (5, 10), (0, 5)], 1))))
    assert shapes.kinds.tolist() == [ShapeKind.POLYGON]


def test_a_layer_without_name_is_called_by_its_description(write: Callable[..., Path]) -> None:
    before = '<Attributes><Attribute Name="Description" Id="0" Value="Stroma"/></Attributes>'
    first, second = region(1, square(1, 1, 2)), region(2, square(1, 1, 2), said='Text="gland"')
    shapes = shapes_of(write(layer(first, name="", before=before), layer(second, before=before)))
    assert shapes.objects.name == ["Stroma", "Tumor"]
    named = shapes_of(write(layer(first, second)), Options(columns={"class": "Text"}))
    assert named.objects.name == [None, "gland"]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_negative_regions_are_holes_of_what_encloses_them(write: Callable[..., Path], kind: int) -> None:
    """The hole lies in two regions of its layer, of which the smaller one has it, and in one of another layer."""
    hole = region(9, square(12, 12, 2), kind, 'NegativeROA="1"')
    large, small, other = region(1, square(0, 0, 100)), region(2, square(10, 10, 8)), region(3, square(11, 11, 4))
    shapes = shapes_of(write(layer(hole, large, small), layer(other)))
    assert shapes.objects.source_id == ["1", "2", "3"]
    assert [len(polygon.interiors) for polygon in polygons_of(shapes)] == [0, 1, 0]
    hole_area = np.pi if kind == 2 else 4
    assert [polygon.area for polygon in polygons_of(shapes)] == pytest.approx([10_000, 64 - hole_area, 16])


def test_a_drawn_box_or_ellipse_with_a_hole_is_a_polygon(write: Callable[..., Path]) -> None:
    hole = region(9, square(4, 4, 1), said='NegativeROA="1"')
    for kind, area in [(1, 99), (2, 25 * np.pi - 1)]:
        shapes = shapes_of(write(layer(region(1, square(0, 0, 10), kind), hole)))
        assert shapes.kinds.tolist() == [ShapeKind.POLYGON]
        assert polygons_of(shapes)[0].area == pytest.approx(area)


def test_a_negative_region_that_nothing_encloses_is_left_out_and_named(write: Callable[..., Path]) -> None:
    outside = region(8, square(50, 50, 4), said='NegativeROA="1"')
    across = region(9, square(8, 8, 4), said='NegativeROA="1"')
    annotation = read(write(layer(region(1, square(0, 0, 10)), outside, across)))
    (finding,) = annotation.findings
    assert finding.code == "MIFA359"
    assert finding.message == "2 regions of negative area that no other encloses: 8 and 9"
    (finding,) = read(write(layer(outside))).findings
    assert finding.message == "1 region of negative area that no other encloses: 8"


def test_a_region_that_crosses_itself_may_have_holes(write: Callable[..., Path]) -> None:
    bow = region(1, [(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = shapes_of(write(layer(bow, region(9, square(8, 4.5, 0.5), said='NegativeROA="1"'))))
    assert len(polygons_of(shapes)[0].interiors) == 1


@pytest.mark.parametrize(
    ("broken", "code", "reason"),
    [
        (region(7, [(1, 1), (2, 2)]), "MIFA359", "of fewer than 3 vertices"),
        (region(7, [(1, 1), (2, 2), (1, 1)]), "MIFA359", "of fewer than 3 vertices"),
        (region(7, []), "MIFA359", "without coordinates"),
        (region(7, square(float("nan"), 1, 1)), "MIFA361", "whose coordinates are not numbers"),
        (region(7, [(1, 1), (2, 2)], 3), "MIFA359", "of type '3'"),
        (region(7, square(1, 1, 1), "Polygon"), "MIFA359", "of type 'Polygon'"),
        (region(7, square(1, 1, 1)).replace('X="1"', ""), "MIFA361", "whose coordinates are not numbers"),
    ],
)
def test_a_bad_region_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, reason: str) -> None:
    path = write(layer(region(1, square(1, 1, 2)), broken))
    annotation = read(path)
    assert len(annotation.layers) == 1
    (finding,) = annotation.findings
    assert (finding.code, finding.message, str(finding.place)) == (code, f"1 region {reason}: 7", str(path))


def test_the_paths_of_people_are_not_kept(write: Callable[..., Path]) -> None:
    said = r'ImageLocation="C:\Users\ada\slide.svs" Text="/home/ada/slide.svs"'
    assert "ada" not in repr(shapes_of(write(layer(region(1, square(1, 1, 2), said=said)))))


def test_a_slide_without_regions(write: Callable[..., Path]) -> None:
    assert read(write(layer())) == Annotation(())


def test_another_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<annotations><Annotation><Regions/></Annotation></annotations>")
    assert not Aperio().recognises(path, path.read_bytes())
    with pytest.raises(MifaError, match="MIFA204"):
        read(path)
