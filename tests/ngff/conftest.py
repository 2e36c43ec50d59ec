"""Pixels in memory, multiscale arrays on disk, and the tree hash of a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorstore

from mifakit.ngff.chunks import LARGEST_SHARD, Grid, choose_grid
from mifakit.ngff.levels import Factors, downsample_mean
from mifakit.ngff.pyramid import cut
from mifakit.ngff.storage import Storage
from mifakit.ngff.writing import Multiscale, write_multiscale
from mifakit.readers.base import Region


class InMemory:
    """Pixels of an array; remembers how often each was asked for, and the largest region."""

    def __init__(self, axes: str, array: np.ndarray) -> None:
        self.axes, self.shape, self.dtype, self.array = axes, array.shape, array.dtype, array
        self.reads, self.largest = np.zeros(array.shape, np.uint8), 0

    def read(self, region: Region) -> np.ndarray:
        self.reads[region] += 1
        self.largest = max(self.largest, self.array[region].size)
        return self.array[region]


@pytest.fixture(scope="session")
def in_memory() -> type[InMemory]:
    return InMemory


@pytest.fixture(scope="session")
def multiscale() -> Callable[..., Multiscale]:
    """Return the function that cuts an array as a conversion does."""

    def made(
        folder: Path,
        axes: str,
        pixels: np.ndarray,
        steps: Sequence[Factors] = (),
        storage: Storage | None = None,
        *,
        grid: Grid | None = None,
        together: int = 1,
        block_bytes: int = LARGEST_SHARD,
    ) -> Multiscale:
        storage = storage or Storage()
        grid = grid or choose_grid(axes, pixels.shape, pixels.dtype, storage.chunk)
        pyramid = cut(axes, pixels.shape, pixels.dtype, steps, grid, together=together, block_bytes=block_bytes)
        return Multiscale(folder, pyramid, storage)

    return made


@pytest.fixture(scope="session")
def write(multiscale: Callable[..., Multiscale]) -> Callable[..., tuple[Multiscale, str]]:
    """Return the function that writes an array; it gives what was written, and the digest."""

    def written(
        folder: Path, axes: str, pixels: np.ndarray, *how: Any, downsample: Any = downsample_mean, **more: Any
    ) -> tuple[Multiscale, str]:
        target = multiscale(folder, axes, pixels, *how, **more)
        return target, write_multiscale(target, InMemory(axes, pixels), downsample)

    return written


@pytest.fixture(scope="session")
def noise() -> Callable[..., np.ndarray]:
    """Return the function that makes pixels of every bit pattern: NaN of all kinds, infinity, -0.0, subnormals."""

    def made(shape: tuple[int, ...], dtype: Any, seed: int = 0) -> np.ndarray:
        dtype, random = np.dtype(dtype), np.random.default_rng(seed)
        if dtype.kind == "b":
            return random.random(shape) < 0.5
        values = np.frombuffer(random.bytes(int(np.prod(shape)) * dtype.itemsize), dtype).reshape(shape).copy()
        if dtype.kind == "f":
            for number in (np.nan, -np.inf, -0.0, 1.0):
                values[random.random(shape) < 0.1] = number
        return values

    return made


@pytest.fixture(scope="session")
def by_tensorstore() -> Callable[[Path], np.ndarray]:
    """Return the function that reads an array of either version through tensorstore."""

    def read(array: Path) -> np.ndarray:
        driver = "zarr" if (array / ".zarray").exists() else "zarr3"
        spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{array}/"}}
        return tensorstore.open(spec, read=True).result().read().result()

    return read


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
