"""The directory of a CZI: which tile of which plane is where in the file, checked against the file's length.

After the ZISRAW file format (CZI) specification of Carl Zeiss: a file is a row of segments, each with an id and two
sizes; a directory near the end lists the subblocks, which hold one tile each.
"""

from __future__ import annotations

import os
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from mifakit.errors import MifaError

_SEGMENT = struct.Struct("<16sqq")
_HEADER = struct.Struct("<ii8x16s16siqqiq")
_ENTRY = struct.Struct("<2siqiiB5xi")
_DIMENSION = struct.Struct("<4siifi")
_SUBBLOCK = struct.Struct("<iiq")
_SUBBLOCK_HEAD = 256
_MAX_DIMENSIONS = 20
_DIRECTORY_HEAD = 128
_ATTACHMENTS_HEAD = 256
_ATTACHMENT_ENTRY = struct.Struct("<2s10xqi16s8s80s")
_ATTACHMENT_HEAD = 256
_MAX_STAMPS = 10_000_000
_DATES = (36_000, 74_000)  # days since 1899: the years 1998 to 2102

PLANE_DIMENSIONS = "VHIRBTCZ"
"""What a plane is told apart by, outermost first: view, phase, illumination, rotation, block, time, channel, z."""


class _Extent(NamedTuple):
    """Where a subblock is along one dimension, and how many pixels it stores."""

    start: int
    length: int
    stored: int


@dataclass(frozen=True)
class Tile:
    """A subblock of full resolution.

    Attributes
    ----------
    scene
        Its number; None in a file without scenes.
    plane
        Where it is along each of `PLANE_DIMENSIONS`.
    box
        Left, top, width and height, in pixels of the whole slide.
    pixel_type, compression
        Numbers of the specification.
    position
        Of its segment in the file.
    """

    scene: int | None
    plane: tuple[int, ...]
    box: tuple[int, int, int, int]
    pixel_type: int
    compression: int
    position: int


@dataclass(frozen=True)
class Scene:
    """One scene: planes of one size, each a mosaic of tiles.

    Attributes
    ----------
    index
        Its number in the file; None in a file without scenes.
    starts, lengths
        Along each of `PLANE_DIMENSIONS`.
    box
        Left, top, width and height of what the tiles span.
    tiles
        By plane.
    """

    index: int | None
    starts: tuple[int, ...]
    lengths: tuple[int, ...]
    box: tuple[int, int, int, int]
    tiles: Mapping[tuple[int, ...], tuple[Tile, ...]]

    @classmethod
    def of(cls, path: Path, index: int | None, tiles: list[Tile]) -> Scene:
        """Put tiles together.

        Raises
        ------
        MifaError
            MIFA203 when a plane has no tile at all.
        """
        planes: dict[tuple[int, ...], list[Tile]] = defaultdict(list)
        for tile in tiles:
            planes[tile.plane].append(tile)
        counts = np.array(list(planes))
        starts, lengths = counts.min(axis=0), np.ptp(counts, axis=0) + 1
        expected = prod(lengths.tolist())
        if len(planes) != expected:
            message = f"holds {len(planes)} of the {expected} planes that its dimensions make"
            hint = "copy it again; if the acquisition was stopped, export what is complete with ZEN"
            raise MifaError("MIFA203", message, str(path), hint)
        boxes = np.array([tile.box for tile in tiles], np.int64)
        left, top = boxes[:, :2].min(axis=0)
        right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
        box = (int(left), int(top), int(right - left), int(bottom - top))
        whole = {plane: tuple(found) for plane, found in planes.items()}
        return cls(index, tuple(starts.tolist()), tuple(lengths.tolist()), box, whole)

    def along(self, dimension: str) -> tuple[int, int]:
        """Return where the scene begins and ends along one of `PLANE_DIMENSIONS`."""
        at = PLANE_DIMENSIONS.index(dimension)
        return self.starts[at], self.starts[at] + self.lengths[at]

    def uncovered(self) -> float:
        """Return which share of the pixels no tile covers."""
        layouts = [frozenset(tile.box for tile in tiles) for tiles in self.tiles.values()]
        covered = {layout: _union(layout) for layout in set(layouts)}
        area = self.box[2] * self.box[3]
        return 1 - sum(covered[layout] for layout in layouts) / (area * len(layouts))


@dataclass(frozen=True)
class CziDirectory:
    """What a CZI holds, and where.

    Attributes
    ----------
    tiles
        By the number of their scene, in order; None in a file without scenes.
    time_stamps
        Seconds at which each time point was taken, if the file tells.
    """

    tiles: Mapping[int | None, list[Tile]]
    time_stamps: tuple[float, ...]


