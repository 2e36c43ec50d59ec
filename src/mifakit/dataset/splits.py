"""Dividing samples into train, val and test without leakage. Pure functions."""

from __future__ import annotations

import random
from collections.abc import Mapping

SPLITS = ("train", "val", "test")


def assign_splits(groups: Mapping[str, str], shares: Mapping[str, float], seed: int) -> dict[str, str]:
    """Divide samples by group, so that no group stands in two splits.

    Groups are shuffled by `seed` from their sorted order, then each goes to the split that is
    furthest below its share of samples: the result depends on nothing else.

    Parameters
    ----------
    groups
        The group of each sample.
    shares
        The share of each split, adding up to 1.
    seed
        Another seed gives another division.

    Returns
    -------
    dict
        The split of each sample.
    """
    members: dict[str, list[str]] = {}
    for sample in sorted(groups):
        members.setdefault(groups[sample], []).append(sample)
    order = sorted(members)
    random.Random(seed).shuffle(order)  # noqa: S311
    order.sort(key=lambda group: -len(members[group]))  # large groups first: the shares come out closer
    counts = dict.fromkeys(shares, 0)
    splits: dict[str, str] = {}
    for group in order:
        target = max(shares, key=lambda split: shares[split] * len(groups) - counts[split])
        counts[target] += len(members[group])
        splits |= dict.fromkeys(members[group], target)
    return splits
