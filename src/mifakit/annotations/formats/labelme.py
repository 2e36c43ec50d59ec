"""LabelMe: one JSON file an image, with shapes, masks and points."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.properties import class_name, plain_properties
from mifakit.annotations.reading.vertices import line, outline, vertices
from mifakit.annotations.reading.written_numbers import pixels
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, other_fields, read_json
from mifakit.sources.limits import SMALL_IMAGE_BYTES, check_object_budget

Id = int | str
_COLOURS = ("line_color", "fill_color")
_PNG_HEAD = 24


class _File(Struct):
    shapes: list[Raw]
    imagePath: str | None = None  # noqa: N815 - LabelMe's own names
    imageWidth: float | None = None  # noqa: N815
    imageHeight: float | None = None  # noqa: N815
    flags: dict[str, Any] | None = None


class _Shape(Struct):
    label: Id | None = None
    points: list[list[float | None]] = []
    shape_type: str | None = None
    group_id: Id | None = None
    mask: str | None = None
    score: float | None = None

    @property
    def key(self) -> tuple[Id | None, Id] | None:
        """What the parts of one object have in common, if this may be one."""
        if self.group_id is None or (self.shape_type or "polygon") != "polygon":
            return None
        return self.label, self.group_id


_shape = decoder(_Shape)


class LabelMe:
    """Opens what LabelMe writes, and tools that write as it does.

    Vertices are where the pointer was, measured from the corner of the image as Qt does (canvas.py): they are kept as
    they are. A mask is a picture whose first pixel lies at the first of its points (utils/shape.py). Polygons with the
    same label and group_id are parts of one object: so LabelMe makes instances of them.
    """

    name: ClassVar[str] = "LabelMe"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.SHAPES, Kind.BOXES, Kind.MASKS, Kind.POINTS, Kind.CLASSES})
    keeps: ClassVar[str] = "group_id, flags, descriptions, scores, other plain fields; flags of images, as classes"
    loses: ClassVar[str] = "the copy of the image, colours, which corner of a box was drawn first"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether there are shapes of an image, or its copy."""
        keys = keys_by_depth(head)
        shapes = "imagePath" in keys[1] or {"label", "points"} <= keys[3]
        return "imageData" in keys[1] or ("shapes" in keys[1] and shapes)

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file; the copy of the image that it may hold is skipped."""
        file = read_json(path, _File)
        check_object_budget(path, len(file.shapes))
        size = pixels(file.imageWidth), pixels(file.imageHeight)
        image = NamedImage((file.imagePath or "").replace("\\", "/"), *size)
        return _LabelMeFile(path, (image,), file, options.classes)


@dataclass(frozen=True)
class _LabelMeFile:
    path: Path
    images: tuple[NamedImage, ...]
    file: _File
    classes: Mapping[int, str]
    companions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """Return all that it says: it is about one image."""
        _ = self.images[index]
        layers, left_out = LayerCollector(self.path), LeftOut(self.path, "shape")
        drawn: list[tuple[int, _Shape, dict[str, Any]]] = []
        groups: dict[tuple[Id | None, Id], list[list[Numbers]]] = {}
        for number, part in enumerate(self.file.shapes, 1):
            with left_out.unless_usable(number):
                shape = _shape(part)
                if shape.key is not None:
                    groups.setdefault(shape.key, []).append([outline(shape.points)])
                drawn.append((number, shape, self._said(shape, part)))
        for number, shape, said in drawn:
            with left_out.unless_usable(number):
                if shape.key is None:
                    _add(layers, shape, grid, said)
                elif shape.key in groups:
                    layers.shapes.multipolygon(groups.pop(shape.key), **said)
        for name, value in (self.file.flags or {}).items():
            if value is True:
                layers.image_class(name)
        return Annotation(layers.collected(), left_out.findings)

    def _said(self, shape: _Shape, part: Raw) -> dict[str, Any]:
        properties = other_fields(part, (*_Shape.__struct_fields__, *_COLOURS)) | {"group_id": shape.group_id}
        return {
            "name": class_name(shape.label, self.classes),
            "confidence": shape.score,
            "properties": plain_properties(properties),
        }


def _add(layers: LayerCollector, shape: _Shape, grid: Grid, said: Mapping[str, Any]) -> None:
    match shape.shape_type or "polygon":
        case "polygon" | "rotation":  # X-AnyLabeling's turned rectangles
            layers.shapes.polygon(outline(shape.points), **said)
        case "rectangle":
            corners = vertices(shape.points)
            low, high = corners.min(axis=0), corners.max(axis=0)
            if len(corners) in (2, 4) and ((corners == low) | (corners == high)).all():
                layers.shapes.box(*low.tolist(), *high.tolist(), **said)
            else:
                layers.shapes.polygon(outline(corners), **said)
        case "circle":
            points = vertices(shape.points)
            if len(points) != 2:
                raise UnusableError("that are circles, but not of a centre and a point")
            (x, y), radius = points[0].tolist(), float(np.hypot(*(points[1] - points[0])))
            layers.shapes.ellipse(x, y, radius, radius, **said)
        case "line" | "linestrip":
            layers.shapes.line(line(shape.points), **said)
        case "point" | "points":
            layers.points.add(vertices(shape.points), **said)
        case "mask":
            picture = _picture(shape.mask or "", grid.width * grid.height)
            left, top = np.floor(vertices(shape.points)[0]).tolist()
            height, width = picture.shape
            if left < 0 or top < 0 or left + width > grid.width or top + height > grid.height:
                raise UnusableError("whose mask reaches out of its image")
            layers.masks.pixels(picture, int(left), int(top), **said)
        case other:
            raise UnusableError(f"of shape_type {other[:40]!r}")


def _picture(text: str, most: int) -> npt.NDArray[np.bool_]:
    """Return a mask of at most so many pixels: a PNG in base64."""
    from PIL import Image

    data = base64.b64decode(text)
    if len(data) < _PNG_HEAD:
        raise UnusableError("whose mask is no PNG")
    # Of its header; Pillow would complain of large ones in its own way.
    width, height = struct.unpack(">II", data[16:_PNG_HEAD])
    if width * height > min(most, SMALL_IMAGE_BYTES):
        raise UnusableError("whose mask is larger than its image, or than is read")
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            if image.mode not in ("1", "L") or image.size != (width, height):
                raise UnusableError("whose mask is no grey PNG")
            return np.asarray(image, np.uint8) > 0
    except UnusableError:
        raise
    except Exception:  # decoders answer damaged bytes with nearly every exception there is
        raise UnusableError("whose mask is no PNG that can be read") from None
