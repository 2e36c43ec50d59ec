"""Arrays of numbers or texts in a Zarr folder, such as columns of a table, read whole with zarr-python.

It decodes with whatever an array's metadata name, pickles among it, and as much as a chunk says it holds. So what
they name is looked at first, and how much each chunk unpacks to.
"""

from __future__ import annotations

import re
import warnings
import zlib
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.guard import guarded
from mifakit.readers.zarr.chunk_files import ChunkFiles
from mifakit.readers.zarr.encoding import codecs_of, key_encoding
from mifakit.readers.zarr.nodes import Json, Node
from mifakit.sources.limits import MAX_ANNOTATION_BYTES

_TEXTS = "vlen-utf8"
_CODECS = {"blosc", "gzip", "zlib", "zstd", _TEXTS, "bytes", "crc32c"}
_TYPE = re.compile(r"[<>|]([biuf][1248]|U\d{1,6}|O)|bool|string|fixed_length_utf32|u?int(8|16|32|64)|float(32|64)")
_BLOSC = slice(4, 8)
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_HEADER = 18
_CHUNK_COST = 4096
"""Bytes that a chunk is taken for at least: each is a file to be opened."""
_SHOWN = 60
_PIECE_BYTES = 1024**2


@dataclass(frozen=True)
class WholeArray:
    """An array.

    Attributes
    ----------
    values
        Numbers, truth values, or texts of type object.
    missing
        How many chunks are not there; they read as the fill value.
    """

    values: npt.NDArray[Any]
    missing: int


def read_whole(node: Node) -> WholeArray:
    """Read an array.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, or is encoded in an unusual way, MIFA226 when it is over budget.
    """
    import zarr

    document, path = node.array or {}, node.path
    _check_encoding(path, document)
    with guarded(path, "cannot be read"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of types of text, which Zarr has not agreed on
        array = zarr.open_array(str(path), mode="r", zarr_format=3 if node.version == 3 else 2)
        texts = array.dtype.kind in "OT"
        chunk = MAX_ANNOTATION_BYTES if texts else prod(array.chunks) * array.dtype.itemsize
        counts = tuple(-(-length // size) for length, size in zip(array.shape, array.chunks, strict=True))
        if max(chunk, prod(array.shape) * array.dtype.itemsize, prod(counts) * _CHUNK_COST) > MAX_ANNOTATION_BYTES:
            declared = "×".join(map(str, array.shape))
            raise MifaError("MIFA226", f"declares {declared} values in {prod(counts):,} chunks", str(path))
        files = ChunkFiles(node.root, path, counts, *key_encoding(node))
        present = [Path(entry.path) for _, entry in files.present()]
        for file in present:
            _check_chunk(file, chunk, set(codecs_of(document)))
        values = np.asarray(array[...])
        if values.dtype.kind in "OTU":  # what is no character at all fails here
            values = np.array([str(text).encode("utf-8", "replace").decode() for text in values.flat], object)
        return WholeArray(values.reshape(array.shape), files.total - len(present))


def _check_encoding(path: Path, document: Json) -> None:
    """Refuse types and codecs that are not known to do nothing but decode."""
    with guarded(path, "its metadata cannot be read"):
        stated = document.get("dtype", document.get("data_type"))
        kind = stated.get("name") if isinstance(stated, dict) else stated
        odd = [name for name in codecs_of(document) if name not in _CODECS]
        if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
            odd.append(f"the type {str(stated)[:_SHOWN]}")
        if kind == "|O" and _TEXTS not in codecs_of(document):
            odd.append("Python objects")
        if odd:
            raise MifaError("MIFA202", f"is stored as {odd[0][:_SHOWN]}, which is not read", str(path))


def _check_chunk(file: Path, budget: int, codecs: set[str]) -> None:
    """Refuse a chunk that unpacks to more than it should."""
    with file.open("rb") as stream:
        if codecs & {"gzip", "zlib"}:
            unpacked = _inflated(stream, budget)
        elif "blosc" in codecs:
            unpacked = int.from_bytes(stream.read(_BLOSC.stop)[_BLOSC], "little")
        elif "zstd" in codecs:
            unpacked = _zstd_size(stream.read(_ZSTD_HEADER))
        else:
            unpacked = file.stat().st_size
    if unpacked > budget:
        raise MifaError("MIFA226", f"unpacks to more than the {budget:,} bytes of a chunk", str(file))


def _inflated(stream: BinaryIO, budget: int) -> int:
    """Return how much gzip or zlib give, or a little more than the budget."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # whichever of both it is
    unpacked = 0
    piece = stream.read(_PIECE_BYTES)
    while piece and unpacked <= budget:
        unpacked += len(unpacker.decompress(piece, _PIECE_BYTES))
        if unpacker.unused_data:
            raise ValueError("a chunk goes on behind its end")
        piece = unpacker.unconsumed_tail or stream.read(_PIECE_BYTES)
    return unpacked


def _zstd_size(head: bytes) -> int:
    """Return what a Zstandard frame says it holds (RFC 8878, 3.1.1.1)."""
    if not head.startswith(_ZSTD_MAGIC):
        raise ValueError("a chunk is not of Zstandard")
    flags = head[4]
    single = flags >> 5 & 1
    start = 5 + (not single) + (0, 1, 2, 4)[flags & 3]
    length = (single, 2, 4, 8)[flags >> 6]
    if not length:
        raise ValueError("a chunk does not say how much it holds")
    size = int.from_bytes(head[start : start + length], "little")
    return size + 256 if length == 2 else size
