"""SWC: the branching tree of a neuron, a node a line: `id type x y z radius parent`.

Lengths are micrometres, as in Cannon et al. 1998 (doi:10.1016/S0165-0270(98)00091-0) and at NeuroMorpho.org; many
programs write pixels, which `unit: pixel` says, and with `first_pixel` that they count them. Edges lead from parents to
children.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.model import Graph, Kind, Objects, Points
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.lengths import in_pixels
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_OBJECTS

_TYPES = {0: "undefined", 1: "soma", 2: "axon", 3: "dendrite", 4: "apical dendrite"}
_UNIT = "micrometer"
_NO_PARENT = -1
_FIELDS = 7
_NODE = re.compile(rb"\s*\d+(\s+[-+.\deE]+){5,}\s+-?\d+(\s|$)")


class Swc:
    """Reads SWC."""

    name: ClassVar[str] = "SWC"
    suffixes: ClassVar[tuple[str, ...]] = (".swc",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.GRAPHS})
    keeps: ClassVar[str] = "types, as classes; radii, in the unit of the file"
    loses: ClassVar[str] = "comments, columns behind the seventh"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the first line that is no comment is a node."""
        lines = (line for line in head.splitlines() if line.strip() and not line.lstrip().startswith(b"#"))
        return path.suffix.lower() == ".swc" and bool(_NODE.match(next(lines, b"")))

    def open(self, path: Path, options: Options) -> _SwcFile:
        """Read a file; see `mifakit.annotations.base.AnnotationFormat.open`."""
        left_out = LeftOut(path, "line")
        nodes: dict[int, _Node] = {}
        for number, fields in _lines(read_bounded(path)):
            with left_out.unless_usable(number):
                node = _node(fields)
                if node.id in nodes:
                    raise UnusableError("whose id another node has")
                nodes[node.id] = node
            if len(nodes) > MAX_OBJECTS:
                raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} nodes", str(path))
        if not nodes:
            raise MifaError("MIFA204", "is no SWC file: it has no node", str(path))
        return _SwcFile(path, tuple(nodes.values()), left_out, options)


class _Node(NamedTuple):
    id: int
    type: int
    place: tuple[float, float, float]
    radius: float
    parent: int


def _lines(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    for number, line in enumerate(data.splitlines(), start=1):
        if fields := line.partition(b"#")[0].split():
            yield number, fields


def _node(fields: Sequence[bytes]) -> _Node:
    if len(fields) < _FIELDS:
        raise UnusableError(f"of fewer than {_FIELDS} numbers")
    try:
        values = np.array([float(field) for field in fields[:_FIELDS]])
    except ValueError:
        raise UnusableError("whose values are not numbers", "MIFA361") from None
    if not np.isfinite(values).all():
        raise UnusableError("whose values are not numbers", "MIFA361")
    number, kind, *place, radius, parent = values.tolist()
    if any(value % 1 or abs(value) > 2**53 for value in (number, kind, parent)):
        raise UnusableError("whose id, type or parent is not a whole number")
    return _Node(int(number), int(kind), (place[0], place[1], place[2]), radius, int(parent))


class _SwcFile:
    images = (NamedImage(),)
    companions = ()
    findings = ()

    def __init__(self, path: Path, nodes: Sequence[_Node], left_out: LeftOut, options: Options) -> None:
        self._path, self._nodes, self._options = path, nodes, options
        self._edges = _edges(nodes, left_out)
        self._findings = left_out.findings
        pieces = len(nodes) - len(self._edges)
        if pieces > 1:
            message = f"has {pieces:,} nodes without a parent, so that it is as many trees"
            hint = "if it is one neuron, join them; if they are several, save each to a file of its own"
            self._findings += (Finding.of("MIFA354", message, str(path), hint),)

    def read(self, index: int, grid: Grid) -> Annotation:
        _ = self.images[index]
        first, unit = self._options.first_pixel, self._options.unit or _UNIT
        places = np.array([node.place for node in self._nodes])
        x, y, z = (in_pixels(places[:, column], axis, unit, grid, self._path) for column, axis in enumerate("xyz"))
        shift = 0.0 if first is None else 0.5 - first
        classes = {**_TYPES, **self._options.classes}
        objects = Objects(
            len(self._nodes),
            source_id=[str(node.id) for node in self._nodes],
            name=[classes.get(node.type, str(node.type)) for node in self._nodes],
            z=z - (first or 0),
            properties={"radius": np.array([node.radius for node in self._nodes])},
        )
        nodes = Points(np.stack([x, y], axis=1) + shift, objects)
        return Annotation((Graph(nodes, self._edges, tracks=False),), self._findings)


def _edges(nodes: Sequence[_Node], left_out: LeftOut) -> npt.NDArray[np.int64]:
    """Return the places of parents and children; each node has a parent, or is a root."""
    places = {node.id: place for place, node in enumerate(nodes)}
    parents = np.full(len(nodes), -1)
    for place, node in enumerate(nodes):
        if node.parent in places:
            parents[place] = places[node.parent]
        elif node.parent != _NO_PARENT:
            left_out.add("MIFA359", "without the parent that they name", f"of node {node.id}")
    for place in _closing(parents.tolist()):
        parents[place] = -1
        left_out.add("MIFA359", "that close a circle, without the edge that does", f"of node {nodes[place].id}")
    children = np.flatnonzero(parents >= 0)
    return np.stack([parents[children], children], axis=1)


def _closing(parents: Sequence[int]) -> Iterator[int]:
    """Yield a node of each circle."""
    walked = [0] * len(parents)
    for start in range(len(parents)):
        node = start
        while node >= 0 and not walked[node]:
            walked[node] = start + 1
            node = parents[node]
        if node >= 0 and walked[node] == start + 1:
            yield node
