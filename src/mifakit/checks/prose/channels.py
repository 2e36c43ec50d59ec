"""Channels: whether there are as many as the sheet says, called as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mifakit.checks.facts import Facts, Picture
from mifakit.checks.prose.numbers import WHOLE, clauses, whole
from mifakit.checks.prose.statements import statements
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import Sheet

_CHANNELS = re.compile(
    rf"(?:(?P<number>{WHOLE})|\b(?P<word>single|dual))"
    r"(?:(?: fluorescen(?:ce|t))? |-)channels?\b(?! ?(?:pipett|detector|spectral|array|pmt|plate|slide|chip|ion))",
    re.IGNORECASE,
)
_WORDS = {"single": 1, "dual": 2}
_NOT_ALL = re.compile(r"\b(?:microfluidic|ion|calcium|potassium|sodium|flow|out of|of the|other|second|first)\b", re.I)
_NAMELESS = re.compile(
    r"(?:c|ch|channel)?[ _:=#-]*\d*(?:[:_-]\d+)*|red|green|blue|gr[ae]y|alpha|unknown", re.IGNORECASE
)
"""What programs call a channel that nobody named."""


def check_channel_counts(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield numbers of channels, in sentences and of specimens, that no image has (MIFA171)."""
    for one in statements(sheet.model, facts):
        said = _stated(one.text)
        there = {picture.length("c") for picture in one.pictures}
        if said and not {number for _, number in said} & there:
            message = f"{said[0][0]!r}: the images have {_numbers(there)}"
            yield Finding.of("MIFA171", message, sheet.place(*one.location))
    for index, pictures in _of_specimens(sheet.model, facts):
        stated, there = len(sheet.model.specimens[index].channels), {picture.length("c") for picture in pictures}
        if stated and there and stated not in there:
            message = f"the specimen has {stated} channels, the images have {_numbers(there)}"
            yield Finding.of("MIFA171", message, sheet.place("specimens", index, "channels"))


def check_channel_names(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield labels of a specimen's channels that are other names, or in another order, than the files' (MIFA172)."""
    for index, pictures in _of_specimens(sheet.model, facts):
        stated = [channel.label or "" for channel in sheet.model.specimens[index].channels]
        named = {one.channels for one in pictures if len(one.channels) == len(stated)}
        named = {names for names in named if not any(_NAMELESS.fullmatch(name) for name in names)}
        if not all(stated) or not named or any(all(map(_alike, stated, names)) for names in named):
            continue
        message = f"the specimen has {', '.join(stated)}, the files have {', '.join(min(named))}"
        yield Finding.of("MIFA172", message, sheet.place("specimens", index, "channels"))


def _stated(text: str) -> list[tuple[str, int]]:
    found = [match for clause in clauses(text) if not _NOT_ALL.search(clause) for match in _CHANNELS.finditer(clause)]
    return [(one[0], whole(one["number"]) if one["number"] else _WORDS[one["word"].casefold()]) for one in found]


def _of_specimens(sheet: StudySheet, facts: Facts) -> Iterator[tuple[int, list[Picture]]]:
    for index, specimen in enumerate(sheet.specimens):
        taken = {number for number, one in enumerate(sheet.images) if one.specimen == specimen.title}
        yield index, [one for one in facts.pictures if one.component in taken]


def _alike(one: str, other: str) -> bool:
    """Whether two names are of one channel: DAPI and `DAPI (405)` are."""
    plain, there = (re.sub(r"[\W_]", "", name).casefold() for name in (one, other))
    return plain in there or there in plain


def _numbers(counts: set[int]) -> str:
    return " or ".join(map(str, sorted(counts)))
