"""The records that are installed, found through the entry point group `mifakit.records`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.plugins import load_plugins
from mifakit.records.base import Record

GROUP = "mifakit.records"


@cache
def load_records() -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    """Load every registered record by name; a plugin that fails to load becomes a finding."""
    records, findings = load_plugins(GROUP, protocol=Record)
    return tuple(records.values()), findings


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
