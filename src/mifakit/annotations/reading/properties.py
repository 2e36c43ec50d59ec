"""What is kept of all else that a file says of an object: plain values, nothing of people or their machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mifakit.annotations.reading.privacy import is_private, public

Plain = str | int | float | bool

_MAX_ITEMS = 100
_TOO_LARGE = 2**63
_CLASS_FIELDS = ("class", "class_name", "classname", "label", "category", "type", "cell_type", "name")


def plain_properties(values: Mapping[str, Any]) -> dict[str, Plain]:
    """Return those of some values that can stand in a table.

    What is one level down gets both names: `attributes.occluded`. Lists of plain values become text. What is deeper,
    empty, larger than tables hold, an e-mail address, or a path in somebody's home is left out.

    Examples
    --------
    >>> plain_properties({"area": 12.5, "tags": ["a", "b"], "extra": {"by": "me@example.org", "round": 2}})
    {'area': 12.5, 'tags': 'a, b', 'extra.round': 2}
    """
    properties: dict[str, Plain] = {}
    for name, value in values.items():
        nested = {f"{name}.{inner}": deeper for inner, deeper in value.items()} if isinstance(value, Mapping) else None
        for full, candidate in (nested or {name: value}).items():
            plain = _plain(candidate)
            if plain is not None and not is_private(full):
                properties[full] = plain
    return properties


def class_field(names: Iterable[str]) -> str | None:
    """Return which of an object's fields is its class, as far as names tell."""
    by_key = {name.casefold(): name for name in names}
    return next((by_key[key] for key in _CLASS_FIELDS if key in by_key), None)


def class_name(value: Any, classes: Mapping[int, str]) -> str | None:
    """Return the name of a class; `classes` says what numbers mean."""
    if isinstance(value, int) and not isinstance(value, bool):
        return classes.get(value, str(value))
    return value if isinstance(value, str) and value else None


def person(value: Any) -> str | None:
    """Return what a file calls a person, unless that is private."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return public(str(value))


def _plain(value: Any) -> Plain | None:
    if isinstance(value, list):
        items = [None if isinstance(item, list) else _plain(item) for item in value[: _MAX_ITEMS + 1]]
        whole = 0 < len(items) <= _MAX_ITEMS and None not in items
        return ", ".join(map(str, items)) if whole else None
    if isinstance(value, str):
        return value if value and not is_private(value) else None
    return value if isinstance(value, int | float) and abs(value) < _TOO_LARGE else None
