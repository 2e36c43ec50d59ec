"""Two versions of a study sheet that come of one -> one that has the changes of both, or where they disagree. Pure."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from pydantic import ValidationError

from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import models_in
from mifakit.sources.yaml_text import Location


def merge(base: StudySheet, one: StudySheet, other: StudySheet) -> tuple[StudySheet, list[Location]]:
    """Return what both say now, and where they were changed differently.

    Entries of a list are the same if they stand at the same place and their first field, which names them, is the
    same: then they are merged field by field. Where entries came or went on one side, the other side must have left
    the list alone, or only changed fields of entries that stayed in place.

    Parameters
    ----------
    base
        What both said once.
    one, other
        What they say now.
    """
    conflicts: list[Location] = []
    tree = _merge(StudySheet, _plain(base), _plain(one), _plain(other), (), conflicts)
    try:
        return StudySheet.model_validate(tree), conflicts
    except ValidationError as error:  # each is right alone: shares that add up, say
        return one, [*conflicts, *(tuple(detail["loc"]) for detail in error.errors(include_url=False))]


def _plain(model: SheetModel) -> dict[str, Any]:
    return model.model_dump(mode="json")


def _merge(
    model: type[SheetModel] | None, base: Any, one: Any, other: Any, here: Location, found: list[Location]
) -> Any:
    if one == other or other == base:
        return one
    if one == base:
        return other
    if model and isinstance(one, dict) and isinstance(other, dict):
        was = base if isinstance(base, dict) else {}
        inner = {name: next(iter(models_in(info.annotation)), None) for name, info in model.model_fields.items()}
        return {
            name: _merge(kind, was.get(name), one[name], other[name], (*here, name), found)
            for name, kind in inner.items()
        }
    if model and all(isinstance(value, list) for value in (base, one, other)) and _in_place(base, one, other):
        return [
            _merge(model, was, first, second, (*here, index), found)
            for index, (was, first, second) in enumerate(zip_longest(base, one, other))
        ]
    found.append(here)
    return one


def _in_place(base: list[Any], one: list[Any], other: list[Any]) -> bool:
    """Whether lists can be merged entry by entry: none went, and what both changed is still the same entry."""
    added = [len(entries) - len(base) for entries in (one, other)]
    if min(added) != 0:
        return False
    return all(
        was in (first, second) or _name(was) == _name(first) == _name(second)
        for was, first, second in zip(base, one, other, strict=False)
    )


def _name(entry: Any) -> Any:
    return next(iter(entry.values()), None) if isinstance(entry, dict) else entry
