"""Levels against slow and obvious Python: exact fractions, counted votes, one pixel at a time."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mifakit.ngff.levels import (
    SMALLEST_LEVEL,
    downsample_mean,
    downsample_mode,
    downsample_stride,
    level_shapes,
    plan_steps,
)

INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
SHAPES = hnp.array_shapes(min_dims=2, max_dims=4, min_side=1, max_side=5)


def factors_for(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*(st.integers(1, 2) for _ in shape))


def windows(array: np.ndarray, factors: tuple[int, ...]) -> dict[tuple[int, ...], list]:
    """Return the real pixels of each window: those at the edge have fewer."""
    found: dict[tuple[int, ...], list] = {}
    for place in np.ndindex(array.shape):
        target = tuple(index // factor for index, factor in zip(place, factors, strict=True))
        found.setdefault(target, []).append(array[place])
    return found


def exact_mean(values: list) -> int | float | bool:
    kind = np.asarray(values[0]).dtype.kind
    if kind == "b":
        return 2 * sum(map(bool, values)) >= len(values)
    if kind in "ui":
        return math.floor(Fraction(sum(map(int, values)), len(values)) + Fraction(1, 2))
    valid = [float(value) for value in values if not math.isnan(value)]
    if not valid or {math.inf, -math.inf} <= set(valid):
        return math.nan
    infinite = [value for value in valid if math.isinf(value)]
    return infinite[0] if infinite else float(sum(map(Fraction, valid)) / len(valid))


@st.composite
def integer_blocks(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, ...]]:
    dtype = np.dtype(draw(st.sampled_from(INTEGERS)))
    limits = np.iinfo(dtype)
    near = [limits.min, limits.min + 1, -1, 0, 1, 2, 3, limits.max - 1, limits.max]
    values = st.sampled_from([value for value in near if value >= limits.min]) | st.integers(limits.min, limits.max)
    array = draw(hnp.arrays(dtype, SHAPES, elements=values, fill=st.nothing()))
    return array, draw(factors_for(array.shape))


@settings(max_examples=150, deadline=None)
@given(integer_blocks())
def test_mean_of_integers_is_exact_with_halves_up(case: tuple[np.ndarray, tuple[int, ...]]) -> None:
    array, factors = case
    found = downsample_mean(array, factors)
    assert found.dtype == array.dtype
    expected = {place: exact_mean(values) for place, values in windows(array, factors).items()}
    assert {place: int(found[place]) for place in np.ndindex(found.shape)} == expected


@pytest.mark.parametrize("dtype", INTEGERS)
def test_extremes_do_not_overflow(dtype: str) -> None:
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    block = np.array([[[low, high], [high, high]], [[high, high], [high, high]]], dtype)
    assert downsample_mean(np.full((2, 2, 2), high, dtype), (2, 2, 2)).item() == high
    assert downsample_mean(np.full((2, 2, 2), low, dtype), (2, 2, 2)).item() == low
    assert downsample_mean(block, (2, 2, 2)).item() == math.floor(Fraction(low + 7 * high, 8) + Fraction(1, 2))


@pytest.mark.parametrize("dtype", ["int8", "uint8", ">u2", ">i4", "uint32"])
@pytest.mark.parametrize("factors", [(1, 2, 2), (2, 2, 1), (2, 2, 2), (1, 1, 1)])
def test_large_blocks_are_made_piece_by_piece_as_at_once(dtype: str, factors: tuple[int, ...]) -> None:
    limits, shape = np.iinfo(dtype), (3, 23, 30_001)
    block = np.random.default_rng(1).integers(limits.min, limits.max, shape, endpoint=True)
    even = np.pad(block, [(0, size % factor) for size, factor in zip(block.shape, factors, strict=True)], mode="edge")
    (z, f), (y, g), (x, h) = ((size // factor, factor) for size, factor in zip(even.shape, factors, strict=True))
    sums = even.reshape(z, f, y, g, x, h).sum(axis=(1, 3, 5))
    expected = (sums + f * g * h // 2) // (f * g * h)
    found = downsample_mean(block.astype(dtype), factors)
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found, expected)


def test_halves_go_up_also_below_zero() -> None:
    pairs = np.array([[0, 1, -1, 0, -2, -1, 2, 3]], np.int16)
    assert downsample_mean(pairs, (1, 2)).tolist() == [[1, 0, -1, 3]]


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(["float16", "float32", "float64"]))
def test_mean_of_floats_leaves_nan_out(data: st.DataObject, name: str) -> None:
    dtype = np.dtype(name)
    # Beyond half of the largest double even a sum of two overflows: see the test below.
    limit = float(np.finfo(dtype).max) if name != "float64" else 1e300
    ordinary = st.floats(-limit, limit, width=8 * dtype.itemsize)
    special = st.sampled_from([math.nan, math.inf, 0.0, -0.0])
    array = data.draw(hnp.arrays(dtype, SHAPES, elements=st.one_of(ordinary, special), fill=st.nothing()))
    factors = data.draw(factors_for(array.shape))
    found = downsample_mean(array, factors)
    assert found.dtype == dtype
    for place, values in windows(array, factors).items():
        expected, got = exact_mean(values), float(found[place])
        if not math.isfinite(expected):
            assert got == expected or (math.isnan(got) and math.isnan(expected)), place
            continue
        largest = max(abs(float(value)) for value in values if not math.isnan(value))
        smallest = float(np.finfo(dtype).smallest_subnormal)
        rounding = 4 * len(values) * np.finfo(np.float64).eps * largest
        assert abs(got - expected) <= abs(expected) * float(np.finfo(dtype).eps) + rounding + smallest, place


@pytest.mark.parametrize(("pair", "expected"), [((1.5e308, 1.5e308), 1.5e308), ((math.inf, -math.inf), math.nan)])
def test_mean_of_extreme_doubles_neither_overflows_nor_warns(pair: tuple[float, float], expected: float) -> None:
    found = downsample_mean(np.array([pair]), (1, 2)).item()
    assert found == expected or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize(("dtype", "bits"), [("f2", 0x7C01), ("f4", 0x7F800001), ("f8", 0x7FF0000000000001)])
def test_a_signalling_nan_is_left_out_without_a_warning(dtype: str, bits: int) -> None:
    block = np.array([[0, 3], [4, 5]], dtype)
    block.view(f"u{dtype[1]}")[0, 0] = bits
    assert downsample_mean(block, (2, 2)).item() == 4
    assert math.isnan(downsample_mean(block[:1, :1], (2, 2)).item())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bool_by_majority_half_is_true(data: st.DataObject) -> None:
    array = data.draw(hnp.arrays(np.bool_, SHAPES))
    factors = data.draw(factors_for(array.shape))
    found = downsample_mean(array, factors)
    assert found.dtype == np.bool_
    assert {p: bool(found[p]) for p in np.ndindex(found.shape)} == {
        place: exact_mean(values) for place, values in windows(array, factors).items()
    }


@settings(max_examples=150, deadline=None)
@given(SHAPES, st.sampled_from(["uint8", "uint16", "uint32", "uint64"]), st.integers(2, 5), st.data())
def test_mode_takes_the_first_of_the_most_frequent(
    shape: tuple[int, ...], dtype: str, ids: int, data: st.DataObject
) -> None:
    top = int(np.iinfo(dtype).max)
    palette = np.array([0, top, 1, top - 1, 2][:ids], dtype)
    array = np.random.default_rng(data.draw(st.integers(0, 999))).choice(palette, shape)
    factors = data.draw(st.just((2,) * len(shape)) | factors_for(shape))
    found = downsample_mode(array, factors)
    assert found.dtype == array.dtype
    assert found.flags.c_contiguous
    expected = {}
    for place, values in windows(array, factors).items():
        votes = Counter(int(value) for value in values)  # a Counter keeps the order in which it met its keys
        expected[place] = max(votes, key=lambda value: votes[value])
    assert {place: int(found[place]) for place in np.ndindex(found.shape)} == expected


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.uint32, SHAPES), st.data())
def test_stride_takes_the_first(array: np.ndarray, data: st.DataObject) -> None:
    factors = data.draw(factors_for(array.shape))
    found = downsample_stride(array, factors)
    assert found.dtype == array.dtype
    assert found.flags.c_contiguous
    expected = {place: values[0] for place, values in windows(array, factors).items()}
    assert {place: found[place] for place in np.ndindex(found.shape)} == expected


@settings(max_examples=60, deadline=None)
@given(SHAPES.flatmap(lambda shape: st.tuples(st.just(shape), st.lists(factors_for(shape), max_size=4))))
def test_shapes_are_those_that_downsampling_gives(case: tuple) -> None:
    shape, steps = case
    array, shapes = np.zeros(shape, np.uint8), [shape]
    for factors in steps:
        array = downsample_mean(array, factors)
        shapes.append(array.shape)
    assert level_shapes(shape, steps) == shapes


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_steps_halve_until_small_and_never_stretch_voxels(data: st.DataObject) -> None:
    axes = data.draw(st.sampled_from(["cyx", "czyx", "tczyx", "zyx", "yx", "tyx"]))
    shape = tuple(data.draw(st.integers(1, 3000 if axis in "yx" else 300)) for axis in axes)
    spacing = data.draw(st.dictionaries(st.sampled_from("xyz"), st.floats(0.01, 10)))
    steps = plan_steps(axes, shape, spacing)
    shapes = level_shapes(shape, steps)
    small = [max(size[-2:]) <= SMALLEST_LEVEL for size in shapes]
    assert small == [False] * (len(shapes) - 1) + [True]
    lateral = max(spacing.get("x", 0), spacing.get("y", 0))
    depth = spacing.get("z", math.inf)
    for factors, finer in zip(steps, shapes, strict=False):
        for axis, factor, size in zip(axes, factors, finer, strict=True):
            if axis in "tc":
                assert factor == 1
            elif axis in "yx":
                assert factor == (2 if size > 1 else 1)
            else:
                assert factor == (2 if size > 1 and lateral and depth <= lateral else 1)
        if "z" in axes:
            depth *= factors[axes.index("z")]
        grown = {axis: finer[axes.index(axis)] > 1 for axis in "xy"}
        for axis in "xy":
            if grown[axis] and axis in spacing:
                spacing[axis] *= 2
        lateral = max(spacing.get("x", 0), spacing.get("y", 0))


@pytest.mark.parametrize(
    ("axes", "shape", "spacing", "z_factors"),
    [
        # 1.0 µm planes, 0.25 µm pixels: z waits until pixels have grown to 1 µm.
        ("czyx", (1, 64, 4096, 4096), {"z": 1.0, "y": 0.25, "x": 0.25}, [1, 1, 2, 2]),
        ("czyx", (1, 64, 1024, 1024), {"z": 0.2, "y": 0.2, "x": 0.2}, [2, 2]),
        ("czyx", (1, 64, 1024, 1024), {"z": 5.0, "y": 0.2, "x": 0.2}, [1, 1]),
        ("czyx", (1, 64, 1024, 1024), {"y": 0.2, "x": 0.2}, [1, 1]),
        ("czyx", (1, 64, 1024, 1024), {"z": 0.2}, [1, 1]),
        ("czyx", (1, 3, 2048, 2048), {"z": 0.1, "y": 0.2, "x": 0.2}, [2, 2, 1]),
        ("czyx", (1, 64, 200, 200), {"z": 0.1, "y": 0.2, "x": 0.2}, []),
    ],
)
def test_z_is_halved_once_it_is_no_longer_the_coarser_axis(
    axes: str, shape: tuple, spacing: dict, z_factors: list[int]
) -> None:
    assert [step[axes.index("z")] for step in plan_steps(axes, shape, spacing)] == z_factors


@settings(max_examples=80, deadline=None)
@given(SHAPES, st.data())
def test_what_is_made_coarser_stays_as_it_is(shape: tuple[int, ...], data: st.DataObject) -> None:
    """It may still be on its way to the disk."""
    array = np.arange(np.prod(shape)).reshape(shape).astype(np.uint16)
    array.flags.writeable = False
    for downsample in (downsample_mean, downsample_mode, downsample_stride):
        downsample(array, data.draw(factors_for(shape)))


def test_factor_one_changes_nothing() -> None:
    array = np.arange(6, dtype=np.uint16).reshape(2, 3)
    for downsample in (downsample_mean, downsample_mode, downsample_stride):
        np.testing.assert_array_equal(downsample(array, (1, 1)), array)


def test_a_label_that_fills_less_than_any_other_vanishes_but_none_appears() -> None:
    block = np.array([[7, 9], [0, 0]], np.uint8)
    assert downsample_mode(block, (2, 2)).tolist() == [[0]]
    for corner in product([1, 250], repeat=4):
        assert downsample_mode(np.array(corner, np.uint8).reshape(2, 2), (2, 2)).item() in corner
