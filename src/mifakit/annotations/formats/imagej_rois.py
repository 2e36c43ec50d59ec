"""ImageJ's regions of interest: one as `.roi`, several as a RoiSet in `.zip`, or those that lie in a TIFF of ImageJ.

By ImageJ's own rule (`ij.gui.Roi`, "Convention for subpixel resolution"), whole numbers are the *corners* of pixels in
outlines of areas, and the *centres* of pixels in points and lines: these are moved by half a pixel here.

A region's position is that of a plane in a stack, from 1, where channels change fastest, then z, then time; or it has
one of each. 0 is all of them. To ImageJ a colour picture is one plane: three channels of a stack are not counted.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers, Objects, Points
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.annotations.reading.even_odd import even_odd
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.errors import MifaError
from mifakit.readers.guard import guarded, looks_like
from mifakit.sources.archives import open_archive
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_ANNOTATION_BYTES, MAX_OBJECTS

if TYPE_CHECKING:
    from roifile import ImagejRoi

_MAGIC = b"Iout"
_ARCHIVE = b"PK\x03\x04"
_NOUN = "ROI"
_PIXEL_CENTRE = 0.5
_COLOURS = 3
_CURVE_STEPS = 18
_SEGMENT_POINTS = {0: 1, 1: 1, 2: 2, 3: 3, 4: 0}
_LINES = {"LINE", "POLYLINE", "FREELINE", "ANGLE"}
_AREAS = {"POLYGON", "FREEHAND", "TRACED"}
_OVERLAYS = {"TEXT", "IMAGE"}


class ImagejRois:
    """Reads ROIs of ImageJ and Fiji."""

    name: ClassVar[str] = "ImageJ ROIs"
    suffixes: ClassVar[tuple[str, ...]] = (".roi", ".zip", ".tif", ".tiff")
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.SHAPES, Kind.BOXES, Kind.POINTS})
    keeps: ClassVar[str] = "types, positions in the stack, groups, colours and widths of strokes, counters of points"
    loses: ClassVar[str] = (
        "text and image overlays, fills, free properties, curves of splines (their control points are kept)"
    )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it starts as a ROI, or is an archive that does; images with ROIs are images first."""
        if path.suffix.lower() == ".zip":
            return head.startswith(_ARCHIVE) and _first_name(head).endswith(b".roi")
        return path.suffix.lower() == ".roi" and head.startswith(_MAGIC)

    def open(self, path: Path, options: Options) -> _RoiFile:
        """Read ROIs; see `mifakit.annotations.base.AnnotationFormat.open`."""
        from roifile import ImagejRoi

        left_out = LeftOut(path, _NOUN)
        match path.suffix.lower():
            case ".zip":
                found = _in_archive(path, left_out)
            case ".tif" | ".tiff":
                found = _in_tiff(path)
            case _:
                data = read_bounded(path)
                if not data.startswith(_MAGIC):
                    raise MifaError("MIFA204", f"is not an ImageJ ROI: it looks like {looks_like(data)}", str(path))
                found = [(path.stem, data)]
        rois = []
        for name, data in found:
            if not data.startswith(_MAGIC):
                left_out.add("MIFA359", "of another format", name)
                continue
            try:
                rois.append((name, ImagejRoi.frombytes(data)))
            except Exception:  # numpy and struct answer damage in many ways
                left_out.add("MIFA359", "that cannot be read", name)
        if not rois:
            why = "; ".join(finding.message for finding in left_out.findings)
            raise MifaError("MIFA202", f"holds no ImageJ ROI that can be read: {why or 'there is none'}", str(path))
        if sum(roi.n_coordinates for _, roi in rois if roi.roitype.name == "POINT") > MAX_OBJECTS:
            raise MifaError("MIFA226", f"holds more than {MAX_OBJECTS:,} points", str(path))
        return _RoiFile(path, rois, left_out, options.classes)


def _first_name(head: bytes) -> bytes:
    (length,) = struct.unpack_from("<H", head.ljust(30, b"\0"), 26)
    return head[30 : 30 + length].lower()


def _in_archive(path: Path, left_out: LeftOut) -> list[tuple[str, bytes]]:
    found = []
    with open_archive(path, MAX_ANNOTATION_BYTES) as members:
        for member in members:
            name = member.name.removesuffix(".roi")
            try:
                found.append((name, member.read()))
            except MifaError:
                left_out.add("MIFA359", "that cannot be unpacked", name)
    return found


def _in_tiff(path: Path) -> list[tuple[str, bytes]]:
    from mifakit.readers.tiff.file import open_tiff

    with ExitStack() as stack:
        file, _ = open_tiff(path, stack)
        with guarded(path, "its overlay cannot be read"):
            metadata = file.imagej_metadata or {}
    found: list[bytes] = []
    for place in ("Overlays", "ROI"):
        data = metadata.get(place, ())
        found += [data] if isinstance(data, bytes) else data
    # The region that was selected when the file was saved may be one of the overlay's.
    return [(f"overlay {number}", data) for number, data in enumerate(dict.fromkeys(found), 1)]


