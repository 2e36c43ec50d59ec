"""Layers of one kind that came of several files, or several parts of one -> one layer each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mifakit.annotations.model import (
    Classes,
    Column,
    Counts,
    Graph,
    Layer,
    Masks,
    Objects,
    Points,
    Shapes,
    Table,
)

_TEXTS = ("source_id", "name", "annotator", "created")
_NUMBERS = ("t", "z", "c", "confidence")


def join_layers(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers with those of one kind put together, in order: outlines first, as label values follow it.

    Label images and lineages stay as they are.
    """
    joined: list[Layer] = []
    if shapes := [layer for layer in layers if isinstance(layer, Shapes)]:
        joined.append(_join_shapes(shapes))
    if masks := [layer for layer in layers if isinstance(layer, Masks)]:
        joined.append(_join_masks(masks))
    if points := [layer for layer in layers if isinstance(layer, Points)]:
        joined.append(_join_points(points))
    if classes := [layer.objects for layer in layers if isinstance(layer, Classes)]:
        joined.append(Classes(join_objects(classes)))
    if counts := [layer for layer in layers if isinstance(layer, Counts)]:
        values = np.concatenate([layer.values for layer in counts])
        joined.append(Counts(values, join_objects([layer.objects for layer in counts])))
    if tables := [layer.objects for layer in layers if isinstance(layer, Table)]:
        joined.append(Table(join_objects(tables)))
    graphs = [[one for one in layers if isinstance(one, Graph) and one.tracks == tracks] for tracks in (True, False)]
    joined += [_join_graphs(same) for same in graphs if same]
    known = (Shapes, Masks, Points, Classes, Counts, Table, Graph)
    return joined + [layer for layer in layers if not isinstance(layer, known)]


def join_objects(parts: Sequence[Objects]) -> Objects:
    """Return what is said of all objects, one part after the other."""
    if len(parts) == 1:
        return parts[0]
    counts = [part.count for part in parts]
    columns: dict[str, Any] = {}
    for name in _TEXTS:
        if any(getattr(part, name) is not None for part in parts):
            columns[name] = _listed([getattr(part, name) for part in parts], counts)
    for name in (*_NUMBERS, "label"):
        if any(getattr(part, name) is not None for part in parts):
            nothing: float = 0 if name == "label" else np.nan
            filled = [np.full(part.count, nothing) if (one := getattr(part, name)) is None else one for part in parts]
            columns[name] = np.concatenate(filled).astype(np.int64 if name == "label" else np.float64)
    names = dict.fromkeys(name for part in parts for name in part.properties)
    properties = {name: _listed([part.properties.get(name) for part in parts], counts) for name in names}
    return Objects(sum(counts), properties=properties, **columns)


def _listed(columns: Sequence[Column | None], counts: Sequence[int]) -> list[Any]:
    joined: list[Any] = []
    for column, count in zip(columns, counts, strict=True):
        if isinstance(column, np.ndarray):
            joined += column.tolist()
        else:
            joined += [None] * count if column is None else column
    return joined


def _join_shapes(parts: Sequence[Shapes]) -> Shapes:
    if len(parts) == 1:
        return parts[0]

    def starts(name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        columns = [getattr(part, name) for part in parts]
        before = np.cumsum([0, *(column[-1] for column in columns[:-1])])
        return np.concatenate([[0], *(column[1:] + shift for column, shift in zip(columns, before, strict=True))])

    return Shapes(
        np.concatenate([part.kinds for part in parts]),
        starts("offsets"),
        starts("parts"),
        starts("rings"),
        np.concatenate([part.vertices for part in parts]),
        join_objects([part.objects for part in parts]),
    )


def _join_masks(parts: Sequence[Masks]) -> Masks:
    before = np.cumsum([0, *(part.objects.count for part in parts[:-1])])
    return Masks(
        np.concatenate([part.owners + shift for part, shift in zip(parts, before, strict=True)]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.stops for part in parts]),
        join_objects([part.objects for part in parts]),
    )


def _join_points(parts: Sequence[Points]) -> Points:
    return Points(np.concatenate([part.xy for part in parts]), join_objects([part.objects for part in parts]))


def _join_graphs(parts: Sequence[Graph]) -> Graph:
    if len(parts) == 1:
        return parts[0]
    before = np.cumsum([0, *(len(part.nodes) for part in parts[:-1])])
    counts = [len(part.edges) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part.edge_properties)
    return Graph(
        _join_points([part.nodes for part in parts]),
        np.concatenate([part.edges + shift for part, shift in zip(parts, before, strict=True)]),
        {name: _listed([part.edge_properties.get(name) for part in parts], counts) for name in names},
        parts[0].tracks,
    )
