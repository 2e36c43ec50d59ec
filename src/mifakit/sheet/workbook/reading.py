"""An Excel workbook -> the tree of a study sheet, with the cell of every value and a finding for every odd thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.sheet.locations import format_location
from mifakit.sheet.workbook.assembling import Assembly, FoundRow
from mifakit.sheet.workbook.layout import BLOCKS, SETS, SHEETS, Block
from mifakit.sheet.workbook.memory import Memory, read_memory
from mifakit.sheet.workbook.opening import open_workbook
from mifakit.sheet.workbook.surroundings import check_surroundings
from mifakit.sheet.workbook.tables import SheetReader
from mifakit.sources.yaml_text import Location, Tree


@dataclass(frozen=True)
class WorkbookRead:
    """What a workbook says.

    Attributes
    ----------
    tree
        As one of YAML; values that were not taken are left out.
    cells
        The cell of each value, by location.
    findings, refused
        Why values were not taken, and where they would have stood.
    memory
        What the workbook remembers of the last sync.
    """

    tree: dict[str, Tree]
    cells: Mapping[Location, str]
    findings: tuple[Finding, ...]
    refused: tuple[Location, ...]
    memory: Memory


def read_workbook(path: Path) -> WorkbookRead:
    """Read a workbook.

    Raises
    ------
    MifaError
        MIFA001, MIFA008, MIFA109 when it cannot be read; MIFA110 when it has none of the sheets of a study sheet.
    """
    book = open_workbook(path)
    pages = {sheet.title: sheet for sheet in book.worksheets}
    if not {*pages} & {*SHEETS}:
        message = f"has no sheet of a study sheet, but {', '.join(map(repr, pages)) or 'none'}"
        raise MifaError("MIFA110", message, str(path), "make a new one: mifa init FOLDER --xlsx")
    found: dict[Block, list[FoundRow]] = {}
    findings = list(check_surroundings(book, str(path)))
    tops: dict[Location, str] = {}
    for title in SHEETS:
        if title in pages:
            reader = SheetReader(pages[title], str(path), [block for block in BLOCKS if block.sheet == title])
            found |= reader.rows
            findings += reader.findings
            tops |= reader.tops
    assembly = Assembly(found)
    for location, cell in assembly.problems:
        if cell.problem:
            place = Place(str(path), None, format_location(location), cell.at)
            findings.append(Finding.of(cell.problem.code, cell.problem.message, place, cell.problem.hint))
    cells = {**tops, **assembly.cells}
    for location in [one for one in cells if len(one) == 2 and one[0] == SETS.path[0]]:
        cells.setdefault((*location, "authors"), tops.get(("authors",), cells[location]))  # annotators stand there
    return WorkbookRead(
        assembly.tree,
        cells,
        tuple(dict.fromkeys(findings)),
        tuple(location for location, _ in assembly.problems),
        read_memory(book),
    )
