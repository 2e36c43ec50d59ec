"""Collect points and masks one by one, as `ShapeCollector` does shapes, within budgets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.left_out import UnusableError
from mifakit.annotations.model import Layer, Masks, Numbers, Objects, Offsets, Points, ShapeCollector
from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_MASK_PIXELS, MAX_OBJECTS, MAX_RUNS

_PIXELS_AT_ONCE = 16 * 1024**2


class PointCollector:
    """Collects points. Each may be told what `Objects.of` takes.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._xy: list[Numbers] = []
        self._records: list[Mapping[str, Any]] = []

    def __len__(self) -> int:
        return len(self._records)

    def add(self, xy: Numbers, **said: Any) -> None:
        """Add (n, 2) points of which the same is said.

        Raises
        ------
        MifaError
            MIFA226 when there are too many.
        """
        if len(self) + len(xy) > MAX_OBJECTS:
            raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} points", str(self._path))
        self._xy.append(xy)
        self._records += [said] * len(xy)

    def collected(self) -> Points:
        """Return all that was added."""
        return Points(np.concatenate(self._xy) if self._xy else np.empty((0, 2)), Objects.of(self._records))


class MaskCollector:
    """Collects masks. Each may be told what `Objects.of` takes.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._owners: list[Offsets] = []
        self._runs: list[tuple[Offsets, Offsets, Offsets]] = []
        self._records: list[Mapping[str, Any]] = []

    def __len__(self) -> int:
        return len(self._records)

    def pixels(self, inside: npt.NDArray[np.bool_], left: int, top: int, **said: Any) -> None:
        """Add a mask that is given as rows of pixels; `left` and `top` say where its first pixel lies.

        Raises
        ------
        MifaError
            MIFA226 when there are too many runs.
        """
        height, width = inside.shape
        rows_at_once = max(1, _PIXELS_AT_ONCE // max(1, width))
        self._records.append(said)
        for first in range(0, height, rows_at_once):
            block = inside[first : first + rows_at_once]
            edges = np.diff(np.pad(block.view(np.int8), ((0, 0), (1, 1))))
            rows, starts = np.nonzero(edges == 1)
            stops = np.nonzero(edges == -1)[1]
            self._check(len(rows))
            self._add(rows + (top + first), starts + left, stops + left)

    def row_counts(
        self, counts: npt.NDArray[np.int64], left: int, top: int, width: int, height: int, **said: Any
    ) -> None:
        """Add a mask that is given as how many pixels lie outside, inside, outside and so on, row after row.

        Raises
        ------
        UnusableError
            When they do not fill its frame.
        MifaError
            MIFA226 when there are too many runs.
        """
        check_frame(width, height)
        if (counts < 0).any() or (counts > width * height).any() or counts.sum() != width * height:
            raise UnusableError("whose runs do not fill its frame")
        ends = np.cumsum(counts)
        stops = ends[1::2]
        starts = ends[::2][: len(stops)]
        some = stops > starts
        starts, stops = starts[some], stops[some]
        first, last = starts // width, (stops - 1) // width
        pieces = last - first + 1
        self._check(int(pieces.sum()))
        run = np.repeat(np.arange(len(starts)), pieces)
        rows = first[run] + np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        begin = rows * width
        self._records.append(said)
        self._add(
            rows + top,
            np.maximum(starts[run], begin) - begin + left,
            np.minimum(stops[run], begin + width) - begin + left,
        )

    def collected(self) -> Masks:
        """Return all that was added."""
        rows, starts, stops = (
            np.concatenate([runs[place] for runs in self._runs]) if self._runs else np.empty(0, np.int64)
            for place in range(3)
        )
        owners = np.concatenate(self._owners) if self._owners else np.empty(0, np.int64)
        return Masks(owners, rows, starts, stops, Objects.of(self._records))

    def _check(self, more: int) -> None:
        self._count += more
        if self._count > MAX_RUNS:
            raise MifaError("MIFA226", f"has masks of more than {MAX_RUNS:,} runs of pixels", str(self._path))

    def _add(self, rows: Offsets, starts: Offsets, stops: Offsets) -> None:
        self._owners.append(np.full(len(rows), len(self._records) - 1))
        self._runs.append((rows, starts, stops))


def check_frame(width: int, height: int) -> None:
    """Refuse a mask that no image could hold.

    Raises
    ------
    UnusableError
        When a side is not positive, or both together are too large.
    """
    if width <= 0 or height <= 0:
        raise UnusableError("whose frame has no area")
    if width * height > MAX_MASK_PIXELS:
        raise UnusableError(f"whose frame has more than {MAX_MASK_PIXELS:,} pixels")


class LayerCollector:
    """Collects all that may be drawn on an image.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self.shapes = ShapeCollector()
        self.masks = MaskCollector(path)
        self.points = PointCollector(path)

    def collected(self) -> tuple[Layer, ...]:
        """Return the layers that hold something."""
        return tuple(one.collected() for one in (self.shapes, self.masks, self.points) if len(one))
