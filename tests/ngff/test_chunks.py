"""Grids against the rules of OME-Zarr readers: chunks fit the array, shards are whole chunks."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.ngff.chunks import LARGEST_SHARD, choose_grid
from mifakit.ngff.digest import TILE

AXES = st.sampled_from(["cyx", "czyx", "tcyx", "tczyx", "yx", "zyx", "tyx", "tzyx"])
LENGTH = st.one_of(st.integers(1, 40), st.sampled_from([127, 128, 129, 511, 512, 513, 2047, 2048, 2049, 30_000]))
SIDE = st.sampled_from([32, 64, 128, 256, 512, 1024, 2048])
CHOSEN = st.fixed_dictionaries({}, optional={"z": st.integers(1, 64), "y": SIDE, "x": SIDE})


@settings(max_examples=300, deadline=None)
@given(st.data(), AXES, st.sampled_from(["u1", "u2", "f4", "u8"]), CHOSEN, st.booleans())
def test_chunks_fit_the_array_and_shards_are_whole_chunks(
    data: st.DataObject, axes: str, dtype: str, chosen: dict[str, int], whole_rows: bool
) -> None:
    shape = tuple(data.draw(st.lists(LENGTH, min_size=len(axes), max_size=len(axes))))
    chunk, shard = choose_grid(axes, shape, np.dtype(dtype), chosen, whole_rows=whole_rows)
    assert len(chunk) == len(shard) == len(shape)
    for axis, size, inner, outer in zip(axes, shape, chunk, shard, strict=True):
        assert 1 <= inner <= size, axis
        assert outer % inner == 0, axis
        assert outer - size < inner, f"{axis}: a shard holds a chunk that lies outside the array"
        assert inner == min(chosen.get(axis, inner), size), f"{axis}: another chunk than was chosen"
        if axis in "tc":
            assert inner == outer == 1
        if axis in "yx":
            assert outer >= size or outer % TILE == 0, f"{axis}: a shard cuts a tile of the digest"
    shortest = [max(TILE, inner) if axis in "yx" else inner for axis, inner in zip(axes, chunk, strict=True)]
    assert prod(shard) * np.dtype(dtype).itemsize <= LARGEST_SHARD or all(
        outer <= least for outer, least in zip(shard, shortest, strict=True)
    ), "longer than it needs to be"


@pytest.mark.parametrize(
    ("axes", "shape", "dtype", "chunk", "shard"),
    [
        ("cyx", (3, 2048, 2048), "u2", (1, 512, 512), (1, 2048, 2048)),
        ("cyx", (1, 5000, 5000), "f4", (1, 512, 512), (1, 1024, 2048)),
        ("cyx", (1, 5000, 5000), "f8", (1, 512, 512), (1, 1024, 1024)),
        ("cyx", (1, 700, 300), "u2", (1, 512, 300), (1, 1024, 300)),
        ("cyx", (1, 1, 1), "u1", (1, 1, 1), (1, 1, 1)),
        ("czyx", (2, 15, 600, 600), "u2", (1, 1, 512, 512), (1, 1, 1024, 1024)),
        ("czyx", (2, 16, 600, 600), "u2", (1, 16, 128, 128), (1, 16, 256, 640)),
        ("tczyx", (9, 2, 64, 2048, 2048), "u2", (1, 1, 16, 128, 128), (1, 1, 16, 256, 1024)),
        ("tczyx", (9, 2, 64, 2048, 2048), "f4", (1, 1, 16, 128, 128), (1, 1, 16, 256, 512)),
        ("zyx", (17, 100, 2000), "u1", (16, 100, 128), (16, 100, 2048)),
    ],
)
def test_grids_worked_out_by_hand(axes: str, shape: tuple, dtype: str, chunk: tuple, shard: tuple) -> None:
    assert choose_grid(axes, shape, np.dtype(dtype)) == (chunk, shard)


def test_a_shard_is_never_shorter_than_a_tile_of_the_digest() -> None:
    assert choose_grid("zyx", (100, 5000, 5000), np.dtype("u8"), {"z": 64}).shard == (64, TILE, TILE)


@pytest.mark.parametrize(
    ("chosen", "chunk", "shard"),
    [
        ({"z": 1}, (1, 1, 512, 512), (1, 1, 2048, 2048)),
        ({"z": 64}, (1, 64, 128, 128), (1, 64, 256, 256)),
        ({"y": 32, "x": 2048}, (1, 16, 32, 2048), (1, 16, 256, 2048)),
        ({"y": 2048, "x": 32}, (1, 16, 2048, 32), (1, 16, 2048, 256)),
        ({"z": 64, "y": 1024, "x": 1024}, (1, 64, 1024, 1024), (1, 64, 1024, 1024)),
    ],
)
def test_chosen_lengths_are_kept(chosen: dict[str, int], chunk: tuple, shard: tuple) -> None:
    assert choose_grid("czyx", (1, 100, 5000, 5000), np.dtype("u2"), chosen) == (chunk, shard)


def test_where_rows_are_read_whole_shards_of_wide_images_are_low() -> None:
    wide, narrow = (1, 20_000, 20_000), (1, 20_000, 8192)
    assert choose_grid("cyx", wide, np.dtype("u1"), whole_rows=True).shard == (1, 512, 2048)
    assert choose_grid("cyx", narrow, np.dtype("u1"), whole_rows=True).shard == (1, 2048, 2048)
