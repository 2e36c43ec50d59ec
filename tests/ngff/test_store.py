"""What the store writes, taken apart by hand: JSON as text, shards as bytes."""

from __future__ import annotations

import json
import struct
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import pytest
import zarr

from mifakit.dataset.checksums import file_sha256
from mifakit.ngff.chunks import Grid, choose_grid
from mifakit.ngff.storage import NgffVersion, Storage
from mifakit.ngff.store import describe_array, open_array, write_group

ABSENT = 2**64 - 1


def test_groups_are_sorted_json(tmp_path: Path) -> None:
    attributes = {"z": 1, "a": {"µ": "é"}}
    write_group(tmp_path / "a" / "b", attributes, "0.5")
    raw = (tmp_path / "a" / "b" / "zarr.json").read_bytes()
    assert raw == '{"attributes":{"a":{"µ":"é"},"z":1},"node_type":"group","zarr_format":3}'.encode()
    digests = write_group(tmp_path / "c", attributes, "0.4")
    assert digests == {name: file_sha256(tmp_path / "c" / name) for name in (".zgroup", ".zattrs")}
    assert (tmp_path / "c" / ".zattrs").read_bytes() == '{"a":{"µ":"é"},"z":1}'.encode()
    assert json.loads((tmp_path / "c" / ".zgroup").read_text()) == {"zarr_format": 2}
    for name in ("a/b", "c"):
        assert zarr.open_group(tmp_path / name, mode="r").attrs.asdict() == attributes
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3, "nothing else is left"


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint32", "int64", "float16", "float64", ">u2"])
def test_arrays_open_in_zarr_with_names_types_and_zeros(tmp_path: Path, dtype: str) -> None:
    array = open_array(tmp_path / "0", "cyx", (2, 5, 7), np.dtype(dtype), Grid((1, 4, 4), (1, 8, 8)), Storage())
    expected = np.arange(70).reshape(2, 5, 7).astype(dtype)
    array[...].write(expected).result()
    found = zarr.open_array(tmp_path / "0", mode="r")
    assert found.metadata.dimension_names == ("c", "y", "x")
    assert (found.shape, found.chunks, found.shards) == ((2, 5, 7), (1, 4, 4), (1, 8, 8))
    assert found.dtype == np.dtype(dtype).newbyteorder("=")
    assert not found.fill_value
    np.testing.assert_array_equal(found[...], expected)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "float32"])
@pytest.mark.parametrize(("axes", "shape"), [("cyx", (2, 700, 1200)), ("czyx", (1, 20, 150, 140)), ("yx", (1, 1))])
def test_every_chunk_of_zeros_is_stored(tmp_path: Path, dtype: str, axes: str, shape: tuple[int, ...]) -> None:
    """A chunk that is not in its shard's index reads as zeros: nobody could tell it from one that was lost."""
    grid = choose_grid(axes, shape, np.dtype(dtype))
    array = open_array(tmp_path / "0", axes, shape, np.dtype(dtype), grid, Storage())
    array[...].write(np.zeros(shape, dtype)).result()
    shards = [range(-(-size // length)) for size, length in zip(shape, grid.shard, strict=True)]
    inside = [outer // inner for outer, inner in zip(grid.shard, grid.chunk, strict=True)]
    for shard in product(*shards):
        raw = (tmp_path / "0" / "/".join(("c", *map(str, shard)))).read_bytes()
        index = struct.unpack(f"<{2 * prod(inside)}Q", raw[-16 * prod(inside) - 4 : -4])
        for number, chunk in enumerate(np.ndindex(*inside)):
            places = zip(shard, chunk, grid.shard, grid.chunk, shape, strict=True)
            wanted = all(s * outer + c * inner < size for s, c, outer, inner, size in places)
            assert (index[2 * number] != ABSENT) or not wanted, (shard, chunk)


@pytest.mark.parametrize(
    ("dtype", "shuffle", "bytes_codec"),
    [
        ("uint8", "noshuffle", {"name": "bytes"}),
        ("float32", "shuffle", {"name": "bytes", "configuration": {"endian": "little"}}),
    ],
)
def test_codecs_are_pinned(tmp_path: Path, dtype: str, shuffle: str, bytes_codec: dict) -> None:
    """Another setting gives other bytes for the same pixels: checksums of two builds would differ."""
    open_array(tmp_path / "0", "yx", (4, 4), np.dtype(dtype), Grid((2, 2), (4, 4)), Storage())
    written = json.loads((tmp_path / "0" / "zarr.json").read_text())
    (sharding,) = written["codecs"]
    assert sharding["name"] == "sharding_indexed"
    assert sharding["configuration"]["chunk_shape"] == [2, 2]
    assert sharding["configuration"].get("index_location", "end") == "end"
    codec, blosc = sharding["configuration"]["codecs"]
    assert codec == bytes_codec
    assert blosc["name"] == "blosc"
    expected = {"cname": "zstd", "clevel": 1, "shuffle": shuffle, "blocksize": 0}
    assert {key: blosc["configuration"][key] for key in expected} == expected
    assert blosc["configuration"].get("typesize", 1) == np.dtype(dtype).itemsize


def test_an_array_is_described_by_the_very_bytes_of_its_file(tmp_path: Path) -> None:
    grid = Grid((4, 4), (4, 4))
    for storage in (Storage("0.4"), Storage("0.5")):
        open_array(tmp_path / storage.ngff, "yx", (4, 4), np.dtype("u1"), grid, storage)
        name, described = describe_array("yx", (4, 4), np.dtype("u1"), grid, storage)
        assert (tmp_path / storage.ngff / name).read_bytes() == described


def test_codecs_of_zarr_v2_are_pinned(tmp_path: Path) -> None:
    open_array(tmp_path / "0", "yx", (4, 4), np.dtype(">f4"), Grid((2, 4), (4, 4)), Storage("0.4", "lz4", 5))
    written = json.loads((tmp_path / "0" / ".zarray").read_text())
    blosc = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
    assert (written["compressor"], written["chunks"], written["dtype"]) == (blosc, [2, 4], "<f4")
    assert (written["dimension_separator"], written["order"], written["filters"]) == ("/", "C", None)


@pytest.mark.parametrize("ngff", ["0.5", "0.4"])
def test_an_array_that_is_there_is_opened_again(tmp_path: Path, ngff: NgffVersion) -> None:
    pixels = np.arange(32, dtype=np.uint8).reshape(4, 8)
    for columns in (slice(0, 4), slice(4, 8)):
        array = open_array(tmp_path / "0", "yx", (4, 8), np.dtype("u1"), Grid((4, 4), (4, 4)), Storage(ngff))
        array[:, columns].write(pixels[:, columns]).result()
    np.testing.assert_array_equal(zarr.open_array(tmp_path / "0", mode="r")[...], pixels)
