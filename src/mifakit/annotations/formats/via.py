"""VGG Image Annotator, versions 1 and 2: one JSON file for many images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.properties import class_field, class_name, plain_properties
from mifakit.annotations.reading.vertices import finite, line, outline, vertices
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, read_json
from mifakit.sources.limits import check_object_budget

_PROJECT = "_via_img_metadata"
_CHOICES = ("radio", "dropdown", "checkbox")
_DEFAULTS = ("caption", "public_domain", "image_url")
"""Attributes that VIA gives every file."""

_Number = float | None


class _Entry(Struct):
    filename: str
    regions: dict[str, Raw] | list[Raw] = []
    file_attributes: dict[str, Any] | None = None


class _Shape(Struct):
    name: str
    all_points_x: list[_Number] = []
    all_points_y: list[_Number] = []
    x: _Number = None
    y: _Number = None
    width: _Number = None
    height: _Number = None
    cx: _Number = None
    cy: _Number = None
    r: _Number = None
    rx: _Number = None
    ry: _Number = None
    theta: _Number = 0.0


class _Attributes(Struct):
    region_attributes: dict[str, Any] | None = None


class _Region(_Attributes, kw_only=True):
    shape_attributes: _Shape


_entries: Callable[[Raw], dict[str, Raw]] = decoder(dict[str, Raw])
_attributes: Callable[[Raw], dict[str, dict[str, dict[str, Any]]]] = decoder(dict[str, dict[str, dict[str, Any]]])
_entry, _region, _region_attributes = decoder(_Entry), decoder(_Region), decoder(_Attributes)


class Via:
    """Opens annotations that were exported as JSON, and projects.

    Coordinates are where the pointer was on the canvas that shows the image, from its corner (via.js): they are kept as
    they are. `theta` is in radians, from x towards y, as the canvas draws ellipses.
    """

    name: ClassVar[str] = "VIA"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.SHAPES, Kind.BOXES, Kind.POINTS, Kind.CLASSES})
    keeps: ClassVar[str] = "attributes of regions; choices about files, as classes"
    loses: ClassVar[str] = "copies of images, captions and other texts about files, settings"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is a project, or lists files with regions."""
        keys = keys_by_depth(head)
        project = {_PROJECT, "_via_settings"} & keys[1]
        return bool(project) or ("filename" in keys[2] and bool({"regions", "base64_img_data"} & keys[2]))

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file; copies of images that it may hold are skipped."""
        parts = read_json(path, dict[str, Raw])
        left_out = LeftOut(path, "entry")
        choices: set[str] = set()
        if _PROJECT in parts:
            with left_out.unless_usable("_via_attributes"):
                of_files = _attributes(parts.get("_via_attributes", Raw(b"{}"))).get("file", {})
                choices = {name for name, how in of_files.items() if how.get("type") in _CHOICES}
            parts = _project(path, parts[_PROJECT])
        entries: dict[str, list[_Entry]] = {}
        for key, part in parts.items():
            with left_out.unless_usable(key):
                entry = _entry(part)
                if not entry.filename:
                    raise UnusableError("without the name of an image")
                if entry.filename in entries:
                    left_out.add("MIFA359", "of an image that another is about, taken for one with it", entry.filename)
                entries.setdefault(entry.filename, []).append(entry)
        if not entries:
            raise MifaError("MIFA204", "lists no images as VIA does", str(path))
        check_object_budget(path, sum(len(entry.regions) for found in entries.values() for entry in found))
        images = tuple(NamedImage(name) for name in entries)
        field = _class_field(entry for found in entries.values() for entry in found)
        return _ViaFile(path, images, tuple(entries.values()), field, choices, options.classes, left_out.findings)


def _project(path: Path, part: Raw) -> dict[str, Raw]:
    try:
        return _entries(part)
    except ValueError as error:
        raise MifaError("MIFA204", f"{_PROJECT} {error}", str(path)) from error


def _class_field(entries: Iterable[_Entry]) -> str | None:
    """Return which attribute of regions is their class: the only one that there is, or as names tell."""
    names: dict[str, None] = {}
    for entry in entries:
        for _, part in _named(entry.regions):
            with suppress(ValueError):  # said where regions are read
                names |= dict.fromkeys(_region_attributes(part).region_attributes or ())
    return next(iter(names)) if len(names) == 1 else class_field(names)


@dataclass(frozen=True)
class _ViaFile:
    path: Path
    images: tuple[NamedImage, ...]
    entries: Sequence[Sequence[_Entry]]
    class_field: str | None
    choices: set[str]
    classes: Mapping[int, str]
    findings: tuple[Finding, ...]
    companions: tuple[str, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`."""
        image, layers = self.images[index], LayerCollector(self.path)
        left_out, attributes_left_out = LeftOut(self.path, "region"), LeftOut(self.path, "attribute")
        for entry in self.entries[index]:
            for key, part in _named(entry.regions):
                with left_out.unless_usable(f"{key} of {image.name}"):
                    region = _region(part)
                    source_id = key if isinstance(entry.regions, dict) else None
                    _add(layers, region.shape_attributes, {"source_id": source_id, **self._said(region)})
            self._about_image(layers, entry.file_attributes or {}, attributes_left_out)
        findings = (*left_out.findings, *attributes_left_out.findings)
        return Annotation(layers.collected(), findings)

    def _said(self, region: _Region) -> dict[str, Any]:
        attributes = dict(region.region_attributes or {})
        names = _chosen(attributes.get(self.class_field or ""), self.classes)
        if names:
            del attributes[self.class_field or ""]
        return {"name": ", ".join(names) or None, "properties": plain_properties(attributes)}

    def _about_image(self, layers: LayerCollector, attributes: Mapping[str, Any], left_out: LeftOut) -> None:
        for name, value in attributes.items():
            if name in self.choices or (not self.choices and class_field([name])):
                for chosen in _chosen(value, self.classes):
                    layers.image_class(chosen, properties=plain_properties({"attribute": name}))
            elif name not in _DEFAULTS and value not in ("", {}):
                left_out.add("MIFA359", "of the image that is no choice", name)


