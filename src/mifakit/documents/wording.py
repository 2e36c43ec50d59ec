"""Values of a document as findings show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 5
"""How many values of a kind a finding shows; it says how many more there are."""
LONGEST = 120
"""Letters of a value that a finding shows."""


def quoted(texts: Iterable[str], shown: int = SHOWN) -> str:
    """Return values between quotes, the first of them when there are many."""
    every = list(texts)
    listed = ", ".join(repr(short(text)) for text in every[:shown])
    return listed + (f" and {len(every) - shown} more" if len(every) > shown else "")


def short(text: str) -> str:
    """Return a value's beginning."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
