"""Files become series by the fields of their names; what is missing or double is told."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mifakit.inventory.grouping import Member, group_files


def named(*paths: str, sep: str = "_") -> list[Member]:
    """Return files whose names spell their fields: `p1_t2_c3`."""
    return [Member(path, {word[0]: word[1:] for word in path.split(sep)}) for path in paths]


def test_files_that_agree_in_all_else_are_one_series_in_order_of_numbers() -> None:
    files = named("p1_t10", "p1_t2", "p2_t1", "p1_t1", "p1_t9")
    one, other = sorted(group_files(files, "t"), key=lambda group: group.fields["p"])
    assert one.series is not None
    assert (one.series.axes, one.series.values, one.series.files) == (
        "t",
        (("1", "2", "9", "10"),),
        ("p1_t1", "p1_t2", "p1_t9", "p1_t10"),
    )
    assert one.fields == {"p": "1"}
    assert other.series is not None
    assert other.series.files == ("p2_t1",)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.randoms())
def test_a_grid_is_found_again_in_any_order(times: int, planes: int, colours: int, chance: random.Random) -> None:
    expected = [f"t{t}_c{c}_z{z}" for t, c, z in product(range(times), range(colours), range(planes))]
    shuffled = named(*expected)
    chance.shuffle(shuffled)
    (group,) = group_files(shuffled, "tcz")
    assert group.findings == ()
    assert group.series is not None
    assert list(group.series.files) == expected
    assert group.series.shape == (times, colours, planes)


def test_a_gap_is_named_and_nothing_is_made() -> None:
    (group,) = group_files(named("t1_cA", "t1_cB", "t2_cA", "t3_cA", "t3_cB"), "tc")
    assert group.series is None
    assert [(one.code, one.message, str(one.place)) for one in group.findings] == [
        ("MIFA221", "its series has no file for t = 2, c = B", "t1_cA")
    ]


def test_two_files_for_one_place_are_named() -> None:
    (group,) = group_files(named("t1", "t01", "t2"), "t")
    assert group.series is None
    (finding,) = group.findings
    assert (finding.code, finding.message, str(finding.place)) == ("MIFA220", "stands for the same place as t1", "t01")


@pytest.mark.parametrize(
    ("numbers", "told"), [("0 1 2", None), ("0 10 20", None), ("1 2 4", "2"), ("1 3 4", "1"), ("5 6 9 10", "6")]
)
def test_skipped_numbers_are_told_steps_are_not(numbers: str, told: str | None) -> None:
    (group,) = group_files(named(*(f"t{number}" for number in numbers.split())), "t")
    assert group.series is not None
    found = [(one.code, one.message) for one in group.findings]
    assert found == ([("MIFA222", f"along t nothing follows {told} at once")] if told else [])


def test_channels_are_in_the_order_of_the_sheet_else_by_name() -> None:
    files = named("cGFP", "cDAPI")
    for channels, expected in [
        (("GFP", "DAPI"), ("cGFP", "cDAPI")),
        ((), ("cDAPI", "cGFP")),
        (("x",), ("cDAPI", "cGFP")),
    ]:
        (group,) = group_files(files, "c", channels)
        assert group.series is not None
        assert group.series.files == expected
