"""Changing one value of a sheet's text without touching anything else in it."""

from __future__ import annotations

import json
import re

from mifakit.sources.yaml_text import Location, find_first_field, find_value


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
    space = "" if before.endswith((" ", "\n", "[")) else " "
    return f"{before}{space}{_written(value)}{after}"


def add_value(text: str, location: Location, value: str) -> str:
    """Return the sheet's text with a field more, behind the first one of its block; every other character stays.

    Raises
    ------
    KeyError
        When the sheet has no such block.
    """
    start, end, between_braces = find_first_field(text, location[:-1])
    field = f"{location[-1]}: {_written(value)}"
    if between_braces:
        return f"{text[:end]}, {field}{text[end:]}"
    line_end = text.find("\n", end)
    line_start = text.rfind("\n", 0, start) + 1
    newline = "\r\n" if "\r\n" in text else "\n"
    if line_end < 0:
        return f"{text}{newline}{' ' * (start - line_start)}{field}"
    return f"{text[: line_end + 1]}{' ' * (start - line_start)}{field}{newline}{text[line_end + 1 :]}"


def _written(value: str) -> str:
    """Return a value as YAML: identifiers as they are, all else quoted as JSON, which is YAML too."""
    plain = (
        re.fullmatch(r"(?:[A-Za-z]+:)?[A-Za-z0-9][\w./@-]*(?:://[\w./-]+)?", value, re.ASCII)
        and value.lower() != "null"
    )
    return value if plain else json.dumps(value, ensure_ascii=False)
