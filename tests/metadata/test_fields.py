"""How fields are declared, and what counts as empty."""

from __future__ import annotations

from typing import Any

import pytest

from mifakit.metadata.fields import (
    Need,
    SheetModel,
    declare,
    example_of,
    is_empty,
    need_of,
    source_of,
)
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.validation import models_in


class Inner(SheetModel):
    name: str | None = declare(Need.ARCHIVE, "A name.", "Ann", source="X.name")
    kind: str = declare(Need.OPTIONAL, "A kind.", default="plain")
    more: list[str] = declare(Need.OPTIONAL, "More.", default=list)


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        (None, True), ("", True), (" \n", True), ([], True), ((), True), ({}, True), ([None, "", []], True),
        (Inner(), True), ([Inner()], True), (Inner(name=" "), True),
        (0, False), (False, False), ("a", False), ([""], True), (["a", ""], False), ({1: ""}, False), (0.0, False),
        (Inner(name="a"), False), (Inner(kind="other"), False), ([Inner(), Inner(more=["a"])], False),
    ],
)  # fmt: skip
def test_empty(value: object, empty: bool) -> None:
    assert is_empty(value) is empty


def test_declarations_are_read_back() -> None:
    name, kind, more = Inner.model_fields.values()
    assert (need_of(name), source_of(name), example_of(name), name.description) == (
        Need.ARCHIVE,
        "X.name",
        "Ann",
        "A name.",
    )
    assert (need_of(kind), source_of(kind), example_of(kind)) == (Need.OPTIONAL, None, None)
    assert (Inner().kind, Inner().more) == ("plain", [])
    assert Inner().more is not Inner().more
    assert more.default_factory is list


def every(model: type[SheetModel]) -> list[tuple[str, Any]]:
    found = []
    for name, info in model.model_fields.items():
        found.append((f"{model.__name__}.{name}", info))
        for inner in models_in(info.annotation):
            found += every(inner)
    return found


@pytest.mark.parametrize(("name", "info"), every(StudySheet), ids=[name for name, _ in every(StudySheet)])
def test_every_field_is_declared_and_may_stay_empty(name: str, info: Any) -> None:
    assert info.description
    assert info.description.endswith((".", "none.", "other."))
    assert not info.is_required()
    assert info.json_schema_extra
    assert need_of(info) in Need
