"""Splits: no leakage, everyone somewhere, shares kept, and nothing depends on the order of files."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.dataset.splits import SPLITS, assign_splits

GROUPS = st.dictionaries(
    st.text("abcdefgh0123456789", min_size=1, max_size=4), st.sampled_from("ABCDEFGHIJKL"), max_size=60
)
SHARES = (
    st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10))
    .filter(any)
    .map(lambda parts: {name: part / sum(parts) for name, part in zip(SPLITS, parts, strict=True)})
)


@settings(max_examples=300, deadline=None)
@given(GROUPS, SHARES, st.integers(0, 99))
def test_every_sample_once_and_no_group_in_two_splits(
    groups: dict[str, str], shares: dict[str, float], seed: int
) -> None:
    splits = assign_splits(groups, shares, seed)
    assert splits.keys() == groups.keys()
    homes: dict[str, set[str]] = {}
    for sample, split in splits.items():
        homes.setdefault(groups[sample], set()).add(split)
    assert all(len(home) == 1 for home in homes.values())
    # No split is farther above its share than the largest group is large, nor farther below than all groups together.
    largest = max(Counter(groups.values()).values(), default=0)
    counts = Counter(splits.values())
    for name, share in shares.items():
        assert counts[name] <= share * len(groups) + largest
        assert counts[name] >= share * len(groups) - 2 * largest


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), SHARES, st.integers(0, 9))
def test_without_groups_shares_are_kept_to_one_sample(count: int, shares: dict[str, float], seed: int) -> None:
    splits = Counter(assign_splits({f"s{index}": f"s{index}" for index in range(count)}, shares, seed).values())
    for name, share in shares.items():
        assert abs(splits[name] - share * count) <= 1
        assert share > 0 or splits[name] == 0


@settings(max_examples=60, deadline=None)
@given(GROUPS, st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_of_samples_does_not_matter(groups: dict[str, str], random: object, seed: int) -> None:
    shares = {"train": 0.7, "val": 0.15, "test": 0.15}
    items = list(groups.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert assign_splits(dict(items), shares, seed) == assign_splits(groups, shares, seed)


def test_another_seed_gives_another_division() -> None:
    groups = {f"s{index}": f"s{index}" for index in range(40)}
    shares = {"train": 0.5, "val": 0.25, "test": 0.25}
    assert len({tuple(assign_splits(groups, shares, seed).items()) for seed in range(10)}) == 10


def test_the_division_is_the_same_on_every_machine() -> None:
    """A published split must not change with Python or with mifakit: these were once drawn, and stay."""
    groups = {f"s{index}": "ABCD"[index % 4] for index in range(8)}
    shares = {"train": 0.5, "val": 0.25, "test": 0.25}
    assert assign_splits(groups, shares, 0) == {
        "s0": "train", "s1": "val", "s2": "train", "s3": "test",
        "s4": "train", "s5": "val", "s6": "train", "s7": "test",
    }  # fmt: skip


@pytest.mark.parametrize(("sizes", "expected"), [([5, 3, 2], {"train": 5, "val": 3, "test": 2}), ([10], {"train": 10})])
def test_large_groups_go_first(sizes: list[int], expected: dict[str, int]) -> None:
    groups = {f"{group}-{index}": str(group) for group, size in enumerate(sizes) for index in range(size)}
    splits = assign_splits(groups, {"train": 0.5, "val": 0.3, "test": 0.2}, 0)
    assert Counter(splits.values()) == expected


def test_no_samples() -> None:
    assert assign_splits({}, {"train": 1.0, "val": 0.0, "test": 0.0}, 0) == {}
