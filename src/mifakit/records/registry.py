"""The records that are installed, found through the entry point group `mifakit.records`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.records.base import Record

GROUP = "mifakit.records"


@cache
def load_records() -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    """Load every registered record by name; a plugin that fails to load becomes a finding."""
    records: list[Record] = []
    findings: list[Finding] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            record = point.load()()
        except Exception as error:  # a stranger's import may raise anything
            findings.append(Finding.of("MIFA005", f"record {point.name!r} ({point.value}): {error}"))
            continue
        if isinstance(record, Record):
            records.append(record)
        else:
            findings.append(Finding.of("MIFA005", f"record {point.name!r} ({point.value}) is not a Record"))
    return tuple(records), tuple(findings)


def select_records(names: Iterable[str] | None = None) -> tuple[Record, ...]:
    """Return the records of these names, or all; those that list the dataset's files come last.

    Raises
    ------
    MifaError
        MIFA506 when a name is not one of an installed record.
    """
    known = {record.name: record for record in load_records()[0]}
    wanted = list(known) if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            raise MifaError("MIFA506", f"{name!r} is not one of {', '.join(sorted(known))}")
    return tuple(sorted((known[name] for name in wanted), key=lambda record: record.lists_files))
