"""Changing one value of a sheet's text without touching anything else in it."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from mifakit.sources.yaml_text import Location


def set_value(text: str, location: Location, value: str | None) -> str:
    """Return the sheet's text with one value changed; comments, order and line breaks stay.

    Raises
    ------
    KeyError, IndexError
        When the sheet has no such place.
    """
    editor = YAML(typ="rt", pure=True)
    editor.preserve_quotes = True
    editor.width = 1_000_000  # long lines are not folded
    editor.indent(mapping=2, sequence=4, offset=2)
    document: Any = editor.load(text)
    *parents, last = location
    parent = document
    for part in parents:
        parent = parent[part]
    if last not in parent and value is None:
        return text
    parent[last] = value
    out = StringIO()
    editor.dump(document, out)
    return out.getvalue()
