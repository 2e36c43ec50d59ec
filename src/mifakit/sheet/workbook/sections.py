"""A sheet of the workbook -> its blocks as they stand there: found by what stands above them, not by their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from mifakit.sheet.workbook.layout import NUMBER, SEEN_TITLE, Block, fold
from mifakit.sheet.workbook.values import text_of

_NUMBER, _SEEN = fold(NUMBER), fold(SEEN_TITLE)


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its cells that hold something, by column, from 1."""

    row: int
    cells: Mapping[int, Any]

    @property
    def head(self) -> str:
        """What stands in the first column."""
        return text_of(self.cells.get(1))

    @property
    def is_header(self) -> bool:
        """Whether it is the header of a table."""
        return fold(self.head) == _NUMBER


@dataclass(frozen=True)
class Section:
    """A part of a sheet.

    Attributes
    ----------
    block
        Which; None when its title is none of the sheet's, or was removed.
    title, row
        What stands above it, and where.
    lines
        Those below.
    """

    block: Block | None
    title: str
    row: int
    lines: list[Line] = field(default_factory=list)


def sections_of(sheet: Any, blocks: Sequence[Block]) -> Iterator[Section]:
    """Yield the parts of a sheet from its top; what stands above the first title is one too."""
    titles = {fold(block.title): block for block in blocks}
    here = Section(None, "", 1)
    for line, following in pairwise([*_lines(sheet), Line(0, {})]):
        head = fold(line.head)
        if head == _SEEN:
            break
        orphan = line.is_header and (here.block is None or here.block.is_form or bool(here.lines))
        if head in titles or (following.is_header and head not in ("", _NUMBER)) or (orphan and here.lines):
            yield here
            here = Section(titles.get(head), line.head, line.row)
        else:
            here.lines.append(line)
    yield here


def _lines(sheet: Any) -> list[Line]:
    """Return the rows that hold something. To go through all, as openpyxl offers, would make what is not there."""
    rows: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for (row, column), cell in sheet._cells.items():
        if cell.value is not None and text_of(cell):
            rows[row][column] = cell
    return [Line(row, dict(sorted(rows[row].items()))) for row in sorted(rows)]
