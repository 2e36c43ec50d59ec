"""Zarr groups and arrays on disk: groups as JSON, arrays through tensorstore."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from mifakit.ngff.chunks import Grid
from mifakit.ngff.storage import NgffVersion, Storage

if TYPE_CHECKING:  # imported by those who write: a build's own process never does
    import tensorstore as ts

Json = dict[str, Any]

_LARGE_FILE = 4 * 1024**2
"""Bytes, uncompressed: from here on a file is flushed to the disk while the next one is made. Many small ones
are flushed together, before the dataset takes its name."""


def write_group(path: Path, attributes: Json, ngff: NgffVersion) -> dict[str, str]:
    """Write a group's metadata; keys are sorted, so the same input gives the same bytes.

    Returns
    -------
    dict
        The sha256 of each file, by name.
    """
    if ngff == "0.4":
        documents = {".zgroup": {"zarr_format": 2}, ".zattrs": attributes}
    else:
        documents = {"zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": attributes}}
    path.mkdir(parents=True, exist_ok=True)
    encoded = {name: _encode(document) for name, document in documents.items()}
    for name, text in encoded.items():
        (path / name).write_bytes(text)
    return {name: sha256(text).hexdigest() for name, text in encoded.items()}


def _encode(document: Json) -> bytes:
    # On one line, as tensorstore writes its own: Python indents JSON ten times more slowly.
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def describe_array(
    axes: str, shape: tuple[int, ...], dtype: np.dtype, grid: Grid, storage: Storage
) -> tuple[str, bytes]:
    """Return the name and the bytes of the file that describes an array."""
    if storage.ngff == "0.4":
        return ".zarray", _encode(_v2(axes, shape, dtype, grid, storage))
    return "zarr.json", _encode(_v3(axes, shape, dtype, grid, storage))


def open_array(path: Path, axes: str, shape: tuple[int, ...], dtype: np.dtype, grid: Grid, storage: Storage) -> Any:
    """Open an array; make it if it is not there.

    Every chunk is stored, also one full of zeros: a chunk that is missing later was lost.
    """
    import tensorstore as ts

    file, text = describe_array(axes, shape, dtype, grid, storage)
    if not (path / file).exists():
        path.mkdir(parents=True, exist_ok=True)
        partial = path / f"{file}.{uuid4().hex}.partial"  # several processes may begin one array
        partial.write_bytes(text)
        partial.replace(path / file)
    spec = {
        "driver": "zarr" if storage.ngff == "0.4" else "zarr3",
        "metadata": json.loads(text),
        "kvstore": {"driver": "file", "path": f"{path}/"},
        "store_data_equal_to_fill_value": True,
    }
    # What is on disk is what we just said: tensorstore need not look.
    large = prod(grid.shard) * dtype.itemsize >= _LARGE_FILE
    return ts.open(spec, context=_context(flush=large), open=True, assume_metadata=True).result()


@cache
def _context(*, flush: bool) -> ts.Context:
    import tensorstore as ts

    # Encoding overlaps with reading in one thread more; there are as many processes as there are cores for the rest.
    return ts.Context({"file_io_sync": flush, "data_copy_concurrency": {"limit": 1}})


def _v3(axes: str, shape: tuple[int, ...], dtype: np.dtype, grid: Grid, storage: Storage) -> Json:
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    codecs = [little if dtype.itemsize > 1 else {"name": "bytes"}]
    if storage.codec != "none":
        shuffle = {"shuffle": "shuffle" if dtype.itemsize > 1 else "noshuffle", "typesize": dtype.itemsize}
        configuration = {"cname": storage.codec, "clevel": storage.level, "blocksize": 0, **shuffle}
        codecs.append({"name": "blosc", "configuration": configuration})
    sharding = {
        "chunk_shape": list(grid.chunk),
        "codecs": codecs,
        "index_codecs": [little, {"name": "crc32c"}],
        "index_location": "end",
    }
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(grid.shard)}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "sharding_indexed", "configuration": sharding}],
        "fill_value": False if dtype.kind == "b" else 0,
        "dimension_names": list(axes),
    }


def _v2(axes: str, shape: tuple[int, ...], dtype: np.dtype, grid: Grid, storage: Storage) -> Json:
    shuffle = int(dtype.itemsize > 1)
    blosc = {"id": "blosc", "cname": storage.codec, "clevel": storage.level, "shuffle": shuffle, "blocksize": 0}
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(grid.chunk),
        "dtype": dtype.newbyteorder("<").str,
        "compressor": None if storage.codec == "none" else blosc,
        "dimension_separator": "/",
        "fill_value": False if dtype.kind == "b" else 0,
        "filters": None,
        "order": "C",
    }
