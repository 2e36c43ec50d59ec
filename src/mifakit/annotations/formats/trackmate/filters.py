"""Which spots and links of a TrackMate file are taken: those that it shows, and that are whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mifakit.annotations.formats.trackmate.session import Session
from mifakit.annotations.model import Offsets
from mifakit.annotations.reading.left_out import LeftOut
from mifakit.annotations.reading.written_numbers import digits
from mifakit.findings import Finding


@dataclass(frozen=True)
class Taken:
    """What is taken of a session.

    Attributes
    ----------
    spots, links
        Which of its rows.
    edges
        (links, 2): places among the taken spots, the earlier one first.
    tracks
        The track of each taken spot; None of those in none.
    findings
        What is left out.
    """

    spots: Offsets
    links: Offsets
    edges: Offsets
    tracks: list[int | None]
    findings: tuple[Finding, ...]


def take_shown(session: Session, path: Path) -> Taken:
    """Leave out what TrackMate's filters hide, and links to spots that are not there.

    A track that is hidden takes its spots with it.
    """
    spots, links = session.spots, session.links
    spots_left_out, links_left_out, tracks_left_out = (LeftOut(path, noun) for noun in ("spot", "link", "track"))
    ids, first = np.unique(spots.ids, return_index=True)
    unique = np.zeros(len(spots.ids), bool)
    unique[first] = True
    kept = unique & spots.visible
    for id_ in spots.ids[~unique].tolist():
        spots_left_out.add("MIFA359", "of an id that another has", id_)
    for id_ in spots.ids[unique & ~spots.visible].tolist():
        spots_left_out.add("MIFA359", "that TrackMate's filters hide", id_)

    rows, known = _rows(links.ends, ids, first)
    hidden = np.array([session.shown is not None and track not in session.shown for track in links.tracks], bool)
    kept[rows[known & hidden]] = False
    for track in dict.fromkeys(np.array(links.tracks, object)[hidden]):
        tracks_left_out.add("MIFA359", "that TrackMate's filters hide, with its spots", track)
    whole = known & ~hidden
    whole[whole] = kept[rows[whole]].all(axis=1)
    for source, target in links.ends[~known].tolist():
        links_left_out.add("MIFA359", "of a spot that is not there", f"{source}-{target}")
    for source, target in links.ends[known & ~hidden & ~whole].tolist():
        links_left_out.add("MIFA359", "of a spot that is hidden", f"{source}-{target}")

    taken = np.flatnonzero(whole)
    ends = rows[taken]
    backwards = spots.frames[ends[:, 0]] > spots.frames[ends[:, 1]]
    ends[backwards] = ends[backwards, ::-1]
    tracks = np.full(len(spots.ids), None, object)
    tracks[ends] = np.array([digits(links.tracks[link]) for link in taken], object)[:, None]
    return Taken(
        np.flatnonzero(kept),
        taken,
        (np.cumsum(kept) - 1)[ends],
        tracks[kept].tolist(),
        (*spots_left_out.findings, *links_left_out.findings, *tracks_left_out.findings),
    )


def _rows(ends: Offsets, ids: Offsets, first: Offsets) -> tuple[Offsets, npt.NDArray[np.bool_]]:
    """Return the rows of spots that links name, and which links name two that are there."""
    if not len(ids):
        return np.zeros_like(ends), np.zeros(len(ends), bool)
    places = np.minimum(np.searchsorted(ids, ends), len(ids) - 1)
    return first[places], (ids[places] == ends).all(axis=1)
