"""Objects named in a sentence: one finding for all of which the same holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Objects
from mifakit.findings import Finding, Place

SHOWN = 3
"""How many are named; the others are counted."""
_LONGEST = 40


def grouped(
    code: str, which: npt.NDArray[np.bool_], words: str, place: Place, named: Objects | Callable[[int], str]
) -> Iterator[Finding]:
    """Yield a finding about some of several objects, if it is about any: `12 of 40 shapes are so: 3, 7, 9 and 9 more`.

    Parameters
    ----------
    which
        True for those that it holds for.
    words
        What they are and what holds.
    named
        The objects, or what names one by its number.
    """
    found = np.flatnonzero(which)
    if not found.size:
        return
    name = (lambda number: name_of(named, number)) if isinstance(named, Objects) else named
    names = listed([name(int(number)) for number in found[:SHOWN]], found.size)
    yield Finding.of(code, f"{found.size:,} of {len(which):,} {words}: {names}", place)


def name_of(objects: Objects, place: int) -> str:
    """Return what the file calls an object; else its label, else its number: `#1` is the first."""
    if objects.source_id is not None and objects.source_id[place]:
        return shortened(str(objects.source_id[place]))
    if objects.label is not None and objects.label[place]:
        return str(int(objects.label[place]))
    return f"#{place + 1}"


def listed(names: Sequence[str], total: int) -> str:
    """Return the first few names of so many things: `a`, `a and b`, `a, b, c and 9 more`."""
    *shown, last = [*names[:SHOWN], *([f"{total - SHOWN:,} more"] if total > SHOWN else [])]
    return f"{', '.join(shown)} and {last}" if shown else last


def shortened(text: str) -> str:
    """Return text that fits into a sentence."""
    plain = "".join(char if char.isprintable() else "?" for char in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
