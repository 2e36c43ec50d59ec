"""Folders as the Cell Tracking Challenge lays them out -> movies with their masks and tracks. Pure.

`01/t000.tif` are the frames, `01_GT/TRA/man_track000.tif` the masks and `01_GT/TRA/man_track.txt` the tracks; what a
program found is in `01_RES/`, as `mask000.tif` and `res_track.txt` (celltrackingchallenge.net, naming conventions).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from mifakit.inventory.patterns import escape
from mifakit.inventory.proposing import Proposal, unused_name
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet

_TABLE = re.compile(
    r"(?P<base>(?:.*/)?)(?P<sequence>[^/]+)_(?P<kind>GT|RES|ST)/(?P<inner>(?:TRA/)?)(?P<name>\w+_track\.txt)"
)
_FRAME = re.compile(r"(?P<stem>.*?)(?P<number>\d+)(?P<suffix>\.[A-Za-z]+)")


@dataclass(frozen=True)
class Movies:
    """Sequences that are named alike.

    Attributes
    ----------
    frames, masks, table
        Patterns.
    files
        All that they match.
    sequences
        How many there are.
    """

    frames: str
    masks: str
    table: str
    files: frozenset[str]
    sequences: int


def find_movies(paths: Sequence[str]) -> tuple[Movies, ...]:
    """Return the movies whose frames, masks and table of tracks are all there."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[str(PurePosixPath(path).parent)].append(path)
    found: dict[tuple[str, str, str], list[list[str]]] = defaultdict(list)
    for path in paths:
        match = _TABLE.fullmatch(path)
        if match is None:
            continue
        base, sequence = match["base"], match["sequence"]
        frames = _numbered(folders[f"{base}{sequence}"])
        masks = _numbered(folders[str(PurePosixPath(path).parent)])
        if frames and masks:
            home = escape(base)
            patterns = (
                f"{home}{{sequence}}/{frames.pattern}",
                f"{home}{{sequence}}_{match['kind']}/{match['inner']}{masks.pattern}",
                f"{home}{{sequence}}_{match['kind']}/{match['inner']}{match['name']}",
            )
            found[patterns].append([*frames.files, *masks.files, path])
    return tuple(
        Movies(*patterns, frozenset(file for files in members for file in files), len(members))
        for patterns, members in found.items()
    )


@dataclass(frozen=True)
class _Numbered:
    pattern: str
    files: list[str]


def _numbered(paths: Sequence[str]) -> _Numbered | None:
    """Return the files of a folder that differ in their number alone, and their pattern; None unless all do."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        match = _FRAME.fullmatch(PurePosixPath(path).name)
        if match:
            width = len(match["number"])
            groups[f"{escape(match['stem'])}{{t:0{width}d}}{escape(match['suffix'])}"].append(path)
    if len(groups) != 1:
        return None
    ((pattern, files),) = groups.items()
    return _Numbered(pattern, files) if len(files) > 1 else None


def propose_movies(proposal: Proposal, movies: Sequence[Movies]) -> Proposal:
    """Add a set of images and one of annotations for each sort of movies; they come first, as the more special."""
    images = [ImageSet(name=None, files=[one.frames], series="t") for one in movies]
    sets: list[AnnotationSet] = []
    taken: dict[str, object] = {str(one.name): one for one in proposal.annotations}
    for one in movies:
        name = unused_name("tracks", taken)
        taken[name] = one
        sets.append(AnnotationSet(name=name, files=[one.masks, one.table], series="t"))
    count = [f"{one.sequences} movies" if one.sequences > 1 else "a movie" for one in movies]
    reasons = [f"{said}, laid out as in the Cell Tracking Challenge" for said in count]
    return replace(
        proposal,
        images=(*images, *proposal.images),
        annotations=(*sets, *proposal.annotations),
        reasons=(*reasons, *proposal.reasons),
        series=(*(None for _ in images), *(proposal.series or (None,) * len(proposal.images))),
    )


def claimed(movies: Sequence[Movies]) -> Iterator[str]:
    """Yield all files of movies."""
    for one in movies:
        yield from sorted(one.files)
