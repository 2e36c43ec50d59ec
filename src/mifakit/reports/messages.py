"""Findings as lines of text: code, place, cause, hint; repeated ones are grouped. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mifakit.catalogue import Severity
from mifakit.findings import Finding, Place

SHOWN = 5
"""In how many files one code is shown before the rest is counted; within a file all are shown."""

PLACES = 3
"""In how many files one message is shown before the rest is counted; within a file all are shown."""

Paint = Callable[[str, Severity], str]
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def plain(text: str, _severity: Severity) -> str:
    """Paint nothing."""
    return text


def format_findings(findings: Sequence[Finding], paint: Paint = plain) -> Iterator[str]:
    """Yield the lines of findings, the worst first.

    Parameters
    ----------
    findings
        In any order.
    paint
        Colours the word that says how bad it is.
    """
    ordered = sorted(findings, key=lambda finding: (_ORDER[finding.severity], finding.code))
    for (code, severity), group in groupby(ordered, key=lambda finding: (finding.code, finding.severity)):
        members = _alike(group)
        paths = list(dict.fromkeys(_path(finding) for finding in members))[:SHOWN]
        shown = {finding: places for finding, places in members.items() if _path(finding) in paths}
        for finding, places in shown.items():
            yield from format_finding(finding, paint, places)
        if rest := sum(max(1, len(places)) for finding, places in members.items() if finding not in shown):
            yield f"{paint(severity.value, severity)}[{code}]: ... and {rest} more like this"
            yield ""


def _alike(findings: Iterable[Finding]) -> dict[Finding, list[Place]]:
    """Return the first of all findings that differ in nothing but the place, and their places.

    Where a list's entries lack the same field, it is called by its name alone: the places say of which entries.
    """
    alike: dict[Finding, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(replace(finding, message=_unnumbered(finding), place=None), []).append(finding)
    return {
        members[0] if len(members) == 1 else replace(common, place=members[0].place): [
            finding.place for finding in members if finding.place
        ]
        for common, members in alike.items()
    }


def _unnumbered(finding: Finding) -> str:
    """Return a message, `authors[1].orcid is empty`, without the number of the entry: `authors.orcid is empty`."""
    item = (finding.place.item if finding.place else None) or ""
    if not item or not finding.message.startswith(f"{item} "):
        return finding.message
    return re.sub(r"\[\d+\]", "", item) + finding.message[len(item) :]


def _path(finding: Finding) -> str:
    return finding.place.path if finding.place else ""


def format_finding(finding: Finding, paint: Paint = plain, places: Sequence[Place] = ()) -> Iterator[str]:
    """Yield the lines of one finding, and an empty one.

    Parameters
    ----------
    finding
        What was found.
    paint
        Colours the word that says how bad it is.
    places
        All places of which it is true; left out, its own.
    """
    level = f" ({finding.level.value})" if finding.level else ""
    yield f"{paint(finding.severity.value, finding.severity)}[{finding.code}]: {finding.message}{level}"
    places = places or ([finding.place] if finding.place else [])
    paths = list(dict.fromkeys(place.path for place in places))[:PLACES]
    shown = [place for place in places if place.path in paths]
    yield from (f"  --> {place}" for place in shown)
    if len(places) > len(shown):
        yield f"      and {len(places) - len(shown)} more"
    if finding.hint:
        yield f"  hint: {finding.hint}"
    yield ""


def count_findings(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity: `2 errors, 1 warning`."""
    parts = []
    for severity in _ORDER:
        count = sum(finding.severity is severity for finding in findings)
        if count and severity is not Severity.INFO:
            parts.append(f"{count} {severity.value}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "no problems"
