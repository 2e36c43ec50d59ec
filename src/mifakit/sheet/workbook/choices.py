"""What the dropdowns of the workbook offer: values that a type allows, terms of vocabularies."""

from __future__ import annotations

from collections.abc import Mapping

from mifakit.metadata.vocabularies import Vocabulary, names
from mifakit.sheet.workbook.kinds import allowed_values
from mifakit.sheet.workbook.layout import Block, Column, schema_path

_TERMS: Mapping[tuple[str, ...], Vocabulary] = {
    ("biosamples", "organisms", "scientific_name"): "organism",
    ("acquisitions", "methods", "name"): "imaging_method",
    ("authors", "roles"): "role",
}
"""Fields that take any text, and the vocabulary that most of them come from."""


def choices_of(block: Block, column: Column) -> tuple[str, ...]:
    """Return what the dropdown of a column offers, or nothing."""
    vocabulary = _TERMS.get(schema_path(block, column.path))
    return names(vocabulary) if vocabulary else allowed_values(column.info)
