"""What a GEFF holds: its metadata, nodes, edges, and a column for each of their properties."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Column
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.privacy import public
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.guard import guarded
from mifakit.readers.zarr.nodes import list_children, read_node
from mifakit.readers.zarr.whole_array import read_whole
from mifakit.sources.limits import MAX_ARCHIVE_BYTES, MAX_COLUMNS, MAX_OBJECTS

if TYPE_CHECKING:
    from geff_spec import GeffMetadata

KEY = "geff"
"""Under which the attributes of the root hold the metadata."""
_TEXTS = "O"
_SHOWN = 3


@dataclass(frozen=True)
class Store:
    """A graph as it is stored.

    Attributes
    ----------
    metadata
        What it says of itself.
    ids
        Of the nodes.
    edges
        (m, 2) ids: from, to.
    properties, edge_properties
        A column each; None, or NaN in columns of decimal numbers, is missing.
    findings
        What is not taken over.
    """

    metadata: GeffMetadata
    ids: npt.NDArray[Any]
    edges: npt.NDArray[Any]
    properties: Mapping[str, Column]
    edge_properties: Mapping[str, Column]
    findings: tuple[Finding, ...]


def read_store(path: Path) -> Store:
    """Read a GEFF.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA203 when a part of it is not there, MIFA204 when it is none, MIFA226 when it
        is over budget.
    """
    if not path.is_dir():
        raise MifaError("MIFA204", "is no GEFF: that is a folder", str(path), "unpack it, or copy the whole folder")
    root = read_node(path, "")
    if root is None or KEY not in root.attributes:
        raise MifaError("MIFA204", "is no GEFF: nothing in it speaks of a graph", str(path))
    metadata = _metadata(path, root.attributes[KEY])
    arrays, left_out = _Arrays(path), LeftOut(path, "property")
    ids, edges = arrays.read("nodes/ids"), arrays.read("edges/ids")
    if ids.ndim != 1 or edges.ndim != 2 or edges.shape[1] != 2 or {ids.dtype.kind, edges.dtype.kind} - {"i", "u"}:
        message = f"its ids are {ids.shape} of {ids.dtype}, its edges {edges.shape} of {edges.dtype}"
        raise MifaError("MIFA202", message, str(path))
    if max(len(ids), len(edges)) > MAX_OBJECTS:
        raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} nodes or edges", str(path))
    properties = arrays.properties("nodes", len(ids), left_out)
    edge_properties = arrays.properties("edges", len(edges), left_out)
    return Store(metadata, ids, edges, properties, edge_properties, left_out.findings + arrays.findings)


def _metadata(path: Path, stated: Any) -> GeffMetadata:
    from geff_spec import GeffMetadata

    with guarded(path, "its metadata make no sense"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is out of date, or of units that few know
        return GeffMetadata.model_validate(stated)


class _Arrays:
    """The arrays of a folder, within a budget for all of them."""

    def __init__(self, root: Path) -> None:
        self._root, self._left = root, MAX_ARCHIVE_BYTES
        self._gaps: list[str] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding when chunks are missing."""
        if not self._gaps:
            return ()
        more = f" and {len(self._gaps) - _SHOWN:,} more" if len(self._gaps) > _SHOWN else ""
        message = f"chunks are missing, and read as 0 or nothing, in {', '.join(self._gaps[:_SHOWN])}{more}"
        return (Finding.of("MIFA218", message, str(self._root)),)

    def read(self, name: str) -> npt.NDArray[Any]:
        node = read_node(self._root, name)
        if node is None or node.array is None:
            raise MifaError("MIFA203", f"its array {name} is not there", str(self._root))
        array = read_whole(node)
        if array.missing:
            self._gaps.append(name)
        self._left -= array.values.nbytes
        if self._left < 0:
            raise MifaError("MIFA226", f"holds more than {MAX_ARCHIVE_BYTES:,} bytes", str(self._root))
        return array.values

    def properties(self, of: str, count: int, left_out: LeftOut) -> dict[str, Column]:
        """Return the columns of nodes or edges that have one value each."""
        group = read_node(self._root, f"{of}/props")
        places = [] if group is None else list_children(group)
        if len(places) > MAX_COLUMNS:
            raise MifaError("MIFA226", f"has more than {MAX_COLUMNS:,} properties of {of}", str(self._root))
        columns: dict[str, Column] = {}
        for place in places:
            name = place.rpartition("/")[2]
            with left_out.unless_usable(f"{name} of {of}"):
                columns[name] = self._column(place, count)
        return columns

    def _column(self, place: str, count: int) -> Column:
        if read_node(self._root, f"{place}/data") is not None:
            raise UnusableError("of variable length")
        values = self.read(f"{place}/values")
        missing = np.zeros(count, bool)
        if read_node(self._root, f"{place}/missing") is not None:
            missing = self.read(f"{place}/missing").astype(bool)
        if values.ndim != 1:
            raise UnusableError("of several dimensions")
        if not len(values) == len(missing) == count:
            raise UnusableError("of another length than there are ids")
        if values.dtype.kind == "f":
            return np.where(missing, np.nan, values)
        if values.dtype.kind != _TEXTS and not missing.any():
            return values
        plain = [None if gone else value for value, gone in zip(values.tolist(), missing.tolist(), strict=True)]
        return [public(value) for value in plain] if values.dtype.kind == _TEXTS else plain
