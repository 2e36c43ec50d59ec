"""Every field of the models has a place in the workbook, and one alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from mifakit.metadata.fields import SheetModel
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import models_in
from mifakit.sheet.workbook.layout import (
    BLOCKS,
    REFERENCES,
    SEEN_TITLE,
    SHEETS,
    Block,
    columns,
    columns_by_label,
    fold,
    schema_path,
)
from mifakit.sheet.workbook.start import _SHEETS


def fields(model: type[SheetModel] = StudySheet, here: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, info in model.model_fields.items():
        inner = models_in(info.annotation)
        if not inner:
            yield (*here, name)
        for one in inner:
            yield from fields(one, (*here, name))


def test_every_field_has_one_place() -> None:
    placed = Counter(
        schema_path(block, column.path)
        for block in BLOCKS
        for column in columns(block, usual=1)
        if column.path[0] in block.fields
    )
    annotators = {path for path in fields() if path[:2] == ("annotations", "authors")}
    assert annotators == {("annotations", *path) for path in placed if path[0] == "authors"}
    assert set(placed) == {*fields()} - annotators
    assert set(placed.values()) == {1}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.title)
def test_labels_tell_fields_apart(block: Block) -> None:
    labels = [fold(column.label) for column in columns(block, usual=5)]
    assert len({*labels}) == len(labels)
    assert {*labels} <= {*columns_by_label(block)}


def test_titles_tell_blocks_from_fields() -> None:
    for sheet in SHEETS:
        blocks = [block for block in BLOCKS if block.sheet == sheet]
        titles = [fold(block.title) for block in blocks] + [fold(SEEN_TITLE)]
        assert len({*titles}) == len(titles)
        for block in blocks:
            assert not {*titles} & {*columns_by_label(block)}, block.title


def test_references_lead_from_fields_to_fields() -> None:
    placed = {schema_path(block, column.path) for block in BLOCKS for column in columns(block)}
    assert {*REFERENCES} <= placed
    assert {(*above, name) for above, name in REFERENCES.values()} <= placed


def test_the_first_sheet_tells_of_all_others() -> None:
    assert tuple(title for title, _ in _SHEETS) == SHEETS
