"""Dimensions: whether stacks are stacks, and movies movies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mifakit.checks.facts import Facts
from mifakit.checks.prose.numbers import clauses
from mifakit.checks.prose.statements import statements
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet

_DEPTH = re.compile(
    r"\bz[- ]?stacks?\b|\bvolumetric (?:images?|data|imaging)\b|"
    r"\b(?:3[- ]?d|three[- ]dimensional)(?: [\w-]+){0,2} (?:images?|stacks?|volumes?|data ?sets?|data|microscopy)\b",
    re.IGNORECASE,
)
_FLAT = re.compile(r"\b(?:2[- ]?d|two[- ]dimensional) (?:[\w-]+ )?images?\b", re.IGNORECASE)
_TIME = re.compile(r"\btime[- ]?lapses?\b|\btime[- ]series\b", re.IGNORECASE)
_TAKEN_OUT = re.compile(
    r"\b(?:projections?|projected|reconstruct\w*|single (?:planes?|slices?|sections?|frames?)|cultures?|organoids?|"
    r"print\w*|not|no|without|instead|(?:slices?|planes?|sections?|frames?|images?|stills?|snapshots?) "
    r"(?:[\w-]+ ){0,3}(?:of|from) (?:[\w-]+ ){0,3}(?:time|movie|video|z|3|three|volum)\S*)",
    re.IGNORECASE,
)
"""What was made of a stack or a movie is none."""


def check_dimensions(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield sentences about stacks and time-lapse that no image is, and about 2D where all are deep (MIFA173)."""
    for one in statements(sheet.model, facts):
        deep = {picture.length("z") > 1 for picture in one.pictures}
        moving = any(picture.length("t") > 1 for picture in one.pictures)
        for clause in clauses(one.text):
            if _TAKEN_OUT.search(clause):
                continue
            if (found := _DEPTH.search(clause)) and True not in deep:
                message = f"{found[0]!r}: no image has more than one plane"
            elif (found := _TIME.search(clause)) and not moving:
                message = f"{found[0]!r}: no image has more than one time point"
            elif (found := _FLAT.search(clause)) and False not in deep:
                message = f"{found[0]!r}: all images have several planes"
            else:
                continue
            yield Finding.of("MIFA173", message, sheet.place(*one.location))
