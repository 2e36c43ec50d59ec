"""Moments as other formats write them -> the days and years that the sheet asks for. Pure."""

from __future__ import annotations

import re

from mifakit.documents.parts import Leaf

_MOMENT = re.compile(r"((\d{4})-\d{2}-\d{2})([T ]\d.*)?")


def day(leaf: Leaf | None) -> Leaf | None:
    """Return the day of a moment; what is no moment stays as it is."""
    return _cut(leaf, 1, "times of day were left out")


def year(leaf: Leaf | None) -> Leaf | None:
    """Return the year of a day or a moment; what is neither stays as it is."""
    return _cut(leaf, 2, "years were taken of dates")


def _cut(leaf: Leaf | None, group: int, change: str) -> Leaf | None:
    found = _MOMENT.fullmatch(leaf.text) if leaf else None
    return leaf.map(lambda _: found[group], change) if leaf and found else leaf
