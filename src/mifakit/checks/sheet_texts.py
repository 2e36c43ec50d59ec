"""Do the sheet's texts say something? Titles, descriptions, and what people type to get past a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mifakit.catalogue import Level
from mifakit.checks.declared_fields import DeclaredField, declared_fields
from mifakit.findings import Finding
from mifakit.metadata.fields import Need, example_of, need_of
from mifakit.metadata.mifa import Publication
from mifakit.sheet.reading import Sheet

_TITLE_LENGTH = 25
_DESCRIPTION_WORDS = 10
_APPLICATION = re.compile(
    r"\b(?:train|test|segment|detect|classif|track|count|quantif|measur|diagnos|predict|stud(?:y|ie)|investigat|"
    r"understand|analy[sz]|develop|characteri[sz]|benchmark|teach|screen|compar|evaluat|assess|reveal|explor|identif|"
    r"phenotyp|disease|cancer|tumou?r|drug|learn|research|mechanism|role of|respon|effect|regulat|infect|different|"
    r"growth|division|dynamic|function|question|model)",
    re.IGNORECASE,
)
"""Beginnings of words that tell what data are for."""
_PLACEHOLDER = re.compile(
    r"(?:tb[acd]|t\.b\.[acd]\.|to be (?:added|announced|confirmed|decided|defined|determined|done|filled in|provided)|"
    r"todo|to do|fixme|n/a|n\.a\.|na|not (?:applicable|available|specified|provided|yet known|known)|none|nil|unknown|"
    r"[-–—?.*_]+|x{2,}|tests?|testing|placeholder|dummy|pending|example|sample text|asdf\w*|foo|bar|bla(?: ?bla)*|"
    r"fill (?:me |this )?in|some text|text|string|description|title|abc|123)[ .!?]*",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"(?:tbd|tba|todo|fixme|lorem ipsum)\b", re.IGNORECASE)
_NO_TEXTS = {"files", "name", "first_name", "last_name", "version"}
"""Fields where such a word may be what is meant."""
_SENTENCE = 40
"""Characters from which on nobody writes the very words of an example."""


def check_title(sheet: Sheet) -> Iterator[Finding]:
    """Yield a title that is shorter than the archive wants it (MIFA160)."""
    title = sheet.model.study.title or ""
    if 0 < len(title) < _TITLE_LENGTH and not _is_placeholder(title):
        message = f"{title!r} has {len(title)} characters, the archive wants {_TITLE_LENGTH} or more"
        yield Finding.of("MIFA160", message, sheet.place("study", "title"))


def check_description(sheet: Sheet) -> Iterator[Finding]:
    """Yield a description that is a few words, or does not tell what the data are for (MIFA161)."""
    text = sheet.model.study.description or ""
    count, place = len(text.split()), sheet.place("study", "description")
    if not text or _is_placeholder(text):
        return
    if count < _DESCRIPTION_WORDS:
        yield Finding.of("MIFA161", f"{text!r} is {count} words long", place)
    elif not _APPLICATION.search(text):
        yield Finding.of("MIFA161", "it names no biological application: what the data are for", place)


def check_placeholders(sheet: Sheet) -> Iterator[Finding]:
    """Yield TBD, n/a and the like in required fields, and examples that were left there (MIFA162)."""
    for field in declared_fields(sheet.model):
        need = need_of(field.info)
        if need not in (Need.MIFA_REQUIRED, Need.ARCHIVE) or field.location[-1] in _NO_TEXTS:
            continue
        texts = field.value if isinstance(field.value, list) else [field.value]
        for text in texts:
            if isinstance(text, str) and (said := _complaint(text, field)):
                finding = Finding.of("MIFA162", said, sheet.place(*field.location), field.info.description)
                yield replace(finding, level=Level(need.value))


def _complaint(text: str, field: DeclaredField) -> str | None:
    if _is_placeholder(text):
        return f"{text!r} says nothing"
    long_enough = len(text) >= _SENTENCE and need_of(field.info) is Need.MIFA_REQUIRED
    is_example = long_enough and text == example_of(field.info) and not isinstance(field.owner, Publication)
    return f"{text!r} is the example of the form" if is_example else None


def _is_placeholder(text: str) -> bool:
    return bool(_PLACEHOLDER.fullmatch(text.strip()) or _BEGINNING.match(text))
