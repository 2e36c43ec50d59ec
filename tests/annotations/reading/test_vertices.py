"""Coordinates of strangers: pairs of numbers, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.vertices import line, outline, vertices


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4], [[1, 2], [3, 4]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        ([[1, 2, 9], [3, 4, 9]], [[1, 2], [3, 4]]),
        (np.array([[1, 2]]), [[1, 2]]),
    ],
)
def test_vertices(values: object, expected: list[list[float]]) -> None:
    assert vertices(values).tolist() == expected


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([1, 2, 3], "MIFA359"),
        ([], "MIFA359"),
        ([[1], [2]], "MIFA359"),
        ([[1, 2], [3]], "MIFA359"),
        ([[[1, 2]]], "MIFA359"),
        ([10**400, 1], "MIFA359"),
        ([None, 1], "MIFA361"),
        ([1e18, 1], "MIFA361"),
        ([[1, float("inf")]], "MIFA361"),
    ],
)
def test_no_vertices(values: list[object], code: str) -> None:
    with pytest.raises(UnusableError) as caught:
        vertices(values)
    assert caught.value.code == code


def test_rings_are_not_closed() -> None:
    for closing in ([], [[0, 0]]):
        assert outline([[0, 0], [4, 0], [0, 4], *closing]).tolist() == [[0, 0], [4, 0], [0, 4]]
    for values in ([[0, 0], [4, 0], [0, 0]], [[0, 0], [4, 0]], [[0, 0]]):
        with pytest.raises(UnusableError, match="fewer than 3 vertices"):
            outline(values)


def test_lines_may_be_closed() -> None:
    assert len(line([[0, 0], [4, 0], [0, 0]])) == 3
    with pytest.raises(UnusableError, match="fewer than 2 vertices"):
        line([[0, 0]])


def test_too_few() -> None:
    assert len(vertices([1, 2, 3, 4], 2)) == 2
    with pytest.raises(UnusableError, match="of fewer than 3 vertices"):
        vertices([1, 2, 3, 4], 3)
    with pytest.raises(UnusableError, match="without coordinates"):
        vertices([], 3)
