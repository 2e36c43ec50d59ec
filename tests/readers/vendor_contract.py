"""The contract on a file and the pixels that it is known to hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mifakit.readers.base import Reader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]


class VendorContract(ReaderContract):
    """Set `kind`, and override `held`."""

    kind: ClassVar[type[Any]]

    @pytest.fixture
    def held(self) -> tuple[Path, Pixels]:
        """Return a file, and the pixels of its first image from another source."""
        raise NotImplementedError("override the fixture `held`")

    @pytest.fixture
    def reader(self) -> Reader:
        return self.kind()

    @pytest.fixture
    def image_file(self, held: tuple[Path, Pixels]) -> Path:
        return held[0]

    @pytest.fixture
    def pixels(self, held: tuple[Path, Pixels]) -> Pixels:
        return held[1]
