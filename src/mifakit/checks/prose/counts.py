"""Counts: whether there are as many images and objects as descriptions say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import prod

from mifakit.checks.facts import Facts, Picture
from mifakit.checks.prose.numbers import WHOLE, clauses, whole
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

_SOFTENERS = (
    "about", "almost", "approximately", "around", "at least", "at most", "between", "ca.", "circa", "less than",
    "more than", "nearly", "over", "roughly", "some", "up to", "x",
)  # fmt: skip
_NUMBER = "".join(rf"(?<!\b{re.escape(word)} )" for word in _SOFTENERS) + rf"(?<![~≈<>±])(?P<number>{WHOLE})"
_NO_QUALIFIER = r"of|per|in|on|at|with|from|to|and|or|x|by|for|pixels?|channels?|nm|µm|um|mm|hours?|days?|h|min|more"
_QUALIFIER = rf" (?!(?:{_NO_QUALIFIER})\b)[\w-]+"
_IMAGE = r"(?:images|micrographs|pictures|photographs|movies|z-stacks|stacks|volumes)"
_OBJECT = r"(?:annotations|objects|instances|masks|outlines|(?:bounding )?boxes|polygons|particles|nuclei)"
_IMAGES = re.compile(rf"{_NUMBER}(?:{_QUALIFIER}){{0,3}}? {_IMAGE}\b", re.IGNORECASE)
_OBJECTS = re.compile(rf"{_NUMBER}(?:{_QUALIFIER}){{0,2}}? {_OBJECT}\b", re.IGNORECASE)
_PART = re.compile(
    rf"\bof (?:which|whom) (?:the first )?(?P<before>{WHOLE})|"
    rf"(?P<after>{WHOLE}) "
    r"(?:of (?:them|these|those)|(?:are|were) (?:here|deposited|included|provided|published|shared))\b",
    re.IGNORECASE,
)
"""How many of a larger number are here: 364 images, of which 57 are shared."""
_NOT_ALL = re.compile(
    r"\b(?:per|each|every|excluded?|removed|discarded|not|without|except|additional|further|other|original|unannotated|"
    r"subset|average|mean|median|seeded|plated|frames|planes|slices)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:in|since|until) (?:19|20)\d\d\b", re.IGNORECASE)


def check_counts(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield numbers of images and objects in descriptions of which none is that of the files (MIFA176)."""
    for text, location, pictures in _image_texts(sheet.model, facts):
        said = _stated(_IMAGES, text)
        possible = {count + more for count in _image_counts(pictures) for more in range(facts.unread + 1)}
        parts = {whole(match["before"] or match["after"]) for match in _PART.finditer(text or "")}
        if pictures and said and not (parts | {number for _, number in said}) & possible:
            yield Finding.of("MIFA176", f"{said[0][0]!r}: there are {len(pictures)}", sheet.place(*location))
    for text, location, sets in _object_texts(sheet.model):
        counted = [facts.sets[name].objects for name in sets if name in facts.sets]
        totals = [count for count in counted if count]
        said = _stated(_OBJECTS, text)
        if not said or not totals or len(totals) < len(counted):
            continue
        if not any(_is_rounded(count, number) for _, number in said for count in (sum(totals), *totals)):
            yield Finding.of("MIFA176", f"{said[0][0]!r}: there are {sum(totals):,}", sheet.place(*location))


def _image_texts(sheet: StudySheet, facts: Facts) -> Iterator[tuple[str | None, Location, tuple[Picture, ...]]]:
    yield sheet.study.description, ("study", "description"), facts.pictures
    for index, component in enumerate(sheet.images):
        pictures = tuple(one for one in facts.pictures if one.component == index)
        yield component.description, ("images", index, "description"), pictures


def _object_texts(sheet: StudySheet) -> Iterator[tuple[str | None, Location, list[str]]]:
    yield sheet.study.description, ("study", "description"), [str(one.name) for one in sheet.annotations]
    for index, protocol in enumerate(sheet.annotations):
        yield protocol.overview, ("annotations", index, "overview"), [str(protocol.name)]


def _stated(pattern: re.Pattern[str], text: str | None) -> list[tuple[str, int]]:
    """Return what a text counts, two at least: one is said of many things."""
    whole_clauses = [clause for clause in clauses(text or "") if not _NOT_ALL.search(clause)]
    found = [match for clause in whole_clauses for match in pattern.finditer(_YEAR.sub("", clause))]
    return [(match[0], number) for match in found if (number := whole(match["number"])) > 1]


def _image_counts(pictures: tuple[Picture, ...]) -> set[int]:
    """Return all that people may have counted: images, those that are annotated, their planes and frames."""
    annotated = Counter(name for one in pictures for name in one.annotated_by)
    bare = sum(not one.annotated_by for one in pictures)
    counts = {len(pictures), len(pictures) - bare, bare, *annotated.values()}
    counts |= set(Counter(one.component for one in pictures).values())
    for axes in ("z", "t", "zt", "c", "ct", "cz", "czt"):
        lengths = [prod(one.length(axis) for axis in axes) for one in pictures]
        counts |= {sum(lengths), *lengths}
    return counts


def _is_rounded(count: int, stated: int) -> bool:
    """Whether a number is one that people write for a count: 1,200 for 1,187."""
    zeros = len(str(stated)) - len(str(stated).rstrip("0"))
    return abs(count - stated) < int(10**zeros)
