"""The geometry of a pyramid: which blocks each level is cut into, and which finer blocks make a coarser one. Pure.

A block is what is held in memory and written at once: whole shards. Every level is cut alike, so a block of
one level is made of at most two blocks an axis of the level below, and of nothing else. Going depth first
through that tree, one block a level is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np

from mifakit.ngff.chunks import Grid
from mifakit.ngff.levels import Factors, level_shapes
from mifakit.readers.base import Region


@dataclass(frozen=True, order=True)
class Block:
    """One block: of which level, and its index along each axis."""

    level: int
    index: tuple[int, ...]


@dataclass(frozen=True)
class Pyramid:
    """How the levels of one array are cut.

    Attributes
    ----------
    axes
        Letters of `tczyx`.
    shape
        Of the finest level.
    dtype
        Of the pixels.
    steps
        From each level to the next coarser.
    grid
        Chunks and shards of the finest level.
    block
        Lengths of a block: whole shards.
    """

    axes: str
    shape: tuple[int, ...]
    dtype: np.dtype
    steps: tuple[Factors, ...]
    grid: Grid
    block: tuple[int, ...]

    @property
    def top(self) -> int:
        """The coarsest level."""
        return len(self.steps)

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shape of each level."""
        return tuple(level_shapes(self.shape, list(self.steps)))

    def grid_of(self, level: int) -> Grid:
        """Return the chunks and shards of a level."""
        return self.grid.fit(self.shapes[level])

    def blocks(self, level: int) -> Iterator[Block]:
        """Yield the blocks of a level in C order."""
        for index in product(*map(range, self._counts(level))):
            yield Block(level, index)

    def _counts(self, level: int) -> list[int]:
        return [-(-size // length) for size, length in zip(self.shapes[level], self.block, strict=True)]

    def region(self, block: Block) -> Region:
        """Return where a block lies in its level."""
        return tuple(
            slice(index * length, min((index + 1) * length, size))
            for index, length, size in zip(block.index, self.block, self.shapes[block.level], strict=True)
        )

    def children(self, block: Block) -> Iterator[Block]:
        """Yield the blocks of the next finer level that make this one."""
        step, counts = self.steps[block.level - 1], self._counts(block.level - 1)
        spans = (
            range(index * factor, min((index + 1) * factor, count))
            for index, factor, count in zip(block.index, step, counts, strict=True)
        )
        for index in product(*spans):
            yield Block(block.level - 1, index)

    def place(self, child: Block, parent: Block) -> Region:
        """Return where a child lies in its parent's block, in the parent's pixels."""
        step, start = self.steps[child.level], (part.start for part in self.region(parent))
        return tuple(
            slice(part.start // factor - first, -(-part.stop // factor) - first)
            for part, factor, first in zip(self.region(child), step, start, strict=True)
        )

    def source_bytes(self, block: Block) -> int:
        """Return the bytes of full-resolution pixels that a block stands for."""
        factors = np.prod([(1,) * len(self.axes), *self.steps[: block.level]], axis=0)
        lengths = (
            min(part.stop * factor, size) - part.start * factor
            for part, factor, size in zip(self.region(block), factors.tolist(), self.shape, strict=True)
        )
        return int(prod(lengths)) * self.dtype.itemsize

    def parts(self, limit: int) -> list[tuple[Block, ...]]:
        """Return the blocks whose subtrees make up the pyramid, in parts of at most `limit` source bytes.

        The blocks are all of one level, the coarsest that keeps the limit, but not of the finest where there is
        a coarser one: what lies above them is made from their own level, never from level 0.
        """
        level = self.top
        while level > 1 and self.source_bytes(next(self.blocks(level))) > limit:
            level -= 1
        parts: list[list[Block]] = []
        room = 0
        for block in self.blocks(level):
            size = self.source_bytes(block)
            if size > room:
                parts.append([])
                room = limit
            parts[-1].append(block)
            room -= size
        return [tuple(part) for part in parts]


def cut(
    axes: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    steps: Sequence[Factors],
    grid: Grid,
    *,
    together: int,
    block_bytes: int,
) -> Pyramid:
    """Return a pyramid whose blocks are as wide as memory allows: sources store rows.

    Parameters
    ----------
    axes, shape, dtype, steps, grid
        As of `Pyramid`.
    together
        How many channels are read at once.
    block_bytes
        What a block should not exceed, but for a single shard.
    """
    block = dict(zip(axes, grid.shard, strict=True))
    if "c" in block:
        block["c"] = together
    for axis, size, *factors in zip(axes, shape, *steps, strict=True):
        if 2 in factors and block[axis] % 2 and block[axis] < size:
            block[axis] *= 2  # no two blocks may share a pixel of the coarser level
    shards = max(1, block_bytes // (prod(block.values()) * dtype.itemsize))
    width = shape[axes.index("x")]
    block["x"] *= min(shards, -(-width // block["x"]))
    return Pyramid(axes, shape, dtype, tuple(steps), grid, tuple(block.values()))
