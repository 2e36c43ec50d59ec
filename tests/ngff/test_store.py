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

from mifakit.ngff.chunks import Grid, choose_grid
from mifakit.ngff.store import create_array, write_group

ABSENT = 2**64 - 1


def test_groups_are_sorted_json_with_a_line_end(tmp_path: Path) -> None:
    write_group(tmp_path / "a" / "b", {"z": 1, "a": {"µ": "é"}})
    raw = (tmp_path / "a" / "b" / "zarr.json").read_bytes()
    assert raw.endswith(b"}\n")
    assert b"\r" not in raw
    text = raw.decode("utf-8")
    assert text.index('"a"') < text.index('"z"')
    assert "µ" in text
    assert json.loads(text) == {"zarr_format": 3, "node_type": "group", "attributes": {"z": 1, "a": {"µ": "é"}}}
    assert zarr.open_group(tmp_path / "a" / "b", mode="r").attrs["a"] == {"µ": "é"}


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint32", "int64", "float16", "float64", ">u2"])
def test_arrays_open_in_zarr_with_names_types_and_zeros(tmp_path: Path, dtype: str) -> None:
    array = create_array(tmp_path / "0", "cyx", (2, 5, 7), np.dtype(dtype), Grid((1, 4, 4), (1, 8, 8)))
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
    grid = choose_grid(axes, shape)
    create_array(tmp_path / "0", axes, shape, np.dtype(dtype), grid)[...].write(np.zeros(shape, dtype)).result()
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
    create_array(tmp_path / "0", "yx", (4, 4), np.dtype(dtype), Grid((2, 2), (4, 4)))
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


def test_an_array_is_never_written_over_another(tmp_path: Path) -> None:
    grid = Grid((4, 4), (4, 4))
    create_array(tmp_path / "0", "yx", (4, 4), np.dtype("u1"), grid)
    with pytest.raises(ValueError, match="ALREADY_EXISTS"):
        create_array(tmp_path / "0", "yx", (4, 4), np.dtype("u1"), grid)
