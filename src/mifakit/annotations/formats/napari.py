"""napari's CSV of points and shapes layers, and tables of tracks with the columns of its tracks layer.

`axis-0`, `axis-1` ... are those of the layer's array, outermost first, so that the last two are y and x; whole numbers
are the centres of pixels, as everywhere in napari. The axes before them are those of the image: all that are longer
than one, or these without c, as channels may be layers. napari itself does not write tracks; what people save has its
columns `ID, t, (z), y, x` (documentation of `napari.layers.Tracks`), and may have the parent of each track.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.model import Kind, Numbers
from mifakit.annotations.reading.collectors import ShapeCollector
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.tabular.contents import Contents
from mifakit.annotations.reading.tabular.file import TabularFile
from mifakit.annotations.reading.tabular.roles import find_roles, meaning_of
from mifakit.errors import MifaError
from mifakit.sources.columns import Columns
from mifakit.sources.delimited import read_delimited

_FIRST_PIXEL = 0
_PIXEL_CENTRE = 0.5
_AXIS = "axis-"
_OF_SHAPES = {"index", "shape-type", "vertex-index"}
_TRACK = {"id", "trackid", "track_id"}
_PARENT = {"parenttrackid", "parent_track_id", "parent"}
_OF_TRACKS = (["t", "y", "x"], ["t", "z", "y", "x"])


class Napari:
    """Reads what napari saves of points and shapes layers, and tables of tracks."""

    name: ClassVar[str] = "napari"
    suffixes: ClassVar[tuple[str, ...]] = (".csv",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.POINTS, Kind.SHAPES, Kind.BOXES, Kind.TRACKS})
    keeps: ClassVar[str] = (
        "features of points and tracks; those that the sheet names class, id, label, confidence, as such"
    )
    loses: ClassVar[str] = "nothing; napari itself saves no features of shapes, no colours, no scales"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its header is one of napari's."""
        line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "ignore")
        return _kind_of([name.strip().strip('"') for name in line.split(",")]) is not None

    def open(self, path: Path, options: Options) -> TabularFile | _LayerFile:
        """Read a file; see `mifakit.annotations.base.AnnotationFormat.open`."""
        columns = read_delimited(path)
        stated = find_roles(path, columns, options.columns)
        kind = _kind_of(columns.names)
        match kind:
            case None:
                raise MifaError("MIFA204", "is a table, but not of napari: it lacks axis-0, or t, y and x", str(path))
            case Kind.TRACKS:
                return _points(path, columns, _track_roles(columns.names) | stated, options)
            case _:
                return _LayerFile(path, columns, kind, stated, options)


def _kind_of(names: Sequence[str]) -> Kind | None:
    axes = [name for name in names if name.startswith(_AXIS)]
    if len(axes) > 1 and axes == [f"{_AXIS}{number}" for number in range(len(axes))]:
        return Kind.SHAPES if _OF_SHAPES.issubset(names) else Kind.POINTS
    first, *others = [name.casefold() for name in names] or [""]
    return Kind.TRACKS if first in _TRACK and any(others[: len(axes)] == axes for axes in _OF_TRACKS) else None


def _track_roles(names: Sequence[str]) -> dict[str, str]:
    axes = {name.casefold(): name for name in names if name.casefold() in ("t", "z", "y", "x")}
    parents = [name for name in names if name.casefold() in _PARENT]
    return {"track": names[0], **axes, **dict(zip(["parent"], parents, strict=False))}


def _points(path: Path, columns: Columns, roles: dict[str, str], options: Options) -> TabularFile:
    said = Options(classes=options.classes, first_pixel=_FIRST_PIXEL)
    return TabularFile(path, Contents(columns, roles), said, meaning_of(path, columns, roles.keys()))


class _LayerFile:
    """Points or shapes. Which axes they have, their image tells."""

    images = (NamedImage(),)
    companions = ()

    def __init__(self, path: Path, columns: Columns, kind: Kind, stated: dict[str, str], options: Options) -> None:
        self._path, self._columns, self._kind = path, columns, kind
        self.findings = columns.findings
        self._stated, self._options = stated, options

    def read(self, index: int, grid: Grid) -> Annotation:
        _ = self.images[index]
        headers = [name for name in self._columns.names if name.startswith(_AXIS)]
        roles = dict(zip(_axes(self._path, len(headers), grid), headers, strict=True))
        if self._kind is Kind.SHAPES:
            return _read_shapes(self._path, Contents(self._columns, roles))
        own = {"id": "index"} if "index" in self._columns.names else {}
        return _points(self._path, self._columns, roles | own | self._stated, self._options).read(0, grid)


def _axes(path: Path, count: int, grid: Grid) -> list[str]:
    """Return the axes of coordinates, by their number."""
    leading = [axis for axis in grid.sizes if axis not in "yx"]
    longer = [axis for axis in leading if grid.size(axis) > 1]
    for axes in ([], longer, [axis for axis in longer if axis != "c"], leading):
        if len(axes) == count - 2:
            return [*axes, "y", "x"]
    message = f"has {count} axes, its image {''.join(grid.sizes)}: which of them are meant cannot be told"
    raise MifaError("MIFA227", message, str(path), "save the layer with all axes of its image")


def _read_shapes(path: Path, contents: Contents) -> Annotation:
    shapes, left_out = ShapeCollector(), LeftOut(path, "shape")
    indices = contents.columns.texts("index")
    kinds = contents.columns.texts("shape-type")
    places = {axis: values for axis, values in contents.numbers.items() if axis not in "xy"}
    xy = np.stack([contents.numbers["x"], contents.numbers["y"]], axis=1) + _PIXEL_CENTRE
    start = 0
    for stop in range(1, len(indices) + 1):
        if stop < len(indices) and indices[stop] == indices[start]:
            continue
        with left_out.unless_usable(indices[start]):
            said: dict[str, Any] = {axis: _place(values[start:stop]) for axis, values in places.items()}
            _add(shapes, kinds[start], xy[start:stop], {"source_id": indices[start], **said})
        start = stop
    layers = (shapes.collected(),) if len(shapes) else ()
    return Annotation(layers, left_out.findings)


def _place(values: Numbers) -> float:
    if not (values == values[0]).all():
        raise UnusableError("on several planes, or on none")
    return float(values[0])


def _add(shapes: ShapeCollector, kind: str | None, vertices: Numbers, said: dict[str, Any]) -> None:
    if not np.isfinite(vertices).all():
        raise UnusableError("whose coordinates are not numbers", "MIFA361")
    match kind, len(vertices):
        case "rectangle", 4 if _is_upright(vertices):
            shapes.box(*vertices.min(axis=0), *vertices.max(axis=0), **said)
        case "ellipse", 4:  # the corners of the box around it, which may be turned
            x, y = vertices.mean(axis=0).tolist()
            along, across = (((vertices[corner] - vertices[0]) / 2).tolist() for corner in (1, 3))
            angle = math.degrees(math.atan2(along[1], along[0]))
            shapes.ellipse(x, y, math.hypot(*along), math.hypot(*across), angle, **said)
        case ("rectangle", 4) | ("polygon", _):
            shapes.polygon(vertices, **said)
        case (("line" | "path"), _):
            shapes.line(vertices, **said)
        case _:
            raise UnusableError(f"of type {kind!r} with {len(vertices)} vertices")


def _is_upright(corners: Numbers) -> bool:
    """Whether sides lie along the axes: each is along x or y alone."""
    return bool((np.diff(corners, axis=0, append=corners[:1]) == 0).any(axis=1).all())
