"""A tree of plain values -> the study sheet's model, and what of it was refused. Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mifakit.catalogue import CATALOGUE
from mifakit.findings import Finding, Place
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location, Tree, says_nothing


@dataclass(frozen=True)
class Refusal:
    """A value that the sheet does not take.

    Attributes
    ----------
    location
        Where it stands in the tree, or nearly: pydantic appends names of its own.
    code, message, hint
        Of the finding.
    meant
        The location of the field that a mistyped one was meant to be; empty otherwise.
    """

    location: Location
    code: str
    message: str
    hint: str | None
    meant: Location

    def at(self, place: Place) -> Finding:
        """Return the finding, at its place."""
        return Finding.of(self.code, self.message, place, self.hint)


def validate(tree: dict[str, Any]) -> tuple[StudySheet, list[Refusal]]:
    """Return the model without the values that were refused, and why each was."""
    refused: list[Refusal] = []
    tries: Counter[Location] = Counter()
    while True:
        try:
            return StudySheet.model_validate(_without_blanks(tree)), refused
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                location = _in_tree(tree, detail["loc"])
                if not tries[location]:
                    refused.append(_refusal(detail))
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


def _refusal(error: ErrorDetails) -> Refusal:
    location: Location = tuple(error["loc"])
    meant = _meant(error)
    return Refusal(location, *_explain(error, location, meant), meant)


def _explain(error: ErrorDetails, location: Location, meant: Location) -> tuple[str, str, str | None]:
    """Return code, message and hint."""
    kind = error["type"]
    if kind in CATALOGUE:
        return kind, error["msg"], None
    if kind == "extra_forbidden":
        hint = f"did you mean {meant[-1]}?" if meant else None
        return "MIFA103", f"there is no field {location[-1]}", hint
    found = error.get("input")
    shown = f"{found!r}" if isinstance(found, str) else f"a {'list' if isinstance(found, list) else 'block'}"
    if kind in {"enum", "literal_error"}:
        return "MIFA104", f"{shown} is not allowed here: {error['ctx']['expected']}", None
    complaint = _COMPLAINTS.get(kind, f"{error['msg'][0].lower()}{error['msg'][1:]}")
    hint = "write a point, and no unit: 0.325" if kind == "float_parsing" else None
    return "MIFA105", f"{shown}: {complaint}", hint


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
