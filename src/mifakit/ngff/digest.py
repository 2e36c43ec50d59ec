"""The pixel digest: a hash of full-resolution pixels that does not depend on chunks, codec or order.

Each YX plane is cut into tiles of 256 x 256, each hashed with XXH3-128 as C-ordered little-endian bytes. The
digests of all tiles, in C order, are hashed again, after the type's name and the shape: pixels of another
type or shape never agree. It tells changed pixels; against forgery there is `checksums.txt`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_128, xxh3_128_digest

from mifakit.readers.base import Region

TILE = 256
"""Pixels."""
_DIGEST_BYTES = 16


class Tiles:
    """Digests of tiles, in any order; packed, since a large image has hundreds of thousands.

    Iterates over their places, numbers in C order, as they were taken.
    """

    def __init__(self, pieces: Iterable[Tiles] = ()) -> None:
        self._places, self._digests = array("Q"), bytearray()
        for piece in pieces:
            self._places += piece._places
            self._digests += piece._digests

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def add(self, place: int, digest: bytes) -> None:
        """Take in the digest of one tile, by its place in C order."""
        self._places.append(place)
        self._digests += digest

    def in_order(self, count: int) -> bytes:
        """Return the digests of all tiles in C order; one that was taken twice counts once.

        Raises
        ------
        ValueError
            When there are not so many.
        """
        places, first = np.unique(np.frombuffer(self._places, np.uint64), return_index=True)
        if len(places) != count:
            raise ValueError("tiles are missing")
        return np.frombuffer(self._digests, np.dtype((np.void, _DIGEST_BYTES)))[first].tobytes()


class PixelDigest:
    """Takes regions in any order; each must hold whole tiles.

    Parameters
    ----------
    shape
        Of the whole array; the last two axes are y and x.
    dtype
        Of its pixels.
    tiles
        Digests that were taken before.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, tiles: Tiles | None = None) -> None:
        self._shape, self._dtype = shape, dtype
        self._grid = (*shape[:-2], *(-(-length // TILE) for length in shape[-2:]))
        self.tiles = tiles or Tiles()

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
            self.tiles.add(self._index((*plane, y // TILE, x // TILE)), xxh3_128_digest(tile.data))

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
        total = xxh3_128(f"{self._dtype.name} {'x'.join(map(str, self._shape))}\n".encode())
        total.update(self.tiles.in_order(prod(self._grid)))
        return f"xxh3-128:{total.hexdigest()}"
