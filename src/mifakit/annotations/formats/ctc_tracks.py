"""The Cell Tracking Challenge's table of tracks: `man_track.txt` and `res_track.txt`, beside label images.

A line is L B E P: the label that a track has in the images, its first and last frame, counted from 0, and the label of
the track that it came of, or 0. (Cell Tracking Challenge, "Naming and file content conventions", section 3.)
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np

from mifakit.annotations.base import Annotation, NamedImage, Options
from mifakit.annotations.model import Kind, Lineage
from mifakit.annotations.reading.left_out import LeftOut, UnusableError
from mifakit.annotations.reading.whole_file import WholeFile
from mifakit.annotations.reading.written_numbers import whole_number
from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_OBJECTS
from mifakit.sources.plain_text import read_lines

_NAME = "_track.txt"
_COLUMNS = ("label", "first frame", "last frame", "parent")

Row = tuple[int, int, int, int]


class CtcTracks:
    """Reads the table. A label may stand in several lines, as a track with gaps does: all of them are kept."""

    name: ClassVar[str] = "Cell Tracking Challenge"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    reads_folders: ClassVar[bool] = False
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TRACKS})
    keeps: ClassVar[str] = "first and last frames, parents"
    loses: ClassVar[str] = "nothing; masks are files of their own"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is called as the challenge wants it, and its lines are four whole numbers."""
        whole = head if len(head) < 4096 else head[:4096].rpartition(b"\n")[0]
        lines = [line.split() for line in whole.splitlines() if line.strip()]
        rows = bool(lines) and all(len(line) == 4 and all(map(bytes.isdigit, line)) for line in lines)
        return path.name.lower().endswith(_NAME) and rows

    def open(self, path: Path, options: Options) -> WholeFile:
        """Read a file; see `AnnotationFormat.open`."""
        said = [(count, line.split()) for count, line in enumerate(read_lines(path), start=1) if line.strip()]
        if len(said) > MAX_OBJECTS:
            raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} lines", str(path))
        rows, lines_left_out = list[Row](), LeftOut(path, "line")
        for count, words in said:
            with lines_left_out.unless_usable(count):
                rows.append(_row(words))
        if said and not rows:
            raise MifaError("MIFA204", f"is no table of tracks: {lines_left_out.findings[0].message}", str(path))
        remarks = LeftOut(path, "track")
        _remark_on_repetition(rows, remarks)
        lineage = _lineage(rows, remarks)
        findings = (*lines_left_out.findings, *remarks.findings)
        return WholeFile((NamedImage(),), (Annotation((lineage,) if rows else (), findings),))


def _row(words: list[str]) -> Row:
    if len(words) != len(_COLUMNS):
        raise UnusableError("of more or fewer than 4 numbers")
    label, begin, end, parent = (whole_number(word, what) for word, what in zip(words, _COLUMNS, strict=True))
    if label < 1:
        raise UnusableError("whose label is not positive")
    if begin < 0 or parent < 0:
        raise UnusableError("with a negative number")
    if end < begin:
        raise UnusableError("whose last frame is before its first")
    return label, begin, end, parent


def _remark_on_repetition(rows: Iterable[Row], remarks: LeftOut) -> None:
    spans: dict[int, list[tuple[int, int]]] = {}
    for label, begin, end, _ in rows:
        spans.setdefault(label, []).append((begin, end))
    for label, several in spans.items():
        gaps = [later[0] - earlier[1] - 1 for earlier, later in pairwise(sorted(several))]
        if any(gap < 0 for gap in gaps):
            remarks.add("MIFA347", "of which two lines have the same frames", label)
        if any(gap > 0 for gap in gaps):
            remarks.add("MIFA350", "of several lines with frames between that are in none", label)


def _lineage(rows: list[Row], remarks: LeftOut) -> Lineage:
    labels, begins, ends, parents = np.array(rows, np.int64).reshape(-1, 4).T.copy()
    for reason, wrong in (
        ("whose parent is not there, and is left out", (parents > 0) & ~np.isin(parents, labels)),
        ("whose parent is itself, and is left out", parents == labels),
    ):
        for label in labels[wrong].tolist():
            remarks.add("MIFA359", reason, label)
        parents[wrong] = 0
    return Lineage(labels, begins, ends, parents)
