"""What any annotation file can say of one image, independent of the format.

Coordinates are x, y in pixels of the image. The origin is the *corner* of the first pixel, so that the centre of pixel
(column 0, row 0) is (0.5, 0.5), and the square whose corners are (2, 2) and (6, 6) covers 4 x 4 pixels. t, z and c
count from 0; along z a whole number is the middle of a plane. What is NaN there was not said: it holds for all of them.

Things are kept in columns, not as an object each: a million outlines are a few arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.int64]
Column = Sequence[Any] | npt.NDArray[Any]


class Kind(StrEnum):
    """What can be found in an annotation file."""

    LABELS = "label image"
    MASKS = "masks"
    SHAPES = "shapes"
    BOXES = "boxes"
    POINTS = "points"
    TRACKS = "tracks"
    GRAPHS = "graphs"
    CLASSES = "classes"
    COUNTS = "counts"
    TABLE = "table"


class ShapeKind(IntEnum):
    """What a shape was drawn as; all but lines cover an area."""

    POLYGON = 0
    BOX = 1
    ELLIPSE = 2
    LINE = 3


@dataclass(frozen=True)
class Objects:
    """What is said of each of `count` objects, besides where it is. A column that is None says nothing of any.

    Attributes
    ----------
    count
        How many there are.
    source_id
        What the file itself calls each: text, or None. Unique in the file where the file makes it so.
    label
        Its value in the label image of the same annotation set, where there is one.
    name
        The class of each, as the file spells it, or None.
    t, z, c
        Where it is, from 0; NaN for all of them.
    confidence
        NaN where it is not known.
    annotator
        Who made it, as far as the file tells. Never an e-mail address.
    created
        When, ISO 8601.
    properties
        All else, by the file's own names.
    """

    count: int
    source_id: Sequence[str | None] | None = None
    label: Offsets | None = None
    name: Sequence[str | None] | None = None
    t: Numbers | None = None
    z: Numbers | None = None
    c: Numbers | None = None
    confidence: Numbers | None = None
    annotator: Sequence[str | None] | None = None
    created: Sequence[str | None] | None = None
    properties: Mapping[str, Column] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[Mapping[str, Any]]) -> Objects:
        """Make columns of records, one an object.

        Parameters
        ----------
        records
            Each may have the names of this class's attributes; under `properties` a mapping.
        """
        columns: dict[str, Any] = {}
        for column in _TEXTS:
            values = [record.get(column) for record in records]
            if any(value is not None for value in values):
                columns[column] = [None if value is None else str(value) for value in values]
        for column in _NUMBERS:
            values = [record.get(column) for record in records]
            if any(value is not None for value in values):
                columns[column] = np.array([np.nan if value is None else value for value in values], np.float64)
        if any(record.get("label") is not None for record in records):
            columns["label"] = np.array([record.get("label") or 0 for record in records], np.int64)
        names = dict.fromkeys(name for record in records for name in record.get("properties") or ())
        properties = {name: [(record.get("properties") or {}).get(name) for record in records] for name in names}
        return cls(len(records), properties=properties, **columns)

    def take(self, which: npt.NDArray[Any]) -> Objects:
        """Return some of them: `which` is an array of places, or a mask."""
        places = np.flatnonzero(which) if which.dtype == bool else which

        def taken(column: Any) -> Any:
            if isinstance(column, np.ndarray):
                return column[places]
            return None if column is None else [column[place] for place in places.tolist()]

        columns = {name: taken(getattr(self, name)) for name in (*_TEXTS, *_NUMBERS, "label")}
        properties = {name: taken(column) for name, column in self.properties.items()}
        return Objects(len(places), properties=properties, **columns)


_TEXTS = ("source_id", "name", "annotator", "created")
_NUMBERS = ("t", "z", "c", "confidence")


@dataclass(frozen=True)
class Shapes:
    """Outlines: shapes of parts, parts of rings, rings of vertices, all in four arrays.

    Attributes
    ----------
    kinds
        A `ShapeKind` each.
    offsets
        The parts of shape i are `parts[offsets[i]:offsets[i + 1]]`; one more than there are shapes. More than one
        part is a multi-polygon.
    parts
        The rings of part i start at `parts[i]`: first the outside, then holes; one more than there are parts.
    rings
        The vertices of ring i start at `rings[i]`; one more than there are rings. Rings of areas are not closed: the
        first vertex is not said twice.
    vertices
        (n, 2): x, y.
    objects
        What is said of each.
    """

    kinds: npt.NDArray[np.uint8]
    offsets: Offsets
    parts: Offsets
    rings: Offsets
    vertices: Numbers
    objects: Objects

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def shape_of_vertex(self) -> Offsets:
        """The shape that each vertex belongs to."""
        sizes = np.diff(self.rings[self.parts[self.offsets]])
        return np.repeat(np.arange(len(self)), sizes)

    @property
    def bounds(self) -> Numbers:
        """(shapes, 4): smallest x, smallest y, largest x, largest y; NaN of a shape without vertices."""
        starts = self.rings[self.parts[self.offsets]]
        bounds = np.full((len(self), 4), np.nan)
        some = np.flatnonzero(np.diff(starts))
        if some.size:
            bounds[some, :2] = np.minimum.reduceat(self.vertices, starts[some])
            bounds[some, 2:] = np.maximum.reduceat(self.vertices, starts[some])
        return bounds

    @property
    def areas(self) -> Numbers:
        """The area of each: of the outsides of its parts, less their holes; 0 of lines."""
        sizes = np.diff(self.rings)
        some = np.flatnonzero(sizes)
        rings = np.zeros(len(sizes))
        if some.size:
            # Near their own first vertex numbers are small, and nothing is lost in differences of products.
            near = self.vertices - np.repeat(self.vertices[self.rings[some]], sizes[some], axis=0)
            x, y = near.T
            after_x, after_y = near[following_vertices(self.rings)].T
            rings[some] = np.abs(np.add.reduceat(x * after_y - after_x * y, self.rings[some])) / 2
        holes = np.ones(len(rings), bool)
        holes[self.parts[:-1][np.diff(self.parts) > 0]] = False
        shape_of_ring = np.repeat(np.arange(len(self)), np.diff(self.parts[self.offsets]))
        areas = np.bincount(shape_of_ring, np.where(holes, -rings, rings), len(self))
        return np.where(self.kinds == ShapeKind.LINE, 0.0, areas)

    def outlines(self, start: int, stop: int) -> Shapes:
        """Return those from `start` to `stop`, without what is said of them; vertices are not copied."""
        parts = self.offsets[start : stop + 1]
        rings = self.parts[parts[0] : parts[-1] + 1]
        vertices = self.rings[rings[0] : rings[-1] + 1]
        return Shapes(
            self.kinds[start:stop],
            parts - parts[0],
            rings - rings[0],
            vertices - vertices[0],
            self.vertices[vertices[0] : vertices[-1]],
            Objects(stop - start),
        )

    def take(self, which: npt.NDArray[Any]) -> Shapes:
        """Return some of them: `which` is an array of places, or a mask."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        parts, offsets = _spread(self.offsets, places)
        rings, part_starts = _spread(self.parts, parts)
        vertices, ring_starts = _spread(self.rings, rings)
        return Shapes(
            self.kinds[places], offsets, part_starts, ring_starts, self.vertices[vertices], self.objects.take(places)
        )


