"""What a rule of the archive's form notices, and how much it weighs."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class Weight(StrEnum):
    """Accepted records lack what the form requires today, and spell names as it did before; none is broken."""

    BROKEN = "broken"
    """The archive's readers stumble, whatever form it was made with."""
    OLD = "old"
    """It is called, or stands, as in an older form."""
    REQUIRED = "required"
    """Today's form does not let it be submitted."""
    DESIRABLE = "desirable"
    """The form asks for it, and goes without."""


class Remark(NamedTuple):
    """One thing a rule noticed: how bad, at which section or file, and what."""

    weight: Weight
    item: str
    message: str


def spelling(name: str) -> str:
    """Return what older and newer spellings of a name have in common: `Keyword`, `Keywords`; `Email`, `E-mail`."""
    return re.sub(r"[^a-z]", "", name.lower()).replace("z", "s").removesuffix("s")