class _RoiFile:
    """ROIs, and those that could not be read."""

    images = (NamedImage(),)
    companions = ()
    findings = ()

    def __init__(
        self, path: Path, rois: list[tuple[str, ImagejRoi]], unread: LeftOut, classes: Mapping[int, str]
    ) -> None:
        self._path, self._rois, self._unread, self._classes = path, rois, unread, classes

    def read(self, index: int, grid: Grid) -> Annotation:
        _ = self.images[index]
        reading = _Reading(self._path, grid, self._classes)
        for name, roi in self._rois:
            with reading.left_out.unless_usable(roi.name or name):
                reading.take(roi.name or name, roi)
        layers = [layer for layer in (reading.shapes.collected(), reading.points()) if len(layer)]
        return Annotation(tuple(layers), self._unread.findings + reading.left_out.findings)


class _Reading:
    """Turns ROIs into shapes and points on an image."""

    def __init__(self, path: Path, grid: Grid, classes: Mapping[int, str]) -> None:
        self.shapes, self.left_out = ShapeCollector(), LeftOut(path, _NOUN)
        self._grid, self._classes = grid, classes
        self._points: list[Numbers] = []
        self._records: list[dict[str, Any]] = []

    def points(self) -> Points:
        return Points(np.array(self._points, np.float64).reshape(-1, 2), Objects.of(self._records))

    def take(self, name: str, roi: ImagejRoi) -> None:
        said = {"source_id": name, "properties": _properties(roi)}
        if roi.subtype.name in _OVERLAYS:
            raise UnusableError(f"of {roi.subtype.name.lower()} in the overlay")
        if roi.roitype.name == "POINT":
            self._take_points(roi, said)
        else:
            self._take_shape(roi, said)

    def _take_shape(self, roi: ImagejRoi, said: dict[str, Any]) -> None:
        kind, shapes = roi.roitype.name, self.shapes
        said |= _plane(roi.position, _hyperstack(roi), self._grid)
        if roi.composite:
            shapes.multipolygon(_parts(roi), **said)
        elif kind == "RECT" and roi.rounded_rect_arc_size > 0:
            shapes.polygon(_rounded(_bounds(roi), roi.rounded_rect_arc_size), **said)
        elif kind == "RECT":
            shapes.box(*_bounds(roi).tolist(), **said)
        elif kind == "OVAL":
            left, top, right, bottom = _bounds(roi).tolist()
            shapes.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, **said)
        elif roi.subtype.name == "ELLIPSE":
            shapes.ellipse(*_ellipse(roi), **said)
        elif kind in _LINES:
            shapes.line(_vertices(roi) + _PIXEL_CENTRE, **said)
        elif kind in _AREAS:
            shapes.polygon(_vertices(roi), **said)
        else:
            raise UnusableError("of no type that is known")
        if roi.options.SPLINE_FIT in roi.options:
            self.left_out.add("MIFA359", "drawn as splines, whose control points are taken", said["source_id"])

    def _take_points(self, roi: ImagejRoi, said: dict[str, Any]) -> None:
        vertices = _vertices(roi) + _PIXEL_CENTRE
        nothing = np.zeros(len(vertices), int)
        counters = nothing if roi.counters is None else roi.counters
        planes = nothing if roi.counter_positions is None else roi.counter_positions
        several = len(np.unique(counters)) > 1
        apart = len(np.unique(planes)) > 1
        for vertex, counter, plane in zip(vertices, counters.tolist(), planes.tolist(), strict=True):
            stated = (plane, (0, 0, 0)) if apart else (max(roi.position, plane), _hyperstack(roi))
            name = self._classes.get(counter, str(counter) if several else None)
            with self.left_out.unless_usable(said["source_id"]):
                self._records.append({**said, "name": name, **_plane(*stated, self._grid)})
                self._points.append(vertex)


def _properties(roi: ImagejRoi) -> dict[str, Any]:
    """Return what is said of a region besides its place; what is not said is left out."""
    kind = roi.roitype if roi.subtype.name == "UNDEFINED" else roi.subtype
    width = 0 if roi.roitype.name == "POINT" else roi.float_stroke_width or roi.stroke_width
    said = {
        "type": "composite" if roi.composite else kind.name.lower(),
        "group": roi.group,
        "stroke_color": roi.hexcolor(roi.stroke_color),
        "stroke_width": float(width),
    }
    return {name: value for name, value in said.items() if value}


def _hyperstack(roi: ImagejRoi) -> tuple[int, int, int]:
    return roi.c_position, roi.z_position, roi.t_position


