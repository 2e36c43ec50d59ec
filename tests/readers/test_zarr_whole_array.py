"""Arrays of a Zarr folder that are read whole: nothing but decoding, and no more than they should hold."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import warnings
import zlib
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr

from mifakit.errors import MifaError
from mifakit.readers.zarr.nodes import read_node
from mifakit.readers.zarr.whole_array import WholeArray, read_whole

VALUES = {
    "whole": np.arange(10, dtype=np.int16),
    "real": np.linspace(0, 1, 7),
    "truth": np.array([True, False]),
    "plane": np.arange(12, dtype=np.uint64).reshape(6, 2),
    "text": np.array(["a", "größe", ""]),
    "long text": np.array(["a", "b" * 1000], dtype=np.dtypes.StringDType()),
    "none": np.zeros((0, 2), np.uint64),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a.geff"


def write(root: Path, values: np.ndarray, **said: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zarr.open_group(root, mode="w", zarr_format=said.pop("zarr_format", 2)).create_array("a", data=values, **said)


def read(root: Path) -> WholeArray:
    node = read_node(root, "a")
    assert node is not None
    return read_whole(node)


def code_of(root: Path) -> str:
    with pytest.raises(MifaError) as caught:
        read(root)
    return caught.value.code


def edit(root: Path, **said: Any) -> None:
    file = root / "a" / ".zarray"
    file.write_text(json.dumps(json.loads(file.read_text()) | said))


@pytest.mark.parametrize("name", list(VALUES))
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_values(root: Path, name: str, zarr_format: int) -> None:
    write(root, VALUES[name], zarr_format=zarr_format)
    array = read(root)
    assert array.missing == 0
    assert array.values.shape == VALUES[name].shape
    assert array.values.tolist() == VALUES[name].tolist()


@pytest.mark.parametrize(
    "codec", [None, numcodecs.Blosc(), numcodecs.Zstd(), numcodecs.GZip(), numcodecs.Zlib()], ids=str
)
def test_codecs(root: Path, codec: Any) -> None:
    write(root, VALUES["whole"], compressors=codec, chunks=(3,))
    assert read(root).values.tolist() == VALUES["whole"].tolist()


def test_missing_chunks_are_counted(root: Path) -> None:
    write(root, VALUES["whole"], chunks=(3,))
    (root / "a" / "1").unlink()
    array = read(root)
    assert array.missing == 1
    assert array.values.tolist() == [0, 1, 2, 0, 0, 0, 6, 7, 8, 9]


class Payload:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.trace),)


def test_pickles_are_not_run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True, raising=False)  # as it used to be
    write(root, np.array(["a", "b"], dtype=np.dtypes.StringDType()), compressors=None)
    edit(root, filters=[{"id": "vlen-utf8"}, {"id": "pickle", "protocol": 5}])
    (root / "a" / "0").write_bytes(pickle.dumps(Payload(trace)))
    assert code_of(root) == "MIFA202"
    assert not trace.exists()
    with pytest.raises(Exception, match=r"."):
        zarr.open_array(root / "a", mode="r")[...]  # anybody else's reader springs the trap, and stumbles
    assert trace.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"filters": [{"id": "json2"}]},
        {"compressor": {"id": "lzma"}},
        {"dtype": [["a", "<i4"]]},
        {"dtype": "|V8"},
        {"dtype": "|O", "filters": None},
        {"dtype": 5},
        {"shape": ["x"]},
        {"chunks": None},
    ],
    ids=str,
)
def test_unusual_arrays(root: Path, said: dict[str, Any]) -> None:
    write(root, VALUES["whole"])
    edit(root, **said)
    assert code_of(root) == "MIFA202"


@pytest.mark.parametrize(
    "said",
    [
        {"shape": [10**12]},
        {"chunks": [10**12]},
        {"shape": [10**6], "chunks": [1]},
        {"dtype": "<U999999", "shape": [1000], "fill_value": ""},
    ],
    ids=str,
)
def test_arrays_that_claim_too_much(root: Path, said: dict[str, Any]) -> None:
    write(root, VALUES["whole"])
    edit(root, **said)
    assert code_of(root) == "MIFA226"


BOMB = bytes(50_000_000)


@pytest.mark.parametrize(
    ("codec", "chunk"),
    [
        (numcodecs.Zstd(), numcodecs.Zstd().encode(BOMB)),
        (numcodecs.Blosc(), numcodecs.Blosc().encode(BOMB)),
        (numcodecs.GZip(), gzip.compress(BOMB)),
        (numcodecs.Zlib(), zlib.compress(BOMB)),
        (None, BOMB),
    ],
    ids=["zstd", "blosc", "gzip", "zlib", "none"],
)
def test_bombs(root: Path, codec: Any, chunk: bytes) -> None:
    write(root, VALUES["whole"], compressors=codec)
    (root / "a" / "0").write_bytes(chunk)
    assert code_of(root) == "MIFA226"


@pytest.mark.parametrize(
    ("codec", "chunk"),
    [
        (numcodecs.Zstd(), b"not zstd"),
        (numcodecs.Zstd(), b"\x28\xb5\x2f\xfd\x00\x58" + bytes(20)),  # a frame that does not say what it holds
        (numcodecs.Zlib(), b"not zlib"),
        (numcodecs.Blosc(), b""),
    ],
    ids=["zstd", "zstd of unknown size", "zlib", "nothing"],
)
def test_damaged_chunks(root: Path, codec: Any, chunk: bytes) -> None:
    write(root, VALUES["whole"], compressors=codec)
    (root / "a" / "0").write_bytes(chunk)
    assert code_of(root) == "MIFA202"


def test_a_bomb_behind_a_chunk(root: Path) -> None:
    write(root, VALUES["whole"], compressors=numcodecs.GZip())
    (root / "a" / "0").write_bytes(gzip.compress(bytes(20)) + gzip.compress(BOMB))
    with pytest.raises(MifaError, match="goes on behind its end"):
        read(root)


def test_links_out_of_the_folder_are_not_followed(root: Path, tmp_path: Path) -> None:
    write(root, VALUES["whole"], compressors=None)
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(20))
    (root / "a" / "0").unlink()
    (root / "a" / "0").symlink_to(secret)
    assert code_of(root) == "MIFA202"


def test_what_is_no_character(root: Path) -> None:
    write(root, np.array(["ab"]), compressors=None)
    (root / "a" / "0").write_bytes(b"\xff\xff\xff\x7f" * 2)
    assert code_of(root) == "MIFA202"
    (root / "a" / "0").write_bytes(b"\x00\xd8\x00\x00a\x00\x00\x00")
    assert read(root).values.tolist() == ["?a"]
