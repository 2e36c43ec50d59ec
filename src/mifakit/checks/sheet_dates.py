"""Whether the sheet's dates can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

_YEARS_AHEAD = 2


def check_release_date(sheet: Sheet, today: date | None = None) -> Iterator[Finding]:
    """Yield a release before this version was made, or more than two years ahead (MIFA136).

    What an accession number shows to be archived already may have been released.
    """
    study, version = sheet.model.study, sheet.model.version
    today = today or datetime.now(UTC).date()
    if not study.release_date:
        return
    release, place = date.fromisoformat(study.release_date), sheet.place("study", "release_date")
    made = datetime.fromisoformat(version.timestamp).date() if version.timestamp else today
    last = date(today.year + _YEARS_AHEAD, today.month, min(today.day, 28)) + timedelta(max(today.day - 28, 0))
    if release < made and not study.accession:
        yield Finding.of("MIFA136", f"{release} is before this version was made, {made}", place)
    elif release > last:
        yield Finding.of("MIFA136", f"{release} is more than two years ahead", place)


def check_future_dates(sheet: Sheet, now: datetime | None = None) -> Iterator[Finding]:
    """Yield moments that something was made at and that have not come yet (MIFA137)."""
    latest = (now or datetime.now(UTC)) + timedelta(days=1)  # clocks and zones differ
    for moment, location in _moments(sheet):
        if moment and datetime.fromisoformat(moment) > latest:
            yield Finding.of("MIFA137", f"{moment} has not come yet", sheet.place(*location))


def _moments(sheet: Sheet) -> Iterator[tuple[str | None, Location]]:
    yield sheet.model.version.timestamp, ("version", "timestamp")
    for index, protocol in enumerate(sheet.model.annotations):
        yield protocol.created, ("annotations", index, "created")
        for number, values in enumerate(protocol.file_values):
            yield values.created, ("annotations", index, "file_values", number, "created")