def _plane(position: int, hyperstack: tuple[int, int, int], grid: Grid) -> dict[str, float]:
    """Return c, z and t, as far as a position in a stack, or in a hyperstack, tells them."""
    if max(hyperstack) > 0:
        return {axis: place - 1 for axis, place in zip("czt", hyperstack, strict=True) if place > 0}
    sizes = [grid.size(axis) for axis in "czt"]
    if sizes[0] == _COLOURS and max(sizes[1:]) > 1:
        sizes[0] = 1
    if position > math.prod(sizes):
        raise UnusableError(f"on a plane behind the {math.prod(sizes)} of the image")
    places = np.unravel_index(position - 1, sizes, order="F") if position > 0 else ()
    return {axis: float(place) for axis, place, size in zip("czt", places, sizes, strict=False) if size > 1}


def _vertices(roi: ImagejRoi) -> Numbers:
    vertices = _finite(np.asarray(roi.coordinates(), np.float64))
    if not len(vertices):
        raise UnusableError("without a vertex")
    return vertices


def _finite(numbers: Numbers) -> Numbers:
    if not np.isfinite(numbers).all():
        raise UnusableError("with coordinates that are not numbers", "MIFA361")
    return numbers


def _bounds(roi: ImagejRoi) -> Numbers:
    """Return left, top, right and bottom."""
    if roi.subpixelrect:
        return _finite(np.array([roi.xd, roi.yd, roi.xd + roi.widthd, roi.yd + roi.heightd]))
    return np.array([roi.left, roi.top, roi.right, roi.bottom], np.float64)


def _rounded(box: Numbers, diameter: float) -> Numbers:
    """Return the outline of a box whose corners are quarters of an ellipse."""
    low, high = box[:2], box[2:]
    radii = np.minimum(diameter, high - low) / 2
    turns = np.radians(90 * np.arange(4)[:, None] + np.linspace(0, 90, _CURVE_STEPS + 1))
    arcs = np.stack([np.cos(turns), np.sin(turns)], axis=2)
    corners = np.sign(arcs[:, _CURVE_STEPS // 2, None])
    vertices: Numbers = (low + high) / 2 + corners * ((high - low) / 2 - radii) + arcs * radii
    return vertices.reshape(-1, 2)


def _ellipse(roi: ImagejRoi) -> tuple[float, float, float, float, float]:
    """Return middle, radii and angle of a rotated ellipse: its long axis is given, and the ratio of the short one."""
    packed = struct.pack(">BBh", roi.arrow_style_or_aspect_ratio, roi.arrow_head_size, roi.rounded_rect_arc_size)
    (ratio,) = struct.unpack(">f", packed)
    x1, y1, x2, y2, ratio = _finite(np.array([roi.x1, roi.y1, roi.x2, roi.y2, ratio])).tolist()
    radius = math.hypot(x2 - x1, y2 - y1) / 2
    return (x1 + x2) / 2, (y1 + y2) / 2, radius, radius * ratio, math.degrees(math.atan2(y2 - y1, x2 - x1))


def _parts(roi: ImagejRoi) -> list[list[Numbers]]:
    """Return the parts of a composite, which is a path of Java: the area that its rings cover by the even-odd rule."""
    from shapely.errors import ShapelyError

    try:
        path = [] if roi.multi_coordinates is None else roi.multi_coordinates.tolist()
        rings = [np.array(ring) for ring in _rings(path)]
    except (IndexError, ValueError, OverflowError, KeyError) as error:
        raise UnusableError("whose path is damaged") from error
    whole = [_finite(ring) for ring in rings if len(np.unique(ring, axis=0)) > 2]
    try:
        parts = even_odd(whole) if whole else []
    except ShapelyError as error:  # at the ends of what numbers can say
        raise UnusableError("whose rings cannot be told apart") from error
    if not parts:
        raise UnusableError("of no area")
    return parts


def _rings(path: list[float]) -> Iterator[list[tuple[float, float]]]:
    """Yield the rings of a path: a segment is a number that says what it is, as `PathIterator` has it, and points."""
    ring: list[tuple[float, float]] = []
    at = 0
    while at < len(path):
        points = _SEGMENT_POINTS[int(path[at])]
        values = path[at + 1 : at + 1 + 2 * points]
        ends = list(zip(values[::2], values[1::2], strict=True))
        if len(ends) < points:
            raise ValueError("the path breaks off")
        match path[at]:
            case 0:
                yield ring
                ring = ends
            case 1:
                ring += ends
            case 2 | 3:
                ring += _curve([ring[-1], *ends])
        at += 1 + 2 * points
    yield ring


def _curve(controls: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points on a Bezier curve, without its first."""
    along = np.linspace(0, 1, _CURVE_STEPS + 1)[1:, None, None]
    points = np.array(controls)[None]
    while points.shape[1] > 1:  # de Casteljau
        points = (1 - along) * points[:, :-1] + along * points[:, 1:]
    return [(x, y) for x, y in points[:, 0].tolist()]
