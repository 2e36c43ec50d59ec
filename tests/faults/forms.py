"""The two forms of these tests: a sample of every fault with each test run, and all of them when asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

LONG = os.environ.get("MIFAKIT_FAULTS") == "long"

Case = TypeVar("Case")


def cases(always: dict[str, Case], more: dict[str, Case]) -> dict[str, Case]:
    """Return the cases of this form, by name."""
    return {**always, **more} if LONG else always


def points(total: int, *, short: int, long: int | None = None, last: int = 0) -> Sequence[int]:
    """Choose which of the calls 1 to `total` shall go wrong.

    They are spread evenly, as many as the form asks for, in the long form every one unless it says how many; `last`
    more are at the very end, where names become final. Which call is which varies a little from run to run, as
    processes race.
    """
    count = min((long or total) if LONG else short, total)
    spread = {1 + int((step + 0.5) * total / count) for step in range(count)}
    return sorted(spread | set(range(total - last + 1, total + 1)))
