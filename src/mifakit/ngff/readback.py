"""What was just written, read back from the files and compared with the pixels that are still in memory.

Shares no code with the writer: files are opened, cut and decompressed here, by the letter of the Zarr
specification. (The checks of a finished dataset read with zarr-python, a third way.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path
from struct import Struct
from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt

from mifakit.ngff.chunks import Grid
from mifakit.ngff.storage import Storage
from mifakit.readers.base import Region

_CHECKSUM_BYTES, _ENTRY_BYTES = 4, 16
_BLOSC_HEADER = Struct("<4x I 4x I")
"""Lengths of a chunk, decoded and encoded."""


class ReadBackError(Exception):
    """What is on disk is not what was written."""


def read_file(array: Path, name: str) -> bytes:
    """Return the bytes of one file of an array.

    Raises
    ------
    ReadBackError
        When it cannot be read.
    """
    try:
        return (array / name).read_bytes()
    except OSError as error:
        raise ReadBackError(f"{name}: {error.strerror}") from error


def files_of(region: Region, grid: Grid, storage: Storage) -> Iterator[tuple[str, Region]]:
    """Yield the files that a region of whole shards lies in, and which pixels each holds."""
    prefix, lengths = ("", grid.chunk) if storage.ngff == "0.4" else ("c/", grid.shard)
    starts = (range(part.start, part.stop, length) for part, length in zip(region, lengths, strict=True))
    for corner in product(*starts):
        indices = (str(first // length) for first, length in zip(corner, lengths, strict=True))
        place = tuple(
            slice(first, min(first + length, part.stop))
            for first, length, part in zip(corner, lengths, region, strict=True)
        )
        yield prefix + "/".join(indices), place


def compare(data: bytes, written: npt.NDArray[Any], grid: Grid, storage: Storage) -> None:
    """Compare a file's bytes with the pixels that it should hold, bit by bit.

    Raises
    ------
    ReadBackError
        When the file is damaged, or a pixel differs.
    """
    for start, encoded in chunks_of(data, written.shape, grid, storage):
        chunk = _decoded(encoded, written.dtype, grid, storage)
        place = tuple(slice(first, first + length) for first, length in zip(start, grid.chunk, strict=True))
        expected = written[place]
        if not _same_bits(chunk[tuple(slice(0, length) for length in expected.shape)], expected):
            raise ReadBackError(f"the chunk at {start} holds other pixels")


def chunks_of(
    data: bytes, shape: tuple[int, ...], grid: Grid, storage: Storage
) -> Iterator[tuple[tuple[int, ...], bytes]]:
    """Yield first pixel and encoded bytes of each chunk in a file that holds so many pixels.

    Raises
    ------
    ReadBackError
        When its index is damaged.
    """
    if storage.ngff == "0.5":
        yield from _shard(data, shape, grid)
    else:
        yield (0,) * len(shape), data


def check_blosc(encoded: bytes, length: int) -> None:
    """Refuse a chunk that is not as long as it says, or as `length` bytes decoded.

    Blosc believes its header: where that does not tell the truth, it reads what lies behind in memory, or crashes.

    Raises
    ------
    ReadBackError
    """
    if len(encoded) < _BLOSC_HEADER.size or _BLOSC_HEADER.unpack_from(encoded) != (length, len(encoded)):
        raise ReadBackError("a chunk cannot be decoded: it is not as long as it says")


def _shard(data: bytes, shape: tuple[int, ...], grid: Grid) -> Iterator[tuple[tuple[int, ...], bytes]]:
    """Yield first pixel and encoded bytes of each chunk of a shard that lies within the array."""
    counts = [shard // chunk for shard, chunk in zip(grid.shard, grid.chunk, strict=True)]
    end = len(data) - _CHECKSUM_BYTES
    start_of_index = end - _ENTRY_BYTES * prod(counts)
    if start_of_index < 0:
        raise ReadBackError("the file is shorter than its index")
    if google_crc32c.value(data[start_of_index:end]) != int.from_bytes(data[end:], "little"):
        raise ReadBackError("the index does not agree with its checksum")
    index = np.frombuffer(data[start_of_index:end], "<u8").reshape(*counts, 2)
    used = (range(-(-size // chunk)) for size, chunk in zip(shape, grid.chunk, strict=True))
    for position in product(*used):
        offset, length = (int(value) for value in index[position])
        if offset + length > start_of_index:  # an absent chunk has the largest numbers there are
            raise ReadBackError("a chunk is missing")
        yield tuple(i * size for i, size in zip(position, grid.chunk, strict=True)), data[offset : offset + length]


def _decoded(encoded: bytes, dtype: np.dtype, grid: Grid, storage: Storage) -> npt.NDArray[Any]:
    from imagecodecs import blosc_decode

    raw = encoded
    try:
        if storage.codec != "none":
            check_blosc(encoded, prod(grid.chunk) * dtype.itemsize)
            raw = bytes(blosc_decode(encoded))
        return np.frombuffer(raw, dtype.newbyteorder("<")).reshape(grid.chunk)
    except (ValueError, RuntimeError) as error:
        raise ReadBackError(f"a chunk cannot be decoded: {error}") from error


def _same_bits(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Whether two arrays agree bit by bit, NaN and signed zero included."""
    width = one.dtype.itemsize
    row = one.shape[-1] * width
    word = np.dtype("u8") if row % 8 == 0 else np.dtype(f"u{width}")  # as few numbers as the rows allow
    one, other = (_rows(array.astype(array.dtype.newbyteorder("<"), copy=False)) for array in (one, other))
    return bool((one.view(word) == other.view(word)).all())


def _rows(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array whose rows are contiguous, which a change of word size needs."""
    return array if array.strides[-1] == array.itemsize else np.ascontiguousarray(array)
