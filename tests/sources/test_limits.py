"""Budgets: what real files need is let through, what no file can hold is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.sources.limits import (
    MAX_COMPRESSION_RATIO,
    MAX_IMAGE_BYTES,
    SMALL_IMAGE_BYTES,
    check_pixel_budget,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.tif"
    path.write_bytes(b"x" * 100_000)
    return path


@pytest.mark.parametrize(
    "pixels",
    [1, SMALL_IMAGE_BYTES, 100_000 * MAX_COMPRESSION_RATIO],
)
def test_sizes_that_a_file_may_hold(file: Path, pixels: int) -> None:
    check_pixel_budget(file, (1, pixels), np.dtype("u1"))


def test_a_small_image_may_be_all_black(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    check_pixel_budget(tmp_path / "a.png", (4096, 4096), np.dtype("u4"))
    with pytest.raises(MifaError):
        check_pixel_budget(tmp_path / "a.png", (4096, 4097), np.dtype("u4"))


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((100_000 * MAX_COMPRESSION_RATIO + 1,), "u1"), ((60_000, 60_000), "u2"), ((2**31, 2**31, 2**31), "f8")],
)
def test_pixel_bombs_are_refused(file: Path, shape: tuple[int, ...], dtype: str) -> None:
    with pytest.raises(MifaError) as error:
        check_pixel_budget(file, shape, np.dtype(dtype))
    assert error.value.code == "MIFA214"
    assert str(shape[0]) in error.value.finding.message
    assert "100,000" in error.value.finding.message


def test_there_is_a_limit_whatever_the_file(tmp_path: Path) -> None:
    huge = tmp_path / "huge.tif"
    with huge.open("wb") as stream:
        stream.truncate(2**40)  # a sparse file
    check_pixel_budget(huge, (MAX_IMAGE_BYTES,), np.dtype("u1"))
    with pytest.raises(MifaError):
        check_pixel_budget(huge, (MAX_IMAGE_BYTES + 1,), np.dtype("u1"))
