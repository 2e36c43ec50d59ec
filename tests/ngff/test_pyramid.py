"""The tree of blocks, counted pixel by pixel: nothing is left out, nothing is made twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.ngff.chunks import Grid
from mifakit.ngff.levels import downsample_stride
from mifakit.ngff.pyramid import Block, Pyramid, cut


@st.composite
def pyramids(draw: st.DrawFn) -> Pyramid:
    axes = draw(st.sampled_from(["yx", "cyx", "zyx", "czyx", "tcyx", "tczyx"]))
    sizes = st.integers(1, 3), st.integers(1, 20 if len(axes) > 3 else 40)
    shape = tuple(draw(sizes[axis in "zyx"]) for axis in axes)
    chunk = tuple(draw(st.integers(1, 6)) if axis in "zyx" else 1 for axis in axes)
    shard = tuple(draw(st.integers(1, 3)) * c if axis in "zyx" else 1 for axis, c in zip(axes, chunk, strict=True))
    one = st.tuples(*(st.sampled_from([1, 2]) if axis in "zyx" else st.just(1) for axis in axes))
    return cut(
        axes,
        shape,
        np.dtype(draw(st.sampled_from(["u1", "f4"]))),
        draw(st.lists(one, max_size=4)),
        Grid(chunk, shard).fit(shape),
        together=draw(st.sampled_from([1, shape[axes.index("c")]])) if "c" in axes else 1,
        block_bytes=draw(st.integers(1, 2000)),
    )


def below(pyramid: Pyramid, block: Block) -> list[Block]:
    """Return the blocks of level 0 that a block stands for."""
    if block.level == 0:
        return [block]
    return [leaf for child in pyramid.children(block) for leaf in below(pyramid, child)]


@settings(max_examples=80, deadline=None)
@given(pyramids())
def test_blocks_tile_each_level_in_whole_shards(pyramid: Pyramid) -> None:
    for level, shape in enumerate(pyramid.shapes):
        seen, shard = np.zeros(shape, int), pyramid.grid_of(level).shard
        for block in pyramid.blocks(level):
            region = pyramid.region(block)
            seen[region] += 1
            for part, length, size in zip(region, shard, shape, strict=True):
                assert part.start % length == 0
                assert part.stop % length == 0 or part.stop == size
        assert (seen == 1).all()


@settings(max_examples=80, deadline=None)
@given(pyramids())
def test_children_of_all_blocks_are_the_level_below(pyramid: Pyramid) -> None:
    for level in range(1, pyramid.top + 1):
        children = Counter(child for block in pyramid.blocks(level) for child in pyramid.children(block))
        assert children == Counter(pyramid.blocks(level - 1))


@settings(max_examples=80, deadline=None)
@given(pyramids())
def test_children_tile_their_parent_and_share_no_window(pyramid: Pyramid) -> None:
    for level in range(1, pyramid.top + 1):
        step, finer = pyramid.steps[level - 1], np.arange(prod(pyramid.shapes[level - 1]))
        finer = finer.reshape(pyramid.shapes[level - 1])
        coarser = downsample_stride(finer, step)
        for block in pyramid.blocks(level):
            expected = coarser[pyramid.region(block)]
            made, seen = np.zeros_like(expected), np.zeros(expected.shape, int)
            for child in pyramid.children(block):
                region, place = pyramid.region(child), pyramid.place(child, block)
                assert not any(part.start % factor for part, factor in zip(region, step, strict=True))
                made[place] = downsample_stride(finer[region], step)
                seen[place] += 1
            assert (seen == 1).all()
            np.testing.assert_array_equal(made, expected)


@settings(max_examples=80, deadline=None)
@given(pyramids())
def test_source_bytes_are_those_of_the_leaves(pyramid: Pyramid) -> None:
    whole = prod(pyramid.shape) * pyramid.dtype.itemsize
    for level in range(pyramid.top + 1):
        assert sum(map(pyramid.source_bytes, pyramid.blocks(level))) == whole
        for block in pyramid.blocks(level):
            regions = (pyramid.region(leaf) for leaf in below(pyramid, block))
            pixels = sum(prod(part.stop - part.start for part in region) for region in regions)
            assert pyramid.source_bytes(block) == pixels * pyramid.dtype.itemsize


@settings(max_examples=120, deadline=None)
@given(pyramids(), st.integers(1, 20_000))
def test_parts_are_one_level_in_order_as_few_as_the_limit_allows(pyramid: Pyramid, limit: int) -> None:
    parts = pyramid.parts(limit)
    level = parts[0][0].level
    assert [block for part in parts for block in part] == list(pyramid.blocks(level))
    sizes = [[pyramid.source_bytes(block) for block in part] for part in parts]
    assert all(sum(part) <= limit or len(part) == 1 for part in sizes)
    for part, following in pairwise(sizes):
        assert sum(part) + following[0] > limit, "the next block would have fitted"
    if level < pyramid.top:
        assert max(map(pyramid.source_bytes, pyramid.blocks(level + 1))) > limit, "a coarser level keeps the limit too"
    assert level >= min(1, pyramid.top), "level 0 would be read again to make what lies above"


@settings(max_examples=120, deadline=None)
@given(pyramids())
def test_blocks_keep_to_the_grid(pyramid: Pyramid) -> None:
    for axis, size, length, shard in zip(pyramid.axes, pyramid.shape, pyramid.block, pyramid.grid.shard, strict=True):
        if axis == "x":
            assert length - size < 2 * shard, "wider than the image"
        elif axis in "zy":
            odd = shard % 2 and shard < size and any(step[pyramid.axes.index(axis)] == 2 for step in pyramid.steps)
            assert length == (2 * shard if odd else shard)
        elif axis == "t":
            assert length == 1


@pytest.mark.parametrize(
    ("block_bytes", "together", "block"),
    [
        (1, 1, (1, 1, 256, 256)),
        (4 * 256 * 256, 1, (1, 1, 256, 512)),
        (4 * 256 * 256, 2, (2, 1, 256, 256)),
        (10**9, 1, (1, 1, 256, 1024)),
    ],
)
def test_blocks_are_as_wide_as_memory_allows(block_bytes: int, together: int, block: tuple[int, ...]) -> None:
    grid = Grid((1, 1, 128, 128), (1, 1, 256, 256))
    shape, dtype = (2, 9, 1000, 1000), np.dtype("u2")
    made = cut("czyx", shape, dtype, [(1, 1, 2, 2)], grid, together=together, block_bytes=block_bytes)
    assert made.block == block


def test_single_planes_go_in_pairs_where_depth_is_halved() -> None:
    """Otherwise the second of two planes would be written over the first, not averaged with it."""
    grid = Grid((1, 1, 256, 256), (1, 1, 256, 256))
    made = cut("czyx", (1, 5, 256, 256), np.dtype("u1"), [(1, 2, 2, 2)], grid, together=1, block_bytes=1)
    assert made.block == (1, 2, 256, 256)
    (top, *others) = made.blocks(1)
    assert [child.index[1] for child in made.children(top)] == [0, 1]
    assert len(others) == 1
