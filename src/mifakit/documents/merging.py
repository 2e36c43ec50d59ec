"""What several sources say -> one sheet: the first that says something is believed. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

from mifakit.documents.wording import short
from mifakit.metadata.annotation_sets import AnnotationSet, FileValues, Pair
from mifakit.metadata.fields import SheetModel, is_empty
from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Publication
from mifakit.metadata.rembi import ImagingMethod, Organism, SignalChannel
from mifakit.sheet.locations import format_location
from mifakit.sources.yaml_text import Location

Difference = tuple[Location, str]
"""Where the second source says otherwise, and what the two say."""

_KEYS: dict[type[SheetModel], tuple[str, ...]] = {
    Author: ("orcid", "full_name"),
    Organisation: ("ror", "name"),
    Publication: ("doi", "title"),
    Grant: ("grant_id", "funder"),
    Link: ("url",),
    Organism: ("ncbi_taxon", "scientific_name"),
    ImagingMethod: ("fbbi_id", "name"),
    SignalChannel: ("label",),
    FileValues: ("annotation",),
}
"""By what two entries are one: the first of these that both say decides. Others go by title or name."""


def merge(taken: SheetModel, other: SheetModel, here: Location = ()) -> Iterator[Difference]:
    """Add to a model what another says and it does not.

    Parameters
    ----------
    taken
        The model; changed.
    other
        What is added. Its parts are shared, not copied.
    here
        Where in its sheet the other stands.

    Yields
    ------
    difference
        What both say, and differently: the first one's value stays.
    """
    for name in type(taken).model_fields:
        theirs, ours, where = getattr(other, name), getattr(taken, name), (*here, name)
        if name not in other.model_fields_set or is_empty(theirs):
            continue
        if name not in taken.model_fields_set or is_empty(ours):
            setattr(taken, name, theirs)
        elif isinstance(theirs, SheetModel):
            yield from merge(ours, theirs, where)
        elif isinstance(theirs, list):
            yield from _merge_lists(ours, theirs, where)
        elif not isinstance(theirs, dict) and _plain(ours) != _plain(theirs):
            said = f"{short(str(ours))!r} was taken, {short(str(theirs))!r} was not"
            yield where, f"{format_location(where)}: {said}"


def _merge_lists(ours: list[Any], theirs: Sequence[Any], here: Location) -> Iterator[Difference]:
    if not isinstance(theirs[0], SheetModel):
        known = {_plain(one) for one in ours}
        ours += [one for one in theirs if _plain(one) not in known]
        return
    for index, (item, partner) in enumerate(zip(theirs, _partners(ours, theirs), strict=True)):
        if partner is None:
            ours.append(item)
        else:
            yield from merge(partner, item, (*here, index))


def _partners(ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Return for each of their entries the one of ours that is the same, or None."""
    if len(ours) == len(theirs) == 1 and isinstance(ours[0], AnnotationSet) and not (ours[0].name and theirs[0].name):
        return list(ours)
    index: dict[Any, deque[Any]] = defaultdict(deque)
    for one in ours:
        for sign in _signs(one):
            index[sign].append(one)
    taken: set[int] = set()
    partners: list[Any] = []
    for item in theirs:
        signs = _signs(item)
        for sign in signs:
            while index[sign] and id(index[sign][0]) in taken:
                index[sign].popleft()
        candidates = (one for sign in signs for one in index[sign] if id(one) not in taken)
        partner = next((one for one in candidates if _agree(one, item)), None)
        taken.add(id(partner))
        partners.append(partner)
    return partners


def _signs(entry: SheetModel) -> list[Any]:
    """Return by what an entry may be known again, the surest first."""
    if isinstance(entry, Pair):
        return [(entry.annotation, entry.image)]
    files = [("file", path) for path in sorted(listed(entry))] if isinstance(entry, AnnotationSet) else []
    return files + [(key, _plain(value)) for key in _keys(entry) if (value := getattr(entry, key))]


def _keys(entry: SheetModel) -> tuple[str, ...]:
    return _KEYS.get(type(entry)) or tuple(key for key in ("title", "name") if key in type(entry).model_fields)


def _agree(one: SheetModel, other: Any) -> bool:
    """Whether entries with a sign in common are one: the first key that both say decides."""
    if isinstance(one, Pair):
        return True
    if isinstance(one, AnnotationSet) and listed(one) & listed(other):
        return True
    for key in _keys(one):
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine and theirs:
            return _plain(mine) == _plain(theirs)
    return False


def listed(annotations: AnnotationSet) -> set[str]:
    """Return the annotation files that a set names one by one."""
    return {pair.annotation for pair in annotations.pairs if pair.annotation}


def _plain(value: Any) -> str:
    """Return a value without what makes no difference in text: case and blanks."""
    return " ".join(str(value).split()).casefold()