def _named(regions: Mapping[str, Raw] | Sequence[Raw]) -> Iterable[tuple[str, Raw]]:
    """Return regions with what findings call them: version 1 has names of them, version 2 counts."""
    if isinstance(regions, Mapping):
        return regions.items()
    return ((f"number {number}", part) for number, part in enumerate(regions, 1))


def _chosen(value: Any, classes: Mapping[int, str]) -> list[str]:
    """Return what was chosen: of check boxes, those that are ticked."""
    if isinstance(value, Mapping):
        return [name for name, ticked in value.items() if ticked is True]
    name = class_name(value, classes)
    return [] if name is None else [name]


def _add(layers: LayerCollector, shape: _Shape, said: Mapping[str, Any]) -> None:
    match shape.name:
        case "polygon":
            layers.shapes.polygon(outline(_vertices(shape)), **said)
        case "polyline":
            layers.shapes.line(line(_vertices(shape)), **said)
        case "rect":
            x, y, width, height = finite([shape.x, shape.y, shape.width, shape.height]).tolist()
            if width < 0 or height < 0:
                raise UnusableError("whose sides are negative")
            layers.shapes.box(x, y, x + width, y + height, **said)
        case "circle":
            x, y, radius = finite([shape.cx, shape.cy, shape.r]).tolist()
            layers.shapes.ellipse(x, y, radius, radius, **said)
        case "ellipse":
            x, y, along, across, angle = finite([shape.cx, shape.cy, shape.rx, shape.ry, shape.theta]).tolist()
            layers.shapes.ellipse(x, y, along, across, math.degrees(angle), **said)
        case "point":
            layers.points.add(vertices([shape.cx, shape.cy]), **said)
        case other:
            raise UnusableError(f"of shape {other[:40]!r}")


def _vertices(shape: _Shape) -> Numbers:
    if len(shape.all_points_x) != len(shape.all_points_y):
        raise UnusableError("whose coordinates do not come in pairs")
    return np.stack([finite(shape.all_points_x), finite(shape.all_points_y)], axis=1)
