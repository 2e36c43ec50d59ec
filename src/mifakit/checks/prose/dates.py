"""Dates: whether images were taken before they were annotated, and before this version was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mifakit.checks.facts import Facts, Picture
from mifakit.checks.prose.numbers import listed
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet

_A_DAY = timedelta(days=1)
"""What time zones, of which files say nothing, may make of a moment."""


def check_acquired(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield annotations older than their images (MIFA353), and images newer than this version (MIFA138)."""
    late = [one for one in facts.pictures if _is_after(one, sheet.model.version.timestamp)]
    if late:
        message = f"{_named(late)}: the version is of {sheet.model.version.timestamp}"
        yield Finding.of("MIFA138", message, sheet.place("version", "timestamp"))
    for index, protocol in enumerate(sheet.model.annotations):
        annotated = [one for one in facts.pictures if protocol.name in one.annotated_by]
        early = [one for one in annotated if _is_after(one, protocol.created)]
        if early:
            message = f"made {protocol.created}, before {_named(early)}"
            yield Finding.of("MIFA353", message, sheet.place("annotations", index, "created"))


def _named(pictures: list[Picture]) -> str:
    return listed([f"{one.name} ({one.acquired})" for one in pictures])


def _is_after(picture: Picture, stated: str | None) -> bool:
    taken, made = _moment(picture.acquired), _moment(stated)
    return taken is not None and made is not None and taken - made > _A_DAY


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
