"""Grids against the rules of OME-Zarr readers: chunks fit the array, shards are whole chunks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.ngff.chunks import choose_grid

AXES = st.sampled_from(["cyx", "czyx", "tcyx", "tczyx", "yx", "zyx", "tyx", "tzyx"])
LENGTH = st.one_of(st.integers(1, 40), st.sampled_from([127, 128, 129, 511, 512, 513, 2047, 2048, 2049, 30_000]))


@settings(max_examples=300, deadline=None)
@given(st.data(), AXES)
def test_chunks_fit_the_array_and_shards_are_whole_chunks(data: st.DataObject, axes: str) -> None:
    shape = tuple(data.draw(st.lists(LENGTH, min_size=len(axes), max_size=len(axes))))
    chunk, shard = choose_grid(axes, shape)
    assert len(chunk) == len(shard) == len(shape)
    for axis, size, inner, outer in zip(axes, shape, chunk, shard, strict=True):
        assert 1 <= inner <= size, axis
        assert outer % inner == 0, axis
        assert outer - size < inner, f"{axis}: a shard holds a chunk that lies outside the array"
        if axis in "tc":
            assert inner == outer == 1
    # One shard is what a writer holds in memory: 16 planes of 1024 × 1024, or one of 2048 × 2048.
    assert np.prod(shard) <= 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("axes", "shape", "chunk", "shard"),
    [
        ("cyx", (3, 2048, 2048), (1, 512, 512), (1, 2048, 2048)),
        ("cyx", (1, 5000, 5000), (1, 512, 512), (1, 2048, 2048)),
        ("cyx", (1, 700, 300), (1, 512, 300), (1, 1024, 300)),
        ("cyx", (1, 1, 1), (1, 1, 1), (1, 1, 1)),
        ("czyx", (2, 15, 600, 600), (1, 1, 512, 512), (1, 1, 1024, 1024)),
        ("czyx", (2, 16, 600, 600), (1, 16, 128, 128), (1, 16, 640, 640)),
        ("tczyx", (9, 2, 64, 2048, 2048), (1, 1, 16, 128, 128), (1, 1, 16, 1024, 1024)),
        ("zyx", (17, 100, 2000), (16, 100, 128), (16, 100, 1024)),
    ],
)
def test_grids_worked_out_by_hand(axes: str, shape: tuple, chunk: tuple, shard: tuple) -> None:
    assert choose_grid(axes, shape) == (chunk, shard)
