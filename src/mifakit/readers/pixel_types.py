"""Which types of array elements are pixels."""

from __future__ import annotations

import numpy as np

_WIDEST = 8


def pixel_dtype(dtype: np.dtype) -> np.dtype | None:
    """Return as what elements of a type are read, in their byte order; None when they are no pixels.

    Truth values are read as the bytes 0 and 1; complex numbers, records and texts are no pixels.
    """
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    if dtype.kind in "uif" and dtype.itemsize <= _WIDEST and dtype.fields is None and dtype.subdtype is None:
        return np.dtype(dtype.str)  # without the names that HDF5 gives to numbers
    return None
