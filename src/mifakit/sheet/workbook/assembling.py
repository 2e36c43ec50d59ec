"""Rows that were read from the workbook's blocks -> the tree of a study sheet, with the cell of every value. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mifakit.sheet.workbook.layout import BLOCKS, PEOPLE, SETS, Block, OfSet, Path
from mifakit.sheet.workbook.rows import set_names
from mifakit.sheet.workbook.values import Cell, Problem
from mifakit.sources.yaml_text import Location, Tree

FoundRow = Mapping[Path, Cell]
"""The cells of a row by their columns' paths, also the empty ones."""

_KEY, _AUTHOR, _ANNOTATED = ("annotation_set",), ("dataset_author",), ("annotated",)
_NOBODY = "this person is no author, and annotated no set: the row would be lost"


class Assembly:
    """Puts the rows of all blocks together; rows and entries that say nothing are left out.

    Attributes
    ----------
    tree
        As one of YAML.
    cells
        The cell of each value, also of those that are empty.
    problems
        The cells whose values were not taken, by location.
    """

    def __init__(self, found: Mapping[Block, Sequence[FoundRow]]) -> None:
        self.cells: dict[Location, str] = {}
        self.problems: list[tuple[Location, Cell]] = []
        self._slots: dict[Any, Any] = {}  # of blocks by field, of lists by number, with gaps; of values their cells
        self._sets = [_said(row, ("name",)) for row in found.get(SETS, ())]
        for block in BLOCKS:
            for number, row in enumerate(found.get(block, ())):
                if block is PEOPLE:
                    self._put_person(number, row)
                elif block.beside is OfSet:
                    self._put_of_set(block, number, row)
                else:
                    self._put(block.path if block.is_form else (*block.path, number), row)
        tree = self._settle(self._slots, ())
        self.tree: dict[str, Any] = tree if isinstance(tree, dict) else {}

    def _put(self, location: Path, row: FoundRow) -> None:
        for path, cell in row.items():
            here = self._slots
            for part in (*location, *path[:-1]):
                here = here.setdefault(part, {})
            here[path[-1]] = cell

    def _put_of_set(self, block: Block, number: int, row: FoundRow) -> None:
        rest = {path: cell for path, cell in row.items() if path != _KEY}
        if _is_blank(row):
            return
        index = self._find_set(row[_KEY]) if _KEY in row else None
        if index is None:
            return
        room = () if block.path == SETS.path else (block.path[-1], number)
        entry = self._slots.get(SETS.path[0], {}).get(index, {})
        if not room and any(path[0] in entry for path in rest):
            twice = Problem("MIFA108", f"the annotation set {row[_KEY].value!r} stands twice")
            self.problems.append((SETS.path, Cell(None, row[_KEY].at, twice)))
        else:
            self._put((*SETS.path, index, *room), rest)

    def _put_person(self, number: int, row: FoundRow) -> None:
        if _is_blank(row):
            return
        person = {path: cell for path, cell in row.items() if path not in (_AUTHOR, _ANNOTATED)}
        author, annotated = row.get(_AUTHOR, _NONE), row.get(_ANNOTATED, _NONE)
        said = str(author.value or "yes").casefold()
        if said not in ("yes", "no") or author.problem:
            problem = author.problem or Problem("MIFA104", f"{author.value!r} is not allowed here: 'yes' or 'no'")
            self.problems.append((("authors",), Cell(None, author.at, problem)))
        if annotated.problem:
            self.problems.append((SETS.path, annotated))
        names = annotated.value if isinstance(annotated.value, list) else []
        if said == "yes":
            self._put(("authors", number), person)
        elif said == "no" and not names:
            self.problems.append((("authors",), Cell(None, author.at, Problem("MIFA144", _NOBODY))))
        for name in names:
            index = self._find_set(Cell(name, annotated.at))
            if index is not None:
                self._put((*SETS.path, index, "authors", number), person)

    def _find_set(self, key: Cell) -> int | None:
        """Return the set that a cell names; where there is one alone, it need not be named."""
        names = set_names(self._sets)
        named = [index for index, name in enumerate(self._sets) if name]
        if key.is_blank and len(named) == 1:
            return named[0]
        if key.value in names:
            return names.index(str(key.value))
        alike = [index for index in named if str(names[index]).casefold() == str(key.value).casefold()]
        if len(alike) == 1:  # names of sets are told apart without capitals, as folders are
            return alike[0]
        entries = ", ".join(repr(name) for name in self._sets if name) or "none"
        message = f"there is no annotation set {str(key.value or '')!r}; there is {entries}"
        problem = key.problem or Problem("MIFA122", message, "use the name of a row of the sheet Annotations")
        self.problems.append((SETS.path, Cell(None, key.at, problem)))
        return None

    def _settle(self, slots: Any, here: Location) -> Tree:
        """Return the tree of what was put together; entries of lists are counted anew, without gaps."""
        if isinstance(slots, Cell):
            self.cells[here] = slots.at
            if slots.problem:
                self.problems.append((here, slots))
            return slots.value
        self.cells[here] = _first(slots).at
        if any(isinstance(part, int) for part in slots):
            entries = [entry for _, entry in sorted(slots.items()) if not _says_nothing(entry)]
            return [self._settle(entry, (*here, index)) for index, entry in enumerate(entries)]
        return {part: self._settle(inner, (*here, part)) for part, inner in slots.items()}


_NONE = Cell(None, "")


def _said(row: FoundRow, path: Path) -> str | None:
    value = row.get(path, _NONE).value
    return value if isinstance(value, str) else None


def _is_blank(row: FoundRow) -> bool:
    return all(cell.is_blank for cell in row.values())


def _says_nothing(slots: Any) -> bool:
    return slots.is_blank if isinstance(slots, Cell) else all(map(_says_nothing, slots.values()))


def _first(slots: Any) -> Cell:
    while not isinstance(slots, Cell):
        slots = next(iter(slots.values()), _NONE)
    return slots
