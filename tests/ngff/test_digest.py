"""The digest against hashlib by hand, and against everything that must not, or must, change it."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.ngff.digest import PixelDigest

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
DTYPES += ["float16", "float32", "float64"]


def whole(array: np.ndarray) -> str:
    digest = PixelDigest(array.shape, array.dtype)
    digest.update(tuple(slice(0, size) for size in array.shape), array)
    return digest.hexdigest()


def by_hand(array: np.ndarray) -> str:
    total = hashlib.sha256(f"{array.dtype.name} {'x'.join(str(size) for size in array.shape)}\n".encode())
    for plane in array.reshape(-1, *array.shape[-2:]):
        little = plane.astype(plane.dtype.newbyteorder("<"))
        total.update(hashlib.sha256(little.tobytes(order="C")).digest())
    return total.hexdigest()


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    noise = np.random.default_rng(draw(st.integers(0, 999))).bytes(int(np.prod(shape)) * dtype.itemsize)
    values = np.frombuffer(noise, np.uint8) % 2 if dtype.kind == "b" else np.frombuffer(noise, dtype)
    return values.astype(dtype).reshape(shape)


@settings(max_examples=100, deadline=None)
@given(arrays(), st.data())
def test_same_digest_however_the_array_is_cut(array: np.ndarray, data: st.DataObject) -> None:
    digest = PixelDigest(array.shape, array.dtype)
    *leading, height, width = array.shape
    cuts = [sorted(data.draw(st.sets(st.integers(1, size)), label="cuts") | {size}) for size in (*leading, height)]
    blocks = [[slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)] for ends in cuts]
    grid = [()]
    for parts in blocks[:-1]:
        grid = [(*corner, part) for corner in grid for part in parts]
    for corner in data.draw(st.permutations(grid), label="order of planes"):
        for rows in blocks[-1]:
            region = (*corner, rows, slice(0, width))
            digest.update(region, array[region])
    assert digest.hexdigest() == by_hand(array)


@settings(max_examples=60, deadline=None)
@given(arrays(), st.data())
def test_one_changed_pixel_changes_the_digest(array: np.ndarray, data: st.DataObject) -> None:
    place = tuple(data.draw(st.integers(0, size - 1)) for size in array.shape)
    changed = array.copy()
    flipped = ~changed[place] if array.dtype.kind == "b" else 0 if changed[place] else 1
    changed[place] = flipped
    assert whole(changed) != whole(array)


def test_type_and_shape_change_the_digest() -> None:
    zeros = [np.zeros((2, 6), dtype) for dtype in DTYPES]
    zeros += [np.zeros(shape, np.uint8) for shape in [(6, 2), (3, 4), (1, 2, 6), (2, 1, 6), (12, 1)]]
    assert len({whole(array) for array in zeros}) == len(zeros)


def test_swapped_planes_change_the_digest() -> None:
    array = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert whole(array) != whole(array[::-1])


@pytest.mark.parametrize("dtype", ["u2", "i4", "f4", "f8"])
def test_byte_order_and_memory_layout_do_not_matter(dtype: str) -> None:
    array = np.arange(24, dtype=f"<{dtype}").reshape(2, 3, 4)
    assert whole(array.astype(f">{dtype}")) == whole(array) == whole(np.asfortranarray(array)) == by_hand(array)


def test_rows_must_be_whole_in_order_and_complete() -> None:
    array = np.zeros((4, 6), np.uint8)
    with pytest.raises(ValueError, match="whole"):
        PixelDigest((4, 6), array.dtype).update((slice(0, 4), slice(0, 5)), array[:, :5])
    with pytest.raises(ValueError, match="order"):
        PixelDigest((4, 6), array.dtype).update((slice(1, 4), slice(0, 6)), array[1:])
    digest = PixelDigest((4, 6), array.dtype)
    digest.update((slice(0, 3), slice(0, 6)), array[:3])
    with pytest.raises(ValueError, match="missing"):
        digest.hexdigest()
    with pytest.raises(ValueError, match="order"):
        digest.update((slice(0, 3), slice(0, 6)), array[:3])
