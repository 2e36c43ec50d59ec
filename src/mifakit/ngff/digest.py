"""The pixel digest: a sha256 of full-resolution pixels that does not depend on chunks or codec.

Each YX plane is hashed as C-ordered little-endian bytes; the digests of all planes, in C order of
the leading axes, are hashed again. The type's name and the shape go in first, so that pixels of
another type or shape never agree.
"""

from __future__ import annotations

import hashlib
from itertools import product
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.readers.base import Region


class PixelDigest:
    """Takes regions as they come; rows of one plane must come from top to bottom, whole.

    Parameters
    ----------
    shape
        Of the whole array; the last two axes are y and x.
    dtype
        Of its pixels.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self._shape, self._dtype = shape, dtype
        self._planes = [hashlib.sha256() for _ in range(prod(shape[:-2]))]
        self._rows = [0] * len(self._planes)

    def update(self, region: Region, block: npt.NDArray[Any]) -> None:
        """Take in one region: full rows, of any planes."""
        if region[-1] != slice(0, self._shape[-1]):
            raise ValueError("rows must be whole")
        little = np.ascontiguousarray(block, dtype=self._dtype.newbyteorder("<"))
        leading = [range(axis.start, axis.stop) for axis in region[:-2]]
        for indices in product(*leading):
            plane = int(np.ravel_multi_index(indices, self._shape[:-2])) if indices else 0
            if self._rows[plane] != region[-2].start:
                raise ValueError("rows must come in order")
            local = tuple(index - axis.start for index, axis in zip(indices, region, strict=False))
            self._planes[plane].update(little[local].data)
            self._rows[plane] = region[-2].stop

    def hexdigest(self) -> str:
        """Return the digest, once every row has been taken in."""
        if any(rows != self._shape[-2] for rows in self._rows):
            raise ValueError("rows are missing")
        total = hashlib.sha256(f"{self._dtype.name} {'x'.join(map(str, self._shape))}\n".encode())
        for plane in self._planes:
            total.update(plane.digest())
        return total.hexdigest()
