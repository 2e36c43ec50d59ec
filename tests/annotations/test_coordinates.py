"""Coordinates of strangers: pairs of numbers, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from mifakit.annotations.coordinates import line_of, ring_of, vertices_of
from mifakit.annotations.refusals import RefusedError


@pytest.mark.parametrize(
    ("values", "vertices"),
    [
        ([1, 2, 3, 4], [[1, 2], [3, 4]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        ([[1, 2, 9], [3, 4, 9]], [[1, 2], [3, 4]]),
        (np.array([[1, 2]]), [[1, 2]]),
    ],
)
def test_vertices(values: object, vertices: list[list[float]]) -> None:
    assert vertices_of(values).tolist() == vertices  # type: ignore[arg-type]


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
        ([[1, float("inf")]], "MIFA361"),
    ],
)
def test_no_vertices(values: list[object], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        vertices_of(values)
    assert caught.value.code == code


def test_rings_are_not_closed() -> None:
    for closing in ([], [[0, 0]]):
        assert ring_of([[0, 0], [4, 0], [0, 4], *closing]).tolist() == [[0, 0], [4, 0], [0, 4]]
    for values in ([[0, 0], [4, 0], [0, 0]], [[0, 0], [4, 0]], [[0, 0]]):
        with pytest.raises(RefusedError, match="fewer than 3 vertices"):
            ring_of(values)


def test_lines_may_be_closed() -> None:
    assert len(line_of([[0, 0], [4, 0], [0, 0]])) == 3
    with pytest.raises(RefusedError, match="fewer than 2 vertices"):
        line_of([[0, 0]])
