"""Objects named in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from mifakit.annotations.model import Objects

SHOWN = 3
"""How many are named; the others are counted."""
_LONGEST = 40


def name_of(objects: Objects, place: int) -> str:
    """Return what the file calls an object; else its label, else its number: `#1` is the first."""
    if objects.source_id is not None and objects.source_id[place]:
        return shortened(str(objects.source_id[place]))
    if objects.label is not None and objects.label[place]:
        return str(int(objects.label[place]))
    return f"#{place + 1}"


def mention(objects: Objects, places: Sequence[int]) -> str:
    """Return the first few of some objects by name, and how many more there are: `7, 12, 15 and 9 more`."""
    return listed([name_of(objects, int(place)) for place in places[:SHOWN]], len(places))


def listed(names: Sequence[str], total: int) -> str:
    """Return the first few names of so many things: `a`, `a and b`, `a, b, c and 9 more`."""
    *shown, last = [*names[:SHOWN], *([f"{total - SHOWN:,} more"] if total > SHOWN else [])]
    return f"{', '.join(shown)} and {last}" if shown else last


def shortened(text: str) -> str:
    """Return text that fits into a sentence."""
    plain = "".join(char if char.isprintable() else "?" for char in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