def read_directory(path: Path, file: BinaryIO) -> CziDirectory:
    """Read the directory of an open CZI.

    Raises
    ------
    MifaError
        MIFA203 when the file ends before what it lists, or was never finished; MIFA202 when it is damaged, is
        one part of several, or is none that can be read.
    """
    size = os.fstat(file.fileno()).st_size
    header = _data(path, file, size, 0, b"ZISRAWFILE")
    if len(header) < _HEADER.size:
        raise MifaError("MIFA203", "ends within its header", str(path))
    _, _, _, _, part, directory_at, _, pending, attachments_at = _HEADER.unpack_from(header)
    if part:
        raise MifaError("MIFA202", f"is part {part + 1} of a CZI that is spread over files", str(path))
    if pending or not directory_at:
        hint = "copy it again; if ZEN stopped while it wrote, open it there and save it"
        raise MifaError("MIFA203", "was not finished by the program that wrote it", str(path), hint)
    data = _data(path, file, size, directory_at, b"ZISRAWDIRECTORY")
    scenes: dict[int | None, list[Tile]] = defaultdict(list)
    for tile in _tiles(path, data):
        scenes[tile.scene].append(tile)
    if not scenes or (None in scenes and len(scenes) > 1):
        raise MifaError("MIFA202", "holds no image, or tiles that belong to none", str(path))
    everything = [tile.position for tiles in scenes.values() for tile in tiles]
    if min(everything) < 0:
        raise MifaError("MIFA202", "its directory is damaged", str(path))
    _segment(path, file, size, max(everything), b"ZISRAWSUBBLOCK")  # what lies before it is there as well
    return CziDirectory(
        {index: scenes[index] for index in sorted(scenes, key=lambda index: index or 0)},
        _time_stamps(path, file, size, attachments_at),
    )


def check_tile(path: Path, file: BinaryIO, tile: Tile, nbytes: int) -> None:
    """Refuse a tile that is not whole, or not what the directory says; libCZI would fill it up with zeros, or crash.

    Parameters
    ----------
    path, file
        The file, open.
    tile
        One of its tiles.
    nbytes
        What its pixels take when they are not compressed.

    Raises
    ------
    MifaError
        MIFA202 when its segment is another's, differs or holds less; MIFA203 when the file ends before it.
    """
    size = os.fstat(file.fileno()).st_size
    length = _segment(path, file, size, tile.position, b"ZISRAWSUBBLOCK")
    head = file.read(_SUBBLOCK.size + _ENTRY.size + _MAX_DIMENSIONS * _DIMENSION.size)
    where = f"a tile at byte {tile.position:,}"
    if len(head) < _SUBBLOCK.size:
        raise MifaError("MIFA203", f"{where} is cut off", str(path))
    metadata, attachment, data = _SUBBLOCK.unpack_from(head)
    own = _entry(path, head, _SUBBLOCK.size)
    end = max(_SUBBLOCK_HEAD, own.end) + metadata + attachment + data
    alike = own.like == (tile.pixel_type, tile.compression, tile.box[2:])
    if min(metadata, attachment, data) < 0 or end > length or not alike:
        raise MifaError("MIFA202", f"{where} is not what the directory says", str(path))
    if not data or (not tile.compression and data < nbytes):
        raise MifaError("MIFA202", f"{where} holds {data:,} bytes in place of {nbytes:,}", str(path))


def _segment(path: Path, file: BinaryIO, size: int, position: int, name: bytes) -> int:
    """Return the length of a segment that is wholly in the file, and leave the file where its data begin."""
    if position < 0:
        raise MifaError("MIFA202", f"is damaged: it points to byte {position:,}", str(path))
    file.seek(position)
    head = file.read(_SEGMENT.size)
    if len(head) < _SEGMENT.size:
        raise MifaError("MIFA203", f"at least {position + _SEGMENT.size - size:,} bytes are missing", str(path))
    found, allocated, used = _SEGMENT.unpack(head)
    length: int = used or allocated
    if found.rstrip(b"\0") != name or length < 0:
        raise MifaError("MIFA202", f"is damaged at byte {position:,}: it has no {name.decode()} there", str(path))
    missing = position + _SEGMENT.size + length - size
    if missing > 0:
        raise MifaError("MIFA203", f"{missing:,} bytes are missing", str(path))
    return length


def _data(path: Path, file: BinaryIO, size: int, position: int, name: bytes) -> bytes:
    """Return the data of a segment that is wholly in the file."""
    return file.read(_segment(path, file, size, position, name))


