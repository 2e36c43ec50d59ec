"""Where a pixel of an image is in its TIFF: in which plane, and where in that plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap

Bounds = tuple[tuple[int, int], ...]

SLOTS = 5
"""What a plane has, in tifffile's order: separate samples, depth, rows, columns, interleaved samples."""
INTERLEAVED = 4


@dataclass(frozen=True)
class Geometry:
    """The stored dimensions, divided into those that count planes and those within a plane.

    Attributes
    ----------
    outer
        Lengths of the dimensions that count planes, outermost first.
    order
        For each canonical axis its position in `outer` followed by the five slots of a plane;
        None for an axis that is not stored.
    """

    outer: tuple[int, ...]
    order: tuple[int | None, ...]

    @classmethod
    def of(cls, path: Path, shape: tuple[int, ...], mapped: AxisMap, plane: tuple[int, ...]) -> Geometry:
        """Fit stored dimensions to planes.

        Parameters
        ----------
        path
            The file, for messages.
        shape
            The stored dimensions, as the file's metadata give them.
        mapped
            What they mean.
        plane
            Lengths of the five slots of one plane.

        Raises
        ------
        MifaError
            MIFA202 when planes of this shape do not make an image of that one.
        """
        long = [dim for dim, length in enumerate(shape) if length > 1]
        inner: dict[int, int] = {}
        for slot in reversed(range(SLOTS)):
            if plane[slot] == 1:
                continue
            if not long or shape[long[-1]] != plane[slot]:
                sizes = "×".join(map(str, shape))
                raise MifaError(
                    "MIFA202", f"its metadata describe {sizes} pixels, which its planes do not fit", str(path)
                )
            inner[long.pop()] = slot
        position = {dim: index for index, dim in enumerate(long)}
        position |= {dim: len(long) + slot for dim, slot in inner.items()}
        order = tuple(None if dim is None else position.get(dim) for dim in mapped.dims)
        return cls(tuple(shape[dim] for dim in long), order)

    @property
    def planes(self) -> int:
        """How many planes the image has."""
        return prod(self.outer)

    def slot(self, position: int | None) -> int | None:
        """Return the slot of a plane that a position of `order` is, or None."""
        return None if position is None or position < len(self.outer) else position - len(self.outer)

    def locate(self, bounds: Bounds) -> tuple[Bounds, Bounds]:
        """Turn bounds along canonical axes into bounds along `outer` and along the slots."""
        found = [(0, 1)] * (len(self.outer) + SLOTS)
        for position, bound in zip(self.order, bounds, strict=True):
            if position is not None:
                found[position] = bound
            elif bound[0] == bound[1]:
                found[-1] = bound  # an empty region along an axis that is not stored
        return tuple(found[: len(self.outer)]), tuple(found[len(self.outer) :])

    def indices(self, outer: Bounds) -> Iterator[int]:
        """Yield the planes within bounds along `outer`, in order."""
        for counts in product(*(range(*bound) for bound in outer)):
            index = 0
            for count, length in zip(counts, self.outer, strict=True):
                index = index * length + count
            yield index

    def counts(self, position: int) -> list[int]:
        """Return for every plane its place along one dimension of `outer`."""
        return [int(count) for count in np.indices(self.outer)[position].ravel()]

    def arrange(self, block: npt.NDArray[np.generic], bounds: Bounds) -> npt.NDArray[np.generic]:
        """Return a block of planes, read within `bounds`, with its canonical axes; no copy."""
        used = [position for position in self.order if position is not None]
        rest = [position for position in range(block.ndim) if position not in used]
        return block.transpose(*used, *rest).reshape([stop - start for start, stop in bounds])
