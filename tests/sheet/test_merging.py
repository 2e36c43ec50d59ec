"""Three-way merges of study sheets: changes of one side are taken, of both sides agreed on or told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.locations import format_location
from mifakit.sheet.merging import merge

A, B = {"first_name": "Ann"}, {"first_name": "Bob"}


def sheet(**fields: Any) -> StudySheet:
    return StudySheet.model_validate(fields)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_changes_of_one_side_are_taken(sheets: st.SearchStrategy[StudySheet], data: st.DataObject) -> None:
    base, changed = data.draw(sheets), data.draw(sheets)
    assert merge(base, changed, base) == (changed, [])
    assert merge(base, base, changed) == (changed, [])
    assert merge(base, changed, changed) == (changed, [])


@pytest.mark.parametrize(
    ("base", "one", "other", "merged"),
    [
        ({}, {"study": {"title": "x"}}, {"study": {"license": "CC0"}}, {"study": {"title": "x", "license": "CC0"}}),
        (
            {"authors": [A, B]},
            {"authors": [{**A, "last_name": "X"}, B]},
            {"authors": [{**A, "email": "a@b.org"}, {**B, "last_name": "Y"}]},
            {"authors": [{**A, "last_name": "X", "email": "a@b.org"}, {**B, "last_name": "Y"}]},
        ),
        (
            {"authors": [A]},
            {"authors": [A, B]},
            {"authors": [{**A, "last_name": "X"}]},
            {"authors": [{**A, "last_name": "X"}, B]},
        ),
        ({"authors": [A, B]}, {"authors": [B]}, {"authors": [A, B]}, {"authors": [B]}),
    ],
)
def test_changes_of_both_sides_meet(base: Any, one: Any, other: Any, merged: Any) -> None:
    assert merge(sheet(**base), sheet(**one), sheet(**other)) == (sheet(**merged), [])
    assert merge(sheet(**base), sheet(**other), sheet(**one)) == (sheet(**merged), [])


@pytest.mark.parametrize(
    ("base", "one", "other", "places"),
    [
        ({}, {"study": {"title": "x"}}, {"study": {"title": "y"}}, ["study.title"]),
        ({"study": {"keywords": ["a"]}}, {"study": {"keywords": ["b"]}}, {}, ["study.keywords"]),
        # Bob's last name must not become that of whoever took Bob's place.
        ({"authors": [A, B]}, {"authors": [B, A]}, {"authors": [A, {**B, "last_name": "Y"}]}, ["authors"]),
        ({"authors": [A, B]}, {"authors": [B]}, {"authors": [{**A, "last_name": "X"}, B]}, ["authors"]),
        ({"authors": []}, {"authors": [A]}, {"authors": [B]}, ["authors"]),
        ({"authors": [A]}, {"authors": [{**A, "last_name": "X"}]}, {"authors": [{**A, "last_name": "Y"}]},
         ["authors[0].last_name"]),
        (
            {"splits": {"train": 0.8, "val": 0.1, "test": 0.1}},
            {"splits": {"train": 0.7, "val": 0.2, "test": 0.1}},
            {"splits": {"train": 0.8, "val": 0.1, "test": 0.1, "seed": 3, "group_by": "x"}},
            [],
        ),
        (
            {"splits": {"train": 0.8, "val": 0.1, "test": 0.1}},
            {"splits": {"train": 0.7, "val": 0.2, "test": 0.1}},
            {"splits": {"train": 0.8, "val": 0.0, "test": 0.2}},
            ["splits.val", "splits"],
        ),
    ],
)  # fmt: skip
def test_what_was_changed_differently_is_told(base: Any, one: Any, other: Any, places: list[str]) -> None:
    _, conflicts = merge(sheet(**base), sheet(**one), sheet(**other))
    assert [format_location(place) for place in conflicts] == places
