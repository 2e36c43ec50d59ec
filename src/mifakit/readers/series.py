"""One image in several files: a grid of files along t, c, z, or tiles along y and x."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from threading import RLock
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.axes import region_bounds
from mifakit.readers.base import CANONICAL_AXES, Channel, ImageFacts, ImageSource, Region

_OPEN_FILES = 8
"""Files that stay open between reads: neighbouring regions want the same ones."""

Open = Callable[[int], ImageSource]
"""Opens one file of a series, by its number."""


@dataclass(frozen=True)
class Series:
    """Files that are one image.

    Attributes
    ----------
    axes
        Those that the files lie along, in canonical order.
    values
        For each of these axes what the files call its places, in order: `("001", "002")`, `("DAPI", "GFP")`.
    files
        Relative to the lab folder, in C order of the grid.
    """

    axes: str
    values: tuple[tuple[str, ...], ...]
    files: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many files lie along each axis."""
        return tuple(map(len, self.values))


def join_facts(series: Series, members: Sequence[ImageFacts], places: Sequence[str]) -> ImageFacts:
    """Return what is true of the whole image.

    Parameters
    ----------
    series
        The grid.
    members
        Of each file, in the order of `series.files`.
    places
        Of each file, for messages.

    Raises
    ------
    MifaError
        MIFA219 when files differ in axes, shape or type.
    """
    first = members[0]
    for place, other in zip(places, members, strict=True):
        if (other.axes, other.shape, other.dtype) != (first.axes, first.shape, first.dtype):
            said = [f"{one.axes} {'×'.join(map(str, one.shape))} {one.dtype}" for one in (other, first)]
            raise MifaError("MIFA219", f"is {said[0]}, but {places[0]} is {said[1]}", place)
    counts = dict(zip(series.axes, series.shape, strict=True))
    axes = "".join(axis for axis in CANONICAL_AXES if axis in first.axes or counts.get(axis, 1) > 1)
    return replace(
        first,
        axes=axes,
        shape=tuple(first.size(axis) * counts.get(axis, 1) for axis in axes),
        channels=_channels(series, members),
        has_alpha=first.has_alpha and "c" not in counts,
        spacing={axis: one for axis, one in first.spacing.items() if axis in axes},
        whole=False,
        scenes=(),
    )


def _channels(series: Series, members: Sequence[ImageFacts]) -> tuple[Channel, ...]:
    """Return the channels: as the files name them, else as the files are named, unless by numbers."""
    if "c" not in series.axes:
        return members[0].channels
    position = series.axes.index("c")
    step = int(np.prod(series.shape[position + 1 :]))
    joined: list[Channel] = []
    for number, value in enumerate(series.values[position]):
        member = members[number * step]
        named = member.channels or (Channel(),) * member.size("c")
        if len(named) == 1 and not named[0].name and not value.isdigit():
            named = (replace(named[0], name=value),)
        joined += named
    return tuple(joined) if any(channel != Channel() for channel in joined) else ()


class SeriesImage:
    """The image that the files of a series make; only files that a region touches are opened.

    Parameters
    ----------
    series
        The grid.
    open_file
        Opens one of them.
    """

    def __init__(self, series: Series, open_file: Open) -> None:
        self._series, self._open_file = series, open_file
        self._lock = RLock()
        self._opened: OrderedDict[int, ImageSource] = OrderedDict()
        self._closed = False
        with ExitStack() as stack:
            stack.callback(self.close)
            self._member = self._file(0).facts
            self._facts = join_facts(series, [self._member] * len(series.files), series.files)
            stack.pop_all()

    @property
    def facts(self) -> ImageFacts:
        """What the first file says, made true of the whole; channels of other files are not looked at."""
        return self._facts

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Read one region; see `mifakit.readers.base.ImageSource.read`.

        Raises
        ------
        MifaError
            As the files' reader; MIFA219 when a file differs from the first.
        """
        facts, member = self._facts, self._member
        bounds = dict(zip(facts.axes, region_bounds(region, facts.shape), strict=True))
        block = np.empty([stop - start for start, stop in bounds.values()], facts.dtype)
        with self._lock:
            if self._closed:
                raise ValueError("the series is closed")
            if block.size:
                for number, inner, outer in self._touched(bounds):
                    source = self._file(number)
                    found = source.facts
                    if (found.axes, found.shape, found.dtype) != (member.axes, member.shape, member.dtype):
                        raise MifaError("MIFA219", "differs from the first of its series", self._series.files[number])
                    part = source.read(tuple(inner[axis] for axis in member.axes))
                    place = tuple(outer[axis] for axis in facts.axes)
                    block[place] = part.reshape(block[place].shape)
        return block

    def _touched(self, bounds: dict[str, tuple[int, int]]) -> Iterator[tuple[int, dict[str, slice], dict[str, slice]]]:
        """Yield each file that a region touches: its number, which of its pixels, and where they go."""
        axes = self._series.axes
        lengths = {axis: self._member.size(axis) for axis in CANONICAL_AXES}
        ranges = []
        for axis in axes:
            start, stop = bounds.get(axis, (0, 1))
            ranges.append(range(start // lengths[axis], -(-stop // lengths[axis])))
        for index in product(*ranges):
            number = int(np.ravel_multi_index(index, self._series.shape))
            inner, outer = {}, {}
            for axis in CANONICAL_AXES:
                start, stop = bounds.get(axis, (0, 1))
                first = index[axes.index(axis)] * lengths[axis] if axis in axes else 0
                begin, end = max(start, first), min(stop, first + lengths[axis])
                inner[axis] = slice(begin - first, end - first)
                outer[axis] = slice(begin - start, end - start)
            yield number, inner, outer

    def _file(self, number: int) -> ImageSource:
        if number not in self._opened:
            while len(self._opened) >= _OPEN_FILES:
                self._opened.popitem(last=False)[1].close()
            self._opened[number] = self._open_file(number)
        self._opened.move_to_end(number)
        return self._opened[number]

    def close(self) -> None:
        """Close the files. May be called twice."""
        with self._lock:
            self._closed = True
            while self._opened:
                self._opened.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
