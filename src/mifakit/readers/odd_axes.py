"""Dimensions that microscopes have and mifakit's axes have not, said in their own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, map_axes


def map_vendor_axes(
    path: Path, native: str, shape: tuple[int, ...], override: str | None, meanings: Mapping[str, str]
) -> AxisMap:
    """Find the canonical axes, as `map_axes` does; say what a dimension that is none of them stands for.

    Parameters
    ----------
    path, native, shape, override
        As in `mifakit.readers.axes.map_axes`.
    meanings
        What the vendor's other letters stand for.

    Raises
    ------
    MifaError
        MIFA206 as `map_axes`.
    """
    try:
        return map_axes(path, native, shape, override)
    except MifaError as error:
        odd = [f"{letter}: {meanings[letter]}" for letter, length in zip(native, shape, strict=True)
               if length > 1 and letter in meanings]  # fmt: skip
        if not odd:
            raise
        found = error.finding
        raise MifaError(found.code, f"{found.message} ({'; '.join(odd)})", found.place, found.hint) from error
