"""What the dropdowns of the workbook offer: values that a type allows, terms of vocabularies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mifakit.metadata import vocabularies
from mifakit.sheet.workbook.kinds import allowed_values
from mifakit.sheet.workbook.layout import Block, Column, schema_path

_TERMS = {
    ("biosamples", "organisms", "scientific_name"): "organism",
    ("acquisitions", "methods", "name"): "imaging method",
    ("authors", "roles"): "role",
}
"""Fields that take any text, and the vocabulary that most of them come from."""


def choices_of(block: Block, column: Column) -> tuple[str, ...]:
    """Return what the dropdown of a column offers, or nothing."""
    named: Callable[[str], Iterable[str]] = getattr(vocabularies, "names", lambda kind: ())
    kind = _TERMS.get(schema_path(block, column.path))
    return tuple(named(kind)) if kind else allowed_values(column.info)
