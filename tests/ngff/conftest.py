"""Pixels in memory, and the tree hash of a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mifakit.readers.base import Region


class InMemory:
    """Pixels of an array; remembers how often each was asked for."""

    def __init__(self, axes: str, array: np.ndarray, interleaved: bool = False) -> None:
        self.axes, self.shape, self.dtype, self.interleaved = axes, array.shape, array.dtype, interleaved
        self.array = array
        self.reads = np.zeros(array.shape, np.uint8)

    def read(self, region: Region) -> np.ndarray:
        self.reads[region] += 1
        return self.array[region]


@pytest.fixture(scope="session")
def in_memory() -> type[InMemory]:
    return InMemory


@pytest.fixture(scope="session")
def tree_hash() -> Callable[[Path], str]:
    """Return the function that hashes names and bytes of every file below a folder."""

    def hashed(folder: Path) -> str:
        total = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            total.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
            total.update(path.read_bytes())
        return total.hexdigest()

    return hashed
