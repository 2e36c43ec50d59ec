"""What in a sheet has one right answer, and that answer: spellings of identifiers, dates, ids of known names. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError

from mifakit.errors import MifaError
from mifakit.metadata import identifiers
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import find, parse_annotation_type, parse_license
from mifakit.metadata.vocabularies.terms import Vocabulary
from mifakit.sheet.editing import put_value, set_value
from mifakit.sheet.locations import format_location
from mifakit.sheet.validation import models_in
from mifakit.sources.yaml_text import Location, Tree, parse_yaml

Parse = Callable[[Any], Any]

_SPELLINGS: dict[Parse, Callable[[str], str]] = {
    identifiers.parse_orcid: str,
    identifiers.parse_doi: str,
    identifiers.parse_ror: "https://ror.org/{}".format,
    identifiers.parse_email: str,
    identifiers.parse_pubmed: str,
    identifiers.parse_taxon: str,
    identifiers.parse_rrid: str,
    identifiers.parse_fbbi: str,
    identifiers.parse_url: str,
    identifiers.parse_date: str,
    parse_license: str,
    parse_annotation_type: str,
}
"""How a sheet writes what each of these has read; a moment that can be read stays as it is."""
_DATES = (identifiers.parse_date, identifiers.parse_moment)
_IDS: dict[tuple[str, str], tuple[Vocabulary, str]] = {
    ("organisms", "scientific_name"): ("organism", "ncbi_taxon"),
    ("methods", "name"): ("imaging_method", "fbbi_id"),
}
"""Names that a vocabulary knows, and the field where the id of what they name belongs."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d\u00ab\u00bb\u2010\u2011\u2012\u2013\u2212", '\'\'""""-----')


@dataclass(frozen=True)
class Mend:
    """One change.

    Attributes
    ----------
    location
        Where.
    found
        What stood there; nothing where a field was empty.
    value
        What is right.
    """

    location: Location
    found: str | None
    value: str

    def __str__(self) -> str:
        before = f"{self.found!r} -> " if self.found is not None else ""
        return f"{format_location(self.location)}: {before}{self.value!r}"


