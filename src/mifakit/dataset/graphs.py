"""Graphs as GEFF: nodes with places and properties, and edges, in a small Zarr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.readers.base import Spacing

_SPACE, _TIME = "pixel", "frame"


@dataclass(frozen=True)
class GraphArrays:
    """A graph as columns.

    Attributes
    ----------
    ids
        Of nodes; whole numbers from 0.
    edges
        (m, 2) ids: from, to.
    places
        By axis, of t, z, y, x: x and y on the corner grid, t and z counted from 0.
    properties, edge_properties
        Numbers, truth values or text by name; NaN or None says nothing.
    directed
        Whether edges have a direction.
    """

    ids: npt.NDArray[np.uint64]
    edges: npt.NDArray[np.uint64]
    places: Mapping[str, npt.NDArray[np.float64]]
    properties: Mapping[str, Sequence[Any] | npt.NDArray[Any]]
    edge_properties: Mapping[str, Sequence[Any] | npt.NDArray[Any]]
    directed: bool = True


def write_graph(folder: Path, graph: GraphArrays, spacing: Mapping[str, Spacing], label: str | None) -> None:
    """Write a graph.

    Parameters
    ----------
    folder
        Its `.geff`; must not exist.
    graph
        The graph.
    spacing
        What is known of the distance between pixels and time points.
    label
        The label image whose values the property `label` holds, relative to `folder`; None when there is none.
    """
    import zarr
    from geff_spec import Axis, GeffMetadata, RelatedObject

    # Format 2, as geff itself writes by default: in format 3 text has no stable type yet.
    root = zarr.open_group(str(folder), mode="w-", zarr_format=2)
    _write_ids(root, "nodes/ids", graph.ids)
    _write_ids(root, "edges/ids", graph.edges)
    axes = []
    for axis, values in graph.places.items():
        known = spacing.get(axis)
        axes.append(
            Axis(
                name=axis,
                type="time" if axis == "t" else "space",
                unit=_TIME if axis == "t" else _SPACE,
                scale=known.value if known else None,
                scaled_unit=known.unit if known else None,
                min=float(values.min()) if values.size else None,
                max=float(values.max()) if values.size else None,
            )
        )
    nodes = {**graph.places, **graph.properties}
    related = [RelatedObject(type="labels", path=label, node_prop="label")] if label and "label" in nodes else None
    metadata = GeffMetadata(
        geff_version="1.1.0",
        directed=graph.directed,
        axes=axes,
        node_props_metadata=_write_properties(root, "nodes", nodes),
        edge_props_metadata=_write_properties(root, "edges", graph.edge_properties),
        related_objects=related,
        track_node_props={"tracklet": "track"} if "track" in nodes else None,
    )
    root.attrs["geff"] = metadata.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True)
class GraphSummary:
    """What there is in a graph on disk.

    Attributes
    ----------
    nodes, edges
        How many.
    lost_edges
        How many of the edges lead to nodes that are not there.
    over_time
        Whether nodes have a time, and edges lead on in it.
    """

    nodes: int
    edges: int
    lost_edges: int
    over_time: bool


def read_graph(folder: Path) -> GraphSummary:
    """Look into a graph.

    Raises
    ------
    Exception
        Whatever zarr and geff_spec raise of one that is damaged.
    """
    import zarr
    from geff_spec import GeffMetadata

    root: Any = zarr.open_group(str(folder), mode="r")
    GeffMetadata.model_validate(root.attrs["geff"])
    ids, edges = np.asarray(root["nodes/ids"][:]), np.asarray(root["edges/ids"][:]).reshape(-1, 2)
    lost = ~np.isin(edges, ids).all(axis=1)
    over_time = False
    if "t" in root["nodes/props"]:
        times = dict(zip(ids.tolist(), np.asarray(root["nodes/props/t/values"][:]).tolist(), strict=True))
        over_time = all(times[begin] < times[end] for begin, end in edges[~lost].tolist()) and bool(len(edges))
    return GraphSummary(len(ids), len(edges), int(lost.sum()), over_time)


def _write_ids(root: Any, path: str, values: npt.NDArray[Any]) -> None:
    root.create_array(path, data=np.ascontiguousarray(values, np.uint64))


def _write_properties(root: Any, of: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    from geff_spec import PropMetadata

    root.require_group(f"{of}/props")
    described = {}
    for name, column in properties.items():
        values, missing = _as_array(column)
        place = f"{of}/props/{_identifier(name)}"
        root.create_array(f"{place}/values", data=values)
        if missing.any():
            root.create_array(f"{place}/missing", data=missing)
        dtype = "str" if values.dtype.kind == "U" else values.dtype.name
        described[_identifier(name)] = PropMetadata(
            identifier=_identifier(name), dtype=dtype, name=name if name != _identifier(name) else None
        )
    return described


def _identifier(name: str) -> str:
    """Return a property's name as one folder's name."""
    return "".join(sign if sign.isalnum() or sign in "_- " else "_" for sign in name).strip() or "_"


def _as_array(column: Sequence[Any] | npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Return a column as an array, and which of it says nothing."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "iufb":
        missing = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), bool)
        return np.where(missing, 0, column).astype(column.dtype), missing
    missing = np.array([value is None for value in column], bool)
    kinds = {type(value) for value in column if value is not None}
    if kinds and kinds <= {int, float, bool}:
        numbers = np.array([0 if value is None else value for value in column])
        return numbers, missing
    return np.array(["" if value is None else str(value) for value in column]), missing
