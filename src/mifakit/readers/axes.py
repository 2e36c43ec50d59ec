"""From the axes that a file has to the axes that everything downstream has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.base import CANONICAL_AXES, Region

Bounds = tuple[tuple[int, int], ...]

_MEANING = {"T": "t", "C": "c", "Z": "z", "Y": "y", "X": "x", "S": "c"}
_MAX_PROPOSALS = 3
_COLOUR_SAMPLES = (3, 4)


@dataclass(frozen=True)
class AxisMap:
    """Which stored dimension each canonical axis is.

    Attributes
    ----------
    axes
        A subsequence of `tczyx`, with c, y and x.
    shape
        One length an axis.
    dims
        One index into the stored dimensions an axis; None for an axis of length 1 that the
        file does not store.
    native
        The stored axes that are longer than 1, and Y and X, for messages: `ZCYX`.
    keeps_plane
        Whether x and y are the file's own; not so when the sheet gives their names to others.
    stored
        One length a stored dimension.
    """

    axes: str
    shape: tuple[int, ...]
    dims: tuple[int | None, ...]
    native: str
    keeps_plane: bool
    stored: tuple[int, ...]

    def dim(self, axis: str) -> int | None:
        """Return the stored dimension that `axis` is, or None."""
        return self.dims[self.axes.index(axis)] if axis in self.axes else None

    def locate(self, bounds: Bounds) -> Region:
        """Turn bounds along the canonical axes into a region of the stored dimensions."""
        found = [slice(0, 1)] * len(self.stored)
        for dim, bound in zip(self.dims, bounds, strict=True):
            if dim is not None:
                found[dim] = slice(*bound)
        return tuple(found)

    def arrange(self, stored: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Return stored pixels, all or a region of them, with the canonical axes; no copy where possible."""
        used = [dim for dim in self.dims if dim is not None]
        rest = [dim for dim in range(stored.ndim) if dim not in used]
        lengths = [1 if dim is None else stored.shape[dim] for dim in self.dims]
        return stored.transpose(*used, *rest).reshape(lengths)


def map_axes(path: Path, native: str, shape: tuple[int, ...], override: str | None = None) -> AxisMap:
    """Find the canonical axes of stored dimensions.

    Parameters
    ----------
    path
        The file, for messages.
    native
        One letter a stored dimension, outermost first: T, C, Z, Y, X, S (samples); any other is unknown.
    shape
        One length a stored dimension.
    override
        What the study sheet says instead; see `Reader.open`.

    Raises
    ------
    MifaError
        MIFA206 when a dimension longer than 1 is unknown, or `override` does not fit.
    """
    kept = [dim for dim, length in enumerate(shape) if length > 1 or native[dim].upper() in "YX"]
    seen = "".join(native[dim].upper() for dim in kept)
    has = f"has axes {seen} of shape {'×'.join(str(shape[dim]) for dim in kept)}"
    named = _named(kept, native) if override is None else _overridden(override.lower(), kept, native, shape)
    if named is None:
        if override is not None:
            message = f"{has}, which axes: {override} does not fit"
        else:
            message = f"{has}, and what each of them means is not known"
        raise MifaError("MIFA206", message, str(path), _hint(seen))
    axes = "".join(axis for axis in CANONICAL_AXES if axis in "cyx" or (axis in named and shape[named[axis]] > 1))
    dims = tuple(named.get(axis) for axis in axes)
    lengths = tuple(1 if dim is None else shape[dim] for dim in dims)
    keeps_plane = all(axis not in named or native[named[axis]].lower() == axis for axis in "xy")
    return AxisMap(axes, lengths, dims, seen, keeps_plane, shape)


def unnamed_axes(shape: tuple[int, ...]) -> str:
    """Return the native axes of an array of which nothing says what its dimensions mean.

    A plane is YX. What goes beyond a plane is Q, which `map_axes` asks people about.
    """
    long = [dim for dim, length in enumerate(shape) if length > 1]
    if len(long) == 2:
        y, x = long
    elif len(shape) > 2 and shape[-1] in _COLOUR_SAMPLES and min(shape[-3:-1]) > shape[-1]:
        y, x = len(shape) - 3, len(shape) - 2
    else:
        y, x = len(shape) - 2, len(shape) - 1
    return "".join({y: "Y", x: "X"}.get(dim, "Q") for dim in range(len(shape)))


def _named(kept: list[int], native: str) -> dict[str, int] | None:
    """Return the dimension of each axis, or None when a letter is unknown or two mean the same."""
    letters = [_MEANING.get(native[dim].upper()) for dim in kept]
    named = {letter: dim for letter, dim in zip(letters, kept, strict=True) if letter is not None}
    return named if len(named) == len(kept) else None


def _overridden(override: str, kept: list[int], native: str, shape: tuple[int, ...]) -> dict[str, int] | None:
    """Return the dimension of each axis that the sheet names, or None when they do not fit."""
    long = [dim for dim, length in enumerate(shape) if length > 1]
    if len(set(override)) != len(override) or not set(override) <= set(CANONICAL_AXES):
        return None
    short = {letter.lower() for letter, length in zip(native, shape, strict=True) if length == 1}
    if len(long) > 1 and not {"y", "x"} <= set(override) | short:
        return None
    # People count dimensions of length 1 or do not; both are unambiguous.
    for dims in (long, kept, list(range(len(shape)))):
        if len(override) == len(dims):
            return dict(zip(override, dims, strict=True))
    return None


def _hint(seen: str) -> str:
    """Propose values for the `axes` field of the sheet."""
    letters = [_MEANING.get(letter, "?") for letter in seen]
    doubled = {letter for letter in letters if letters.count(letter) > 1}
    letters = [
        "?" if letter in doubled and native != "S" else letter for letter, native in zip(letters, seen, strict=True)
    ]
    # What lies within a pixel is colour more often than depth.
    free = [axis for axis in ("czt" if letters[-1] == "?" else "ztc") if axis not in letters]
    unknown = letters.count("?")
    proposals = [
        "".join(fill.pop(0) if letter == "?" else letter for letter in letters)
        for fill in map(list, islice(permutations(free, unknown), _MAX_PROPOSALS))
    ]
    if not proposals:
        return "export it with no other axes than t, c, z, y and x"
    first, *others = proposals
    return f"set axes: {first} in the sheet" + (f" (or {', '.join(others)})" if others else "")


def region_bounds(region: Region, shape: tuple[int, ...]) -> Bounds:
    """Return start and stop of each slice of a region.

    Raises
    ------
    ValueError
        When the region has another number of axes than `shape`, a step, or lies outside.
    """
    if len(region) != len(shape):
        raise ValueError(f"a region of {len(region)} slices for {len(shape)} axes")
    bounds = []
    for part, length in zip(region, shape, strict=True):
        start = 0 if part.start is None else part.start
        stop = length if part.stop is None else part.stop
        if part.step not in (None, 1) or not 0 <= start <= stop <= length:
            raise ValueError(f"{part} is no region of an axis of length {length}")
        bounds.append((start, stop))
    return tuple(bounds)
