"""Outlines -> WKB (OGC 06-103r4, little endian), a million of them without a Python object each. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mifakit.annotations.model import ShapeKind, Shapes

_LINE, _POLYGON = 2, 3
_LITTLE_ENDIAN = 1
_VERTEX = 16
"""Bytes of x and y."""


def encode(shapes: Shapes) -> tuple[pa.Array, set[str]]:
    """Return each shape as WKB, and GeoParquet's names of the types among them.

    Shapes of one ring are copied in bulk, those of as many vertices together; what has holes or several parts goes
    through shapely.
    """
    lines = shapes.kinds == ShapeKind.LINE
    rings = np.diff(shapes.parts[shapes.offsets])
    plain = (np.diff(shapes.offsets) == 1) & (rings == 1)
    parts: list[tuple[npt.NDArray[np.int64], pa.Array]] = []
    types: set[str] = set()
    for mask, kind, name in ((plain & lines, _LINE, "LineString"), (plain & ~lines, _POLYGON, "Polygon")):
        if mask.any():
            types.add(name)
            parts += _in_bulk(shapes, np.flatnonzero(mask), kind)
    if not plain.all():
        places = np.flatnonzero(~plain)
        encoded, names = _by_shapely(shapes.take(places))
        types |= names
        parts.append((places, encoded))
    if not parts:
        return pa.array([], pa.binary()), types
    order = np.argsort(np.concatenate([places for places, _ in parts]), kind="stable")
    joined = pa.concat_arrays([encoded for _, encoded in parts])
    return joined.take(pa.Array.from_buffers(pa.int64(), len(order), [None, pa.py_buffer(order)])), types


def _in_bulk(
    shapes: Shapes, places: npt.NDArray[np.int64], kind: int
) -> Iterator[tuple[npt.NDArray[np.int64], pa.Array]]:
    """Yield shapes of one ring, those of as many vertices together: where they were, and their WKB."""
    ring = shapes.parts[shapes.offsets[places]]
    begins = shapes.rings[ring]
    counts = shapes.rings[ring + 1] - begins
    order = np.argsort(counts, kind="stable")
    sizes, firsts = np.unique(counts[order], return_index=True)
    for size, group in zip(sizes.tolist(), np.split(order, firsts)[1:], strict=True):
        vertices = shapes.vertices[begins[group, None] + np.arange(size)].astype("<f8", copy=False)
        closed = kind == _POLYGON and size > 0  # a ring says its first vertex again
        words = [kind, size] if kind == _LINE else [kind, 1, size + closed]
        header = np.concatenate([[_LITTLE_ENDIAN], np.array(words, "<u4").view(np.uint8)]).astype(np.uint8)
        begin, end = len(header), len(header) + _VERTEX * size
        rows = np.empty((len(group), end + _VERTEX * closed), np.uint8)
        rows[:, :begin] = header
        rows[:, begin:end] = vertices.reshape(len(group), -1).view(np.uint8)
        if closed:
            rows[:, end:] = rows[:, begin : begin + _VERTEX]
        yield places[group], _binary(rows)


def _binary(rows: npt.NDArray[np.uint8]) -> pa.Array:
    """Return rows of bytes as values of a column."""
    count, length = rows.shape
    if count * length < 2**31:
        offsets = np.arange(0, (count + 1) * length, length, dtype=np.int32)
        return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(rows)])
    half = count // 2
    return pa.concat_arrays([_binary(rows[:half]), _binary(rows[half:])])


def _by_shapely(shapes: Shapes) -> tuple[pa.Array, set[str]]:
    """Return shapes of several rings, or of several parts."""
    import shapely

    geometry = np.empty(len(shapes), object)
    single = np.diff(shapes.offsets) == 1
    lines = shapes.kinds == ShapeKind.LINE
    kinds = {
        "Polygon": single & ~lines,
        "MultiPolygon": ~single & ~lines,
        "MultiLineString": lines,
    }
    found = set()
    for name, mask in kinds.items():
        if not mask.any():
            continue
        found.add(name)
        some = shapes.take(mask)
        vertices, rings = (some.vertices, some.rings) if "Line" in name else _closed(some)
        offsets = {
            "Polygon": (rings, some.parts),
            "MultiPolygon": (rings, some.parts, some.offsets),
            "MultiLineString": (rings, some.offsets),
        }[name]
        kind = getattr(shapely.GeometryType, name.upper())
        geometry[mask] = shapely.from_ragged_array(kind, vertices, offsets)
    return pa.array(shapely.to_wkb(geometry, byte_order=1), pa.binary()), found


def _closed(shapes: Shapes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return vertices and rings with each ring's first vertex said again at its end."""
    sizes = np.diff(shapes.rings)
    filled = sizes > 0
    vertices = np.insert(shapes.vertices, shapes.rings[1:][filled], shapes.vertices[shapes.rings[:-1][filled]], axis=0)
    return vertices, np.concatenate([[0], np.cumsum(sizes + filled)])
