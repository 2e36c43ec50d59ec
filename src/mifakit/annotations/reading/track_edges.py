"""Rows that say which track they are of, and when -> the edges between them. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mifakit.annotations.model import Numbers, Offsets


@dataclass(frozen=True)
class TrackEdges:
    """Edges of tracks.

    Attributes
    ----------
    edges
        (m, 2) rows: from each to the next of its track, and from the last of a parent to the first of its child.
    repeated
        Rows at a time point that their track has already.
    orphans
        Tracks whose parent is not there.
    """

    edges: Offsets
    repeated: Offsets
    orphans: tuple[Hashable, ...]


def track_edges(tracks: Sequence[Hashable], t: Numbers, parents: Mapping[Hashable, Hashable]) -> TrackEdges:
    """Return the edges of tracks.

    Parameters
    ----------
    tracks
        What the track of each row is called.
    t
        Its time.
    parents
        By track, the one that it came of.
    """
    numbers: dict[Hashable, int] = {}
    track = np.array([numbers.setdefault(name, len(numbers)) for name in tracks], np.int64)
    order = np.lexsort((t, track))
    same = np.diff(track[order]) == 0
    again = same & (np.diff(t[order]) == 0)
    repeated = order[1:][again]
    kept = order[np.concatenate([[True], ~again])[: len(order)]]
    follows = np.diff(track[kept]) == 0
    along = np.stack([kept[:-1][follows], kept[1:][follows]], axis=1)
    ends = np.flatnonzero(np.diff(track[kept], append=-1))
    last = kept[ends]
    first = kept[np.concatenate([[0], ends[:-1] + 1])[: len(ends)]]
    born = [(numbers[parent], numbers[child]) for child, parent in parents.items() if parent in numbers]
    births = [(last[parent], first[child]) for parent, child in born if parent != child]
    edges = np.concatenate([along, np.array(births, np.int64).reshape(-1, 2)])
    orphans = tuple(child for child, parent in parents.items() if parent not in numbers)
    return TrackEdges(edges, np.sort(repeated), orphans)
