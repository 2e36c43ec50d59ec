"""A study sheet file -> the model, with the line or cell of every value and a finding for every wrong one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.characters import check_characters
from mifakit.sheet.locations import format_location
from mifakit.sheet.template import render_sheet
from mifakit.sheet.validation import Refusal, validate
from mifakit.sheet.workbook.memory import Memory
from mifakit.sheet.workbook.opening import SUFFIXES, refuse_other_programs
from mifakit.sources.yaml_text import Location, parse_yaml, read_text


@dataclass(frozen=True)
class Sheet:
    """A study sheet that was read.

    Attributes
    ----------
    path
        The file.
    text
        As it stands in the file, comments and all; of a workbook, the same as YAML.
    model
        What it says; values that were refused are left out.
    lines
        1-based line of each value, by location: `("study", "title")`; of a workbook, none.
    findings
        One for each refused value, and for what is odd about the file.
    refused
        Where those values stand, and where a mistyped field was meant to stand.
    cells
        Of a workbook, the cell of each value, by location.
    memory
        Of a workbook, what it remembers of the last sync.
    """

    path: Path
    text: str
    model: StudySheet
    lines: Mapping[Location, int]
    findings: tuple[Finding, ...] = ()
    refused: tuple[Location, ...] = ()
    cells: Mapping[Location, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def place(self, *location: str | int) -> Place:
        """Return the place of a value, or of the nearest part around it that stands in the file."""
        known = location
        while known and known not in self.lines and known not in self.cells:
            known = known[:-1]
        return Place(str(self.path), self.lines.get(known), format_location(location), self.cells.get(known))

    @property
    def lab_folder(self) -> Path:
        """The lab folder; relative ones start at the sheet.

        Raises
        ------
        MifaError
            MIFA001 when the sheet names none, or it does not exist.
        """
        stated = self.model.lab_folder
        if not stated:
            raise MifaError(
                "MIFA001",
                "the sheet names no lab_folder",
                self.place("lab_folder"),
                "lab_folder: path/to/folder",
            )
        try:
            folder = (self.path.parent / Path(stated).expanduser()).resolve()
            found = folder.exists()
        except (OSError, ValueError, RuntimeError):  # too long, no text, nobody's home
            found = False
        if not found:
            raise MifaError("MIFA001", f"there is no folder {stated}", self.place("lab_folder"))
        if not folder.is_dir():
            raise MifaError("MIFA008", f"{stated} is not a folder", self.place("lab_folder"))
        return folder


def read_sheet(path: str | Path) -> Sheet:
    """Read a study sheet: YAML, or a workbook if its name ends in .xlsx.

    Raises
    ------
    MifaError
        When the file cannot be read at all (MIFA001, MIFA008; of YAML MIFA100, MIFA106 to MIFA108, MIFA147; of
        workbooks MIFA109, MIFA110). Wrong values do not raise: they are in `findings`.
    """
    file = Path(path)
    refuse_other_programs(file)
    return _from_workbook(file) if file.suffix.casefold() in SUFFIXES else _from_yaml(file)


def _from_yaml(file: Path) -> Sheet:
    text = read_text(file)
    tree, lines = parse_yaml(text, str(file))
    if not isinstance(tree, dict):
        raise MifaError("MIFA106", "holds no fields", str(file), "make a new one with mifa init")
    model, refusals = validate(tree)
    return _with_findings(Sheet(file, text, model, lines), refusals)


def _from_workbook(file: Path) -> Sheet:
    from mifakit.sheet.workbook.reading import read_workbook

    said = read_workbook(file)
    model, refusals = validate(said.tree)
    sheet = Sheet(file, render_sheet(model), model, {}, said.findings, said.refused, said.cells, said.memory)
    return _with_findings(sheet, refusals)


def _with_findings(sheet: Sheet, refusals: Sequence[Refusal]) -> Sheet:
    """Add why values were refused. An annotator who is an author too stands in one row: what is wrong is told once."""
    told: dict[tuple[str, str, str | None], Finding] = {}
    for one in refusals:
        place = sheet.place(*one.location)
        told.setdefault((one.code, one.message, place.cell or place.item), one.at(place))
    refused = tuple(location for one in refusals for location in (one.location, one.meant) if location)
    findings = (*sheet.findings, *told.values(), *check_characters(sheet.model, sheet.place))
    return replace(sheet, findings=findings, refused=(*sheet.refused, *refused))
