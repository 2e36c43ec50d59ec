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
_CHUNK = struct.Struct("<4sIQ")
_TAIL = struct.Struct("<32sQ")
_ITEM = struct.Struct("<QQ")
_MAP_END = b"ND2 CHUNK MAP SIGNATURE 0000001!"
_MAP_NAME = b"ND2 FILEMAP SIGNATURE NAME 0001!"
_PREFIX = b"ImageDataSeq|"


def read_frame_positions(path: Path, file: BinaryIO) -> dict[int, int]:
    """Return where the chunk of each frame begins.

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
    data = _chunk(path, file, size, _TAIL.unpack(tail)[1], _MAP_NAME)
    positions: dict[int, int] = {}
    last = at = 0
    while not data.startswith(_MAP_END, at):
        end = data.find(b"!", at) + 1
        if not end or end + _ITEM.size > len(data):
            raise MifaError("MIFA202", "its chunk map is damaged", str(path))
        name, (position, _) = data[at:end], _ITEM.unpack_from(data, end)
        number = name[len(_PREFIX) : -1]
        if name.startswith(_PREFIX) and number.isdigit():
            positions[int(number)] = position
        last = max(last, position)
        at = end + _ITEM.size
    _chunk(path, file, size, last, None)  # what lies before it is there as well
    return positions


def check_frames(path: Path, positions: Mapping[int, int], count: int) -> None:
    """Refuse a file that lacks frames; nd2 would give zeros for them.

    Raises
    ------
    MifaError
        MIFA203.
    """
    there = sum(index in positions for index in range(count))
    if there < count:
        hint = "copy it again; if the acquisition was stopped, export what is complete with NIS-Elements"
        raise MifaError("MIFA203", f"holds {there} of the {count} frames that it describes", str(path), hint)


def check_frame(path: Path, file: BinaryIO, positions: Mapping[int, int], index: int, nbytes: int) -> None:
    """Refuse a frame whose chunk is another's, or not whole.

    Parameters
    ----------
    path, file
        The file, open.
    positions
        As `read_frame_positions` gives them.
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
    length = _check_chunk(path, file, size, positions[index], _PREFIX + b"%d!" % index)
    if length < nbytes:
        raise MifaError("MIFA202", f"frame {index + 1} holds {length:,} bytes in place of {nbytes:,}", str(path))


def _chunk(path: Path, file: BinaryIO, size: int, position: int, name: bytes | None) -> bytes:
    """Return the data of the chunk at `position`."""
    length = _check_chunk(path, file, size, position, name)
    return file.read(length)


def _check_chunk(path: Path, file: BinaryIO, size: int, position: int, name: bytes | None) -> int:
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
    found: bytes = file.read(name_length)
    if name is not None and not found.startswith(name):
        raise MifaError("MIFA202", f"is damaged at byte {position:,}: another chunk is there", str(path))
    return length
