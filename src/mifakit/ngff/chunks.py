"""Chunk and shard shapes, chosen from the image's shape. Pure."""

from __future__ import annotations

from typing import NamedTuple

TILE, SHARD_TILES = 512, 4
"""2-D: tiles of 512 x 512, up to 4 x 4 of them in a shard."""
BRICK = {"z": 16, "y": 128, "x": 128}
SHARD_BRICKS = {"z": 1, "y": 8, "x": 8}
"""3-D: bricks of 16 x 128 x 128, 64 of them in a shard of one z-slab."""


class Grid(NamedTuple):
    """How an array is cut: chunks are compressed one by one, shards are the files that hold them."""

    chunk: tuple[int, ...]
    shard: tuple[int, ...]


def choose_grid(axes: str, shape: tuple[int, ...]) -> Grid:
    """Return the grid for an array: 2-D tiles, or bricks once there are as many planes as a brick has.

    Chunks are never longer than the array; a shard is a whole number of chunks.
    """
    sizes = dict(zip(axes, shape, strict=True))
    deep = sizes.get("z", 1) >= BRICK["z"]
    chunk, shard = [], []
    for axis, size in sizes.items():
        if axis not in "zyx":
            length, count = 1, 1
        elif deep:
            length, count = min(BRICK[axis], size), SHARD_BRICKS[axis]
        else:
            length, count = (1, 1) if axis == "z" else (min(TILE, size), SHARD_TILES)
        chunk.append(length)
        shard.append(length * min(count, -(-size // length)))
    return Grid(tuple(chunk), tuple(shard))
