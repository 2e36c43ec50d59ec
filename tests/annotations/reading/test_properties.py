"""What is kept of free properties: nothing of people and their machines."""

from __future__ import annotations

from typing import Any

import pytest

from mifakit.annotations.reading.properties import person, plain_properties


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("round", "round"),
        (3, 3),
        (10**25, None),
        (0.5, 0.5),
        (False, False),
        ([1, 2], "1, 2"),
        (["a", None], None),
        ([[1], [2]], None),
        ([0] * 101, None),
        ([], None),
        ("", None),
        (None, None),
        ("by jo@example.org", None),
        (["a", "jo@example.org"], None),
        ("C:\\Users\\jo\\a.png", None),
        ("C:/Users/jo/a.png", None),
        ("/home/jo/a.png", None),
        ("/Users/jo", None),
        ("file:///home/jo/a.png", None),
        ("at /" + "root/x", None),
        ("plates/homes/a.png", "plates/homes/a.png"),
        ("a @ b", "a @ b"),
        ("10 @ 20x", "10 @ 20x"),
    ],
)
def test_what_is_kept(value: Any, kept: Any) -> None:
    assert plain_properties({"a": value}) == ({} if kept is None else {"a": kept})
    assert plain_properties({"a": {"b": value}}) == ({} if kept is None else {"a.b": kept})
    assert plain_properties({"a": {"b": {"c": value}}}) == {}


def test_names_are_looked_at_too() -> None:
    assert plain_properties({"jo@example.org": 1, "b": 2}) == {"b": 2}
    assert plain_properties({"by": {"jo@example.org": 1}}) == {}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("jo", "jo"),
        (" jo ", "jo"),
        (7, "7"),
        ("jo@example.org", None),
        ("", None),
        (None, None),
        (True, None),
        ({}, None),
    ],
)
def test_people(value: Any, name: str | None) -> None:
    assert person(value) == name