@dataclass(frozen=True)
class Mended:
    """A sheet's text before and after, and what was changed in it."""

    path: str
    before: str
    after: str
    mends: tuple[Mend, ...]

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff."""
        before, after = self.before.split("\n"), self.after.split("\n")
        yield from difflib.unified_diff(before, after, self.path, f"{self.path}, mended", n=1, lineterm="")


def mend(text: str, path: str) -> Mended:
    """Return a sheet's text with everything mended that has one right answer; all other characters stay.

    Raises
    ------
    MifaError
        MIFA106 to MIFA108 when the text is not YAML.
    """
    tree, _ = parse_yaml(text, path)
    done: list[Mend] = []
    mended = text
    for one in list(_mends(tree, StudySheet, ())) if isinstance(tree, dict) else ():
        try:
            edit = set_value if _stands(tree, one.location) else put_value
            changed, wanted = edit(mended, one.location, one.value), _changed(tree, one)
            read, _ = parse_yaml(changed, path)
        except (KeyError, ValueError, MifaError):  # written in a way that cannot be edited by place, as with anchors
            continue
        if read == wanted:  # that, and nothing else, was changed
            tree, mended, done = wanted, changed, [*done, one]
    return Mended(path, text, mended, tuple(done))


def _mends(tree: Mapping[str, Tree], model: type[BaseModel], here: Location) -> Iterator[Mend]:
    """Yield what is to mend in a block and in all blocks in it."""
    for name, info in model.model_fields.items():
        value, there = tree.get(name), (*here, name)
        inner = models_in(info.annotation)
        for item, location in _items(value, there):
            if inner and isinstance(item, dict):
                yield from _mends(item, inner[0], location)
            elif not inner and isinstance(item, str):
                parse = next((one for one in _parsers(info.annotation, info.metadata) if one in _KNOWN), None)
                right = _right(item, parse)
                if right is not None and right != item:
                    yield Mend(location, item, right)
    yield from _missing_id(tree, here)


def _items(value: Tree, here: Location) -> Iterator[tuple[Tree, Location]]:
    if isinstance(value, list):
        yield from ((item, (*here, index)) for index, item in enumerate(value))
    else:
        yield value, here


_KNOWN: set[Any] = {*_SPELLINGS, *_DATES}


def _parsers(annotation: Any, metadata: Any) -> Iterator[Any]:
    """Yield the functions that read a field, those of items of a list too."""
    for one in (*(metadata or ()), *getattr(annotation, "__metadata__", ())):
        if isinstance(one, BeforeValidator):
            yield one.func
    for inner in getattr(annotation, "__args__", ()):
        yield from _parsers(inner, None)


def _right(text: str, parse: Parse | None) -> str | None:
    """Return how a value is written, or None where nothing is certain."""
    if parse is None:
        return text.strip() if "\n" not in text else None
    for candidate in _candidates(text, parse):
        try:
            read = parse(candidate)
        except PydanticCustomError:
            continue
        if read is None or str(read) == text:
            return None
        return _SPELLINGS[parse](str(read)) if parse in _SPELLINGS else candidate
    return None


def _candidates(text: str, parse: Parse) -> Iterator[str]:
    """Yield a value without what nobody sees, then without what word processors put into it, then as a date."""
    plain = "".join(char for char in text if unicodedata.category(char) != "Cf")
    yield plain
    plain = " ".join(plain.translate(_QUOTES).split()).strip("'\"")
    yield plain
    if parse in _DATES and (day := _only_date(plain)) is not None:
        yield day


def _only_date(text: str) -> str | None:
    """Return the one day that a text can mean, as year-month-day: 31.3.2026 is one, 3.4.2026 may be two."""
    numbers = re.fullmatch(r"(\d{1,4})[./ -](\d{1,2})[./ -](\d{1,4})", text)
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    named = re.fullmatch(rf"(?:{day}\.?[ -])?([A-Za-z]{{3,9}})\.?[ -](?:{day},? )?(\d{{4}})", text)
    if numbers and len(numbers[1]) == 4:
        return _day(numbers[1], numbers[2], numbers[3])
    if numbers and len(numbers[3]) == 4:
        orders = {_day(numbers[3], numbers[2], numbers[1]), _day(numbers[3], numbers[1], numbers[2])} - {None}
        return orders.pop() if len(orders) == 1 else None
    if named and bool(named[1]) != bool(named[3]) and named[2][:3].lower() in _MONTHS:
        return _day(named[4], str(_MONTHS.index(named[2][:3].lower()) + 1), named[1] or named[3])
    return None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _missing_id(tree: Mapping[str, Tree], here: Location) -> Iterator[Mend]:
    """Yield the id of an organism or a method that the vocabulary knows by its name."""
    rooms = [part for part in here if isinstance(part, str)]
    for (room, field), (vocabulary, target) in _IDS.items():
        name = tree.get(field)
        if not rooms or rooms[-1] != room or not isinstance(name, str) or tree.get(target):
            continue
        terms = [term for term in find(vocabulary, name) if term.name.casefold() == name.strip().casefold()]
        if len(terms) == 1 and terms[0].identifier:
            yield Mend((*here, target), None, terms[0].identifier)


def _at(tree: Any, location: Location) -> Any:
    for part in location:
        tree = tree[part]
    return tree


def _changed(tree: Tree, mend: Mend) -> Tree:
    """Return a document with one value changed."""
    copy = deepcopy(tree)
    _at(copy, mend.location[:-1])[mend.location[-1]] = mend.value
    return copy


def _stands(tree: Any, location: Location) -> bool:
    block = _at(tree, location[:-1])
    return location[-1] in block if isinstance(block, dict) else True
