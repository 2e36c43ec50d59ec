"""The digest worked out by hand, and against everything that must not, or must, change it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_128

from mifakit.ngff.digest import PixelDigest, Tiles

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
DTYPES += ["float16", "float32", "float64"]


def whole(array: np.ndarray) -> str:
    digest = PixelDigest(array.shape, array.dtype)
    digest.update(tuple(slice(0, size) for size in array.shape), array)
    return digest.hexdigest()


def by_hand(array: np.ndarray) -> str:
    total = xxh3_128(f"{array.dtype.name} {'x'.join(str(size) for size in array.shape)}\n".encode())
    for plane in array.reshape(-1, *array.shape[-2:]):
        little = plane.astype(plane.dtype.newbyteorder("<"))
        for y in range(0, plane.shape[0], 256):
            for x in range(0, plane.shape[1], 256):
                total.update(xxh3_128(little[y : y + 256, x : x + 256].tobytes(order="C")).digest())
    return f"xxh3-128:{total.hexdigest()}"


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    plane = draw(st.permutations([draw(st.sampled_from([1, 255, 256, 257, 700])), draw(st.integers(1, 5))]))
    shape = (*draw(st.lists(st.integers(1, 4), max_size=3)), *plane)
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    noise = np.random.default_rng(draw(st.integers(0, 999))).bytes(int(np.prod(shape)) * dtype.itemsize)
    values = np.frombuffer(noise, np.uint8)[: int(np.prod(shape))] % 2 if dtype.kind == "b" else noise
    return np.frombuffer(values, dtype).reshape(shape)


def cuts(data: st.DataObject, size: int, whole: int) -> list[slice]:
    """Return slices that make up an axis, cut at multiples of a length."""
    inner = [place for place in range(whole, size, whole) if data.draw(st.booleans())]
    return [slice(a, b) for a, b in zip([0, *inner], [*inner, size], strict=True)]


@settings(max_examples=100, deadline=None)
@given(arrays(), st.data())
def test_same_digest_however_the_array_is_cut(array: np.ndarray, data: st.DataObject) -> None:
    *leading, height, width = array.shape
    parts = [*(cuts(data, size, 1) for size in leading), cuts(data, height, 256), cuts(data, width, 256)]
    one, other = (PixelDigest(array.shape, array.dtype) for _ in range(2))
    for region in data.draw(st.permutations(list(product(*parts)))):
        data.draw(st.sampled_from([one, other])).update(region, array[region])
    tiles = Tiles([one.tiles, other.tiles])
    assert PixelDigest(array.shape, array.dtype, tiles).hexdigest() == by_hand(array)


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


@pytest.mark.parametrize("region", [(0, 300, 0, 256), (0, 200, 0, 600), (0, 512, 100, 600), (0, 512, 0, 599)])
def test_no_tile_may_be_cut(region: tuple[int, ...]) -> None:
    top, bottom, left, right = region
    with pytest.raises(ValueError, match="cuts a digest tile"):
        PixelDigest((600, 600), np.dtype("u1")).update(
            (slice(top, bottom), slice(left, right)), np.zeros((bottom - top, right - left), np.uint8)
        )


def test_every_tile_must_be_taken_in() -> None:
    array = np.arange(600, dtype=np.uint16).reshape(2, 1, 300)
    digest = PixelDigest(array.shape, array.dtype)
    digest.update((slice(0, 2), slice(0, 1), slice(0, 256)), array[:, :, :256])
    for _ in range(2):  # once more is no harm
        digest.update((slice(0, 1), slice(0, 1), slice(256, 300)), array[:1, :, 256:])
        with pytest.raises(ValueError, match="missing"):
            digest.hexdigest()
    digest.update((slice(1, 2), slice(0, 1), slice(256, 300)), array[1:, :, 256:])
    assert digest.hexdigest() == by_hand(array)
