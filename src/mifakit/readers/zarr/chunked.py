"""Arrays whose chunks are files in a folder, and images made of them, read with tensorstore.

Where a chunk's file is missing, formats of this kind read a fill value: writers may leave out chunks that hold
nothing else, and a copy that broke off leaves out any. So missing chunks are counted, and never passed over.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, region_bounds
from mifakit.readers.base import ImageFacts, Region
from mifakit.readers.zarr.chunk_files import ChunkFiles, Index
from mifakit.sources.limits import MAX_COMPRESSION_RATIO, check_pixel_budget

Pixels = npt.NDArray[np.generic]
Bounds = tuple[tuple[int, int], ...]

_LOOKED_AT = 4
"""Chunks that are read to learn whether the writer stores chunks of nothing but the fill value."""
_KEPT_BYTES = 128 * 1024**2
"""Decoded chunks that are kept while an image is open, or one larger chunk: bricks are cut from sixteen planes."""
_OVERHEAD_BYTES = 1024**2
_CUT_OFF = re.compile("not enough data|truncated|unexpected end", re.IGNORECASE)
_NOISE = re.compile(r' \[(tensorstore_spec|source locations)=.*|^[A-Z_]+: |Error opening "\w+" driver: ')
_FILE = re.compile(r'Error reading (?:.* in )?local file "([^"]*)"')


class ChunkedArray:
    """An array as it is stored.

    Parameters
    ----------
    root
        The folder that was opened.
    folder
        The array's.
    driver
        What tensorstore calls its format: `zarr`, `zarr3`.
    prefix, separator
        How its chunks are named; see `ChunkFiles`.

    Attributes
    ----------
    shape
        One length a stored dimension.
    dtype
        As pixels are given; truth values are stored as such, and given as 0 and 1.
    chunk
        The smallest region that can be decoded.
    missing
        How many chunks are not there.

    Raises
    ------
    MifaError
        MIFA202 when its metadata make no sense, MIFA214 when it declares far more than it stores.
    """

    def __init__(self, root: Path, folder: Path, driver: str, prefix: str, separator: str) -> None:
        self._folder = folder
        with _plainly(folder, "cannot be opened"):
            self._store = _open(folder, driver)
            self.shape: tuple[int, ...] = tuple(map(int, self._store.shape))
            layout = self._store.chunk_layout
            self.chunk: tuple[int, ...] = tuple(map(int, layout.read_chunk.shape))
            self._per_file: tuple[int, ...] = tuple(map(int, layout.write_chunk.shape))
            stored_dtype = np.dtype(self._store.dtype.numpy_dtype)
        self.dtype = np.dtype(np.uint8) if stored_dtype == np.bool_ else stored_dtype
        if 0 in self.shape or self.dtype.kind not in "uif":
            declared = f"{'×'.join(map(str, self.shape))} pixels of {stored_dtype}"
            raise MifaError("MIFA202", f"declares {declared}", str(folder))
        counts = tuple(-(-length // size) for length, size in zip(self.shape, self._per_file, strict=True))
        self.files = ChunkFiles(root, folder, counts, prefix, separator)
        present, stored = self._survey()
        self.missing = self.files.total - present
        check_pixel_budget(folder, self.shape, self.dtype, stored)
        check_pixel_budget(folder, self.chunk, self.dtype, stored)

    @property
    def fill_value(self) -> np.generic:
        """What missing chunks read as."""
        fill: np.generic | None = self._store.fill_value
        return self.dtype.type(0 if fill is None else fill)

    def read(self, bounds: Bounds) -> Pixels:
        """Read start to stop of each stored dimension; see `mifakit.readers.base.ImageSource.read`."""
        store = self._store
        if store is None:
            raise ValueError(f"{self._folder} is closed")
        with _plainly(self._folder, "its pixels cannot be read"):
            pixels: Pixels = store[tuple(slice(*bound) for bound in bounds)].read().result()
        if not self.missing and (lost := next(self.files.missing(self._chunks(bounds)), None)):
            raise MifaError("MIFA203", f"the chunk {lost} is no longer there", str(self._folder))
        return pixels.view(self.dtype)

    def close(self) -> None:
        """Let go of it. May be called twice."""
        self._store = None

    def stores_fill(self) -> bool:
        """Whether a chunk of nothing but the fill value is stored: then the writer leaves none out.

        Looks at the smallest files, since such a chunk compresses best.
        """
        files = self.files.present()
        smallest = heapq.nsmallest(_LOOKED_AT, files, key=lambda chunk: (chunk[1].stat().st_size, chunk[0]))
        return any(self._is_fill(index) for index, _ in smallest)

    def _is_fill(self, index: Index) -> bool:
        starts = [number * size for number, size in zip(index, self._per_file, strict=True)]
        bounds = tuple(
            (start, min(start + size, length))
            for start, size, length in zip(starts, self._per_file, self.shape, strict=True)
        )
        found = self.read(bounds)
        return np.array_equal(found, np.full_like(found, self.fill_value), equal_nan=self.dtype.kind == "f")

    def _chunks(self, bounds: Bounds) -> Iterator[Index]:
        """Yield the chunks that a region touches."""
        pairs = zip(bounds, self._per_file, strict=True)
        return product(*(range(start // size, -(-stop // size)) for (start, stop), size in pairs))

    def _survey(self) -> tuple[int, int]:
        """Return how many chunks are there, and their bytes, or as many of them as the pixels declared ask for."""
        enough = prod(self.shape) * self.dtype.itemsize / MAX_COMPRESSION_RATIO
        present = stored = 0
        for _, entry in self.files.present():
            present += 1
            if stored < enough:  # sizes take longer than names
                stored += entry.stat().st_size
        return present, stored


class ChunkedImage:
    """An image that is an array of chunks. A read takes the chunks that its region touches.

    Parameters
    ----------
    array
        Its pixels.
    facts
        What is said of it.
    mapped
        Which stored dimension each canonical axis is.
    """

    def __init__(self, array: ChunkedArray, facts: ImageFacts, mapped: AxisMap) -> None:
        self._array = array
        self._facts = facts
        self._dims = mapped.dims

    @property
    def facts(self) -> ImageFacts:
        """What is said of the image."""
        return self._facts

    def read(self, region: Region) -> Pixels:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        stored = [(0, 1)] * len(self._array.shape)
        for dim, bound in zip(self._dims, bounds, strict=True):
            if dim is not None:
                stored[dim] = bound
        used = [dim for dim in self._dims if dim is not None]
        rest = [dim for dim in range(len(stored)) if dim not in used]
        pixels = self._array.read(tuple(stored)).transpose(*used, *rest)
        lengths = [stop - start for start, stop in bounds]
        return pixels.reshape(lengths) if pixels.size else np.empty(lengths, pixels.dtype)

    def close(self) -> None:
        """Let go of the array. May be called twice."""
        self._array.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(folder: Path, driver: str) -> Any:
    import tensorstore

    spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{folder.resolve()}/"}}
    layout: Any = tensorstore.open(spec, open=True, read=True).result()
    chunk = prod(layout.chunk_layout.read_chunk.shape) * layout.dtype.numpy_dtype.itemsize
    kept = max(_KEPT_BYTES, chunk + _OVERHEAD_BYTES)
    settings = {"cache_pool": {"total_bytes_limit": kept}, "data_copy_concurrency": {"limit": 1}}
    return tensorstore.open(spec, context=tensorstore.Context(settings), open=True, read=True).result()


@contextmanager
def _plainly(folder: Path, problem: str) -> Iterator[None]:
    """Turn whatever tensorstore raises into a MifaError, in few words."""
    try:
        yield
    except MifaError:
        raise
    except Exception as error:  # damaged chunks raise whatever their decoders do
        reason = _NOISE.sub("", str(error).strip()) or type(error).__name__
        reason = _FILE.sub(lambda match: match[1].removeprefix(f"{folder.resolve()}/"), reason)
        code = "MIFA203" if _CUT_OFF.search(reason) else "MIFA202"
        raise MifaError(code, f"{problem}: {reason}", str(folder)) from error
