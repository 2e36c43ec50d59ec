"""Changing single values of a sheet's text without touching anything else in it."""

from __future__ import annotations

import json

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
    before, after = text[:start], text[end:]
    space = "" if before.endswith((" ", "\n")) else " "
    return f"{before}{space}{json.dumps(value, ensure_ascii=False)}{after}"


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
