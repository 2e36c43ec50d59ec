"""Chunk and shard shapes, chosen from the image's shape and type. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

import numpy as np

from mifakit.ngff.digest import TILE as DIGEST_TILE

TILE = {"z": 1, "y": 512, "x": 512}
"""2-D: tiles that viewers fetch one by one."""
BRICK = {"z": 16, "y": 128, "x": 128}
"""3-D: bricks, about as long in micrometres as they are wide, that serve every direction."""
TILE_SHARD = {"y": 2048, "x": 2048}
BRICK_SHARD = {"y": 256, "x": 2048}
"""Shards are wide rather than high, since sources store rows."""
LARGEST_SHARD = 8 * 1024**2
"""Bytes: a shard is the smallest piece that can be written, so it bounds memory."""


class Grid(NamedTuple):
    """How an array is cut: chunks are compressed one by one, shards are the files that hold them."""

    chunk: tuple[int, ...]
    shard: tuple[int, ...]

    def fit(self, shape: tuple[int, ...]) -> Grid:
        """Return the same grid for a smaller array: no chunk longer than it, no shard with empty chunks at its end."""
        chunk = tuple(min(length, size) for length, size in zip(self.chunk, shape, strict=True))
        shard = tuple(
            length * min(full // whole, -(-size // length))
            for length, full, whole, size in zip(chunk, self.shard, self.chunk, shape, strict=True)
        )
        return Grid(chunk, shard)


def choose_grid(
    axes: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    chosen: Mapping[str, int] | None = None,
    *,
    whole_rows: bool = False,
) -> Grid:
    """Return the grid of an image's finest level; coarser levels `fit` the same one.

    Tiles, or bricks once there are as many planes as a brick has. Lengths in y and x are powers of two, so
    that every shard is a whole number of digest tiles.

    Parameters
    ----------
    axes
        Letters of `tczyx`.
    shape
        One length an axis.
    dtype
        Of the pixels.
    chosen
        Chunk lengths of `zyx` that are already settled.
    whole_rows
        Whether the source can only be read in whole rows: of a wide one, shards are low.
    """
    sizes, settled = dict(zip(axes, shape, strict=True)), chosen or {}
    deep = settled["z"] > 1 if "z" in settled else sizes.get("z", 1) >= BRICK["z"]
    chunk = {**(BRICK if deep else TILE), **settled}
    side = dict(BRICK_SHARD if deep else TILE_SHARD)
    if whole_rows and sizes["x"] > 4 * side["x"]:
        side["y"] = DIGEST_TILE
    side = {axis: max(length, chunk[axis]) for axis, length in side.items()}
    shortest = {axis: max(DIGEST_TILE, chunk[axis]) for axis in side}
    while prod((chunk["z"], *side.values(), dtype.itemsize)) > LARGEST_SHARD:
        halved = [axis for axis in side if side[axis] > shortest[axis]]
        if not halved:
            break
        side[max(halved, key=lambda axis: side[axis])] //= 2
    lengths = tuple(chunk.get(axis, 1) for axis in axes)
    shard = tuple(side.get(axis, length) for axis, length in zip(axes, lengths, strict=True))
    return Grid(lengths, shard).fit(shape)
