"""Numbers as they stand in sentences: 41, 1,200, twelve. Pure."""

from __future__ import annotations

import re

_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_VALUES = {word: number for number, word in enumerate(_WORDS, start=1)}

WHOLE = (
    r"(?<![\w.,'’/×–-])(?<!\d[ ])"  # neither the rest of another number, nor the end of a range
    rf"(?:\d{{1,3}}(?:[,'’]\d{{3}})+|\d{{1,9}}|{'|'.join(_WORDS)})(?![\w.,'’/×–-]*\d)"
)
"""A whole number, as a pattern; in words up to twenty."""
DECIMAL = r"(?<![\w.,/–-])\d{1,6}(?:[.,]\d{1,9})?"
"""A number that may have a fraction, as a pattern."""


def whole(text: str) -> int:
    """Return the number that `WHOLE` matched.

    Examples
    --------
    >>> whole("1,200"), whole("Twelve")
    (1200, 12)
    """
    return _VALUES.get(text.casefold()) or int(re.sub(r"\D", "", text))


def decimal(text: str) -> float:
    """Return the number that `DECIMAL` matched; a comma is a point."""
    return float(text.replace(",", "."))


def clauses(text: str) -> list[str]:
    """Return the parts of a text between full stops and semicolons, white space made plain.

    Examples
    --------
    >>> clauses("41 images (1.5 µm thick); all annotated.")
    ['41 images (1.5 µm thick)', 'all annotated']
    """
    plain = " ".join(re.sub(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3})", ",", text).split())
    return [part.strip(" .") for part in re.split(r";\s|\.(?:\s|$)", plain) if part.strip(" .")]


def listed(names: list[str], shown: int = 3) -> str:
    """Return names as a list of which the first are shown.

    Examples
    --------
    >>> listed(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    """
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")
