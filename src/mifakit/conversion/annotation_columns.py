"""Layers of annotations -> columns of tables, as they will stand in the dataset. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mifakit.annotations.base import Grid
from mifakit.annotations.joining import join_layers, join_objects
from mifakit.annotations.model import Classes, Counts, Graph, Objects, Points, ShapeKind, Shapes
from mifakit.annotations.raster.label_properties import LabelProperties
from mifakit.conversion.well_known_binary import encode
from mifakit.dataset.annotation_tables import (
    GEOMETRY,
    PROPERTY,
    make_part,
    property_column,
    real_column,
    text_column,
    whole_column,
)
from mifakit.dataset.graphs import GraphArrays

Ids = npt.NDArray[np.int64]
_LONGEST_ID = 19
"""Digits of a number that 64 bits hold for sure."""
_KINDS = {kind: kind.name.lower() for kind in ShapeKind}
_BATCH = 2**16
"""Shapes that become WKB at once: copies of them are made on the way."""


def shape_rows(sample: str, shapes: Shapes) -> pa.Table:
    """Return the part of `shapes.parquet` that a sample's shapes are."""
    bounds = shapes.bounds
    names = np.array([_KINDS[kind] for kind in ShapeKind])
    columns = _said(shapes.objects) | {
        "kind": pa.DictionaryArray.from_arrays(_whole32(shapes.kinds), text_column(list(names))).dictionary_decode()
    }
    columns |= {
        f"{axis}_{side}": real_column(bounds[:, place])
        for place, (side, axis) in enumerate((side, axis) for side in ("min", "max") for axis in "xy")
    }
    batches = [(start, min(start + _BATCH, len(shapes))) for start in range(0, len(shapes), _BATCH)]
    encoded = [encode(shapes.outlines(*batch)) for batch in batches]
    columns[GEOMETRY] = pa.chunked_array([binary for binary, _ in encoded], pa.binary())
    box = [float(value) for value in (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))] if len(shapes) else []
    types = sorted({name for _, found in encoded for name in found})
    said = {"geometry_types": json.dumps(types), "bbox": json.dumps(box)}
    return make_part("shapes", sample, columns, len(shapes)).replace_schema_metadata(said)


def _whole32(values: npt.NDArray[Any]) -> pa.Array:
    numbers = np.ascontiguousarray(values, np.int32)
    return pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])


def point_rows(sample: str, points: Points) -> pa.Table:
    """Return the part of `points.parquet` that a sample's points are."""
    places = {"x": real_column(points.xy[:, 0]), "y": real_column(points.xy[:, 1])}
    return make_part("points", sample, _said(points.objects) | places, len(points))


def class_rows(sample: str, classes: Classes) -> pa.Table:
    """Return the part of `classes.parquet` that a sample's class labels are."""
    return make_part("classes", sample, _said(classes.objects), classes.objects.count)


def count_rows(sample: str, counts: Counts) -> pa.Table:
    """Return the part of `counts.parquet` that a sample's counts are."""
    columns = _said(counts.objects) | {"count": real_column(counts.values)}
    return make_part("counts", sample, columns, len(counts.values))


def object_rows(
    sample: str,
    label_image: str,
    found: LabelProperties,
    said: Objects,
    classes: Mapping[int, str],
    grid: Grid,
) -> pa.Table:
    """Return a part of `objects.parquet`: the objects of one label image.

    Parameters
    ----------
    sample
        Its id.
    label_image
        Its path in the dataset.
    found
        What was measured.
    said
        What is known of objects by `label`; the first that says something of one counts.
    classes
        What label values mean, where the sheet says so.
    grid
        The image.
    """
    known = _looked_up(said, found.labels)
    if classes:
        known = replace(known, name=[classes.get(value) for value in found.labels.tolist()])
    columns = _said(known) | {"id": whole_column(found.labels)}
    count = len(found.labels)
    columns["label_image"] = text_column([label_image] * count)
    columns["t"] = whole_column(found.t, np.full(count, "t" not in grid.sizes))
    columns["area"] = whole_column(found.areas)
    lengths = [grid.micrometres(axis) for axis in ("xyz" if grid.size("z") > 1 else "xy")]
    columns["area_um"] = real_column(found.areas * np.prod([np.nan if one is None else one for one in lengths]))
    for place, axis in enumerate("xyz"):
        columns[f"{axis}_min"] = whole_column(found.bounds[:, place])
        columns[f"{axis}_max"] = whole_column(found.bounds[:, place + 3])
        columns[f"centroid_{axis}"] = real_column(found.centroids[:, place])
        length = grid.micrometres(axis)
        columns[f"centroid_{axis}_um"] = real_column(found.centroids[:, place] * (np.nan if length is None else length))
    columns["pieces"] = whole_column(found.pieces)
    return make_part("objects", sample, columns, count)


def _looked_up(said: Objects, labels: npt.NDArray[Any]) -> Objects:
    """Return what is said of each label, in their order; nothing of those that are not mentioned."""
    mentioned = np.zeros(0, np.int64) if said.label is None else said.label
    values, firsts = np.unique(mentioned, return_index=True)
    place = np.searchsorted(values, labels)
    place[place == len(values)] = 0
    hit = values[place] == labels if len(values) else np.zeros(len(labels), bool)
    taken = said.take(firsts[place[hit]] if len(values) else np.zeros(0, np.int64))
    blank = Objects(int((~hit).sum()))
    order = np.argsort(np.concatenate([np.flatnonzero(hit), np.flatnonzero(~hit)]), kind="stable")
    return join_objects([taken, blank]).take(order)


def concatenated(tables: Sequence[pa.Table]) -> pa.Table:
    """Return parts of one kind as one; a column that one of them lacks is empty there."""
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="permissive")


def graph_arrays(graphs: Sequence[Graph], axes: str) -> GraphArrays:
    """Return graphs of a sample as one, on the axes of its image.

    Nodes keep the ids that the file gives them, if these are whole numbers and no two are alike.
    """
    layers = join_layers([replace(graph, tracks=True) for graph in graphs])
    (graph,) = (layer for layer in layers if isinstance(layer, Graph))
    objects = graph.nodes.objects
    places = {
        axis: np.zeros(objects.count) if (values := getattr(objects, axis)) is None else np.nan_to_num(values)
        for axis in "tz"
        if axis in axes
    }
    places |= {"y": graph.nodes.xy[:, 1], "x": graph.nodes.xy[:, 0]}
    own = {"source_id": objects.source_id, "class": objects.name, "label": objects.label}
    ids = _node_ids(objects)
    return GraphArrays(
        ids,
        ids[graph.edges].reshape(-1, 2),
        places,
        {**{name: column for name, column in own.items() if column is not None}, **objects.properties},
        graph.edge_properties,
        directed=True,
    )


def _node_ids(objects: Objects) -> npt.NDArray[np.uint64]:
    names = objects.source_id or ()
    numbers = [int(name) for name in names if name and name.isdecimal() and len(name) < _LONGEST_ID]
    if objects.count and len(set(numbers)) == objects.count:
        return np.array(numbers, np.uint64)
    return np.arange(objects.count, dtype=np.uint64)


def _said(objects: Objects) -> dict[str, pa.Array]:
    """Return what is said of objects, numbered from 1; a column of which nothing is said is left out."""
    columns: dict[str, pa.Array] = {"id": whole_column(np.arange(1, objects.count + 1))}
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
    return columns | {f"{PROPERTY}{name}": property_column(column) for name, column in objects.properties.items()}
