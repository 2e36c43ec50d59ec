"""What Label Studio's brush painted, against a plain reading of the scheme, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from tests.annotations.brush_writer import SIZES, packed, rgba
from tests.annotations.layers import painted

from mifakit.annotations.base import Annotation
from mifakit.annotations.model import Masks, Objects
from mifakit.annotations.raster.runs import Runs
from mifakit.annotations.reading.brush import runs_of_brush
from mifakit.annotations.reading.left_out import UnusableError
from mifakit.testing.annotations import check_annotation

ALPHA = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.sampled_from([0, 0, 1, 255]))


def picture_of(runs: Runs, shape: tuple[int, ...]) -> np.ndarray:
    masks = Masks(*runs, Objects(1))
    check_annotation(Annotation((masks,)))
    return painted(masks, 0, shape)


@given(ALPHA, st.tuples(*[st.sampled_from([0, 7, 255])] * 3), st.lists(st.integers(1, 20)))
def test_what_is_written_is_read(alpha: np.ndarray, colour: tuple[int, int, int], lengths: list[int]) -> None:
    for sizes in (SIZES, (1, 2, 3, 5)):
        data = packed(rgba(alpha, colour), sizes, lengths)
        assert (picture_of(runs_of_brush(data, *alpha.shape), alpha.shape) == (alpha > 0)).all()


def test_by_hand() -> None:
    """One row of two pixels: red 1, green 2, blue 3 one by one and alpha 9; then four zeros."""
    bits = f"{8:032b}{7:05b}" + "0010001101111111"
    bits += "000011" + f"{1:08b}{2:08b}{3:08b}{9:08b}"
    bits += "100011" + f"{0:08b}"
    bits += "0" * (-len(bits) % 8)
    runs = runs_of_brush(int(bits, 2).to_bytes(len(bits) // 8, "big"), 1, 2)
    assert [column.tolist() for column in runs] == [[0], [0], [0], [1]]


def test_a_large_picture_takes_no_memory() -> None:
    """10 million pixels of one colour are one run a row."""
    height, width = 1000, 10_000
    count = height * width * 4
    bits = f"{count:032b}{7:05b}" + "1111" * 4
    for _ in range(count // 2**16):
        bits += "100" + "1" * 16 + f"{5:08b}"
    bits += "100" + f"{count % 2**16 - 1:016b}{5:08b}"
    bits += "0" * (-len(bits) % 8)
    runs = runs_of_brush(int(bits, 2).to_bytes(len(bits) // 8, "big"), height, width)
    assert len(runs.rows) == height
    assert (runs.starts == 0).all() and (runs.stops == width).all()


GOOD = packed(rgba(np.array([[0, 255], [9, 0]], np.uint8), (1, 2, 3)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not stored as Label Studio does"),
        (GOOD[:6], "not stored as Label Studio does"),
        (GOOD[:-4], "stored incompletely"),
        (GOOD[:8], "stored incompletely"),
        (packed(np.zeros(16, np.uint8), word=9), "not stored as Label Studio does"),
        (packed(np.zeros(15, np.uint8)), "not of 2 x 2 pixels"),
        (packed(np.zeros(20, np.uint8)), "not of 2 x 2 pixels"),
        (b"\xff" * 100, "not stored"),
        ((16).to_bytes(4, "big") + bytes([0b00111_111, 255, 0b11111_111]) + b"\xff" * 9, "stored incompletely"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    assert picture_of(runs_of_brush(GOOD, 2, 2), (2, 2)).tolist() == [[0, 1], [1, 0]]
    with pytest.raises(UnusableError, match=reason):
        runs_of_brush(data, 2, 2)


@given(st.binary(max_size=40))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        runs = runs_of_brush((64).to_bytes(4, "big") + b"\x39" + data, 4, 4)
    except UnusableError:
        return
    assert picture_of(runs, (4, 4)).max() <= 1
