"""GeoJSON as QuPath writes it, and as other tools do for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Raw, Struct

from mifakit.annotations.base import Annotation, AnnotationFile, Grid, NamedImage, Options
from mifakit.annotations.model import Kind
from mifakit.annotations.reading.collectors import LayerCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.properties import class_field, class_name, plain_properties
from mifakit.annotations.reading.vertices import line, outline, vertices
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.json_text import decoder, keys_by_depth, other_fields, read_json
from mifakit.sources.limits import check_object_budget

Id = int | str
_Position = list[float | None]
_NOUN = "feature"
_MAX_DEPTH = 20
_LEGACY_TYPES = {
    "PathAnnotationObject": "annotation",
    "PathDetectionObject": "detection",
    "PathCellObject": "cell",
    "PathTileObject": "tile",
    "TMACoreObject": "tmaCore",
    "PathRootObject": "root",
}
"""QuPath 0.2 wrote the type of an object where its id belongs."""


class _Top(Struct):
    type: str
    features: list[Raw] = []


class _Plane(Struct):
    c: int = -1
    z: int = 0
    t: int = 0


class _Geometry(Struct):
    type: str
    coordinates: Raw = Raw(b"null")
    geometries: list[_Geometry] = []
    plane: _Plane | None = None
    isEllipse: bool = False  # noqa: N815 - QuPath's own name


class _Feature(Struct):
    type: str
    geometry: _Geometry | None
    id: Id | None = None
    nucleusGeometry: _Geometry | None = None  # noqa: N815
    properties: Raw = Raw(b"null")


class _Children(Struct):
    childObjects: list[Raw] = []  # noqa: N815


_feature = decoder(_Feature)
_children: Callable[[Raw], _Children | None] = decoder(_Children | None)
_position = decoder(_Position)
_positions = decoder(list[_Position])
_rings = decoder(list[list[_Position]])
_parts = decoder(list[list[list[_Position]]])


class QuPath:
    """Opens GeoJSON: a collection of features, a list of them, or one.

    Coordinates are pixels of the full image from the corner of the first: so does QuPath (its ROIs are JTS geometries
    that cover pixels), and so do tools that exchange GeoJSON with it. A coordinate reference system is not looked at:
    GeoPandas stamps a geographic one on anything. An object whose plane QuPath does not write lies on the first
    (ROITypeAdapters.java).
    """

    name: ClassVar[str] = "QuPath GeoJSON"
    suffixes: ClassVar[tuple[str, ...]] = (".geojson", ".json")
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.SHAPES, Kind.POINTS})
    keeps: ClassVar[str] = "nuclei of cells, planes, object types, names, colours, measurements, metadata"
    loses: ClassVar[str] = "locks, third coordinates, nested properties"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether there are features, or geometries with a type."""
        keys, feature = keys_by_depth(head), {"type", "geometry"}
        if "features" in keys[1]:
            return "type" in keys[1] or feature <= keys[3]
        return feature <= keys[1] or feature <= keys[2]

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file."""
        top: list[Raw] | _Top = read_json(path, list[Raw] | _Top)
        if isinstance(top, list):
            parts = top
        elif top.type == "FeatureCollection":
            parts = top.features
        else:
            parts = [read_json(path, Raw)]
        left_out = LeftOut(path, _NOUN)
        features = tuple(_features(parts, left_out))
        if parts and not features:
            raise MifaError("MIFA204", "holds no GeoJSON features", str(path))
        check_object_budget(path, len(features))
        return _GeoJsonFile(path, features, options.classes, left_out.findings)


def _features(
    parts: Sequence[Raw], left_out: LeftOut, parent: Id | None = None, depth: int = 1
) -> Iterator[tuple[_Feature, Id | None]]:
    """Yield features and the id of the object that they lie in, each before those that lie in itself."""
    for number, part in enumerate(parts, 1):
        with left_out.unless_usable(f"number {number}" if depth == 1 else f"number {number} in {parent}"):
            feature = _feature(part)
            if feature.type != "Feature":
                raise UnusableError("of another type than Feature")
            yield feature, parent
            children = (_children(feature.properties) or _Children()).childObjects
            if children and depth == _MAX_DEPTH:
                raise UnusableError(f"with others in them more than {_MAX_DEPTH} deep")
            yield from _features(children, left_out, feature.id, depth + 1)


@dataclass(frozen=True)
class _GeoJsonFile:
    path: Path
    features: Sequence[tuple[_Feature, Id | None]]
    classes: Mapping[int, str]
    findings: tuple[Finding, ...]
    images: tuple[NamedImage, ...] = (NamedImage(),)
    companions: tuple[str, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """Return all that it says: such a file is about one image."""
        _ = self.images[index]
        layers, left_out = LayerCollector(self.path), LeftOut(self.path, _NOUN)
        for number, (feature, parent) in enumerate(self.features, 1):
            item = f"number {number}" if feature.id is None else feature.id
            with left_out.unless_usable(item):
                said = _said(feature, parent, self.classes, grid)
                properties = said["properties"]
                if properties.get("objectType") == "root":
                    continue
                if feature.geometry is None:
                    raise UnusableError("without a geometry")
                _add(layers, feature.geometry, said | _where(feature.geometry.plane, grid))
                if feature.nucleusGeometry is not None:
                    said["properties"] = {"objectType": properties.get("objectType"), "part": "nucleus"}
                    with left_out.unless_usable(f"nucleus of {item}"):
                        _add(layers, feature.nucleusGeometry, said | _where(feature.nucleusGeometry.plane, grid))
        return Annotation(layers.collected(), left_out.findings)


def _said(feature: _Feature, parent: Id | None, classes: Mapping[int, str], grid: Grid) -> dict[str, Any]:
    """Return what is said of an object besides where it is in its plane."""
    values = other_fields(feature.properties, ("childObjects", "isLocked"))
    said = values.pop("classification", None)
    classification: Mapping[str, Any] = said if isinstance(said, Mapping) else {"name": said}
    legacy = _LEGACY_TYPES.get(str(feature.id))
    kind = values.pop("objectType", None) or values.pop("object_type", None) or legacy
    of_qupath = kind is not None or isinstance(said, Mapping)
    names = classification.get("names")
    name = ": ".join(map(str, names)) if isinstance(names, list) else class_name(classification.get("name"), classes)
    field = class_field(values)
    if not name and not of_qupath and field is not None:
        name = class_name(values.pop(field), classes)
    colours = (values.pop("color", None), classification.get("color"), classification.get("colorRGB"))
    more = {
        **_measurements(values.pop("measurements", None)),
        "objectType": kind,
        "color": next(filter(None, map(_colour, colours)), None),
        "parent": parent,
    }
    return {
        "source_id": None if legacy else feature.id,
        "name": name or None,
        "properties": plain_properties(values | more),
        **(_where(_Plane(), grid) if of_qupath else {}),
    }


def _measurements(values: Any) -> dict[str, Any]:
    """Return measurements by name; before QuPath 0.4 they were a list."""
    if isinstance(values, list):
        values = {str(one.get("name")): one.get("value") for one in values if isinstance(one, Mapping)}
    found = values if isinstance(values, Mapping) else {}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def _colour(value: Any) -> str | None:
    """Return RRGGBB of three numbers, or of Java's one."""
    if isinstance(value, list) and len(value) == 3 and all(part in range(256) for part in value):
        return "{:02X}{:02X}{:02X}".format(*value)
    return f"{value & 0xFFFFFF:06X}" if isinstance(value, int) else None


