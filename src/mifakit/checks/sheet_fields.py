"""Is the study sheet complete? Every declared field is held against who needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.checks.declared_fields import declared_fields
from mifakit.findings import Finding
from mifakit.metadata.fields import Need, example_of, is_empty, need_of
from mifakit.sheet.locations import format_location
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

_CODES = {
    Need.MIFA_REQUIRED: "MIFA101",
    Need.MIFA_RECOMMENDED: "MIFA102",
    Need.ARCHIVE: "MIFA121",
    Need.AI_READY: "MIFA124",
}


def check_fields(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every empty field that MIFA, the archive or AI-readiness asks for."""
    for field in declared_fields(sheet.model):
        code = _CODES.get(need_of(field.info))
        if code and is_empty(field.value) and not _is_refused(field.location, sheet):
            example = example_of(field.info)
            hint = f"{field.info.description}" + (f" For example: {_shown(example)}" if example is not None else "")
            message = f"{format_location(field.location)} is empty"
            yield Finding.of(code, message, sheet.place(*field.location), hint)


def _is_refused(location: Location, sheet: Sheet) -> bool:
    """Whether a finding of its own says what is wrong here: a value that was refused is no empty field."""
    return any(refused[: len(location)] == location or location[: len(refused)] == refused for refused in sheet.refused)


def _shown(example: Any) -> str:
    return ", ".join(map(str, example)) if isinstance(example, list) else str(example)
