"""Zarr folders that are damaged, unfinished or hostile: pixels that were lost are never made up."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr

from mifakit.errors import MifaError
from mifakit.readers.base import full_region
from mifakit.readers.zarr.reader import ZarrReader

Pixels = np.ndarray[Any, Any]
Json = dict[str, Any]

SPARSE = np.zeros((8, 8), np.uint16)
SPARSE[:4, :4] = np.arange(1, 17).reshape(4, 4)
FULL = np.arange(1, 65, dtype=np.uint16).reshape(8, 8)
ROUNDS = 400
CHECKSUM = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.zarr"


def write(path: Path, pixels: Pixels = FULL, **options: Any) -> None:
    zarr.create_array(str(path), **{"data": pixels, "chunks": (4, 4), **options})


def read(path: Path, scene: int = 0) -> Pixels:
    with ZarrReader().open(path, scene=scene) as image:
        return image.read(full_region(image.facts.shape))


def told(path: Path, scene: int = 0) -> list[str]:
    """Return what is said about missing chunks."""
    with ZarrReader().open(path, scene=scene) as image:
        return [finding.message for finding in image.facts.findings if finding.code == "MIFA218"]


def refused(path: Path, code: str, scene: int = 0) -> str:
    with pytest.raises(MifaError) as caught:
        read(path, scene)
    assert caught.value.code == code, caught.value
    return caught.value.finding.message


def edit(file: Path, change: Callable[[Json], object]) -> None:
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("version", [2, 3])
def test_chunks_that_are_left_out_are_counted(path: Path, version: int) -> None:
    write(path, SPARSE, zarr_format=version)
    first = "c/0/1" if version == 3 else "0.1"
    assert told(path) == [f"3 of 4 chunks are missing, the first is {first}; they read as 0"]
    np.testing.assert_array_equal(read(path)[0], SPARSE)


def test_what_they_read_as_is_said(path: Path) -> None:
    write(path, np.where(SPARSE > 0, SPARSE, np.nan).astype(np.float32), fill_value=float("nan"))
    assert told(path)[0].endswith("they read as nan")
    assert np.isnan(read(path)[0, 4:]).all()


def test_chunks_were_lost_where_others_of_the_fill_value_are_stored(path: Path) -> None:
    write(path, SPARSE, config={"write_empty_chunks": True})
    assert told(path) == []
    (path / "c/1/0").unlink()
    message = refused(path, "MIFA203")
    assert message == (
        "1 of 4 chunks are missing, the first is c/1/0; they were lost: others are stored that hold nothing either"
    )


def test_chunks_were_lost_where_there_is_no_fill_value(path: Path) -> None:
    write(path, FULL, zarr_format=2)
    edit(path / ".zarray", lambda document: document.update(fill_value=None))
    assert told(path) == []
    (path / "1.1").unlink()
    assert "what their pixels should be is not said" in refused(path, "MIFA203")


def test_all_chunks_of_an_image_were_lost_but_labels_may_be_empty(path: Path) -> None:
    zarr.open_group(str(path), mode="w")
    write(path / "raw", np.zeros((8, 8), np.uint8))
    zarr.open_group(str(path / "labels"), mode="w")
    write(path / "labels" / "cells", np.zeros((8, 8), np.uint8))
    assert "an image without any pixels was not stored" in refused(path, "MIFA203", 0)
    assert len(told(path, 1)) == 1
    assert not read(path, 1).any()


def test_chunks_were_lost_where_levels_are(path: Path) -> None:
    attributes = {"ome": {"version": "0.5", "multiscales": [{"axes": [{"name": "y"}, {"name": "x"}]}]}}
    attributes["ome"]["multiscales"][0]["datasets"] = [{"path": "0"}, {"path": "1"}]
    zarr.open_group(str(path), mode="w").attrs.update(attributes)
    write(path / "0", SPARSE)
    write(path / "1", SPARSE[::2, ::2])
    assert len(told(path)) == 1
    shutil.rmtree(path / "1")
    assert "1 is gone as well" in refused(path, "MIFA203")


def test_empty_chunks_within_a_shard_are_no_loss(path: Path) -> None:
    """The shard itself says that they were left out."""
    write(path, SPARSE, chunks=(2, 2), shards=(8, 8))
    assert told(path) == []
    np.testing.assert_array_equal(read(path)[0], SPARSE)


@pytest.mark.parametrize("options", [{}, {"chunks": (2, 2), "shards": (4, 4)}], ids=["chunks", "shards"])
def test_a_chunk_that_goes_while_the_image_is_open_is_missed(path: Path, options: Json) -> None:
    write(path, **options)
    with ZarrReader().open(path) as image:
        (path / "c/1/1").unlink()
        np.testing.assert_array_equal(image.read((slice(0, 1), slice(0, 4), slice(0, 8)))[0], FULL[:4])
        with pytest.raises(MifaError, match="MIFA203: the chunk c/1/1 is no longer there"):
            image.read(full_region(image.facts.shape))


@pytest.mark.parametrize("name", ["0.2", "00.0", "0.0.0", "x", "-1.0", "0.0.tmp", "٠.٠"])
def test_files_beside_the_chunks_are_no_chunks(path: Path, name: str) -> None:
    write(path, zarr_format=2)
    (path / "1.1").unlink()
    (path / name).write_bytes(b"something else")
    assert len(told(path)) == 1


COMPRESSORS = {
    "none": None,
    "lz4": numcodecs.Blosc("lz4"),
    "zstd": numcodecs.Blosc("zstd"),
    "zlib": numcodecs.Zlib(),
    "plain-zstd": numcodecs.Zstd(),
    "bz2": numcodecs.BZ2(),
}


@pytest.mark.parametrize("name", COMPRESSORS)
def test_truncated_chunks(path: Path, name: str) -> None:
    """Every length but the whole: an error, or what was lost was a checksum."""
    write(path, zarr_format=2, chunks=(8, 8), compressors=COMPRESSORS[name])
    content = (path / "0.0").read_bytes()
    for size in range(len(content)):
        (path / "0.0").write_bytes(content[:size])
        try:
            np.testing.assert_array_equal(read(path)[0], FULL)
        except MifaError:
            continue
        assert size >= len(content) - CHECKSUM


@pytest.mark.parametrize("file", [".zarray", ".zattrs", "0.0"])
def test_damaged_bytes_give_pixels_of_the_promised_shape_or_one_error(path: Path, file: str) -> None:
    write(path, zarr_format=2, chunks=(8, 8), compressors=COMPRESSORS["lz4"], attributes={"element_size_um": [3, 2]})
    content = (path / file).read_bytes()
    rng = random.Random(file)
    for _ in range(ROUNDS):
        damaged = bytearray(content)
        for _ in range(rng.choice([1, 1, 3])):
            damaged[rng.randrange(len(damaged))] = rng.choice([0, 255, rng.randrange(32, 127), 48 + rng.randrange(10)])
        (path / file).write_bytes(damaged)
        with suppress(MifaError), ZarrReader().open(path) as image:
            found = image.read(full_region(image.facts.shape))
            assert (found.shape, found.dtype) == (image.facts.shape, image.facts.dtype)


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"null",
        b'{"zarr_format": 3}',
        b"[" * 100_000,
        b'{"node_type": "array", "shape": "8"}',
        b'{"node_type": "array", "shape": [8, 8], "data_type": "uint16", "chunk_grid": 7, "chunk_key_encoding": []}',
        b'{"node_type": "group", "attributes": {"ome": {"multiscales": []}}}',
        b'{"node_type": "group", "attributes": {"ome": {"multiscales": [{"datasets": []}]}}}',
        b'{"node_type": "group", "attributes": {"ome": {"multiscales": [{"datasets": [{"path": "0"}]}]}}}',
        b'{"node_type": "group", "attributes": {"ome": {"multiscales": [{"datasets": [{"path": "../b"}]}]}}}',
        b'{"node_type": "group", "attributes": {"ome": {"multiscales": [{"datasets": [{"path": "/etc"}]}]}}}',
        b'{"node_type": "group", "attributes": {"ome": {"plate": {"wells": 5}}}}',
        b'{"node_type": "group", "attributes": {"ome": {"plate": {"wells": [{"path": 5}]}}}}',
        b'{"node_type": "group", "attributes": {"ome": {"labels": [".."]}}}',
        b'{"node_type": "group", "attributes": {"ome": 5}}',
    ],
    ids=lambda content: content[-40:].decode(),
)
def test_nonsense_for_metadata(path: Path, content: bytes) -> None:
    path.mkdir()
    (path / "zarr.json").write_bytes(content)
    with pytest.raises(MifaError):
        ZarrReader().open(path)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [2**40, 2**20]},
        {"shape": [100_000, 100_000]},
        {"shape": [8, 8], "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2**16, 2**16]}}},
    ],
)
def test_pixel_bombs(path: Path, change: Json) -> None:
    write(path, chunks=(8, 8))
    edit(path / "zarr.json", lambda document: document.update(change))
    refused(path, "MIFA214")


def test_metadata_without_end(path: Path) -> None:
    path.mkdir()
    with (path / "zarr.json").open("wb") as file:
        file.truncate(2**40)  # takes no room
    assert "is metadata of 1,099,511,627,776 bytes" in refused(path, "MIFA202")


def test_groups_without_end(path: Path) -> None:
    zarr.open_group(str(path), mode="w")
    deepest = path
    for _ in range(40):
        deepest /= "g"
        zarr.open_group(str(deepest), mode="w")
    write(deepest / "array")
    refused(path, "MIFA202")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"zarr_format": 2, "compressors": numcodecs.LZ4()}, "lz4"),
        ({"zarr_format": 2, "filters": [numcodecs.Delta("u2")]}, "delta"),
    ],
)
def test_codecs_that_are_not_read_are_named(path: Path, options: Json, named: str) -> None:
    write(path, **options)
    assert refused(path, "MIFA202") == f"its chunks are encoded as {named}, which is not read"


def test_codecs_within_shards_are_seen(path: Path) -> None:
    write(path, chunks=(2, 2), shards=(4, 4))

    def change(document: Json) -> None:
        document["codecs"][0]["configuration"]["codecs"].append({"name": "numcodecs.pickle"})

    edit(path / "zarr.json", change)
    assert "encoded as numcodecs.pickle" in refused(path, "MIFA202")


@pytest.mark.parametrize("dtype", ["|O", "<M8[s]", "<c16", [["a", "<u2"]]])
def test_other_types_are_no_pixels(path: Path, dtype: Any) -> None:
    write(path, zarr_format=2)
    edit(path / ".zarray", lambda document: document.update(dtype=dtype))
    assert "holds no array of two or more dimensions of numbers" in refused(path, "MIFA202")


@pytest.mark.parametrize("linked", ["c/1/1", "zarr.json", "c/1"])
def test_links_out_of_the_folder(path: Path, tmp_path: Path, linked: str) -> None:
    write(path)
    (path / linked).rename(tmp_path / "elsewhere")
    (path / linked).symlink_to(tmp_path / "elsewhere")
    refused(path, "MIFA202")


def test_links_within_the_folder_are_followed(path: Path) -> None:
    """As DataLad stores files."""
    write(path)
    (path / ".annex").mkdir()
    (path / "c/1/1").rename(path / ".annex" / "object")
    (path / "c/1/1").symlink_to("../../.annex/object")
    np.testing.assert_array_equal(read(path)[0], FULL)


def test_a_folder_behind_a_link_is_opened(path: Path, tmp_path: Path) -> None:
    write(tmp_path / "original")
    path.symlink_to(tmp_path / "original")
    np.testing.assert_array_equal(read(path)[0], FULL)


def test_links_in_circles(path: Path) -> None:
    zarr.open_group(str(path), mode="w")
    write(path / "raw")
    (path / "again").symlink_to(path)
    (path / "dead").symlink_to(path / "nowhere")
    with suppress(MifaError):
        read(path)


def test_a_file_is_no_folder(path: Path) -> None:
    path.write_bytes(b"PK\3\4")
    assert refused(path, "MIFA204") == "is a file, and a Zarr is a folder"


def test_what_is_wrong_is_said_in_few_words(path: Path) -> None:
    write(path, zarr_format=2, compressors=COMPRESSORS["zlib"])
    (path / "0.0").write_bytes(b"nothing that zlib knows")
    message = refused(path, "MIFA202")
    assert message.startswith("its pixels cannot be read: 0.0: inflate() failed")
    assert str(path) not in message
    edit(path / ".zarray", lambda document: document.update(order="Q"))
    message = refused(path, "MIFA202")
    assert message == (
        'cannot be opened: .zarray: Error parsing object member "order": Expected one of "C", "F", but received: "Q"'
    )
