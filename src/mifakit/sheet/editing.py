"""Changing or adding single values of a sheet's text without touching anything else in it."""

from __future__ import annotations

import json
import re

from mifakit.sources.yaml_edits import add_field
from mifakit.sources.yaml_text import Location, find_value, scalar_blocks


def set_value(text: str, location: Location, value: str | None) -> str:
    """Return the sheet's text with one value changed; every other character stays.

    Raises
    ------
    KeyError
        When the sheet has no such place.
    """
    start, end = find_value(text, location)
    if value is None:
        return _emptied(text, start, end)
    return _replaced(text, start, end, _written(value))


def put_value(text: str, location: Location, value: str) -> str:
    """Return the sheet's text with the value of a field that may not stand in it yet; every other character stays.

    A new field comes after the last of its block; where there is no block, it is made, in braces.

    Raises
    ------
    KeyError
        When something else stands where the block should be.
    """
    return _put(text, location, _written(value))


def _put(text: str, location: Location, written: str) -> str:
    try:
        start, end = find_value(text, location)
    except KeyError:
        return _add(text, location, written)
    if start < end and written.startswith("{"):
        raise KeyError(location)
    return _replaced(text, start, end, written)


def _add(text: str, location: Location, written: str) -> str:
    *around, name = location
    try:
        return add_field(text, tuple(around), str(name), written)
    except KeyError:
        return _put(text, tuple(around), f"{{{name}: {written}}}")


def _replaced(text: str, start: int, end: int, written: str) -> str:
    before, after = text[:start], text[end:]
    space = "" if before.endswith((" ", "\n", "[")) else " "
    return f"{before}{space}{written}{after}"


def without_private_addresses(text: str) -> str:
    """Return the sheet's text without the e-mail addresses of those who did not agree to publish them.

    Who says no in one place means it everywhere.
    """
    people = [block for block in scalar_blocks(text) if "email" in block]
    private = {block["email"][0].casefold() for block in people if block.get("email_public", ("",))[0] == "no"}
    for address, start, end in sorted({block["email"] for block in people}, key=lambda found: -found[1]):
        if address and address.casefold() in private:
            text = _emptied(text, start, end)
    return text


def _emptied(text: str, start: int, end: int) -> str:
    before, after = text[:start], text[end:]
    # Between braces an empty value must be written out; on a line of its own it need not.
    return f"{before}null{after}" if after.lstrip(" ")[:1] in {",", "}"} else before.rstrip(" ") + after


def _written(value: str) -> str:
    """Return a value as YAML: identifiers as they are, all else quoted as JSON, which is YAML too."""
    plain = (
        re.fullmatch(r"(?:[A-Za-z]+:)?[A-Za-z0-9][\w./@-]*(?:://[\w./-]+)?", value, re.ASCII)
        and value.lower() != "null"
    )
    return value if plain else json.dumps(value, ensure_ascii=False)
