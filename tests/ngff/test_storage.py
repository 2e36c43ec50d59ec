"""Every way to store pixels, as two other libraries read it and two validators judge it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import ome_zarr_models
import pytest
import yaozarrs
import zarr

from mifakit.ngff.levels import downsample_mean, downsample_mode, downsample_stride
from mifakit.ngff.metadata import Window, image_group, label_group, labels_group, multiscales, omero
from mifakit.ngff.storage import Storage
from mifakit.ngff.store import write_group
from mifakit.readers.base import Channel

STORAGES = [Storage(ngff, codec) for ngff, codec in product(["0.5", "0.4"], ["zstd", "lz4", "none"])]
every_storage = pytest.mark.parametrize("storage", STORAGES, ids=lambda storage: f"{storage.ngff}-{storage.codec}")
STEPS = [(1, 1, 2, 2), (1, 2, 2, 2)]


@every_storage
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "float32", "uint64"])
def test_others_read_the_same_and_find_it_valid(
    write: Any, noise: Any, by_tensorstore: Any, tmp_path: Path, storage: Storage, dtype: str
) -> None:
    pixels, labels = noise((2, 3, 300, 40), dtype), noise((3, 300, 40), "uint8") % 5
    flat = [step[1:] for step in STEPS]
    write(tmp_path, "czyx", pixels, STEPS, storage)
    write(tmp_path / "labels" / "a", "zyx", labels, flat, storage, downsample=downsample_mode)
    display = omero([Channel()] * 2, [Window(0, 1)] * 2, np.dtype(dtype))
    scales = [multiscales("s", axes, {}, steps, "mean") for axes, steps in (("czyx", STEPS), ("zyx", flat))]
    write_group(tmp_path, image_group(scales[0], display, storage.ngff), storage.ngff)
    write_group(tmp_path / "labels", labels_group(["a"], storage.ngff), storage.ngff)
    write_group(tmp_path / "labels" / "a", label_group(scales[1], [1, 2, 3, 4], {}, storage.ngff), storage.ngff)

    expected = {".": [pixels], "labels/a": [labels]}
    for one, other in zip(STEPS, flat, strict=True):
        expected["."].append(downsample_mean(expected["."][-1], one))
        expected["labels/a"].append(downsample_mode(expected["labels/a"][-1], other))
    for folder, levels in expected.items():
        for level, array in enumerate(levels):
            path = tmp_path / folder / str(level)
            np.testing.assert_array_equal(by_tensorstore(path), array)
            np.testing.assert_array_equal(zarr.open_array(path, mode="r")[...], array)
    group = zarr.open_group(tmp_path, mode="r")
    assert group.metadata.zarr_format == (2 if storage.ngff == "0.4" else 3)
    opened = ome_zarr_models.open_ome_zarr(group)
    assert f"v{storage.ngff.replace('.', '')}" in type(opened).__module__
    assert ome_zarr_models.open_ome_zarr(zarr.open_group(tmp_path / "labels" / "a", mode="r"))
    yaozarrs.validate_zarr_store(str(tmp_path))
    yaozarrs.validate_zarr_store(str(tmp_path / "labels" / "a"))


@pytest.mark.parametrize("ngff", ["0.5", "0.4"])
@pytest.mark.parametrize(("depth", "side"), [(64, 32), (16, 64), (3, 256), (1, 512), (64, 1024), (16, 2048)])
def test_chosen_chunks_are_written(
    write: Any, tmp_path: Path, by_tensorstore: Any, ngff: Any, depth: int, side: int
) -> None:
    pixels = np.zeros((70, 1, 2100), np.uint8)
    pixels[::7, 0, ::5] = 9
    storage = Storage(ngff, chunk={"z": depth, "x": side})
    write(tmp_path, "zyx", pixels, [(2, 1, 2), (2, 1, 2)], storage, downsample=downsample_stride)
    for level in range(3):
        array = zarr.open_array(tmp_path / str(level), mode="r")
        assert array.chunks == tuple(map(min, (depth, 1, side), array.shape))
        np.testing.assert_array_equal(array[...], pixels[:: 2**level, :, :: 2**level])
        np.testing.assert_array_equal(by_tensorstore(tmp_path / str(level)), array[...])


@every_storage
@pytest.mark.parametrize("dtype", ["bool", "uint16", "float32"])
def test_no_chunk_of_zeros_is_left_out(write: Any, tmp_path: Path, storage: Storage, dtype: str) -> None:
    target, _ = write(tmp_path, "cyx", np.zeros((2, 600, 700), dtype), [(1, 2, 2)], storage)
    for level in range(2):
        array = zarr.open_array(tmp_path / str(level), mode="r")
        lengths = array.shards or array.chunks
        count = np.prod([-(-size // length) for size, length in zip(array.shape, lengths, strict=True)])
        files = [path for path in (tmp_path / str(level)).rglob("*") if path.is_file() and path.name.isdigit()]
        assert len(files) == count == sum(name.startswith(f"{level}/") for name in target.checksums)


def test_levels_of_compression_differ_in_bytes_not_in_pixels(write: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).normal(100, 9, (1, 500, 500)).astype(np.uint16)
    digests = {write(tmp_path / str(level), "cyx", pixels, [], Storage(level=level))[1] for level in (1, 9)}
    assert len(digests) == 1
    assert len({sum(path.stat().st_size for path in (tmp_path / str(level)).rglob("*")) for level in (1, 9)}) == 2
