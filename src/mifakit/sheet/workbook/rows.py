"""A study sheet -> the rows of the workbook's blocks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mifakit.metadata.fields import SheetModel, is_empty
from mifakit.metadata.mifa import Author
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.workbook.layout import OWN_TABLES, PEOPLE, SETS, Block, OfSet, Path
from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Row:
    """An entry of a table, or all of a form.

    Attributes
    ----------
    location
        Where it stands in the study sheet.
    values
        What it says, by its columns' paths; what is empty is left out.
    """

    location: Location
    values: dict[Path, Any]


def rows_of(block: Block, sheet: StudySheet) -> list[Row]:
    """Return the rows of a block: one of a form, one an entry of a table."""
    if block is PEOPLE:
        return _people(block, sheet)
    if block.beside is OfSet:
        return list(_rows_of_sets(block, sheet))
    value: Any = sheet
    for part in block.path:
        value = getattr(value, part)
    if block.is_form:
        return [Row(block.path, _values(block, value))]
    return [Row((*block.path, index), _values(block, entry)) for index, entry in enumerate(value)]


def set_names(sets: Sequence[str | None]) -> list[str]:
    """Return what rows call each annotation set: its name, or `#2` for the second, if that tells it from the others."""
    counts = Counter(sets)
    return [name if name and counts[name] == 1 else f"#{index}" for index, name in enumerate(sets, start=1)]


def _rows_of_sets(block: Block, sheet: StudySheet) -> Iterator[Row]:
    names = set_names([one.name for one in sheet.annotations])
    for index, (name, one) in enumerate(zip(names, sheet.annotations, strict=True)):
        key: dict[Path, Any] = {("annotation_set",): name}
        if block.path == SETS.path:
            if values := _values(block, one):
                yield Row((*block.path, index), key | values)
            continue
        room = block.path[-1]
        for number, entry in enumerate(getattr(one, room)):
            yield Row((*SETS.path, index, room, number), key | _values(block, entry))


def _people(block: Block, sheet: StudySheet) -> list[Row]:
    """Return a row a person: who is an author and annotated too has one row, if both places say the same of them."""
    people: list[tuple[Location, Author, list[str]]] = [
        (("authors", index), author, []) for index, author in enumerate(sheet.authors)
    ]
    for index, name in enumerate(set_names([one.name for one in sheet.annotations])):
        after = -1
        for number, author in enumerate(sheet.annotations[index].authors):
            known = (at for at in range(after + 1, len(people)) if people[at][1] == author)
            after = next(known, len(people))
            if after == len(people):
                people.append((("annotations", index, "authors", number), author, []))
            people[after][2].append(name)
    return [
        Row(
            location,
            {("dataset_author",): "yes" if location[0] == "authors" else "no", ("annotated",): annotated or None}
            | _values(block, person),
        )
        for location, person, annotated in people
    ]


def _values(block: Block, entry: SheetModel | None) -> dict[Path, Any]:
    if is_empty(entry):
        return {}
    return dict(_leaves({name: getattr(entry, name) for name in block.fields}, block))


def _leaves(named: dict[str, Any], block: Block, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in named.items():
        here = (*above, name)
        if isinstance(value, SheetModel):
            if not is_empty(value):
                yield from _leaves(dict(value), block, here)
        elif isinstance(value, list) and value and isinstance(value[0], SheetModel):
            if (*block.path, *here) not in OWN_TABLES:
                for number, item in enumerate(value):
                    yield from _leaves(dict(item), block, (*here, number))
        elif not is_empty(value):
            yield here, value
