"""The parts of a PageTab document: attributes and sections, as BioStudies' JSON writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Attribute = dict[str, Any]
Section = dict[str, Any]
Said = str | Sequence[str] | None

_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def attributes(*pairs: tuple[str, Said]) -> list[Attribute]:
    """Return an attribute for each value that says something; a list becomes attributes of one name."""
    return [
        {"name": name, "value": value}
        for name, said in pairs
        for value in ([said] if isinstance(said, str) else said or ())
        if on_one_line(value)
    ]


def references(name: str, accnos: Iterable[str]) -> list[Attribute]:
    """Return attributes that point to other sections by their accno."""
    return [{"name": name, "value": accno, "reference": True} for accno in accnos]


def section(kind: str, accno: str, said: list[Attribute], subsections: Sequence[Section] = ()) -> Section:
    """Return a section."""
    made: Section = {"accno": accno, "type": kind, "attributes": said}
    return made | ({"subsections": list(subsections)} if subsections else {})


def on_one_line(text: str) -> str:
    """Return text without breaks and tabs: a cell of a table has neither."""
    return _NOT_ON_A_LINE.sub(" ", text).strip()