def _where(plane: _Plane | None, grid: Grid) -> dict[str, int]:
    """Return t, z and c as far as a plane tells: the first of one is no news, and -1 is none."""
    places = {} if plane is None else {"t": plane.t, "z": plane.z, "c": plane.c}
    return {axis: place for axis, place in places.items() if place > 0 or (place == 0 and grid.size(axis) > 1)}


def _add(layers: LayerCollector, geometry: _Geometry, said: Mapping[str, Any]) -> None:
    """Add a geometry: shapes and points of one object have the same source_id."""
    match geometry.type:
        case "Polygon" if geometry.isEllipse:
            ring = outline(next(iter(_rings(geometry.coordinates)), ()))
            centre, radii = (ring.max(axis=0) + ring.min(axis=0)) / 2, np.ptp(ring, axis=0) / 2
            layers.shapes.ellipse(*centre.tolist(), *radii.tolist(), **said)
        case "Polygon":
            _add_polygons(layers, [_rings(geometry.coordinates)], said)
        case "MultiPolygon":
            _add_polygons(layers, _parts(geometry.coordinates), said)
        case "LineString":
            layers.shapes.line(line(_positions(geometry.coordinates)), **said)
        case "MultiLineString":
            for path in [line(part) for part in _rings(geometry.coordinates)]:
                layers.shapes.line(path, **said)
        case "Point":
            layers.points.add(vertices([_position(geometry.coordinates)]), **said)
        case "MultiPoint":
            layers.points.add(vertices(_positions(geometry.coordinates)), **said)
        case "GeometryCollection":
            for inner in geometry.geometries:
                _add(layers, inner, said)
        case other:
            raise UnusableError(f"of type {other[:40]!r}")


def _add_polygons(layers: LayerCollector, parts: Sequence[Sequence[Any]], said: Mapping[str, Any]) -> None:
    rings = [[outline(ring) for ring in part] for part in parts if part]
    if not rings:
        raise UnusableError("without coordinates")
    layers.shapes.multipolygon(rings, **said)