def _spread(starts: Offsets, places: Offsets) -> tuple[Offsets, Offsets]:
    """Return the members of some groups, and where each group starts among them."""
    sizes = starts[places + 1] - starts[places]
    ends = np.cumsum(sizes)
    members = np.repeat(starts[places] - (ends - sizes), sizes) + np.arange(ends[-1] if ends.size else 0)
    return members, np.concatenate([[0], ends]).astype(np.int64)


def following_vertices(rings: Offsets) -> Offsets:
    """Return the place of the vertex that comes after each in its ring; after the last, the first."""
    following = np.arange(1, rings[-1] + 1)
    some = np.flatnonzero(np.diff(rings))
    following[rings[some + 1] - 1] = rings[some]
    return following


@dataclass(frozen=True)
class Masks:
    """Objects given pixel by pixel, which may overlap: runs of pixels in rows.

    Attributes
    ----------
    owners
        The object that each run belongs to, in ascending order.
    rows, starts, stops
        Each run covers `starts` to `stops` (not included) of its row. Runs of one object share no pixel.
    objects
        What is said of each.
    """

    owners: Offsets
    rows: Offsets
    starts: Offsets
    stops: Offsets
    objects: Objects

    def __len__(self) -> int:
        return self.objects.count

    @cached_property
    def offsets(self) -> Offsets:
        """The runs of object i start at `offsets[i]`; one more than there are objects."""
        return np.searchsorted(self.owners, np.arange(len(self) + 1))

    @property
    def bounds(self) -> Numbers:
        """(objects, 4): left, top, right, bottom of the pixels; NaN of an object without any."""
        bounds = np.full((len(self), 4), np.nan)
        some = np.flatnonzero(np.diff(self.offsets))
        if some.size:
            starts = self.offsets[some]
            bounds[some, 0] = np.minimum.reduceat(self.starts, starts)
            bounds[some, 1] = np.minimum.reduceat(self.rows, starts)
            bounds[some, 2] = np.maximum.reduceat(self.stops, starts)
            bounds[some, 3] = np.maximum.reduceat(self.rows, starts) + 1
        return bounds

    @property
    def areas(self) -> Numbers:
        """How many pixels each has."""
        return np.bincount(self.owners, self.stops - self.starts, len(self)).astype(np.float64)

    def take(self, which: npt.NDArray[Any]) -> Masks:
        """Return some of them: `which` is an array of places, or a mask."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        runs, offsets = _spread(self.offsets, places)
        owners = np.repeat(np.arange(len(places)), np.diff(offsets))
        return Masks(owners, self.rows[runs], self.starts[runs], self.stops[runs], self.objects.take(places))


@dataclass(frozen=True)
class Labels:
    """A whole label image that lies in an annotation file.

    Attributes
    ----------
    axes
        Of `values`, letters of `tzyx`.
    values
        Whole numbers, 0 for background.
    objects
        What is said of each, by `objects.label`; may be empty.
    """

    axes: str
    values: npt.NDArray[Any]
    objects: Objects = Objects(0)


@dataclass(frozen=True)
class Points:
    """Points.

    Attributes
    ----------
    xy
        (n, 2)
    objects
        What is said of each; its `z` may lie between planes.
    """

    xy: Numbers
    objects: Objects

    def __len__(self) -> int:
        return len(self.xy)


@dataclass(frozen=True)
class Graph:
    """Nodes that lie in the image, and edges between them.

    Attributes
    ----------
    nodes
        Where they are. `objects.label` says which object of the label image of time point t a node is.
    edges
        (m, 2) places among the nodes: from, to.
    edge_properties
        A column each, of the edges.
    tracks
        Whether edges lead from an object to the same one, or to its daughters, at a later time; else the graph is of
        another sort, such as a branching tree in space.
    """

    nodes: Points
    edges: Offsets
    edge_properties: Mapping[str, Column] = field(default_factory=dict)
    tracks: bool = True


@dataclass(frozen=True)
class Lineage:
    """Tracks of the objects of a label image that lie in another file: the Cell Tracking Challenge's table.

    Attributes
    ----------
    labels
        The label value that a track has in every frame.
    begins, ends
        Its first and last frame.
    parents
        The label value of the track that it came of, or 0.
    """

    labels: Offsets
    begins: Offsets
    ends: Offsets
    parents: Offsets


@dataclass(frozen=True)
class Classes:
    """Class labels: of the image as a whole, or of planes of it.

    Attributes
    ----------
    objects
        `name` is the class; t, z where it holds.
    """

    objects: Objects


@dataclass(frozen=True)
class Counts:
    """Numbers of things in the image.

    Attributes
    ----------
    values
        How many.
    objects
        `name` is what was counted.
    """

    values: Numbers
    objects: Objects


@dataclass(frozen=True)
class Table:
    """What is known of the objects of the same annotation set that lie in another file.

    Attributes
    ----------
    objects
        `label` or `source_id` says which object each row is of.
    """

    objects: Objects


Layer = Shapes | Masks | Labels | Points | Graph | Lineage | Classes | Counts | Table


def kinds_of(layer: Layer) -> set[Kind]:
    """Return what a layer holds."""
    match layer:
        case Shapes():
            boxes = layer.kinds == ShapeKind.BOX
            return ({Kind.BOXES} if boxes.any() else set()) | ({Kind.SHAPES} if not boxes.all() else set())
        case Masks():
            return {Kind.MASKS}
        case Labels():
            return {Kind.LABELS}
        case Points():
            return {Kind.POINTS}
        case Graph():
            return {Kind.TRACKS if layer.tracks else Kind.GRAPHS}
        case Lineage():
            return {Kind.TRACKS}
        case Classes():
            return {Kind.CLASSES}
        case Counts():
            return {Kind.COUNTS}
        case Table():
            return {Kind.TABLE}
