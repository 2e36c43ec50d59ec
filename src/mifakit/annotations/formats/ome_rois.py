"""OME-XML ROIs: unions of shapes on the planes of one image or of several, as OMERO and Bio-Formats write.

Shapes are those of SVG, in pixels: the corner of the first pixel is (0, 0). A mask lies on the pixels right of and
below its X and Y. TheZ, TheT and TheC count from 0; without them a shape is on all planes. (ome.xsd 2016-06: Shape,
Mask, AffineTransform.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import numpy as np

from mifakit.annotations.base import Annotation, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.bit_masks import BitMasks
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.annotations.reading.vertices import line, outline
from mifakit.annotations.reading.whole_file import WholeFile
from mifakit.annotations.reading.written_numbers import digits, number, numbers, whole_number, words
from mifakit.errors import MifaError
from mifakit.sources.xml_text import local_name, named, read_xml, start_tags

_NAMESPACE = "{http://www.openmicroscopy.org/Schemas/"
_ROIS = ("}ROI", "}ROIRef")
_TEXTS = ("Text", "MarkerStart", "MarkerEnd")
_COLOURS = ("StrokeColor", "FillColor")
_UNMOVED = np.eye(2, 3)


class OmeRois:
    """Reads the shapes of OME-XML.

    Shapes of one ROI share a property `roi`. What is attached to a shape, or to its ROI, is a property of its kind:
    `tag`, `long`, `double`, `boolean`, `comment`, `term`, `timestamp`; maps give a property for each key. The tag is
    the class, unless `columns: {class: Text}` in the sheet makes it another property. Text labels are points whose
    property `shape` is Label. Files of several images name them; else an image is told by the sheet's pattern.
    """

    name: ClassVar[str] = "OME-XML"
    suffixes: ClassVar[tuple[str, ...]] = (".ome.xml", ".xml")
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOXES, Kind.SHAPES, Kind.MASKS, Kind.POINTS})
    keeps: ClassVar[str] = "the ROI of each shape, texts, tags and values attached to it, colours, arrow heads, planes"
    loses: ClassVar[str] = "fonts, line styles, attached files, masks that are turned or scaled"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is OME-XML that speaks of ROIs early on."""
        tags = start_tags(head)
        return bool(tags) and tags[0].startswith(_NAMESPACE) and any(tag.endswith(_ROIS) for tag in tags)

    def open(self, path: Path, options: Options) -> WholeFile:
        """Read a file; see `AnnotationFormat.open`."""
        root = read_xml(path, "OME")
        if not root.tag.startswith(_NAMESPACE):
            raise MifaError("MIFA204", "is XML of an <OME> that is not Open Microscopy's", str(path))
        rois, images = list(named(root, "ROI")), list(named(root, "Image"))
        if not rois:
            raise MifaError("MIFA204", "is OME-XML without ROIs", str(path))
        reader = _Reader(path, _attachments(root), options.columns.get("class", "tag"))
        if len(images) > 1:
            return _shared_out(path, images, rois, reader)
        return WholeFile((NamedImage("", *(_size(images[0]) if images else ())),), (reader.read(rois),))


def _shared_out(path: Path, images: list[Element], rois: list[Element], reader: _Reader) -> WholeFile:
    """Give each image the ROIs that it refers to; images without any are not spoken of."""
    references = [{ref.get("ID") for ref in named(image, "ROIRef")} for image in images]
    shares = [[roi for roi in rois if roi.get("ID") in wanted] for wanted in references]
    found = [(image, reader.read(share)) for image, share in zip(images, shares, strict=True) if share]
    if not found:
        raise MifaError("MIFA202", f"does not say which of its {len(images)} images its ROIs are of", str(path))
    lonely = LeftOut(path, "ROI")
    for roi in rois:
        if not any(roi.get("ID") in wanted for wanted in references):
            lonely.add("MIFA359", "that none of the images refers to", roi.get("ID"))
    names = [image.get("Name") or image.get("ID") or "" for image, _ in found]
    unique = [
        name if name and names.count(name) == 1 else f"{name} ({image.get('ID', place)})"
        for place, (name, (image, _)) in enumerate(zip(names, found, strict=True))
    ]
    named_images = (NamedImage(name, *_size(image)) for name, (image, _) in zip(unique, found, strict=True))
    return WholeFile(tuple(named_images), tuple(said for _, said in found), findings=lonely.findings)


