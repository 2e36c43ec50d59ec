"""Coverage: whether as many images are annotated as the sheet says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mifakit.checks.facts import Facts
from mifakit.checks.prose.numbers import DECIMAL, WHOLE, clauses, decimal, listed, whole
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet

_IMAGES = r"(?:images?|micrographs?|pictures?|stacks?|volumes?|movies?|tiles?|fields of view|samples?|slides?)"
_HERE = r"(?:in|of|from) (?:the|this|our|these) (?:whole |entire )?(?:data ?set|study|collection|set|archive|data)\b"
_ALL = re.compile(
    rf"\b(?:all|every|each)(?: of)?(?: the| our)?(?: (?P<total>{WHOLE}))?(?: single)? {_IMAGES}\b"
    rf"(?! (?!{_HERE})(?:of|in|from|with|that|which|where|but|except|containing|showing|acquired|taken|without)\b)",
    re.IGNORECASE,
)
_LESS = re.compile(r"\b(?:not|almost|nearly|but|except|excluding|apart from|other than|unless)\b", re.IGNORECASE)
_OF = re.compile(
    rf"(?P<part>{WHOLE})(?: images?)? (?:out )?of (?:the |all |our )?(?P<total>{WHOLE})"
    rf"(?:(?: \w+)? {_IMAGES}\b|(?= (?:were|was|are|is|have|has)\b)|$)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<soft>about|around|approximately|ca\.?|roughly|~|≈)? ?(?P<share>{DECIMAL}) ?(?:%|per ?cent\b)"
    rf"(?: of (?:the |all |our )?(?:\w+ )?(?:{_IMAGES}|data ?set|data)\b| annotated\b|$)",
    re.IGNORECASE,
)
_HALF = re.compile(rf"\bhalf of (?:the |all |our )?(?:\w+ )?{_IMAGES}\b", re.IGNORECASE)
_TOLERANCE, _SOFT_TOLERANCE = 1.0, 5.0
"""Per cent."""


class _Scope(NamedTuple):
    """Images that coverage may be of."""

    total: int
    bare: list[str]
    unread: int

    @property
    def annotated(self) -> range:
        """How many have annotations; some could not be read."""
        have = self.total - len(self.bare)
        return range(have, have + self.unread + 1)

    @property
    def images(self) -> range:
        """How many there are."""
        return range(self.total, self.total + self.unread + 1)


def check_coverage(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield what an annotation set says of its coverage and the files deny (MIFA170)."""
    for index, protocol in enumerate(sheet.model.annotations):
        name = str(protocol.name)
        scopes = _scopes(name, facts)
        for clause in clauses(protocol.coverage or "") if scopes else ():
            denied = next(filter(None, (claim(clause, scopes) for claim in (_parts, _shares, _wholes))), None)
            if denied:
                yield Finding.of("MIFA170", f"{denied} in set {name}", sheet.place("annotations", index, "coverage"))


def _scopes(name: str, facts: Facts) -> list[_Scope]:
    """Return what coverage may be of: the image sets that are annotated at all, or everything."""
    touched = {one.component for one in facts.pictures if name in one.annotated_by}
    scopes = []
    for pictures in ([one for one in facts.pictures if one.component in touched], facts.pictures):
        if pictures:
            bare = [one.name for one in pictures if name not in one.annotated_by]
            scopes.append(_Scope(len(pictures), bare, facts.unread))
    return scopes


def _parts(clause: str, scopes: Sequence[_Scope]) -> str | None:
    """Hold `9 of 10 images` against the files; it may also count those that have none."""
    found = _OF.search(clause)
    if not found:
        return None
    part, total = whole(found["part"]), whole(found["total"])
    fits = any(total in one.images and (part in one.annotated or part == len(one.bare)) for one in scopes)
    return None if fits else _but(found[0], scopes[0])


def _shares(clause: str, scopes: Sequence[_Scope]) -> str | None:
    """Hold `50 %` and `half of the images` against the files."""
    found = _PERCENT.search(clause) or _HALF.search(clause)
    if not found:
        return None
    soft = found.re is _HALF or found["soft"]
    stated = 50.0 if found.re is _HALF else decimal(found["share"])
    allowed = _SOFT_TOLERANCE if soft else _TOLERANCE
    fits = any(
        100 * one.annotated[0] / one.images[-1] - allowed <= stated <= 100 * one.annotated[-1] / one.total + allowed
        for one in scopes
    )
    return None if fits else _but(found[0], scopes[0])


def _wholes(clause: str, scopes: Sequence[_Scope]) -> str | None:
    """Hold `all images` against the files."""
    found = _ALL.search(clause)
    if not found or _LESS.search(clause) or _OF.search(clause):
        return None
    if found["total"] and not any(whole(found["total"]) in one.images for one in scopes):
        return f"{found[0]!r}, but there are {scopes[0].total} images"
    return _but(found[0], scopes[0]) if scopes[0].bare else None


def _but(said: str, scope: _Scope) -> str:
    bare = f": {listed(scope.bare)}" if scope.bare else ""
    return f"{said!r}, but {len(scope.bare)} of {scope.total} images have no annotation{bare};"
