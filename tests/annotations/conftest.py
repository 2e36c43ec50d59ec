"""Image sources in memory."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
import pytest

from mifakit.readers.base import ImageFacts, Region


class Source:
    """An open image that holds an array; remembers whether it was closed."""

    def __init__(self, axes: str, array: np.ndarray) -> None:
        self.facts = ImageFacts(axes, array.shape, array.dtype, axes.upper())
        self.array, self.closed = array, False

    def read(self, region: Region) -> np.ndarray:
        assert all(0 <= part.start < part.stop <= size for part, size in zip(region, self.array.shape, strict=True))
        return self.array[region]

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@pytest.fixture(scope="session")
def source() -> type[Source]:
    return Source
