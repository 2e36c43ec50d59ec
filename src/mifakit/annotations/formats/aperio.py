"""Aperio ImageScope XML: layers of regions on a slide, in pixels of its full resolution.

The corner of the first pixel is (0, 0). `Type` says how a region was drawn: 0 freehand, 1 rectangle, 2 ellipse, whose
vertices are the corners of its box, 4 ruler. `NegativeROA="1"` is an area that is not part of the region around it.
(No specification is published; this is what ImageScope 12 writes.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import numpy as np

from mifakit.annotations.base import Annotation, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers, ShapeKind
from mifakit.annotations.reading.collectors import ShapeCollector, ellipse_vertices
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.annotations.reading.vertices import outline, vertices
from mifakit.annotations.reading.whole_file import WholeFile
from mifakit.annotations.reading.written_numbers import digits, numbers
from mifakit.sources.xml_text import iterate_xml, start_tags

_TYPES = {"0": ShapeKind.POLYGON, "1": ShapeKind.BOX, "2": ShapeKind.ELLIPSE, "4": ShapeKind.LINE}


class Aperio:
    """Reads regions.

    The name of a layer is the class of its regions, or else what its attribute Description says; `columns: {class:
    Text}` in the sheet makes another property the class. A negative region becomes a hole of the smallest region of its
    layer that lies around it.
    """

    name: ClassVar[str] = "Aperio ImageScope"
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOXES, Kind.SHAPES})
    keeps: ClassVar[str] = "layers, texts and attributes of regions, colours; negative regions, as holes"
    loses: ClassVar[str] = "measurements, arrows, negative regions that lie in no other"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it starts as ImageScope's do."""
        tags = start_tags(head)
        return tags[:2] == ("Annotations", "Annotation") and "Regions" in tags

    def open(self, path: Path, options: Options) -> WholeFile:
        """Read a file; see `AnnotationFormat.open`."""
        shapes, left_out = ShapeCollector(), LeftOut(path, "region")
        class_name = options.columns.get("class", "layer")
        for layer in _layers(path, left_out):
            for negative in _without_region(layer):
                left_out.add("MIFA359", "of negative area that no other encloses", negative.id)
            for region in (one for one in layer if not one.negative):
                _add(shapes, region, class_name)
        layers = (shapes.collected(),) if len(shapes) else ()
        return WholeFile((NamedImage(),), (Annotation(layers, left_out.findings),))


@dataclass
class _Region:
    """One region, as it was drawn.

    Attributes
    ----------
    id
        Its id.
    kind
        What it was drawn as.
    ring
        Its vertices.
    negative
        Whether it is taken out of the region around it.
    properties
        What else is said of it.
    holes
        What is taken out of it.
    """

    id: str
    kind: ShapeKind
    ring: Numbers
    negative: bool
    properties: dict[str, Any]
    holes: list[Numbers] = field(default_factory=list)


def _layers(path: Path, left_out: LeftOut) -> Iterator[list[_Region]]:
    """Yield the regions of each layer."""
    layer, regions = Element("none"), list[_Region]()
    said: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for ancestors, element in iterate_xml(path, "Annotations", {"Attribute", "AttributeHeader", "Region"}):
        if len(ancestors) < 3:
            continue
        if ancestors[1] is not layer:
            yield regions
            layer, regions, headers = ancestors[1], [], {}
            said = _said_of_layer(layer)
        if element.tag == "AttributeHeader":
            headers[element.get("Id", "")] = element.get("Name", "")
        elif element.tag == "Region":
            with left_out.unless_usable(element.get("Id", "")):
                regions.append(_region(element, said, headers))
        elif len(ancestors) == 3 and element.get("Name") == "Description":
            said["layer"] = said["layer"] or public(element.get("Value"))
    yield regions


def _said_of_layer(layer: Element) -> dict[str, Any]:
    colour = digits(layer.get("LineColor"))
    said: dict[str, Any] = {"layer": public(layer.get("Name"))}
    if colour is not None:  # red is the lowest byte
        said["LineColor"] = f"{colour & 255:02X}{colour >> 8 & 255:02X}{colour >> 16 & 255:02X}"
    return said


def _region(element: Element, said: dict[str, Any], headers: dict[str, str]) -> _Region:
    kind = _TYPES.get(element.get("Type", "0"))
    if kind is None:
        raise UnusableError(f"of type {element.get('Type', '')[:20]!r}")
    values = numbers([vertex.get(axis, "") for vertex in element.iterfind("Vertices/Vertex") for axis in "XY"])
    ring = vertices(values, 2) if kind in (ShapeKind.LINE, ShapeKind.ELLIPSE) else outline(values)
    texts = {"Text": public(element.get("Text"))} | {
        headers.get(one.get("Name", ""), one.get("Name", "")): public(one.get("Value"))
        for one in element.iterfind("Attributes/Attribute")
    }
    properties = said | {name: text for name, text in texts.items() if name and text}
    negative = element.get("NegativeROA") == "1" and kind is not ShapeKind.LINE
    return _Region(element.get("Id", ""), kind, ring, negative, properties)


def _without_region(layer: list[_Region]) -> list[_Region]:
    """Give each negative region to the smallest one around it; return those that have none."""
    negatives = [region for region in layer if region.negative]
    around = [region for region in layer if not region.negative and region.kind is not ShapeKind.LINE]
    if not negatives or not around:
        return negatives
    import shapely

    polygons = shapely.make_valid([shapely.Polygon(_ring(region)) for region in around])
    tree, areas = shapely.STRtree(polygons), shapely.area(polygons)
    lonely = []
    for negative in negatives:
        hole = _ring(negative)
        found = tree.query(shapely.MultiPoint(hole), predicate="covered_by").tolist()
        if found:
            around[min(found, key=areas.__getitem__)].holes.append(hole)
        else:
            lonely.append(negative)
    return lonely


def _ring(region: _Region) -> Numbers:
    if region.kind is ShapeKind.ELLIPSE:
        return ellipse_vertices(*_ellipse(region.ring))
    return region.ring


def _ellipse(ring: Numbers) -> tuple[float, float, float, float]:
    """Return centre and radii of the ellipse in the box around some vertices."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    x, y, radius_x, radius_y = np.concatenate([low + high, high - low]) / 2
    return float(x), float(y), float(radius_x), float(radius_y)


def _add(shapes: ShapeCollector, region: _Region, class_name: str) -> None:
    said: dict[str, Any] = {
        "source_id": region.id or None,
        "name": region.properties.get(class_name),
        "properties": region.properties,
    }
    if region.kind is ShapeKind.LINE:
        shapes.line(region.ring, **said)
    elif region.holes:
        shapes.polygon(_ring(region), region.holes, **said)
    elif region.kind is ShapeKind.ELLIPSE:
        shapes.ellipse(*_ellipse(region.ring), **said)
    elif region.kind is ShapeKind.BOX and _is_box(region.ring):
        shapes.box(*region.ring.min(axis=0).tolist(), *region.ring.max(axis=0).tolist(), **said)
    else:
        shapes.polygon(region.ring, **said)


def _is_box(ring: Numbers) -> bool:
    """Whether vertices are the four corners of a box along the axes."""
    sides = [len(np.unique(ring[:, axis])) for axis in (0, 1)]
    return len(ring) == len(np.unique(ring, axis=0)) == 4 and sides == [2, 2]
