"""Findings by where people mend them: the rooms of the study sheet in its order, then files. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mifakit.catalogue import Level
from mifakit.findings import Finding
from mifakit.reports.messages import Paint, count_findings, format_findings, plain

_FILES = "files"


def format_rooms(findings: Sequence[Finding], paint: Paint = plain) -> Iterator[str]:
    """Yield the lines of findings room by room, each under its name and counts; of one room only there is no head."""
    from mifakit.metadata.study_sheet import StudySheet  # pydantic is slow to import

    rooms: dict[str, list[Finding]] = {room: [] for room in (*StudySheet.model_fields, _FILES)}
    for finding in findings:
        room = _first_field(finding)
        rooms[room if room in rooms else _FILES].append(finding)
    filled = {room: members for room, members in rooms.items() if members}
    for room, members in filled.items():
        if len(filled) > 1:
            head = f"{room}: {count_findings(members)}"
            yield from (head, "-" * len(head))
        yield from format_findings(members, paint)


def _first_field(finding: Finding) -> str:
    """Return the beginning of the field that a finding is about: `authors` of `authors[0].orcid`."""
    item = (finding.place.item if finding.place else None) or ""
    return re.split(r"[.\[]", item)[0]


def count_levels(findings: Sequence[Finding]) -> str:
    """Return how many findings break each promise: `2 MIFA-required, 1 archive`; nothing if none does."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[level]} {level.value}" for level in Level if counts[level])
