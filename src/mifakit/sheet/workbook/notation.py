"""Lists and mappings as the text of one cell, and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_BETWEEN = re.compile(r"[;\n]|,(?![0-9])|(?<![0-9]),")
"""What stands between two items; `1,5 µM` is one, as people write numbers in much of Europe."""
_ITEM = re.compile(rf'\s*(?:"((?:[^"]|"")*)"\s*(?=[,;\n]|$)|((?:(?!{_BETWEEN.pattern}).)*))', re.DOTALL)


def join_items(items: Iterable[Any]) -> str:
    """Return a list as people write it: `a, b`. An item that would fall apart is put in quotes.

    Examples
    --------
    >>> join_items(["nuclei", "Smith, J."])
    'nuclei, "Smith, J."'
    """
    return ", ".join(map(_quoted, items))


def split_items(text: str) -> list[str]:
    """Return the items of a list: commas, semicolons and line breaks stand between them.

    Examples
    --------
    >>> split_items('nuclei; "Smith, J."')
    ['nuclei', 'Smith, J.']
    """
    items, at = [], 0
    while at <= len(text):
        found = _ITEM.match(text, at)
        if found is None:  # it matches the empty text at least
            break
        quoted, plain = found.groups()
        items.append(quoted.replace('""', '"') if quoted is not None else plain.strip())
        at = found.end() + 1
    return [item for item in items if item]


def join_pairs(pairs: Mapping[Any, Any]) -> str:
    """Return a mapping as people write it: `1: nucleus, 2: cell`."""
    return join_items(f"{key}: {value}" for key, value in pairs.items())


def split_pairs(text: str) -> dict[str, str] | None:
    """Return the pairs of a mapping, or None when an item is no pair, or a name stands twice."""
    pairs: dict[str, str] = {}
    for item in split_items(text):
        key, mark, value = re.match(r"([^:=]*)([:=]?)(.*)", item, re.DOTALL).groups()  # type: ignore[union-attr]
        if not mark or key.strip() in pairs:
            return None
        pairs[key.strip()] = value.strip()
    return pairs


def _quoted(item: Any) -> str:
    text = str(item)
    if _BETWEEN.search(text) or re.match(r'[\s"]', text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
