"""Damage to arrays on disk: nothing that changes a pixel may pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from mifakit.ngff.chunks import Grid
from mifakit.ngff.readback import ReadBackError
from mifakit.ngff.storage import NgffVersion, Storage
from mifakit.ngff.verification import missing_shards, read_digest

CASES = [("cyx", (2, 2100, 30)), ("czyx", (2, 20, 40, 50)), ("tczyx", (2, 1, 3, 33, 31)), ("zyx", (33, 9, 9))]
CASES += [("yx", (1, 1))]


@pytest.mark.parametrize(("axes", "shape"), CASES)
@pytest.mark.parametrize("dtype", [">u2", "float32", "bool"])
@pytest.mark.parametrize("ngff", ["0.5", "0.4"])
def test_read_back_agrees_with_what_was_written(
    write: Any, noise: Any, tmp_path: Path, axes: str, shape: tuple[int, ...], dtype: str, ngff: NgffVersion
) -> None:
    _, digest = write(tmp_path, axes, noise(shape, dtype), [], Storage(ngff))
    assert read_digest(tmp_path / "0") == digest
    assert list(missing_shards(tmp_path / "0", zarr.open_array(tmp_path / "0", mode="r"))) == []


@pytest.fixture(params=["0.5", "0.4"])
def array(request: pytest.FixtureRequest, write: Any, tmp_path: Path) -> tuple[Path, str]:
    """An array of six files, one of them all zeros, and its digest."""
    pixels = np.random.default_rng(1).integers(0, 999, (2, 40, 40, 50)).astype(np.uint16)
    pixels[1, 16:32] = 0
    grid = Grid((1, 16, 40, 50), (1, 16, 40, 50))
    _, digest = write(tmp_path, "czyx", pixels, [], Storage(request.param), grid=grid)
    return tmp_path / "0", digest


def shards(array: Path) -> list[Path]:
    return sorted(path for path in array.rglob("*") if path.is_file() and path.name.isdigit())


def test_each_missing_shard_is_named(array: tuple[Path, str]) -> None:
    path, _ = array
    files = shards(path)
    assert len(files) == 6
    for file in files:
        kept = file.read_bytes()
        file.unlink()
        opened = zarr.open_array(path, mode="r")
        assert np.asarray(opened[...]).shape == (2, 40, 40, 50), "zarr itself says nothing"
        assert list(missing_shards(path, opened)) == [file.relative_to(path).as_posix()]
        with pytest.raises(FileNotFoundError, match=file.relative_to(path).as_posix()):
            read_digest(path)
        file.write_bytes(kept)


def test_swapped_shards_give_another_digest(array: tuple[Path, str]) -> None:
    path, digest = array
    one, *_, other = shards(path)
    one_bytes = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(one_bytes)
    assert read_digest(path) != digest


@pytest.mark.parametrize("keep", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_shard_that_was_cut_never_passes(array: tuple[Path, str], keep: float) -> None:
    path, digest = array
    pixels = zarr.open_array(path, mode="r")[...]
    for file in shards(path):
        kept = file.read_bytes()
        file.write_bytes(kept[: int(len(kept) * keep)])
        if _digest_or_none(path) == digest:  # zeros that were cut off may read as zeros
            np.testing.assert_array_equal(zarr.open_array(path, mode="r")[...], pixels)
            assert keep > 0, "an emptied file is missing"
        file.write_bytes(kept)


def test_an_emptied_shard_counts_as_missing(array: tuple[Path, str]) -> None:
    path, _ = array
    first = shards(path)[0]
    first.write_bytes(b"")
    assert list(missing_shards(path, zarr.open_array(path, mode="r"))) == [first.relative_to(path).as_posix()]
    with pytest.raises(FileNotFoundError):
        read_digest(path)


def test_a_flipped_bit_never_passes(array: tuple[Path, str]) -> None:
    path, digest = array
    assert _digest_or_none(path) == digest
    random, pixels = np.random.default_rng(2), zarr.open_array(path, mode="r")[...]
    file = shards(path)[0]
    kept = file.read_bytes()
    unseen = 0
    for place in random.integers(0, len(kept), 60):
        damaged = bytearray(kept)
        damaged[place] ^= 1 << int(random.integers(8))
        file.write_bytes(damaged)
        if _digest_or_none(path) == digest:  # a bit that decides no pixel; checksums.txt sees it
            unseen += 1
            np.testing.assert_array_equal(zarr.open_array(path, mode="r")[...], pixels)
    assert unseen < 6


def _digest_or_none(path: Path) -> str | None:
    try:
        return read_digest(path)
    except (OSError, ValueError, RuntimeError, ReadBackError):
        return None
