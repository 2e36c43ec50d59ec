"""Every reader keeps the published contract, on files of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.readers.base import Reader
from mifakit.testing import ReaderContract, check_facts

Pixels = np.ndarray[Any, Any]


class TestSmallFiles(ReaderContract):
    @pytest.fixture
    def image_file(self, small_file: Path) -> Path:
        return small_file

    @pytest.fixture
    def reader(self, image_file: Path, reader_of: Callable[[Path], Reader]) -> Reader:
        return reader_of(image_file)

    @pytest.fixture
    def pixels(self, image_file: Path, oracle: Callable[[Path], Pixels]) -> Pixels:
        return oracle(image_file)


def test_real_files_read_as_tifffile_and_pillow_read_them(
    any_real_file: Path,
    reader_of: Callable[[Path], Reader],
    read_all: Callable[..., Pixels],
    oracle: Callable[[Path], Pixels],
) -> None:
    with reader_of(any_real_file).open(any_real_file) as image:
        check_facts(image.facts)
    np.testing.assert_array_equal(read_all(any_real_file), oracle(any_real_file), strict=True)