def _size(image: Element) -> tuple[int | None, int | None]:
    pixels = next(named(image, "Pixels"), image)
    return digits(pixels.get("SizeX")) or None, digits(pixels.get("SizeY")) or None


def _attachments(root: Element) -> dict[str, list[tuple[str, str]]]:
    """Return what may be attached to shapes and ROIs, by its id: names and values."""
    found = {}
    for element in (one for group in named(root, "StructuredAnnotations") for one in group):
        kind = local_name(element).removesuffix("Annotation")
        for value in named(element, "Value"):
            pairs = [(pair.get("K") or "", pair.text) for pair in named(value, "M")] if kind == "Map" else []
            pairs = pairs or [(kind.lower(), value.text)]
            found[element.get("ID", "")] = [(name, said) for name, text in pairs if name and (said := public(text))]
    return found


class _Reader:
    """Reads the ROIs of a file.

    Parameters
    ----------
    path
        The file, for messages.
    attachments
        By id, what may be attached.
    class_name
        The property that is the class.
    """

    def __init__(self, path: Path, attachments: Mapping[str, list[tuple[str, str]]], class_name: str) -> None:
        self._path, self._attachments, self._class_name = path, attachments, class_name
        self._bits = BitMasks(path)

    def read(self, rois: Iterable[Element]) -> Annotation:
        layers, left_out = LayerCollector(self._path), LeftOut(self._path, "shape")
        for roi in rois:
            shared = {"roi": roi.get("ID"), "roi_name": public(roi.get("Name"))} | self._attached(roi)
            for shape in (one for union in named(roi, "Union") for one in _shapes(union)):
                with left_out.unless_usable(shape.get("ID", f"in {roi.get('ID')}")):
                    properties = shared | _properties(shape) | self._attached(shape)
                    where = {axis: digits(shape.get(f"The{axis.upper()}")) for axis in "tzc"}
                    said = {"source_id": shape.get("ID"), "name": properties.get(self._class_name), **where}
                    self._add(layers, shape, {**said, "properties": properties})
        return Annotation(layers.collected(), left_out.findings)

    def _attached(self, element: Element) -> dict[str, str]:
        said: dict[str, str] = {}
        for reference in named(element, "AnnotationRef"):
            for name, value in self._attachments.get(reference.get("ID", ""), ()):
                said[name] = f"{said[name]}; {value}" if name in said else value
        return said

    def _add(self, layers: LayerCollector, shape: Element, said: dict[str, Any]) -> None:
        transform = _transform(shape)
        match local_name(shape):
            case "Rectangle":
                x, y, width, height = _sides(shape, "X", "Y", "Width", "Height")
                corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
                moved = _moved(np.array(corners), transform)
                if _keeps_axes(transform):
                    layers.shapes.box(*moved.min(axis=0).tolist(), *moved.max(axis=0).tolist(), **said)
                else:
                    layers.shapes.polygon(moved, **said)
            case "Ellipse":
                x, y, radius_x, radius_y, angle = _ellipse(_sides(shape, "X", "Y", "RadiusX", "RadiusY"), transform)
                layers.shapes.ellipse(x, y, radius_x, radius_y, angle, **said)
            case "Polygon":
                layers.shapes.polygon(_moved(outline(numbers(words(shape.get("Points")))), transform), **said)
            case "Polyline":
                if shape.get("Closed") == "true":
                    layers.shapes.polygon(_moved(outline(numbers(words(shape.get("Points")))), transform), **said)
                else:
                    layers.shapes.line(_moved(line(numbers(words(shape.get("Points")))), transform), **said)
            case "Line":
                ends = np.array(_sides(shape, "X1", "Y1", "X2", "Y2")).reshape(2, 2)
                layers.shapes.line(_moved(ends, transform), **said)
            case "Point" | "Label" as kind:
                marked = {"shape": kind} if kind == "Label" else {}
                point = _moved(np.array([_sides(shape, "X", "Y")]), transform)
                layers.points.add(point, **{**said, "properties": {**said["properties"], **marked}})
            case "Mask":
                self._add_mask(layers, shape, transform, said)
            case kind:
                raise UnusableError(f"of the kind {kind[:40]!r}")

    def _add_mask(self, layers: LayerCollector, shape: Element, transform: Numbers, said: dict[str, Any]) -> None:
        width, height = (whole_number(shape.get(side), side) for side in ("Width", "Height"))
        ((left, top),) = _moved(np.array([_sides(shape, "X", "Y")]), transform)
        if not (transform[:, :2] == _UNMOVED[:, :2]).all():
            raise UnusableError("that are masks, turned or scaled")
        if left != round(left) or top != round(top):
            raise UnusableError("that are masks between pixels")
        data = next(named(shape, "BinData"), None)
        if data is None:
            raise UnusableError("whose mask lies elsewhere")
        inside = self._bits.unpack(data.text or "", data.get("Compression", "none"), width, height)
        layers.masks.pixels(inside, int(left), int(top), **said)


