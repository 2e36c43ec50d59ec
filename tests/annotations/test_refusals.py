"""Objects that are left out: one finding a reason, and never more than a few."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.annotations.refusals import Refusals, RefusedError


def messages(refusals: Refusals) -> list[str]:
    return [finding.message for finding in refusals.findings]


def test_one_finding_a_reason() -> None:
    refusals = Refusals(Path("a.json"))
    for number in range(1234):
        refusals.add(str(number), "too small")
    refusals.add("x" * 100, "too large", "MIFA361")
    assert messages(refusals) == ["too small: 0, 1, 2, 3, 4 and 1,229 more", f"too large: {'x' * 60}..."]
    assert [finding.code for finding in refusals.findings] == ["MIFA359", "MIFA361"]
    assert all(str(finding.place) == "a.json" for finding in refusals.findings)


def test_what_goes_wrong_is_noted() -> None:
    refusals = Refusals(Path("a.json"))
    with refusals.noting("1"):
        raise RefusedError("is nothing", "MIFA361")
    with refusals.noting("2"):
        raise ValueError("is of another shape")
    with refusals.noting("3"):
        pass
    with pytest.raises(KeyError), refusals.noting("4"):
        raise KeyError
    assert messages(refusals) == ["is nothing: 1", "is of another shape: 2"]


def test_reasons_without_end_are_not_told() -> None:
    refusals = Refusals(Path("a.json"))
    for number in range(1000):
        refusals.add("a", f"reason {number}")
    refusals.add("a", "reason 3")
    assert len(refusals.findings) == 51
    assert refusals.findings[-1].message == "other reasons: a, a, a, a, a and 945 more"
    assert refusals.findings[3].message == "reason 3: a, a"
