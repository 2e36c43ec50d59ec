"""A study sheet file -> the model, with the line of every value and a finding for every wrong one."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mifakit.catalogue import CATALOGUE
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location, Tree, parse_yaml, read_text, says_nothing


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
    model, errors = _validate(tree)
    sheet = Sheet(file, text, model, lines)
    findings = tuple(_finding(error, sheet) for error in errors)
    refused = tuple(location for error in errors for location in (error["loc"], _meant(error)) if location)
    return replace(sheet, findings=findings, refused=refused)


def _validate(tree: dict[str, Any]) -> tuple[StudySheet, list[ErrorDetails]]:
    """Return the model without the values that were refused, and why each was."""
    errors: list[ErrorDetails] = []
    tries: Counter[Location] = Counter()
    while True:
        try:
            return StudySheet.model_validate(_without_blanks(tree)), errors
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                location = _in_tree(tree, detail["loc"])
                if not tries[location]:
                    errors.append(detail)
                while tries[location] >= len(_NOTHING):  # nothing will do: drop what is around it
                    location = location[:-1]
                _replace(tree, location, _NOTHING[tries[location]])
                tries[location] += 1


_NOTHING: tuple[Any, ...] = (None, {})
"""What stands for a refused value: nothing, or a block of nothing where a list needs a block."""


def _without_blanks(tree: Any) -> Any:
    """Leave out what says nothing, so that the model's defaults stand."""
    if isinstance(tree, dict):
        return {key: _without_blanks(value) for key, value in tree.items() if not says_nothing(value)}
    if isinstance(tree, list):
        return [_without_blanks(item) for item in tree]
    return tree


def _in_tree(tree: Tree, location: tuple[str | int, ...]) -> Location:
    """Return the part of pydantic's location that exists: it appends names of its own."""
    here: Any = tree
    known: list[str | int] = []
    for part in location:
        key: Any = str(part) if isinstance(here, dict) else part
        inside = key in here if isinstance(here, dict) else isinstance(here, list) and key in range(len(here))
        if not inside:
            break
        here = here[key]
        known.append(key)
    return tuple(known)


def _replace(tree: Any, location: Location, value: Any) -> None:
    """Replace a value; entries of lists keep their index, so that later errors keep their line."""
    if not location:
        tree.clear()
        return
    *parents, last = location
    for part in parents:
        tree = tree[part]
    tree[last] = value


def _finding(error: ErrorDetails, sheet: Sheet) -> Finding:
    location: Location = tuple(error["loc"])
    place = sheet.place(*location)
    kind = error["type"]
    if kind in CATALOGUE:
        return Finding.of(kind, error["msg"], place)
    if kind == "extra_forbidden":
        meant = _meant(error)
        hint = f"did you mean {meant[-1]}?" if meant else None
        return Finding.of("MIFA103", f"there is no field {location[-1]}", place, hint)
    found = error.get("input")
    shown = f"{found!r}" if isinstance(found, str) else f"a {'list' if isinstance(found, list) else 'block'}"
    if kind in {"enum", "literal_error"}:
        return Finding.of("MIFA104", f"{shown} is not allowed here: {error['ctx']['expected']}", place)
    complaint = _COMPLAINTS.get(kind, f"{error['msg'][0].lower()}{error['msg'][1:]}")
    hint = "write a point, and no unit: 0.325" if kind == "float_parsing" else None
    return Finding.of("MIFA105", f"{shown}: {complaint}", place, hint)


_COMPLAINTS = {
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a block of fields",
    "model_type": "must be a block of fields",
    "model_attributes_type": "must be a block of fields",
}


def _meant(error: ErrorDetails) -> Location:
    """Return the field that a mistyped one was meant to be, or nothing."""
    location: Location = tuple(error["loc"])
    if error["type"] != "extra_forbidden":
        return ()
    near = difflib.get_close_matches(str(location[-1]), _fields_at(location[:-1]), n=1)
    return (*location[:-1], near[0]) if near else ()


def _fields_at(location: Location) -> list[str]:
    """Return the names of the fields that may stand at a location."""
    model: type[SheetModel] = StudySheet
    for part in location:
        if isinstance(part, str):
            models = models_in(model.model_fields[part].annotation)
            if not models:
                return []
            model = models[0]
    return list(model.model_fields)


def models_in(annotation: Any) -> list[type[SheetModel]]:
    """Return the models that a field's annotation names: one for a block or a list of blocks, else none."""
    if isinstance(annotation, type) and issubclass(annotation, SheetModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in models_in(inner)]
