"""The tree of a study sheet, from whatever file -> the model, and why values were refused."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mifakit.catalogue import CATALOGUE
from mifakit.findings import Finding, Place
from mifakit.metadata.fields import SheetModel, models_in
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location, Tree, says_nothing


def validate(tree: dict[str, Any]) -> tuple[StudySheet, list[ErrorDetails]]:
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


def explain(error: ErrorDetails, place: Place) -> Finding:
    """Return the finding that says what is wrong with a value."""
    location: Location = tuple(error["loc"])
    kind = error["type"]
    if kind in CATALOGUE:
        return Finding.of(kind, error["msg"], place)
    if kind == "extra_forbidden":
        meant = meant_by(error)
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


def meant_by(error: ErrorDetails) -> Location:
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
