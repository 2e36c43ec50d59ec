"""Runs of pixels in rows: what masks are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Offsets


class Runs(NamedTuple):
    """Runs of pixels in rows, those of an object in the order of rows.

    Attributes
    ----------
    owners
        The object that each belongs to.
    rows, starts, stops
        Each covers `starts` to `stops` (not included) of its row.
    """

    owners: Offsets
    rows: Offsets
    starts: Offsets
    stops: Offsets

    @classmethod
    def joined(cls, batches: Iterable[Runs]) -> Self:
        """Return the runs of all batches."""
        some = list(batches) or [cls(*np.zeros((4, 0), np.int64))]
        return cls(*(np.concatenate(column) for column in zip(*some, strict=True)))

    @classmethod
    def of_pixels(cls, picture: npt.NDArray[np.bool_], left: int = 0, top: int = 0) -> Self:
        """Return the runs of one object from its picture, whose first pixel is pixel `left` of row `top`."""
        edges = np.zeros((picture.shape[0], picture.shape[1] + 1), np.int8)
        edges[:, :-1] = picture
        edges[:, 1:] -= picture
        rows, starts = np.nonzero(edges > 0)
        return cls(np.zeros_like(rows), rows + top, starts + left, np.nonzero(edges < 0)[1] + left)

    @classmethod
    def along_rows(cls, begins: Offsets, ends: Offsets, width: int) -> Self:
        """Return the runs of one object from intervals of pixels that are counted along rows, one after the other.

        Parameters
        ----------
        begins, ends
            In ascending order, none empty, none before another's end.
        width
            Of a row.
        """
        joined = np.flatnonzero(begins[1:] == ends[:-1]) + 1
        begins, ends = np.delete(begins, joined), np.delete(ends, joined - 1)
        first, last = begins // width, (ends - 1) // width
        spans = last - first + 1
        rows = np.repeat(first - (np.cumsum(spans) - spans), spans) + np.arange(spans.sum())
        starts = np.maximum(np.repeat(begins, spans) - rows * width, 0)
        stops = np.minimum(np.repeat(ends, spans) - rows * width, width)
        return cls(np.zeros_like(rows), rows, starts, stops)
