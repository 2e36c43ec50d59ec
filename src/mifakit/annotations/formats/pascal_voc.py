"""Pascal VOC: boxes of one image in an XML file.

VOC counts pixels from 1, and a box includes its last pixel: "The top-left pixel in the image has coordinates (1,1)"
(Everingham and Winn, The PASCAL VOC Challenge 2012 Development Kit, section 2.4; its evaluation takes `xmax - xmin + 1`
for a width). On the corner grid a box spans from xmin - 1 to xmax. Many writers, labelImg among them, count from 0 and
mean the edges: `first_pixel: 0` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

from mifakit.annotations.base import Annotation, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.annotations.reading.vertices import outline
from mifakit.annotations.reading.whole_file import WholeFile
from mifakit.annotations.reading.written_numbers import digits, number, numbers
from mifakit.errors import MifaError
from mifakit.sources.xml_text import read_xml, start_tags

_SAID = ("pose", "truncated", "difficult", "occluded")
_NOTHING = {None, "Unspecified"}


class PascalVoc:
    """Reads boxes, and the polygons that some writers add, which are taken instead.

    An object that has parts has a property `object`, its number in the file; each part is a box of its own, whose
    property `part_of` is that number. Vertices are taken as corners, counted from the same first pixel as boxes.
    """

    name: ClassVar[str] = "Pascal VOC"
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOXES, Kind.SHAPES})
    keeps: ClassVar[str] = "pose, truncated, difficult, occluded, attributes, confidence; parts, with their objects"
    loses: ClassVar[str] = "actions, turned boxes, the image's origin; masks are files of their own"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it starts as `<annotation>` and speaks of sizes or boxes; LabelMe's XML does not."""
        tags = start_tags(head)
        return tags[:1] == ("annotation",) and not {"size", "bndbox"}.isdisjoint(tags)

    def open(self, path: Path, options: Options) -> WholeFile:
        """Read a file; see `AnnotationFormat.open`."""
        root = read_xml(path, "annotation")
        if root.find("filename") is None and root.find("object") is None:
            raise MifaError("MIFA204", "is XML of an <annotation> without filename and object", str(path))
        first = 1 if options.first_pixel is None else options.first_pixel
        shapes, left_out = ShapeCollector(), LeftOut(path, "object")
        for count, element in enumerate(root.iterfind("object"), start=1):
            parts = element.findall("part")
            said = _said(element) | ({"object": count} if parts else {})
            with left_out.unless_usable(count):
                _add(shapes, element, first, said)
            for part in parts:
                with left_out.unless_usable(f"a part of {count}"):
                    _add(shapes, part, first, _said(part) | {"part_of": count})
        layers = (shapes.collected(),) if len(shapes) else ()
        return WholeFile((_image(root),), (Annotation(layers, left_out.findings),))


def _image(root: Element) -> NamedImage:
    width, height = (digits(root.findtext(f"size/{side}")) for side in ("width", "height"))
    return NamedImage(root.findtext("filename", "").strip(), width or None, height or None)


def _said(element: Element) -> dict[str, Any]:
    """Return what is said of an object, by the file's own names."""
    said = {name: element.findtext(name) for name in _SAID}
    said |= {
        one.findtext("name", "").strip(): one.findtext("value") for one in element.iterfind("attributes/attribute")
    }
    return {
        name: text if (value := digits(text)) is None else value
        for name, text in ((name, public(text)) for name, text in said.items())
        if name and text not in _NOTHING
    }


def _add(shapes: ShapeCollector, element: Element, first: int, properties: Mapping[str, Any]) -> None:
    said: dict[str, Any] = {
        "name": element.findtext("name", "").strip() or None,
        "source_id": element.findtext("id", "").strip() or None,
        "properties": properties,
    }
    if (confidence := element.findtext("confidence")) is not None:
        said["confidence"] = number(confidence, "confidence")
    polygon, box = element.find("polygon"), element.find("bndbox")
    if polygon is not None and len(polygon):
        shapes.polygon(_vertices(polygon) - first, **said)
    elif box is not None:
        left, top, right, bottom = (number(box.findtext(side), side) for side in ("xmin", "ymin", "xmax", "ymax"))
        if right < left or bottom < top:
            raise UnusableError("whose box ends before it begins")
        shapes.box(left - first, top - first, right, bottom, **said)
    else:
        raise UnusableError("with neither bndbox nor polygon")


def _vertices(polygon: Element) -> Numbers:
    """Return the vertices of `<x1>`, `<y1>`, `<x2>` and so on."""
    values = {child.tag: child.text or "" for child in polygon}
    count = sum(name.startswith("x") for name in values)
    return outline(numbers([values.get(f"{axis}{place}", "") for place in range(1, count + 1) for axis in "xy"]))
