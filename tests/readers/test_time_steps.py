"""A time step is stated only for times that are evenly apart."""

from __future__ import annotations

import pytest

from mifakit.readers.base import Spacing
from mifakit.readers.time_steps import measured_step


@pytest.mark.parametrize(
    ("seconds", "step"),
    [
        ([0.0, 1.0, 2.0], 1.0),
        ([5.0, 6.0, 7.1, 8.0], 1.0),
        ([0.0, 1.0, 3.0], None),
        ([0.0, 0.0, 0.0], None),
        ([2.0, 1.0, 0.0], None),
        ([0.0, float("nan")], None),
        ([3.0], None),
        ([], None),
    ],
)
def test_measured_step(seconds: list[float], step: float | None) -> None:
    assert measured_step(seconds) == (step and Spacing(step, "second"))
