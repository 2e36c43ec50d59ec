"""Multiscale arrays on disk, read back with zarr-python and with tensorstore."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorstore
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.ngff.levels import downsample_mean, downsample_mode, level_shapes, plan_steps
from mifakit.ngff.writing import Written, write_multiscale

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
DTYPES += ["float16", "float32", "float64"]
# On both sides of every tile, shard and level that the writer cuts at.
HEIGHTS = [1, 2, 7, 255, 256, 257, 511, 513, 1023, 1025, 2047, 2048, 2049, 4099]


def noise(shape: tuple[int, ...], dtype: np.dtype, seed: int) -> np.ndarray:
    """Return pixels over the whole range of a type; floats with NaN and infinity among them."""
    random = np.random.default_rng(seed)
    if dtype.kind == "b":
        return random.random(shape) < 0.5
    if dtype.kind in "ui":
        limits = np.iinfo(dtype)
        return random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    values = random.normal(0, 1000, shape).astype(dtype)
    values[random.random(shape) < 0.05] = np.nan
    values[random.random(shape) < 0.02] = np.inf
    return values


@st.composite
def images(draw: st.DrawFn) -> tuple[str, np.ndarray, list[tuple[int, ...]]]:
    axes = "".join(axis for axis in "tczyx" if axis in "cyx" or draw(st.booleans()))
    z = draw(st.sampled_from([1, 2, 5, 16, 17, 33]))
    y = draw(st.sampled_from([height for height in HEIGHTS if height * z < 20_000]))
    sizes = {"t": draw(st.integers(1, 2)), "c": draw(st.integers(1, 2)), "z": z, "y": y, "x": draw(st.integers(1, 4))}
    if draw(st.booleans()):
        sizes["y"], sizes["x"] = sizes["x"], sizes["y"]
    shape = tuple(sizes[axis] for axis in axes)
    pixels = noise(shape, np.dtype(draw(st.sampled_from(DTYPES))), draw(st.integers(0, 999)))
    if draw(st.booleans()):  # as a build plans them
        spacing = {"x": 1.0, "y": 1.0, "z": draw(st.sampled_from([0.5, 1.0, 3.0]))}
        steps = plan_steps(axes, shape, spacing)
    else:
        one = [st.sampled_from([1, 2]) if axis in "zyx" else st.just(1) for axis in axes]
        steps = draw(st.lists(st.tuples(*one), max_size=4))
    return axes, pixels, steps


def levels_on_disk(folder: Path) -> list[np.ndarray]:
    names = sorted((path.name for path in folder.iterdir()), key=int)
    assert names == [str(index) for index in range(len(names))]
    return [zarr.open_array(folder / name, mode="r")[...] for name in names]


def by_tensorstore(array: Path) -> np.ndarray:
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{array}/"}}
    return tensorstore.open(spec, read=True).result().read().result()


def digest_by_hand(array: np.ndarray) -> str:
    total = hashlib.sha256(f"{array.dtype.name} {'x'.join(map(str, array.shape))}\n".encode())
    for plane in array.reshape(-1, *array.shape[-2:]):
        total.update(hashlib.sha256(plane.astype(plane.dtype.newbyteorder("<")).tobytes()).digest())
    return total.hexdigest()


@settings(max_examples=50, deadline=None)
@given(images(), st.booleans())
def test_round_trip(in_memory: Any, case: tuple[str, np.ndarray, list], interleaved: bool) -> None:
    axes, pixels, steps = case
    source, seen = in_memory(axes, pixels, interleaved), []
    with tempfile.TemporaryDirectory() as name:
        written = write_multiscale(Path(name), source, steps, downsample_mean, seen.append)
        levels = levels_on_disk(Path(name))
        np.testing.assert_array_equal(by_tensorstore(Path(name) / "0"), pixels)
    assert (source.reads == 1).all(), "a pixel was read twice, or not at all"
    assert sum(seen) == pixels.nbytes
    assert written.digest == digest_by_hand(pixels)
    assert [level.shape for level in levels] == level_shapes(pixels.shape, steps)
    expected = pixels
    for index, found in enumerate(levels):
        # test_levels.py holds the function against exact arithmetic; here, region by region is the same as at once.
        expected = downsample_mean(expected, steps[index - 1]) if index else pixels
        assert found.dtype == pixels.dtype
        np.testing.assert_array_equal(found, expected, err_msg=f"level {index}")
    _check_windows(written, levels[-1], axes)


def _check_windows(written: Written, coarsest: np.ndarray, axes: str) -> None:
    channels = np.moveaxis(coarsest, axes.index("c"), 0)
    assert len(written.windows) == len(channels)
    for window, channel in zip(written.windows, channels, strict=True):
        finite = channel[np.isfinite(channel)].astype(float)
        assert np.isfinite([window.start, window.end]).all()
        if finite.size and finite.min() < finite.max():
            assert finite.min() <= window.start <= window.end <= finite.max() or window.end == window.start + 1
            inside = (finite >= window.start) & (finite <= window.end)
            assert inside.mean() > 0.99 or finite.size < 1000


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_label_ids_are_never_altered_and_never_invented(in_memory: Any, data: st.DataObject) -> None:
    axes = data.draw(st.sampled_from(["yx", "zyx", "tyx", "tzyx"]))
    sizes = {"t": 2, "z": data.draw(st.sampled_from([1, 3, 17])), "y": data.draw(st.sampled_from(HEIGHTS[:11])), "x": 5}
    dtype = np.dtype(data.draw(st.sampled_from(["uint8", "uint16", "uint32", "uint64"])))
    shape = tuple(sizes[axis] for axis in axes)
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    palette = np.array([0, 0, 1, 2, np.iinfo(dtype).max - 1, np.iinfo(dtype).max], dtype)
    labels = random.choice(palette, shape)
    steps = data.draw(st.lists(st.tuples(*(st.sampled_from([1, 2]) for _ in axes[-2:])), max_size=3))
    steps = [(1,) * (len(axes) - 2) + step for step in steps]
    with tempfile.TemporaryDirectory() as name:
        written = write_multiscale(Path(name), in_memory(axes, labels), steps, downsample_mode)
        levels = levels_on_disk(Path(name))
    np.testing.assert_array_equal(levels[0], labels)
    assert written.windows == ()
    expected = labels
    for step, level in zip(steps, levels[1:], strict=True):
        expected = downsample_mode(expected, step)
        np.testing.assert_array_equal(level, expected)
        assert np.isin(level, labels).all()


@pytest.mark.parametrize("chosen", [("czyx", (2, 20, 300, 280)), ("tcyx", (2, 2, 2100, 3)), ("cyx", (3, 520, 700))])
def test_the_same_input_gives_the_same_bytes(
    in_memory: Any, tmp_path: Path, tree_hash: Callable[[Path], str], chosen: tuple
) -> None:
    axes, shape = chosen
    pixels = noise(shape, np.dtype("uint16"), 5)
    steps = plan_steps(axes, shape, {"x": 1.0, "y": 1.0, "z": 1.0})
    hashes = set()
    for name, interleaved in (("a", False), ("b", False), ("c", True)):
        write_multiscale(tmp_path / name, in_memory(axes, pixels, interleaved), steps, downsample_mean)
        hashes.add(tree_hash(tmp_path / name))
    assert len(hashes) == 1


def test_a_region_is_no_larger_than_a_slab_of_shards(in_memory: Any, tmp_path: Path) -> None:
    class Watched(in_memory):
        largest = 0

        def read(self, region: tuple[slice, ...]) -> np.ndarray:
            block = super().read(region)
            self.largest = max(self.largest, block.size)
            return block

    deep = Watched("tczyx", np.zeros((2, 2, 70, 1100, 300), np.uint8))
    write_multiscale(tmp_path / "deep", deep, [(1, 1, 1, 2, 2), (1, 1, 2, 2, 2)], downsample_mean)
    assert deep.largest == 16 * 1024 * 300
    flat = Watched("tcyx", np.zeros((2, 3, 4100, 300), np.uint8), interleaved=True)
    write_multiscale(tmp_path / "flat", flat, [(1, 1, 2, 2)] * 4, downsample_mean)
    assert flat.largest == 3 * 2048 * 300, "channels that lie together are read together, in slabs"


def test_windows_are_percentiles_of_the_coarsest_level_by_channel(in_memory: Any, tmp_path: Path) -> None:
    ramp = np.arange(100_000, dtype=np.float32).reshape(1, 250, 400)
    pixels = np.concatenate([ramp, ramp * 2 - 50])
    pixels[0, 0, 0], pixels[0, 0, 1] = np.nan, np.inf
    written = write_multiscale(tmp_path, in_memory("cyx", pixels), [], downsample_mean)
    for window, low, high in zip(written.windows, (102, 150), (99_899, 199_748), strict=True):
        assert window.start == pytest.approx(low, abs=3)
        assert window.end == pytest.approx(high, abs=3)


def test_windows_span_all_time_points(in_memory: Any, tmp_path: Path) -> None:
    pixels = np.stack([np.full((2, 30, 30), value, np.uint16) for value in (10, 500)])
    written = write_multiscale(tmp_path, in_memory("tcyx", pixels), [], downsample_mean)
    assert [(window.start, window.end) for window in written.windows] == [(10, 500), (10, 500)]


@pytest.mark.parametrize("value", [0, 7, 2**60])
def test_a_flat_image_has_a_window_that_is_not_empty(in_memory: Any, tmp_path: Path, value: int) -> None:
    pixels = np.full((1, 4, 5), value, np.uint64)
    (window,) = write_multiscale(tmp_path, in_memory("cyx", pixels), [], downsample_mean).windows
    assert window.end > window.start == value


def test_an_image_without_a_finite_pixel_has_a_window(in_memory: Any, tmp_path: Path) -> None:
    pixels = np.full((1, 4, 5), np.nan, np.float32)
    (window,) = write_multiscale(tmp_path, in_memory("cyx", pixels), [], downsample_mean).windows
    assert (window.start, window.end) == (0, 1)
