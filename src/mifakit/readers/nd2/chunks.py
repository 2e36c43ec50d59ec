"""The chunk map of an ND2: where each frame is in the file, checked against the file's length.

A file is a row of chunks, each with a magic number, the length of its name, and that of its data. The last 40 bytes
point to the map: names that end in an exclamation mark, each with two numbers, the first of which is the position.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from mifakit.errors import MifaError

MAGIC = b"\xda\xce\xbe\x0a"
FRAME_TIMES = b"CustomData|AcqTimesCache!"
"""The chunk of when each frame was taken; some files have none."""

_CHUNK = struct.Struct("<4sIQ")
_TAIL = struct.Struct("<32sQ")
_ITEM = struct.Struct("<QQ")
_MAP_END = b"ND2 CHUNK MAP SIGNATURE 0000001!"
_MAP_NAME = b"ND2 FILEMAP SIGNATURE NAME 0001!"
_FRAME = b"ImageDataSeq|%d!"


def read_chunk_map(path: Path, file: BinaryIO) -> dict[bytes, int]:
    """Return where each chunk begins, by name.

    Raises
    ------
    MifaError
        MIFA203 when the map, or a chunk that it lists, is not wholly in the file; MIFA202 when it is damaged.
    """
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - _TAIL.size))
    tail = file.read(_TAIL.size)
    if len(tail) < _TAIL.size or not tail.startswith(_MAP_END):
        raise MifaError("MIFA203", "has no chunk map at its end", str(path))
    length = _check_chunk(path, file, size, _TAIL.unpack(tail)[1], _MAP_NAME)
    data = file.read(length)
    chunks: dict[bytes, int] = {}
    at = 0
    while not data.startswith(_MAP_END, at):
        end = data.find(b"!", at) + 1
        if not end or end + _ITEM.size > len(data):
            raise MifaError("MIFA202", "its chunk map is damaged", str(path))
        chunks[data[at:end]] = _ITEM.unpack_from(data, end)[0]
        at = end + _ITEM.size
    _check_chunk(path, file, size, max(chunks.values(), default=0), b"")  # what lies before it is there as well
    return chunks


def check_frames(path: Path, chunks: Mapping[bytes, int], count: int) -> None:
    """Refuse a file that lacks frames; nd2 would give zeros for them.

    Raises
    ------
    MifaError
        MIFA203.
    """
    there = sum(_FRAME % index in chunks for index in range(count))
    if there < count:
        hint = "copy it again; if the acquisition was stopped, export what is complete with NIS-Elements"
        raise MifaError("MIFA203", f"holds {there} of the {count} frames that it describes", str(path), hint)


def check_frame(path: Path, file: BinaryIO, chunks: Mapping[bytes, int], index: int, nbytes: int) -> None:
    """Refuse a frame whose chunk is another's, or not whole.

    Parameters
    ----------
    path, file
        The file, open.
    chunks
        As `read_chunk_map` gives them.
    index
        The frame's number.
    nbytes
        The least that its chunk must hold.

    Raises
    ------
    MifaError
        MIFA202 when it is another's or holds less, MIFA203 when the file ends before it.
    """
    size = os.fstat(file.fileno()).st_size
    name = _FRAME % index
    length = _check_chunk(path, file, size, chunks[name], name)
    if length < nbytes:
        raise MifaError("MIFA202", f"frame {index + 1} holds {length:,} bytes in place of {nbytes:,}", str(path))


def _check_chunk(path: Path, file: BinaryIO, size: int, position: int, name: bytes) -> int:
    """Return the length of a chunk's data, and leave the file where they begin."""
    if position + _CHUNK.size > size:
        raise MifaError("MIFA203", f"at least {position + _CHUNK.size - size:,} bytes are missing", str(path))
    file.seek(position)
    length: int
    magic, name_length, length = _CHUNK.unpack(file.read(_CHUNK.size))
    if magic != MAGIC:
        raise MifaError("MIFA202", f"is damaged at byte {position:,}: no chunk begins there", str(path))
    missing = position + _CHUNK.size + name_length + length - size
    if missing > 0:
        raise MifaError("MIFA203", f"{missing:,} bytes are missing", str(path))
    if not file.read(name_length).startswith(name):
        raise MifaError("MIFA202", f"is damaged at byte {position:,}: another chunk is there", str(path))
    return length
