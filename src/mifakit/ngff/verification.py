"""What was written, read back through zarr-python: a path that shares no code with the writer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from mifakit.ngff.chunks import Grid
from mifakit.ngff.digest import TILE, PixelDigest
from mifakit.ngff.readback import check_blosc, chunks_of, files_of, read_file
from mifakit.ngff.storage import Storage
from mifakit.readers.base import Region, full_region


def read_digest(array_path: Path) -> str:
    """Return the pixel digest of an array on disk.

    Raises
    ------
    FileNotFoundError
        When a shard file is missing: zarr would read it as zeros.
    ReadBackError
        When a chunk's header is damaged: its codec might crash.
    """
    array = zarr.open_array(array_path, mode="r")
    missing = next(missing_shards(array_path, array), None)
    if missing:
        raise FileNotFoundError(f"shard files are missing, the first is {missing}")
    _check_headers(array_path, array)
    digest = PixelDigest(array.shape, array.dtype)
    for region in _row_slabs(array.shape, array.shards or array.chunks):
        digest.update(region, np.asarray(array[region]))
    return digest.hexdigest()


def _check_headers(array_path: Path, array: zarr.Array[Any]) -> None:
    if not any("blosc" in type(codec).__name__.lower() for codec in array.compressors):
        return
    storage = Storage("0.4" if array.metadata.zarr_format == 2 else "0.5")
    grid = Grid(array.chunks, array.shards or array.chunks)
    for name, place in files_of(full_region(array.shape), grid, storage):
        lengths = tuple(part.stop - part.start for part in place)
        for _, encoded in chunks_of(read_file(array_path, name), lengths, grid, storage):
            check_blosc(encoded, prod(array.chunks) * array.dtype.itemsize)


def missing_shards(array_path: Path, array: zarr.Array[Any]) -> Iterator[str]:
    """Yield the shard files that are absent or empty, relative to the array: they would read as zeros."""
    cut = array.shards or array.chunks
    counts = [-(-size // length) for size, length in zip(array.shape, cut, strict=True)]
    prefix = ("c",) if array.metadata.zarr_format == 3 else ()
    for indices in product(*(range(count) for count in counts)):
        name = "/".join((*prefix, *map(str, indices)))
        file = array_path / name
        if not file.is_file() or file.stat().st_size == 0:
            yield name


def _row_slabs(shape: tuple[int, ...], cut: tuple[int, ...]) -> Iterator[Region]:
    *leading, height, width = shape
    steps, rows = cut[:-2], -(-cut[-2] // TILE) * TILE
    starts = [range(0, size, step) for size, step in zip(leading, steps, strict=True)]
    for corner in product(*starts):
        planes = tuple(
            slice(start, min(start + step, size)) for start, step, size in zip(corner, steps, leading, strict=True)
        )
        for y in range(0, height, rows):
            yield (*planes, slice(y, min(y + rows, height)), slice(0, width))
