"""The study sheet as text for people: every field with its meaning and an example as a comment."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from mifakit.metadata.fields import Need, SheetModel, example_of, is_empty, need_of
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import models_in
from mifakit.sources.yaml_text import Location

Notes = Mapping[Location, str]

_WIDTH = 100
_MARKS = {
    Need.MIFA_REQUIRED: "REQUIRED by MIFA. ",
    Need.MIFA_RECOMMENDED: "Recommended by MIFA. ",
    Need.ARCHIVE: "Required by the archive. ",
    Need.AI_READY: "Recommended for AI. ",
    Need.OPTIONAL: "",
}
_HEAD = """\
# Study sheet: what people know about these images and annotations.
#
# Fill in what stands behind the colons. Lines that start with # are help and are not read.
# Repeat a block that starts with a dash for each further author, sample, set and so on.
# Leave empty what does not apply.  Then:  mifa check
"""


def render_sheet(sheet: StudySheet, notes: Notes | None = None) -> str:
    """Return a study sheet as commented YAML.

    Parameters
    ----------
    sheet
        The values that are known; all other fields stand empty.
    notes
        Further comments, such as what was seen in the files, by location.
    """
    body: list[str] = []
    for name, info in StudySheet.model_fields.items():
        body.append("")
        body += _field(name, info, getattr(sheet, name), (name,), notes or {}, explain=True)
    return _HEAD + "\n".join(body) + "\n"


def render_lines(value: SheetModel, here: Location) -> list[str]:
    """Return the fields of a block as YAML without help, each line without the indentation that all of them share."""
    indent = "  " * (_depth(here) + 1)
    return [line.removeprefix(indent) for line in _block(value, here, {}, explain=False)]


def _field(name: str, info: FieldInfo, value: Any, here: Location, notes: Notes, *, explain: bool) -> Iterator[str]:
    indent = "  " * _depth(here)
    if explain:
        yield from _comment(_MARKS[need_of(info)] + (info.description or ""), indent)
        example = example_of(info)
        if example is not None:
            yield from _comment(f"Example: {render_scalar(example)}", indent)
    if here in notes:
        yield from _comment(notes[here], indent, mark="#>")
    models = models_in(info.annotation)
    if not models:
        yield f"{indent}{name}: {render_scalar(value)}".rstrip()
    elif _is_list(info):
        yield f"{indent}{name}:"
        for index, item in enumerate(value or [models[0]()]):
            # Help stands once, above the first entry of a list.
            entry = _block(item, (*here, index), notes, explain=explain and index == 0)
            yield from _with_dash(list(entry), indent + "  ")
    else:
        yield f"{indent}{name}:"
        yield from _block(value or models[0](), here, notes, explain=explain)


def _block(model: SheetModel, here: Location, notes: Notes, *, explain: bool) -> Iterator[str]:
    blank = is_empty(model)  # defaults are not written into blank entries: those are not read
    for name, info in type(model).model_fields.items():
        value = None if blank else getattr(model, name)
        yield from _field(name, info, value, (*here, name), notes, explain=explain)


def _with_dash(lines: list[str], indent: str) -> Iterator[str]:
    """Put a list's dash before the first field, below the comments that explain it."""
    first = next(index for index, line in enumerate(lines) if not line.lstrip().startswith("#"))
    for index, line in enumerate(lines):
        yield f"{indent}- {line[len(indent) + 2 :]}" if index == first else line


def _depth(here: Location) -> int:
    """Return how far a field is indented: a list entry counts as much as a level."""
    return len(here) - 1


def _comment(text: str, indent: str, mark: str = "#") -> Iterator[str]:
    for paragraph in text.splitlines():
        for line in textwrap.wrap(paragraph, _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False):
            yield f"{indent}{mark} {line}"


def _is_list(info: FieldInfo) -> bool:
    return getattr(info.annotation, "__origin__", None) is list


_PLAIN = re.compile(r"[^\W_](?:[^:#\n]|:(?=\S)|(?<=\S)#)*(?<![\s:])")


def render_scalar(value: Any) -> str:
    """Return a value as YAML: plain where that is safe, else quoted as JSON, which is YAML too."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_quoted(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) and value.isprintable() and _PLAIN.fullmatch(value) and value.lower() != "null":
        return str(value)
    return _quoted(value)


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^ -~\w]", _escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """Return a letter that YAML does not take as it is by its number."""
    letter = found[0]
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
