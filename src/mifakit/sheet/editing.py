"""Changing one value of a sheet's text without touching anything else in it."""

from __future__ import annotations

import json

from mifakit.sources.yaml_text import Location, find_value


def set_value(text: str, location: Location, value: str | None) -> str:
    """Return the sheet's text with one value changed; every other character stays.

    Raises
    ------
    KeyError
        When the sheet has no such place.
    """
    start, end = find_value(text, location)
    before, after = text[:start], text[end:]
    if value is None:
        # Between braces an empty value must be written out; on a line of its own it need not.
        return f"{before}null{after}" if after.lstrip(" ")[:1] in {",", "}"} else before.rstrip(" ") + after
    space = "" if before.endswith((" ", "\n")) else " "
    return f"{before}{space}{json.dumps(value, ensure_ascii=False)}{after}"
