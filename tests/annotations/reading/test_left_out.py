"""What is left out is said once for each reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.annotations.reading.left_out import LeftOut, UnusableError


def test_one_finding_a_reason() -> None:
    left_out = LeftOut(Path("a.xml"), "shape")
    for place in range(5):
        with left_out.unless_usable(place):
            raise UnusableError("without x")
    with left_out.unless_usable("the sixth"):
        raise UnusableError("whose x is not a number", "MIFA361")
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


def test_what_cannot_be_read_says_why() -> None:
    left_out = LeftOut(Path("a.json"), "entry")
    for place in range(2):
        with left_out.unless_usable(place):
            raise ValueError("Expected `object`, got `int`")
    (finding,) = left_out.findings
    assert finding.message == "2 entries that cannot be read (Expected `object`, got `int`): 0 and 1"
