"""What several sources say -> one sheet: the first that says something is believed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mifakit.documents.wording import short
from mifakit.metadata.fields import SheetModel, is_empty
from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Publication
from mifakit.metadata.rembi import ImagingMethod, Organism, SignalChannel
from mifakit.metadata.study_sheet import AnnotationSet, FileValues
from mifakit.sheet.reading import format_location
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
        elif _plain(ours) != _plain(theirs):
            said = f"{short(str(ours))!r} was taken, {short(str(theirs))!r} was not"
            yield where, f"{format_location(where)}: {said}"


def _merge_lists(ours: list[Any], theirs: Sequence[Any], here: Location) -> Iterator[Difference]:
    partners = _partners(ours, theirs)
    for index, item in enumerate(theirs):
        partner = partners[index]
        if partner is None:
            ours.append(item)
        elif isinstance(item, SheetModel):
            yield from merge(partner, item, (*here, index))


def _partners(ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Return for each of their entries the one of ours that is the same, or None."""
    if len(ours) == len(theirs) == 1 and isinstance(ours[0], AnnotationSet) and not (ours[0].name and theirs[0].name):
        return list(ours)
    left = list(ours)
    partners: list[Any] = []
    for item in theirs:
        partner = next((one for one in left if _is_same(one, item)), None)
        if partner is not None:
            left = [one for one in left if one is not partner]
        partners.append(partner)
    return partners


def _is_same(one: Any, other: Any) -> bool:
    if not isinstance(one, SheetModel):
        return bool(_plain(one) == _plain(other))
    if isinstance(one, AnnotationSet) and listed(one) & listed(other):
        return True
    keys = _KEYS.get(type(one)) or tuple(key for key in ("title", "name") if key in type(one).model_fields)
    for key in keys:
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine and theirs:
            return bool(_plain(mine) == _plain(theirs))
    return one == other


def listed(annotations: AnnotationSet) -> set[str]:
    """Return the annotation files that a set names one by one."""
    return {pair.annotation for pair in annotations.pairs if pair.annotation}


def _plain(value: Any) -> Any:
    """Return a value without what makes no difference in text: case and blanks."""
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
