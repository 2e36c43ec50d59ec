"""Is the study sheet complete? Every declared field is held against who needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.findings import Finding
from mifakit.metadata.fields import Need, SheetModel, example_of, is_empty, need_of
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
    yield from _empty_fields(sheet.model, (), sheet)


def _empty_fields(model: SheetModel, here: Location, sheet: Sheet) -> Iterator[Finding]:
    for name, info in type(model).model_fields.items():
        value: Any = getattr(model, name)
        location = (*here, name)
        code = _CODES.get(need_of(info))
        if isinstance(value, SheetModel):
            yield from _empty_fields(value, location, sheet)
        elif isinstance(value, list) and value and isinstance(value[0], SheetModel):
            for index, item in enumerate(value):
                yield from _empty_fields(item, (*location, index), sheet)
        elif code and is_empty(value) and not _is_refused(location, sheet):
            example = example_of(info)
            hint = f"{info.description}" + (f" For example: {_shown(example)}" if example is not None else "")
            yield Finding.of(code, f"{format_location(location)} is empty", sheet.place(*location), hint)


def _is_refused(location: Location, sheet: Sheet) -> bool:
    """Whether a finding of its own says what is wrong here: a value that was refused is no empty field."""
    return any(refused[: len(location)] == location or location[: len(refused)] == refused for refused in sheet.refused)


def _shown(example: Any) -> str:
    return ", ".join(map(str, example)) if isinstance(example, list) else str(example)
