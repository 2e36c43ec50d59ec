"""Multiscale arrays on disk, read back with zarr-python and with tensorstore."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_128

from mifakit.ngff.chunks import Grid
from mifakit.ngff.digest import PixelDigest, Tiles
from mifakit.ngff.levels import downsample_mean, downsample_mode, downsample_stride, level_shapes, plan_steps
from mifakit.ngff.readback import ReadBackError
from mifakit.ngff.storage import Storage
from mifakit.ngff.writing import write_above, write_multiscale, write_part

DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
DTYPES += ["float16", "float32", "float64", ">u2", ">i8", ">f4"]
# On both sides of every tile, shard and level that the writer cuts at.
LENGTHS = [1, 2, 7, 255, 256, 257, 511, 513, 1023, 1025, 2047, 2048, 2049, 4099]
STORAGES = st.builds(
    Storage,
    ngff=st.sampled_from(["0.5", "0.4"]),
    codec=st.sampled_from(["zstd", "lz4", "none"]),
    level=st.sampled_from([1, 9]),
    chunk=st.fixed_dictionaries(
        {},
        optional={"z": st.integers(1, 8), "y": st.sampled_from([128, 256, 2048]), "x": st.sampled_from([32, 512])},
    ),
)


@st.composite
def images(draw: st.DrawFn) -> tuple[str, tuple[int, ...], list[tuple[int, ...]]]:
    axes = "".join(axis for axis in "tczyx" if axis in "cyx" or draw(st.booleans()))
    sizes = {axis: draw(st.integers(1, 2)) for axis in "tc"}
    sizes["z"] = draw(st.sampled_from([1, 2, 5, 16, 17, 33]))
    sizes["y"] = draw(st.sampled_from([length for length in LENGTHS if length * sizes["z"] < 20_000]))
    sizes["x"] = draw(st.integers(1, 4))
    if draw(st.booleans()):
        sizes["y"], sizes["x"] = sizes["x"], sizes["y"]
    shape = tuple(sizes[axis] for axis in axes)
    if draw(st.booleans()):  # as a build plans them
        return axes, shape, plan_steps(axes, shape, {"x": 1.0, "y": 1.0, "z": draw(st.sampled_from([0.5, 1.0, 3.0]))})
    one = [st.sampled_from([1, 2]) if axis in "zyx" else st.just(1) for axis in axes]
    return axes, shape, draw(st.lists(st.tuples(*one), max_size=4))


def levels_on_disk(folder: Path) -> list[np.ndarray]:
    names = sorted((path.name for path in folder.iterdir()), key=int)
    assert names == [str(index) for index in range(len(names))]
    return [zarr.open_array(folder / name, mode="r")[...] for name in names]


def digest_by_hand(array: np.ndarray) -> str:
    total = xxh3_128(f"{array.dtype.name} {'x'.join(map(str, array.shape))}\n".encode())
    for plane in array.reshape(-1, *array.shape[-2:]):
        little = plane.astype(plane.dtype.newbyteorder("<"))
        for y in range(0, plane.shape[0], 256):
            for x in range(0, plane.shape[1], 256):
                total.update(xxh3_128(little[y : y + 256, x : x + 256].tobytes()).digest())
    return f"xxh3-128:{total.hexdigest()}"


@settings(max_examples=40, deadline=None)
@given(images(), st.sampled_from(DTYPES), STORAGES, st.data())
def test_round_trip(
    in_memory: Any, multiscale: Any, noise: Any, by_tensorstore: Any, case, dtype, storage, data
) -> None:
    axes, shape, steps = case
    pixels = noise(shape, dtype, data.draw(st.integers(0, 99)))
    together = data.draw(st.sampled_from([1, shape[axes.index("c")]]))
    block_bytes = data.draw(st.sampled_from([1, 100_000, 10**9]))
    source = in_memory(axes, pixels)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = multiscale(folder, axes, pixels, steps, storage, together=together, block_bytes=block_bytes)
        digest = write_multiscale(target, source, downsample_mean)
        levels = levels_on_disk(folder)
        for index, found in enumerate(levels):
            whole = tuple(slice(0, size) for size in found.shape)
            assert target.read(index, whole).astype(found.dtype).tobytes() == found.tobytes()
            assert by_tensorstore(folder / str(index)).tobytes() == found.tobytes()
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        chunks = {name: path for name, path in files.items() if path.name not in {"zarr.json", ".zarray"}}
        assert target.checksums == {name: hashlib.sha256(chunks[name].read_bytes()).hexdigest() for name in chunks}
    assert (source.reads == 1).all(), "a pixel was read twice, or not at all"
    assert digest == digest_by_hand(pixels)
    assert [level.shape for level in levels] == level_shapes(shape, steps)
    assert levels[0].tobytes() == pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    expected = pixels
    for step, found in zip(steps, levels[1:], strict=True):
        # test_levels.py holds the function against exact arithmetic; here, block by block is the same as at once.
        expected = downsample_mean(expected, step)
        assert found.dtype == pixels.dtype.newbyteorder("=")
        np.testing.assert_array_equal(found, expected)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_label_ids_are_never_altered_and_never_invented(write: Any, data: st.DataObject) -> None:
    axes = data.draw(st.sampled_from(["yx", "zyx", "tyx", "tzyx"]))
    sizes = {"t": 2, "z": data.draw(st.sampled_from([1, 3, 17])), "y": data.draw(st.sampled_from(LENGTHS[:11])), "x": 5}
    dtype = np.dtype(data.draw(st.sampled_from(["uint8", "uint16", "uint32", "uint64"])))
    shape = tuple(sizes[axis] for axis in axes)
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    palette = np.array([0, 0, 1, 2, np.iinfo(dtype).max - 1, np.iinfo(dtype).max], dtype)
    labels = random.choice(palette, shape)
    one = [st.sampled_from([1, 2]) if axis in "zyx" else st.just(1) for axis in axes]
    steps = data.draw(st.lists(st.tuples(*one), max_size=3))
    downsample = data.draw(st.sampled_from([downsample_mode, downsample_stride]))
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), axes, labels, steps, downsample=downsample)
        levels = levels_on_disk(Path(name))
    np.testing.assert_array_equal(levels[0], labels)
    expected = labels
    for step, level in zip(steps, levels[1:], strict=True):
        expected = downsample(expected, step)
        np.testing.assert_array_equal(level, expected)
        assert np.isin(level, labels).all()


SMALL = Grid((1, 3, 64, 256), (1, 3, 256, 256))
STEPS = [(1, 1, 2, 2), (1, 2, 2, 1), (1, 2, 2, 1), (1, 1, 2, 2)]


@pytest.fixture(scope="module")
def large(noise: Any, write: Any, tree_hash: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, str]:
    """An image of many small blocks, and the hash of what writing it at once gives."""
    pixels = noise((2, 11, 1100, 3), "uint16")
    folder = tmp_path_factory.mktemp("at_once")
    write(folder, "czyx", pixels, STEPS, grid=SMALL)
    return pixels, tree_hash(folder)


@settings(max_examples=12, deadline=None)
@given(st.data(), st.integers(1, 400_000), st.sampled_from([1, 10_000, 10**9]), st.sampled_from([1, 2]))
def test_parts_in_any_order_give_the_same_bytes(
    in_memory: Any,
    multiscale: Any,
    tree_hash: Any,
    large: Any,
    data: st.DataObject,
    limit: int,
    block: int,
    together: int,
) -> None:
    pixels, expected = large
    source, tiles = in_memory("czyx", pixels), Tiles()
    with tempfile.TemporaryDirectory() as name:

        def opened() -> Any:
            return multiscale(Path(name), "czyx", pixels, STEPS, grid=SMALL, together=together, block_bytes=block)

        parts = opened().pyramid.parts(limit)
        for part in data.draw(st.permutations(parts)):
            tiles = Tiles([tiles, write_part(opened(), source, part, downsample_mean)])
        write_above(opened(), parts[0][0].level, downsample_mean)
        assert tree_hash(Path(name)) == expected
    assert (source.reads == 1).all()
    assert PixelDigest(pixels.shape, pixels.dtype, tiles).hexdigest() == digest_by_hand(pixels)


WORKER = """
import pickle, sys
from types import SimpleNamespace
from mifakit.ngff.levels import downsample_mean
from mifakit.ngff.writing import write_part
target, part, array = pickle.load(sys.stdin.buffer)
pixels = SimpleNamespace(shape=array.shape, dtype=array.dtype, read=array.__getitem__)
pickle.dump((write_part(target, pixels, part, downsample_mean), target.checksums), sys.stdout.buffer)
"""


def test_two_processes_write_one_array(multiscale: Any, tree_hash: Any, large: Any, tmp_path: Path) -> None:
    pixels, expected = large
    target = multiscale(tmp_path, "czyx", pixels, STEPS, grid=SMALL)
    blocks = list(target.pyramid.blocks(1))

    def work(part: list) -> tuple[Tiles, dict]:
        said = pickle.dumps((multiscale(tmp_path, "czyx", pixels, STEPS, grid=SMALL), part, pixels))
        done = subprocess.run([sys.executable, "-c", WORKER], input=said, stdout=subprocess.PIPE, check=True)
        return pickle.loads(done.stdout)

    with ThreadPoolExecutor() as pool:
        (some, sums), (others, more) = pool.map(work, (blocks[::2], blocks[1::2]))
    write_above(target, 1, downsample_mean)
    assert tree_hash(tmp_path) == expected
    assert not sums.keys() & more.keys(), "two parts wrote one file"
    tiles = Tiles([some, others])
    assert len(tiles) == len(set(tiles)), "two parts took the digest of one tile"
    assert PixelDigest(pixels.shape, pixels.dtype, tiles).hexdigest() == digest_by_hand(pixels)


@pytest.mark.parametrize("case", [("czyx", (2, 20, 300, 280)), ("tcyx", (2, 2, 2100, 3)), ("cyx", (3, 520, 700))])
@pytest.mark.parametrize("storage", [Storage(), Storage("0.4", "lz4"), Storage("0.5", "none")])
def test_the_same_input_gives_the_same_bytes(
    write: Any, noise: Any, tmp_path: Path, tree_hash: Callable[[Path], str], case: tuple, storage: Storage
) -> None:
    axes, shape = case
    pixels, steps = noise(shape, "uint16"), plan_steps(axes, shape, {"x": 1.0, "y": 1.0, "z": 1.0})
    for name in "ab":
        write(tmp_path / name, axes, pixels, steps, storage)
    write(tmp_path / "c", axes, pixels, steps, storage, together=shape[axes.index("c")])
    assert len({tree_hash(tmp_path / name) for name in "abc"}) == 1


def test_one_block_a_level_is_all_that_is_read_at_once(in_memory: Any, multiscale: Any, tmp_path: Path) -> None:
    deep = in_memory("tczyx", np.zeros((2, 2, 70, 1100, 300), np.uint8))
    target = multiscale(tmp_path / "deep", "tczyx", deep.array, [(1, 1, 1, 2, 2), (1, 1, 2, 2, 2)])
    write_multiscale(target, deep, downsample_mean)
    assert deep.largest == 16 * 256 * 300
    flat = in_memory("tcyx", np.zeros((2, 3, 4100, 300), np.uint8))
    target = multiscale(tmp_path / "flat", "tcyx", flat.array, [(1, 1, 2, 2)] * 4, together=3)
    write_multiscale(target, flat, downsample_mean)
    assert flat.largest == 3 * 2048 * 300, "channels that lie together are read together"


def test_a_disk_that_keeps_other_bytes_is_noticed(
    in_memory: Any, multiscale: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = in_memory("cyx", np.ones((1, 40, 50), np.uint16))

    def damaged(array: Path, name: str) -> bytes:
        return (array / name).read_bytes()[:-100]

    monkeypatch.setattr("mifakit.ngff.writing.read_file", damaged)
    with pytest.raises(ReadBackError):
        write_multiscale(multiscale(tmp_path / "a", "cyx", pixels.array), pixels, downsample_mean)
    unverified = multiscale(tmp_path / "b", "cyx", pixels.array)
    unverified.verify = False
    write_multiscale(unverified, pixels, downsample_mean)


def test_a_file_that_is_gone_is_noticed_though_nothing_is_compared(
    in_memory: Any, multiscale: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = in_memory("cyx", np.ones((1, 40, 50), np.uint16))
    target = multiscale(tmp_path, "cyx", pixels.array)
    target.verify = False
    monkeypatch.setattr("mifakit.ngff.writing.files_of", lambda *_: [("c/9/9/9", ())])
    with pytest.raises(ReadBackError, match="c/9/9/9: No such file"):
        write_multiscale(target, pixels, downsample_mean)
