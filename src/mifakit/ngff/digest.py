"""The pixel digest: a hash of full-resolution pixels that does not depend on chunks, codec or order.

Each YX plane is cut into tiles of 256 x 256, each hashed with XXH3-128 as C-ordered little-endian bytes. The
digests of all tiles, in C order, are hashed again, after the type's name and the shape: pixels of another
type or shape never agree. It tells changed pixels; against forgery there is `checksums.txt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_128, xxh3_128_digest

from mifakit.readers.base import Region

TILE = 256
"""Pixels."""


class PixelDigest:
    """Takes regions in any order; each must hold whole tiles.

    Parameters
    ----------
    shape
        Of the whole array; the last two axes are y and x.
    dtype
        Of its pixels.
    tiles
        Digests that were taken before, by index of their tile.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, tiles: Mapping[int, bytes] | None = None) -> None:
        self._shape, self._dtype = shape, dtype
        self._grid = (*shape[:-2], *(-(-length // TILE) for length in shape[-2:]))
        self.tiles = dict(tiles or {})

    def update(self, region: Region, block: npt.NDArray[Any]) -> None:
        """Take in one region.

        Raises
        ------
        ValueError
            When it cuts a tile.
        """
        for part, length in zip(region[-2:], self._shape[-2:], strict=True):
            if part.start % TILE or (part.stop % TILE and part.stop != length):
                raise ValueError("the region cuts a digest tile")
        block = block.astype(self._dtype.newbyteorder("<"), copy=False)
        leading = (range(part.start, part.stop) for part in region[:-2])
        rows, columns = (range(part.start, part.stop, TILE) for part in region[-2:])
        for *plane, y, x in product(*leading, rows, columns):
            local = tuple(index - part.start for index, part in zip(plane, region, strict=False))
            top, left = y - rows.start, x - columns.start
            tile = np.ascontiguousarray(block[(*local, slice(top, top + TILE), slice(left, left + TILE))])
            self.tiles[self._index((*plane, y // TILE, x // TILE))] = xxh3_128_digest(tile.data)

    def _index(self, place: tuple[int, ...]) -> int:
        index = 0
        for position, length in zip(place, self._grid, strict=True):
            index = index * length + position
        return index

    def hexdigest(self) -> str:
        """Return the digest, once every tile has been taken in.

        Raises
        ------
        ValueError
            When tiles are missing.
        """
        if len(self.tiles) != prod(self._grid):
            raise ValueError("tiles are missing")
        total = xxh3_128(f"{self._dtype.name} {'x'.join(map(str, self._shape))}\n".encode())
        for index in range(prod(self._grid)):
            total.update(self.tiles[index])
        return f"xxh3-128:{total.hexdigest()}"
