"""Layers of annotations -> columns of tables, as they will stand in the dataset. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mifakit.annotations.model import Classes, Counts, Objects, Points, ShapeKind, Shapes
from mifakit.dataset.annotation_tables import (
    GEOMETRY,
    PROPERTY,
    make_part,
    property_column,
    real_column,
    text_column,
    whole_column,
)

Ids = npt.NDArray[np.int64]
_KINDS = {kind: kind.name.lower() for kind in ShapeKind}
_BATCH = 2**16
"""Shapes that become WKB at once: a Python object each, for no longer than that."""


def shape_rows(sample: str, shapes: Shapes, ids: Ids) -> pa.Table:
    """Return the part of `shapes.parquet` that a sample's shapes are."""
    bounds = shapes.bounds
    names = np.array([_KINDS[kind] for kind in ShapeKind])
    columns = object_columns(shapes.objects, ids) | {
        "kind": pa.DictionaryArray.from_arrays(_whole32(shapes.kinds), text_column(list(names))).dictionary_decode()
    }
    columns |= {
        f"{axis}_{side}": real_column(bounds[:, place])
        for place, (side, axis) in enumerate((side, axis) for side in ("min", "max") for axis in "xy")
    }
    batches = [np.arange(start, min(start + _BATCH, len(shapes))) for start in range(0, len(shapes), _BATCH)]
    encoded = [_well_known_binary(shapes.take(batch)) for batch in batches]
    geometry = [binary for binary, _ in encoded]
    columns[GEOMETRY] = pa.concat_arrays(geometry) if geometry else pa.array([], pa.binary())
    box = [float(value) for value in (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))] if len(shapes) else []
    types = sorted({name for _, found in encoded for name in found})
    said = {"geometry_types": json.dumps(types), "bbox": json.dumps(box)}
    return make_part("shapes", sample, columns, len(shapes)).replace_schema_metadata(said)


def _whole32(values: npt.NDArray[Any]) -> pa.Array:
    numbers = np.ascontiguousarray(values, np.int32)
    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])


def _well_known_binary(shapes: Shapes) -> tuple[pa.Array, set[str]]:
    """Return outlines as WKB, and the types of geometry among them."""
    import shapely

    geometry = np.empty(len(shapes), object)
    single = np.diff(shapes.offsets) == 1
    lines = shapes.kinds == ShapeKind.LINE
    kinds = {
        "LineString": single & lines,
        "Polygon": single & ~lines,
        "MultiPolygon": ~single & ~lines,
        "MultiLineString": ~single & lines,
    }
    found = set()
    for name, mask in kinds.items():
        if not mask.any():
            continue
        found.add(name)
        some = shapes.take(mask)
        vertices, rings = (some.vertices, some.rings) if "Line" in name else _closed(some)
        offsets = {
            "LineString": (rings,),
            "Polygon": (rings, some.parts),
            "MultiPolygon": (rings, some.parts, some.offsets),
            "MultiLineString": (rings, some.offsets),
        }[name]
        kind = getattr(shapely.GeometryType, name.upper())
        geometry[mask] = shapely.from_ragged_array(kind, vertices, offsets)
    return pa.array(shapely.to_wkb(geometry, byte_order=1), pa.binary()), found


def _closed(shapes: Shapes) -> tuple[npt.NDArray[np.float64], Ids]:
    """Return vertices and rings with each ring's first vertex said again at its end."""
    sizes = np.diff(shapes.rings)
    firsts, filled = shapes.rings[:-1][sizes > 0], sizes > 0
    ends = shapes.rings[1:][filled]
    vertices = np.insert(shapes.vertices, ends, shapes.vertices[firsts], axis=0)
    rings = np.concatenate([[0], np.cumsum(sizes + filled)])
    return vertices, rings


def point_rows(sample: str, points: Points, ids: Ids) -> pa.Table:
    """Return the part of `points.parquet` that a sample's points are."""
    places = {"x": real_column(points.xy[:, 0]), "y": real_column(points.xy[:, 1])}
    return make_part("points", sample, object_columns(points.objects, ids) | places, len(points))


def class_rows(sample: str, classes: Classes, ids: Ids) -> pa.Table:
    """Return the part of `classes.parquet` that a sample's class labels are."""
    return make_part("classes", sample, object_columns(classes.objects, ids), classes.objects.count)


def count_rows(sample: str, counts: Counts, ids: Ids) -> pa.Table:
    """Return the part of `counts.parquet` that a sample's counts are."""
    columns = object_columns(counts.objects, ids) | {"count": real_column(counts.values)}
    return make_part("counts", sample, columns, len(counts.values))


def object_columns(objects: Objects, ids: Ids) -> dict[str, pa.Array]:
    """Return what is said of objects; a column of which nothing is said is left out."""
    columns: dict[str, pa.Array] = {"id": whole_column(ids)}
    texts = {"source_id": "source_id", "class": "name", "annotator": "annotator", "created": "created"}
    for column, said in texts.items():
        if (values := getattr(objects, said)) is not None:
            columns[column] = text_column(values)
    for column in ("t", "c"):
        if (numbers := getattr(objects, column)) is not None:
            missing = np.isnan(numbers)
            columns[column] = whole_column(np.where(missing, 0, numbers).astype(np.int64), missing)
    for column in ("z", "confidence"):
        if (numbers := getattr(objects, column)) is not None:
            columns[column] = real_column(numbers)
    return columns | property_columns(objects.properties)


def property_columns(properties: Mapping[str, Any]) -> dict[str, pa.Array]:
    """Return the file's own properties, by the names that they have in tables."""
    return {f"{PROPERTY}{name}": property_column(values) for name, values in properties.items()}
