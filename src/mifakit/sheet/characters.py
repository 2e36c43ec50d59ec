"""Characters that nobody typed on purpose: curly quotes around a value, signs that cannot be seen. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from mifakit.findings import Finding, Place
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location

_OPENING, _CLOSING = "“„‟«‘‚‹", "”“‟»’‘›"


def check_characters(model: StudySheet, place: Callable[..., Place]) -> Iterator[Finding]:
    """Yield texts that are in curly quotes as a whole, or hold control characters."""
    for location, text in _texts(model, ()):
        if len(text) > 1 and text[0] in _OPENING and text[-1] in _CLOSING:
            yield Finding.of("MIFA146", f"{text[:40]!r}: the quotation marks are part of the value", place(*location))
        hidden = {char for char in text if unicodedata.category(char) == "Cc" and char not in "\n\t\r"}
        if hidden:
            shown = ", ".join(f"U+{ord(char):04X}" for char in sorted(hidden))
            yield Finding.of("MIFA147", f"{text[:40]!r} holds control characters: {shown}", place(*location))


def _texts(value: Any, here: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield here, str(value)
    elif isinstance(value, SheetModel):
        for name, inner in value:
            yield from _texts(inner, (*here, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner, here)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*here, index))
