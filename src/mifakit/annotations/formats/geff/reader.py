"""GEFF (Graph Exchange File Format): nodes with places and properties, and edges, in a small Zarr folder.

Which property of nodes is which axis, and in what unit, its metadata tell. Pixels are taken as those of the corner
grid, since the specification leaves it open; where a program counts pixels, as in centroids of scikit-image,
`first_pixel: 0` says so. Time points count from 0, unless the unit of time is one of clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.geff.store import KEY, Store, read_store
from mifakit.annotations.model import Column, Graph, Kind, Numbers, Objects, Offsets, Points
from mifakit.annotations.reading.left_out import LeftOut
from mifakit.annotations.reading.lengths import FRAMES, in_frames, in_pixels
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.zarr.nodes import read_node

_SPACE = "zyx"
_LABEL, _CLASS, _TRACK = "label", "class", "track"


class Geff:
    """Reads graphs and tracks."""

    name: ClassVar[str] = "GEFF"
    suffixes: ClassVar[tuple[str, ...]] = (".geff",)
    reads_folders: ClassVar[bool] = True
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TRACKS, Kind.GRAPHS})
    keeps: ClassVar[str] = "properties of nodes and edges, of which label, class and tracklets as such"
    loses: ClassVar[str] = "properties of several values, offsets of axes, display hints, what stands under extra"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is a folder whose metadata speak of a graph."""
        try:
            root = read_node(path, "") if path.is_dir() else None
        except MifaError:
            return False
        return root is not None and isinstance(root.attributes.get(KEY), dict)

    def open(self, path: Path, options: Options) -> _GeffFile:
        """Read a folder; see `mifakit.annotations.base.AnnotationFormat.open`."""
        store = read_store(path)
        return _GeffFile(path, store, _places(path, store, options.unit), options)


class _Place(NamedTuple):
    """A property that says where nodes are along an axis of images."""

    name: str
    unit: str


def _places(path: Path, store: Store, unit: str) -> dict[str, _Place]:
    """Return the properties that are t, z, y and x; spatial axes of other names come in the order z, y, x.

    Raises
    ------
    MifaError
        MIFA202 when there are none.
    """
    axes = store.metadata.axes
    if axes is None:
        found = {axis: _Place(axis, "" if axis == "t" else unit) for axis in "tzyx" if axis in store.properties}
    else:
        space = [
            axis for axis in axes if axis.type == "space" or (axis.type is None and axis.name.casefold() in _SPACE)
        ]
        letters = [axis.name.casefold() for axis in space]
        if not {*letters} <= {*_SPACE}:
            letters = list(_SPACE)[-len(space) :]
        found = {
            letter: _Place(axis.name, unit or axis.unit or "") for letter, axis in zip(letters, space, strict=False)
        }
        for axis in axes:
            if axis.type == "time" or (axis.type is None and axis.name.casefold() == "t"):
                found["t"] = _Place(axis.name, axis.unit or "")
    for place in found.values():
        if not isinstance(store.properties.get(place.name), np.ndarray):
            raise MifaError("MIFA202", f"has no numbers of its axis {place.name!r}", str(path))
    if not {"x", "y"} <= {*found}:
        raise MifaError("MIFA202", "does not tell which properties of nodes are x and y", str(path))
    return found


