"""The even-odd rule: rings in rings are holes, and islands in holes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from mifakit.annotations.reading.even_odd import even_odd


def square(low: float, high: float, right: float = 0.0) -> np.ndarray:
    return np.array([(low + right, low), (high + right, low), (high + right, high), (low + right, high)])


def polygons(rings: list[np.ndarray]) -> list[shapely.Polygon]:
    return [shapely.Polygon(part[0], part[1:]) for part in even_odd(rings)]


def areas(rings: list[np.ndarray]) -> list[float]:
    return sorted(polygon.area for polygon in polygons(rings))


@pytest.mark.parametrize(
    ("rings", "expected"),
    [
        ([square(2, 6)], [16]),
        ([square(0, 10), square(2, 4)], [96]),
        ([square(2, 4), square(0, 10)], [96]),
        ([square(0, 10), square(2, 8), square(3, 5)], [4, 64]),
        ([square(0, 2), square(5, 8)], [4, 9]),
        ([square(0, 4), square(2, 6)], [12, 12]),
        ([square(0, 4), square(0, 4)], []),
        ([square(0, 4), square(0, 4, right=4)], [32]),
        ([square(0, 4), square(4, 8)], [16, 16]),
    ],
    ids=["one", "hole", "hole first", "island", "apart", "crossing", "twice", "side by side", "at a corner"],
)
def test_areas(rings: list[np.ndarray], expected: list[float]) -> None:
    assert areas(rings) == expected
    assert all(polygon.is_valid for polygon in polygons(rings))


def test_a_single_ring_stays_as_it_is() -> None:
    crossing = np.array([(0, 0), (4, 4), (4, 0), (0, 4)])
    assert even_odd([crossing])[0][0] is crossing


def test_vertices_stay() -> None:
    ring = np.array([(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)])  # one of them on a straight line
    ((outside, hole),) = even_odd([ring, square(2, 4)])
    assert set(map(tuple, outside)) == set(map(tuple, ring))
    assert set(map(tuple, hole)) == set(map(tuple, square(2, 4)))


def test_as_many_small_rings_as_a_threshold_selects() -> None:
    rings = [square(0, 1) + np.array([2 * (number % 100), 2 * (number // 100)]) for number in range(5000)]
    rings.append(square(-1, 300))
    assert sum(areas(rings)) == 301**2 - 5000
