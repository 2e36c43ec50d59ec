"""What is left out is said once for each reason; coordinates that are none have one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.annotations.left_out import LeftOut, UnusableError
from mifakit.annotations.written_numbers import digits, number, outline, vertices, whole_number, words


def test_one_finding_a_reason() -> None:
    left_out = LeftOut(Path("a.xml"), "shape")
    for place in range(5):
        with left_out.unless_usable(place):
            number(None, "x")
    with left_out.unless_usable("the sixth"):
        number("nan", "x")
    with left_out.unless_usable("the seventh"):
        pass
    assert [(one.code, one.message, str(one.place)) for one in left_out.findings] == [
        ("MIFA359", "5 shapes without x: 0, 1, 2 and 2 more", "a.xml"),
        ("MIFA361", "1 shape whose x is not a number: the sixth", "a.xml"),
    ]


def test_a_long_id_makes_no_long_message() -> None:
    left_out = LeftOut(Path("a.xml"), "shape")
    left_out.add("MIFA359", "that is odd", "x" * 10_000)
    assert len(left_out.findings[0].message) < 100


def test_many_reasons_are_few_findings() -> None:
    left_out = LeftOut(Path("a.xml"), "shape")
    for place in range(1_000):
        left_out.add("MIFA359", f"of the kind {place}", place)
    assert len(left_out.findings) == 21
    assert left_out.findings[-1].message == "980 shapes for other reasons: 20, 21, 22 and 977 more"


def test_other_errors_are_not_swallowed() -> None:
    with pytest.raises(KeyError), LeftOut(Path("a.xml"), "shape").unless_usable(1):
        raise KeyError


def test_numbers() -> None:
    assert number(" 1.5e1 ", "x") == 15
    assert whole_number("3.0", "x") == 3
    for text in ("", "  ", None):
        with pytest.raises(UnusableError, match="without x"):
            number(text, "x")
    for text in ("a", "1,5", "nan", "-inf", "1e999", "1e18"):
        with pytest.raises(UnusableError, match="whose x is not a number") as caught:
            number(text, "x")
        assert caught.value.code == "MIFA361"
    for text in ("1.5", "1e15", "-1e10"):
        with pytest.raises(UnusableError, match="whose x is not a whole number"):
            whole_number(text, "x")


def test_digits() -> None:
    assert (digits(" 12 "), digits("0")) == (12, 0)
    assert not any(digits(text) for text in (None, "", "-1", "1.0", "a", "9" * 5_000))


@pytest.mark.parametrize("text", ["1,2 3,4", "1,2;3,4", " 1 2\n3 4 ", "1,2, 3,4"])
def test_vertices(text: str) -> None:
    assert vertices(words(text), 2).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "of fewer than 2 vertices"),
        ("1,2", "of fewer than 2 vertices"),
        ("1,2 3", "with an x without y"),
        ("1,2 3,nan", "whose vertices are not numbers"),
        ("1,2 3,-1e18", "whose vertices are not numbers"),
        ("1,2 3,1e999", "whose vertices are not numbers"),
        ("1,2 3,y", "whose vertices are not numbers"),
    ],
)
def test_vertices_that_are_none(text: str | None, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        vertices(words(text), 2)


def test_vertices_of_numbers() -> None:
    assert vertices(np.arange(4), 2).tolist() == [[0, 1], [2, 3]]


def test_outlines_are_not_closed() -> None:
    assert outline([0, 0, 1, 0, 1, 1, 0, 0]).tolist() == outline([0, 0, 1, 0, 1, 1]).tolist()
    with pytest.raises(UnusableError, match="of fewer than 3 vertices"):
        outline([0, 0, 1, 0, 0, 0])
