"""Whether objects are followed through time without gaps, and descend from one another in its order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from mifakit.annotations.mentions import grouped, name_of
from mifakit.annotations.model import Graph, Lineage, Offsets
from mifakit.annotations.raster.label_properties import LabelProperties
from mifakit.findings import Finding, Place


def odd_links(graph: Graph, place: Place) -> Iterator[Finding]:
    """Yield links that leave out frames or lead back in time, and objects of two parents (MIFA350 to MIFA352)."""
    if not graph.tracks or not len(graph.edges):
        return
    objects, (parents, children) = graph.nodes.objects, graph.edges.T

    def edge(number: int) -> str:
        return f"{name_of(objects, int(parents[number]))} to {name_of(objects, int(children[number]))}"

    if objects.t is not None:
        frames = objects.t[children] - objects.t[parents]
        yield from grouped("MIFA350", frames > 1, "links leave out frames", place, edge)
        yield from grouped("MIFA352", frames <= 0, "links lead to the same or an earlier frame", place, edge)
    several = np.bincount(np.unique(graph.edges, axis=0)[:, 1], minlength=len(graph.nodes)) > 1
    yield from grouped("MIFA351", several, "objects have more than one parent", place, objects)


def odd_descent(lineage: Lineage, place: Place) -> Iterator[Finding]:
    """Yield tracks that begin too late or too early after their parent's end, or have two (MIFA350 to MIFA352)."""

    def track(number: int) -> str:
        return f"{lineage.labels[number]} of {lineage.parents[number]}"

    if not len(lineage.labels):
        return
    parent = _rows_of(lineage.parents, lineage.labels)
    known = parent >= 0
    wait = np.where(known, lineage.begins - lineage.ends[parent], 1)
    yield from grouped("MIFA350", wait > 1, "tracks begin frames after their parent's last", place, track)
    yield from grouped("MIFA352", wait < 1, "tracks begin before their parent ends", place, track)
    links = np.unique(np.stack([lineage.labels, lineage.parents], axis=1)[lineage.parents != 0], axis=0)
    labels, counts = np.unique(links[:, 0], return_counts=True)
    words = "tracks have more than one parent"
    yield from grouped("MIFA351", counts > 1, words, place, lambda number: str(labels[number]))


def missing_frames(lineage: Lineage, properties: LabelProperties, place: Place) -> Iterator[Finding]:
    """Yield tracks whose label has no pixel in a frame between their first and last (MIFA350)."""
    if not len(lineage.labels):
        return
    row = _rows_of(properties.labels, lineage.labels)
    seen = (row >= 0) & (properties.t >= lineage.begins[row]) & (properties.t <= lineage.ends[row])
    found = np.bincount(row[seen], minlength=len(lineage.labels))
    missing = found < lineage.ends - lineage.begins + 1
    words = "tracks have frames without their label"
    yield from grouped("MIFA350", missing, words, place, lambda number: str(lineage.labels[number]))


def _rows_of(wanted: npt.NDArray[np.integer], labels: Offsets) -> Offsets:
    """Return the place of each wanted value among some labels, or -1."""
    order = np.argsort(labels, kind="stable")
    places = order[np.minimum(np.searchsorted(labels, wanted, sorter=order), len(labels) - 1)]
    return np.where(labels[places] == wanted, places, -1)
