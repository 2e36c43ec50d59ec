"""A study sheet file -> the model, with the line of every value and a finding for every wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import validate
from mifakit.sources.yaml_text import Location, parse_yaml, read_text


@dataclass(frozen=True)
class Sheet:
    """A study sheet that was read.

    Attributes
    ----------
    path
        The file.
    text
        As it stands in the file, comments and all.
    model
        What it says; values that were refused are left out.
    lines
        1-based line of each value, by location: `("study", "title")`.
    findings
        One for each refused value.
    refused
        Where those values stand, and where a mistyped field was meant to stand.
    """

    path: Path
    text: str
    model: StudySheet
    lines: Mapping[Location, int]
    findings: tuple[Finding, ...] = ()
    refused: tuple[Location, ...] = ()

    def place(self, *location: str | int) -> Place:
        """Return the place of a value, or of the nearest part around it that stands in the file."""
        known = location
        while known and known not in self.lines:
            known = known[:-1]
        return Place(str(self.path), self.lines.get(known), format_location(location))

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


def format_location(location: Location) -> str:
    """Return a location as people write it: `authors[0].orcid`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_sheet(path: str | Path) -> Sheet:
    """Read a study sheet.

    Raises
    ------
    MifaError
        When the file cannot be read at all (MIFA001, MIFA100) or is not YAML (MIFA106 to MIFA108).
        Wrong values do not raise: they are in `findings`.
    """
    file = Path(path)
    text = read_text(file)
    tree, lines = parse_yaml(text, str(file))
    if not isinstance(tree, dict):
        raise MifaError("MIFA106", "holds no fields", str(file), "make a new one with mifa init")
    model, refusals = validate(tree)
    sheet = Sheet(file, text, model, lines)
    findings = tuple(refusal.at(sheet.place(*refusal.location)) for refusal in refusals)
    refused = tuple(location for one in refusals for location in (one.location, one.meant) if location)
    return replace(sheet, findings=findings, refused=refused)
