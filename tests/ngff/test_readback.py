"""Reading back: what was written is accepted, and nothing else, whatever happens to the file."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pytest
import zarr

from mifakit.ngff.chunks import Grid
from mifakit.ngff.readback import ReadBackError, compare, files_of, read_file
from mifakit.ngff.storage import Storage
from mifakit.ngff.store import open_array

STORAGES = [Storage(ngff, codec) for ngff, codec in product(["0.5", "0.4"], ["zstd", "lz4", "none"])]
DTYPES = ["bool", "int8", ">u2", "uint32", ">i8", "float16", ">f4", "float64"]
GRID = Grid((1, 4, 3), (1, 8, 6))
SHAPE = (2, 7, 8)
"""Chunks are cut off at the edge, and the second shard in a row has room for a chunk that lies outside."""
CHECKSUM, ENTRY = 4, 16

every_storage = pytest.mark.parametrize("storage", STORAGES, ids=lambda storage: f"{storage.ngff}-{storage.codec}")


class Stored:
    """Pixels, the array they were written to, and its files."""

    def __init__(self, folder: Path, pixels: np.ndarray, storage: Storage, grid: Grid = GRID) -> None:
        self.folder, self.pixels, self.storage, self.grid = folder, pixels, storage, grid.fit(pixels.shape)
        open_array(folder, "zyx", pixels.shape, pixels.dtype, self.grid, storage)[...].write(pixels).result()
        self.files = dict(files_of(tuple(slice(0, size) for size in pixels.shape), self.grid, storage))

    def bytes_of(self, name: str) -> bytes:
        return read_file(self.folder, name)

    def accepts(self, name: str, data: bytes) -> bool:
        try:
            compare(data, self.pixels[self.files[name]], self.grid, self.storage)
        except ReadBackError:
            return False
        return True

    def zarr_agrees(self, name: str, data: bytes) -> bool:
        """Whether zarr-python finds the same pixels in a file of other bytes."""
        path, kept = self.folder / name, self.bytes_of(name)
        path.write_bytes(data)
        try:
            found = zarr.open_array(self.folder, mode="r")[self.files[name]]
        except (ValueError, RuntimeError):
            return False
        finally:
            path.write_bytes(kept)
        return found.tobytes() == self.pixels[self.files[name]].astype(found.dtype).tobytes()


@every_storage
@pytest.mark.parametrize("dtype", DTYPES)
def test_what_was_written_is_accepted(noise: Any, tmp_path: Path, storage: Storage, dtype: str) -> None:
    for shape in (SHAPE, (1, 1, 1), (3, 8, 12), (1, 17, 1)):
        folder = tmp_path / "x".join(map(str, shape))
        stored = Stored(folder, noise(shape, dtype), storage)
        on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert set(stored.files) == on_disk - {"zarr.json", ".zarray"}
        assert all(stored.accepts(name, stored.bytes_of(name)) for name in stored.files)


@every_storage
@pytest.mark.parametrize("dtype", DTYPES)
def test_one_bit_of_one_pixel_is_noticed(noise: Any, tmp_path: Path, storage: Storage, dtype: str) -> None:
    stored = Stored(tmp_path, noise(SHAPE, dtype), storage)
    files, bits = {name: stored.bytes_of(name) for name in stored.files}, stored.pixels.view(np.uint8)
    for place in np.random.default_rng(1).permutation(bits.size)[:150]:
        flipped = 1 if dtype == "bool" else 1 << place % 8
        bits.flat[place] ^= flipped
        assert sum(not stored.accepts(name, data) for name, data in files.items()) == 1
        bits.flat[place] ^= flipped


@pytest.mark.parametrize("pair", [(0.0, -0.0), (np.nan, -np.nan), (np.inf, np.nan)])
def test_numbers_that_look_alike_are_told_apart(tmp_path: Path, pair: tuple[float, float]) -> None:
    stored = Stored(tmp_path, np.full((1, 2, 2), pair[0], np.float32), Storage())
    data = stored.bytes_of("c/0/0/0")
    stored.pixels[0, 1, 1] = pair[1]
    assert not stored.accepts("c/0/0/0", data)


@every_storage
@pytest.mark.parametrize("smooth", [True, False])
def test_any_flipped_byte_that_decides_a_pixel_is_noticed(
    noise: Any, tmp_path: Path, storage: Storage, smooth: bool
) -> None:
    """What slips through decides no pixel: zarr-python finds the same."""
    pixels = np.arange(112).reshape(SHAPE).astype("u2") // 9 if smooth else noise(SHAPE, "uint16")
    stored, random = Stored(tmp_path, pixels, storage), np.random.default_rng(2)
    name = list(stored.files)[-1]
    data = stored.bytes_of(name)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= int(random.integers(1, 256))
        assert not stored.accepts(name, bytes(damaged)) or stored.zarr_agrees(name, bytes(damaged)), place


@every_storage
@pytest.mark.parametrize("smooth", [True, False])
def test_a_file_that_was_cut_is_noticed(noise: Any, tmp_path: Path, storage: Storage, smooth: bool) -> None:
    pixels = np.zeros((1, 600, 700), np.uint16) if smooth else noise((1, 600, 700), "uint16")
    stored = Stored(tmp_path, pixels, storage, Grid((1, 512, 512), (1, 1024, 1024)))
    for name in stored.files:
        data = stored.bytes_of(name)
        cuts = {*range(20), *range(0, len(data), len(data) // 10 + 1), *range(max(0, len(data) - 20), len(data))}
        assert not any(stored.accepts(name, data[:length]) for length in cuts)
        assert not stored.accepts(name, data + b"\0")


@every_storage
def test_a_file_in_the_place_of_another_is_noticed(noise: Any, tmp_path: Path, storage: Storage) -> None:
    stored = Stored(tmp_path, noise(SHAPE, "uint16"), storage)
    for name, other in product(stored.files, repeat=2):
        assert stored.accepts(name, stored.bytes_of(other)) == (name == other)


@pytest.mark.parametrize("codec", ["zstd", "none"])
def test_chunks_that_are_lost_or_changed_places_in_a_shard_are_noticed(noise: Any, tmp_path: Path, codec: Any) -> None:
    stored = Stored(tmp_path, noise((1, 8, 6), "uint16"), Storage(codec=codec))
    data = stored.bytes_of("c/0/0/0")
    chunks, index = data[: -CHECKSUM - 4 * ENTRY], data[-CHECKSUM - 4 * ENTRY : -CHECKSUM]
    entries = [index[ENTRY * chunk : ENTRY * (chunk + 1)] for chunk in range(4)]

    def indexed(*entries: bytes) -> bytes:
        index = b"".join(entries)
        return chunks + index + google_crc32c.value(index).to_bytes(CHECKSUM, "little")

    assert indexed(*entries) == data
    for order in ([1, 0, 2, 3], [3, 1, 2, 0], [0, 0, 2, 3]):
        assert not stored.accepts("c/0/0/0", indexed(*(entries[chunk] for chunk in order)))
    with pytest.raises(ReadBackError, match="a chunk is missing"):
        compare(indexed(*entries[:3], b"\xff" * ENTRY), stored.pixels, stored.grid, stored.storage)
    with pytest.raises(ReadBackError, match="checksum"):
        compare(data[:-1] + bytes([data[-1] ^ 1]), stored.pixels, stored.grid, stored.storage)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadBackError, match="c/0/0: No such file"):
        read_file(tmp_path, "c/0/0")