def _shapes(union: Element) -> Iterator[Element]:
    """Yield shapes; schemas until 2012 set what a shape is into a `<Shape>`, which has all else."""
    for shape in union:
        if local_name(shape) == "Shape" and len(shape):
            merged = Element(shape[0].tag, shape.attrib | shape[0].attrib)
            merged.extend(shape[0])
            yield merged
        else:
            yield shape


def _properties(shape: Element) -> dict[str, str]:
    said = {name: text for name in _TEXTS if (text := public(shape.get(name)))}
    for name in _COLOURS:
        text = shape.get(name, "")
        if text.removeprefix("-").isdecimal() and len(text) < 12:  # RGBA in a signed number
            said[name] = f"{int(text) & 0xFFFFFFFF:08X}"
    return said


def _sides(shape: Element, *names: str) -> list[float]:
    return [number(shape.get(name), name) for name in names]


def _transform(shape: Element) -> Numbers:
    """Return the matrix that a shape is transformed with."""
    element = next(named(shape, "Transform"), None)
    if element is None:
        if shape.get("Transform"):
            raise UnusableError("with a transform of an older schema")
        return _UNMOVED
    return np.array(_sides(element, "A00", "A01", "A02", "A10", "A11", "A12")).reshape(2, 3)


def _keeps_axes(transform: Numbers) -> bool:
    """Whether what lies along the axes stays so."""
    (xx, xy, _), (yx, yy, _) = transform
    return bool(xy == yx == 0 or xx == yy == 0)


def _moved(points: Numbers, transform: Numbers) -> Numbers:
    return np.asarray(points @ transform[:, :2].T + transform[:, 2])


def _ellipse(sides: list[float], transform: Numbers) -> tuple[float, float, float, float, float]:
    """Return centre, radii and angle of a transformed ellipse, which is one too."""
    x, y, radius_x, radius_y = sides
    if (transform == _UNMOVED).all():
        return x, y, radius_x, radius_y, 0.0
    ((x, y),) = _moved(np.array([[x, y]]), transform)
    axes, (radius_x, radius_y), _ = np.linalg.svd(transform[:, :2] @ np.diag([radius_x, radius_y]))
    return float(x), float(y), float(radius_x), float(radius_y), float(np.degrees(np.arctan2(axes[1, 0], axes[0, 0])))