class _Entry(NamedTuple):
    """A subblock's entry; `end` is where the next one begins."""

    pixel_type: int
    position: int
    compression: int
    dimensions: dict[str, _Extent]
    end: int

    @property
    def like(self) -> tuple[int, int, tuple[int, int]]:
        """What its pixels are decoded by."""
        return self.pixel_type, self.compression, (self.dimensions["X"].stored, self.dimensions["Y"].stored)


def _entry(path: Path, data: bytes, at: int) -> _Entry:
    """Return the entry at a place of the directory, or of a subblock, which has a copy.

    Raises
    ------
    MifaError
        MIFA202 when it is malformed, of another kind, or in another file.
    """
    problem = MifaError("MIFA202", "its directory is damaged, or of a kind that is not known", str(path))
    if at + _ENTRY.size > len(data):
        raise problem
    schema, pixel_type, position, part, compression, _, count = _ENTRY.unpack_from(data, at)
    at += _ENTRY.size
    end = at + count * _DIMENSION.size
    if schema != b"DV" or part or not 0 < count <= _MAX_DIMENSIONS or end > len(data):
        raise problem
    found = {
        name.rstrip(b"\0").decode("ascii", "replace"): _Extent(start, length, stored or length)
        for name, start, length, _, stored in _DIMENSION.iter_unpack(data[at:end])
    }
    if any(axis not in found or min(found[axis][1:]) <= 0 for axis in "XY"):
        raise problem
    return _Entry(pixel_type, position, compression, found, end)


def _tiles(path: Path, data: bytes) -> Iterator[Tile]:
    """Yield what the directory lists, levels of pyramids apart."""
    (count,) = struct.unpack_from("<i", data) if len(data) >= _DIRECTORY_HEAD else (0,)
    at = _DIRECTORY_HEAD
    for _ in range(count):
        entry = _entry(path, data, at)
        at = entry.end
        where = entry.dimensions
        x, y = where["X"], where["Y"]
        if x.stored > x.length or y.stored > y.length:
            raise MifaError("MIFA202", "has tiles of more pixels than their place, as of PALM", str(path))
        if x.stored < x.length or y.stored < y.length:
            continue
        if any(where[axis].length > 1 for axis in where if axis in PLANE_DIMENSIONS):
            raise MifaError("MIFA202", "has tiles of several planes, which are not read", str(path))
        plane = tuple(where[axis].start if axis in where else 0 for axis in PLANE_DIMENSIONS)
        scene = where["S"].start if "S" in where else None
        box = (x.start, y.start, x.length, y.length)
        yield Tile(scene, plane, box, entry.pixel_type, entry.compression, entry.position)


def _time_stamps(path: Path, file: BinaryIO, size: int, position: int) -> tuple[float, ...]:
    """Return what the attachment `TimeStamps` lists, if it is in seconds.

    ZEN counts seconds since the acquisition or ZEN itself was started; other programs write days since 1899. Numbers
    that could be such days are left out.
    """
    if not 0 < position < size:
        return ()
    data = _data(path, file, size, position, b"ZISRAWATTDIR")
    for at in range(_ATTACHMENTS_HEAD, len(data) - _ATTACHMENT_ENTRY.size + 1, _ATTACHMENT_ENTRY.size):
        _, where, _, _, _, name = _ATTACHMENT_ENTRY.unpack_from(data, at)
        if name.rstrip(b"\0") != b"TimeStamps":
            continue
        stamps = _data(path, file, size, where, b"ZISRAWATTACH")[_ATTACHMENT_HEAD:]
        count = struct.unpack_from("<ii", stamps)[1] if len(stamps) >= 8 else 0
        if 0 < count <= min(_MAX_STAMPS, (len(stamps) - 8) // 8):
            found = struct.unpack_from(f"<{count}d", stamps, 8)
            return () if _DATES[0] <= found[0] <= _DATES[1] else found
    return ()


def _union(boxes: Iterable[tuple[int, int, int, int]]) -> int:
    """Return how many pixels boxes cover together, strip by strip between their edges."""
    lefts, tops, widths, heights = np.array(sorted(boxes), np.int64).T
    rights, bottoms = lefts + widths, tops + heights
    covered = 0
    for top, bottom in pairwise(np.unique([tops, bottoms])):
        crossing = (tops <= top) & (bottoms > top)
        begin, end = lefts[crossing], rights[crossing]
        reached = np.concatenate((begin[:1], np.maximum.accumulate(end)[:-1]))
        covered += int((bottom - top) * np.maximum(end - np.maximum(begin, reached), 0).sum())
    return covered
