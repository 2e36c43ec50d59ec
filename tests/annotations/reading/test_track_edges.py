"""Edges of tracks: along each in time, and from parents to children."""

from __future__ import annotations

import numpy as np
import pytest

from mifakit.annotations.reading.track_edges import track_edges


def edges(tracks: list[object], t: list[float], parents: dict[object, object] | None = None) -> list[list[int]]:
    found = track_edges(tracks, np.array(t, float), parents or {})
    assert found.edges.shape == (len(found.edges), 2)
    return sorted(found.edges.tolist())


def test_along_a_track_in_the_order_of_time() -> None:
    assert edges(["a", "a", "b", "a"], [2, 0, 0, 1]) == [[1, 3], [3, 0]]


def test_gaps_are_bridged() -> None:
    assert edges([1, 1], [0, 7]) == [[0, 1]]


def test_a_division() -> None:
    # rows:            0  1  2  3  4
    assert edges([1, 1, 2, 3, 2], [0, 1, 2, 2, 3], {2: 1, 3: 1}) == [[0, 1], [1, 2], [1, 3], [2, 4]]


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert edges([1, 2], [0, 1], {2: 1.0}) == [[0, 1]]


def test_a_time_said_twice() -> None:
    found = track_edges([1, 1, 1], np.array([0.0, 1.0, 1.0]), {})
    assert found.edges.tolist() == [[0, 1]]
    assert found.repeated.tolist() == [2]


def test_a_parent_that_is_not_there() -> None:
    found = track_edges([1, 2], np.array([0.0, 1.0]), {2: 9, 1: 1})
    assert found.edges.tolist() == []
    assert found.orphans == (2,)


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows(count: int) -> None:
    found = track_edges([1] * count, np.zeros(count), {})
    assert (found.edges.shape, found.repeated.size) == ((0, 2), 0)