class _GeffFile:
    images = (NamedImage(),)
    companions = ()
    findings = ()

    def __init__(self, path: Path, store: Store, places: Mapping[str, _Place], options: Options) -> None:
        self._path, self._store, self._places, self._options = path, store, places, options

    def read(self, index: int, grid: Grid) -> Annotation:
        _ = self.images[index]
        store, nodes, links = self._store, LeftOut(self._path, "node"), LeftOut(self._path, "edge")
        numbers = {axis: np.asarray(store.properties[place.name], np.float64) for axis, place in self._places.items()}
        rows = _sound(store.ids, numbers, nodes)
        where = {axis: self._on_grid(axis, values[rows], grid) for axis, values in numbers.items()}
        edges, kept = _connected(store, rows, links)
        if not store.metadata.directed and "t" in where:  # time has a direction
            edges = np.where((where["t"][edges[:, :1]] > where["t"][edges[:, 1:]]), edges[:, ::-1], edges)
        shift = 0.0 if self._options.first_pixel is None else 0.5 - self._options.first_pixel
        points = Points(np.stack([where["x"], where["y"]], axis=1) + shift, self._objects(rows, where))
        graph = Graph(points, edges, _taken(store.edge_properties, kept), tracks="t" in where)
        layers = (graph,) if len(rows) else ()
        findings = (*store.findings, *nodes.findings, *links.findings, *self._offsets())
        return Annotation(layers, findings)

    def _on_grid(self, axis: str, values: Numbers, grid: Grid) -> Numbers:
        unit, first = self._places[axis].unit, self._options.first_pixel or 0
        if axis == "t":
            return in_frames(values, unit, grid, self._path) - (first if unit in FRAMES else 0)
        pixels = in_pixels(values, axis, unit, grid, self._path)
        return pixels - first if axis == "z" else pixels

    def _objects(self, rows: Offsets, where: Mapping[str, Numbers]) -> Objects:
        store, metadata = self._store, self._store.metadata
        properties = _taken(store.properties, rows)
        for place in self._places.values():
            properties.pop(place.name, None)
        track = (metadata.track_node_props or {}).get("tracklet", "")
        if track in properties:
            properties[_TRACK] = properties.pop(track)
        label = next((name for name in (_labels(store), _LABEL) if _is_whole(properties.get(name))), "")
        classes = self._options.columns.get(_CLASS, _CLASS)
        said: dict[str, Any] = {axis: where[axis] for axis in "tz" if axis in where}
        if label:
            said["label"] = np.asarray(properties.pop(label), np.int64)
        if classes in properties:
            said["name"] = [None if name is None else str(name) for name in list(properties.pop(classes))]
        return Objects(
            len(rows), source_id=[str(id_) for id_ in store.ids[rows].tolist()], properties=properties, **said
        )

    def _offsets(self) -> Iterator[Finding]:
        offset = [axis.name for axis in self._store.metadata.axes or () if axis.offset]
        if offset:
            message = (
                f"the offset of its axes {', '.join(offset)} is not applied: coordinates count from the image's corner"
            )
            yield Finding.of("MIFA359", message, str(self._path))


def _sound(ids: npt.NDArray[Any], numbers: Mapping[str, Numbers], left_out: LeftOut) -> Offsets:
    """Return the nodes that have a place, and an id of their own."""
    placed = np.logical_and.reduce([np.isfinite(values) for values in numbers.values()])
    for row in np.flatnonzero(~placed).tolist():
        left_out.add("MIFA361", "whose place is missing or not a number", ids[row])
    rows = np.flatnonzero(placed)
    _, first = np.unique(ids[rows], return_index=True)
    for row in np.delete(rows, first).tolist():
        left_out.add("MIFA359", "whose id another node has", ids[row])
    return rows[np.sort(first)]


def _connected(store: Store, rows: Offsets, left_out: LeftOut) -> tuple[Offsets, Offsets]:
    """Return edges as places among nodes, and which edges these are."""
    ids = store.ids[rows]
    order = np.argsort(ids)
    found = np.searchsorted(ids, store.edges, sorter=order).clip(max=max(len(ids) - 1, 0))
    places = order[found] if len(ids) else np.zeros(store.edges.shape, np.int64)
    there = (ids[places] == store.edges).all(axis=1) if len(ids) else np.zeros(len(store.edges), bool)
    for edge in store.edges[~there].tolist():
        left_out.add("MIFA359", "between nodes that are not there", f"{edge[0]}-{edge[1]}")
    return places[there], np.flatnonzero(there)


def _labels(store: Store) -> str:
    """Return the property that a label image's values are in, if one is spoken of."""
    for related in store.metadata.related_objects or ():
        if related.type == "labels":
            return related.node_prop or vars(related).get("label_prop") or ""
    return ""


def _is_whole(column: Column | None) -> bool:
    return isinstance(column, np.ndarray) and column.dtype.kind in "iu"


def _taken(columns: Mapping[str, Column], rows: Offsets) -> dict[str, Column]:
    return {
        name: column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows.tolist()]
        for name, column in columns.items()
    }
