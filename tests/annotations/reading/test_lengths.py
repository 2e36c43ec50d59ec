"""Lengths become pixels, and times frames, where what lies between is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.annotations.base import Grid
from mifakit.annotations.reading.lengths import in_frames, in_pixels
from mifakit.errors import MifaError
from mifakit.readers.base import Spacing

PATH = Path("a.csv")
GRID = Grid(
    {"t": 9, "y": 9, "x": 9},
    {
        "x": Spacing(0.5, "micrometer"),
        "y": Spacing(250, "nanometer"),
        "t": Spacing(30, "second"),
        "z": Spacing(1, "foot"),
    },
)


@pytest.mark.parametrize(
    ("axis", "unit", "expected"),
    [
        ("x", "", 3.0),
        ("x", "pixel", 3.0),
        ("x", "micrometer", 6.0),
        ("y", "micrometer", 12.0),
        ("x", "nanometer", 0.006),
        ("x", "millimeter", 6000.0),
        ("x", "angstrom", 0.0006),
        ("x", "meter", 6e6),
    ],
)
def test_pixels(axis: str, unit: str, expected: float) -> None:
    np.testing.assert_allclose(in_pixels(np.array([3.0]), axis, unit, GRID, PATH), [expected])


@pytest.mark.parametrize(("axis", "unit"), [("c", "micrometer"), ("z", "micrometer"), ("x", "inch"), ("x", "um")])
def test_lengths_that_are_not_known(axis: str, unit: str) -> None:
    with pytest.raises(MifaError) as caught:
        in_pixels(np.array([3.0]), axis, unit, GRID, PATH)
    assert caught.value.code == "MIFA227"


@pytest.mark.parametrize(
    ("unit", "expected"), [("", 3.0), ("frame", 3.0), ("minute", 6.0), ("second", 0.0), ("hour", 360.0)]
)
def test_frames(unit: str, expected: float) -> None:
    assert in_frames(np.array([3.0]), unit, GRID, PATH).tolist() == [expected]


@pytest.mark.parametrize(("unit", "grid"), [("year", GRID), ("second", Grid({"y": 9, "x": 9}))])
def test_times_that_are_not_known(unit: str, grid: Grid) -> None:
    with pytest.raises(MifaError) as caught:
        in_frames(np.array([3.0]), unit, grid, PATH)
    assert caught.value.code == "MIFA227"
