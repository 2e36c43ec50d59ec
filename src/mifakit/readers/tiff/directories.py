"""The skeleton of a TIFF file, checked against its size before anything trusts it.

tifffile logs broken directories and goes on with those that are left, so that a truncated stack
becomes a shorter one. Here the chain of directories is walked on its own: every directory, tag
value and strip has to lie inside the file.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mifakit.errors import MifaError

_MAX_DIRECTORIES = 1_000_000
_MAX_TAGS = 4_096
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_TYPE_BYTES |= {16: 8, 17: 8, 18: 8}
_NUMBER_CODES = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_LONG = 4

_SUBFILE_TYPE = 254
_IMAGE_WIDTH = 256
_IMAGE_LENGTH = 257
_SAMPLES = 277
_DESCRIPTION = 270
_OFFSETS = (324, 273)
_BYTE_COUNTS = (325, 279)
_SUB_IFDS = 330
# What decides how a plane's bytes become pixels: size, depth, compression, order, strips, tiles.
_LAYOUT = frozenset({256, 257, 258, 259, 262, 266, 277, 278, 284, 317, 322, 323, 338, 339, 32997, 32998})


@dataclass(frozen=True)
class Directory:
    """One image directory (IFD).

    Attributes
    ----------
    offset
        Its position in the file.
    layout
        What its planes must share to be decoded alike: tags and their values, to be compared.
    reduced
        Whether it says that it is a smaller version of another image.
    start
        The first byte of its first strip or tile.
    end
        One past the last byte that its strips or tiles claim.
    sparse
        How many strips or tiles it lists as not written.
    """

    offset: int
    layout: tuple[tuple[int, object], ...]
    reduced: bool
    start: int
    end: int
    sparse: int

    def is_whole(self, size: int) -> bool:
        """Whether all of its pixels are in a file of `size` bytes."""
        return self.end <= size and not self.sparse


class _Form(NamedTuple):
    """How a kind of TIFF writes numbers; `struct` formats."""

    order: str
    tag_count: str
    entry: str
    """Tag, type, number of values, and the values or their position."""
    pointer: str
    """Of such a position."""
    inline: int
    """Bytes of a value that fit into an entry."""
    link: str
    """Of the position of a directory."""
    high_words: bool = False
    """Whether the upper halves of positions lie behind the directory, as Hamamatsu puts them."""


_CLASSIC = {order: _Form(order, f"{order}H", f"{order}HHI4s", f"{order}I", 4, f"{order}I") for order in "<>"}
_BIG = {order: _Form(order, f"{order}Q", f"{order}HHQ8s", f"{order}Q", 8, f"{order}Q") for order in "<>"}
_NDPI = _Form("<", "<H", "<HHI4s", "<Q", 4, "<Q", high_words=True)


class _Entry(NamedTuple):
    kind: int
    items: int
    length: int
    """Bytes of the value."""
    raw: bytes
    """The value itself, when it fits, or its position."""


class _CutError(Exception):
    """Something lies beyond the end of the file."""

    def __init__(self, end: int) -> None:
        self.end = end


def read_directories(path: Path, file: BinaryIO) -> tuple[Directory, ...]:
    """Walk the chain of directories and check that all of it is there.

    Parameters
    ----------
    path
        The file, for messages.
    file
        The same, open at its start.

    Returns
    -------
    tuple of Directory
        The main chain; of sub-directories (pyramid levels) only the presence is checked.

    Raises
    ------
    MifaError
        MIFA203 when a directory or a value that it points to is beyond the end of the file,
        MIFA202 when the chain is malformed.
    """
    size = path.stat().st_size
    found: list[Directory] = []
    declared: int | None = None
    offset = 0
    try:
        form, offset = _header(path, file)
        seen: set[int] = set()
        while offset:
            if offset in seen or len(seen) >= _MAX_DIRECTORIES:
                raise MifaError("MIFA202", "its list of planes runs in a circle", str(path))
            seen.add(offset)
            entries, following = _directory(path, file, size, form, offset)
            if not found:
                declared = _declared_planes(file, form, entries)
            for sub in _numbers(file, form, entries.get(_SUB_IFDS)):
                if sub:
                    _directory(path, file, size, form, sub)
            found.append(_summary(file, form, offset, entries))
            offset = following
    except _CutError as cut:
        end = max([cut.end, *(directory.end for directory in found)])
        whole = _whole_planes(found, declared, offset, size)
        raise truncated(path, whole, declared, end - size, at_least=True) from None
    if not found:
        raise MifaError("MIFA203", "holds no image: its list of planes was never written", str(path))
    return tuple(found)


def _whole_planes(found: list[Directory], declared: int | None, cut: int, size: int) -> int:
    """Count the planes whose pixels are all there, when the directory at `cut` is not."""
    plane = found[0].end - found[0].start if found else 0
    if declared and len(found) == 1 and plane and cut - found[0].start >= declared * plane:
        # All pixels in one run and the other directories behind: the way ImageJ writes stacks.
        return min(declared, (size - found[0].start) // plane)
    return sum(directory.is_whole(size) for directory in found if not directory.reduced)


def truncated(path: Path, whole: int, planes: int | None, missing: int, *, at_least: bool = False) -> MifaError:
    """Return the error (MIFA203) that says how much of a file is missing.

    Parameters
    ----------
    path
        The file.
    whole
        Planes whose pixels are all there.
    planes
        Planes that there should be, or None when the file does not say.
    missing
        Bytes beyond the end of the file; 0 when planes are missing for another reason.
    at_least
        Whether more bytes may be missing than that.
    """
    parts = []
    if planes is not None and planes > 1:
        parts.append(f"{whole} of {planes} planes are complete")
    if missing > 0:
        parts.append(f"{'at least ' if at_least else ''}{missing:,} bytes are missing")
    return MifaError("MIFA203", "; ".join(parts) or "some of its strips or tiles were never written", str(path))


def _header(path: Path, file: BinaryIO) -> tuple[_Form, int]:
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    form = _BIG[order] if big else _CLASSIC[order]
    if head.startswith(b"II*\0") and path.suffix.lower() == ".ndpi":  # as tifffile recognises it
        form = _NDPI
    start = 8 if big else 4
    end = start + struct.calcsize(form.link)
    if len(head) < end:
        raise _CutError(end)
    if big and struct.unpack(f"{order}HH", head[4:8]) != (8, 0):
        raise MifaError("MIFA202", "its BigTIFF header is malformed", str(path))
    return form, struct.unpack_from(form.link, head, start)[0]


def _directory(path: Path, file: BinaryIO, size: int, form: _Form, offset: int) -> tuple[dict[int, _Entry], int]:
    """Read one directory; return its entries by tag and the position of the next."""
    count_bytes, step = struct.calcsize(form.tag_count), struct.calcsize(form.entry)
    if offset + count_bytes > size:
        raise _CutError(offset + count_bytes)
    file.seek(offset)
    (count,) = struct.unpack(form.tag_count, file.read(count_bytes))
    if not 0 < count <= _MAX_TAGS:
        raise MifaError("MIFA202", f"a directory at byte {offset:,} claims {count:,} tags", str(path))
    behind = count * step + struct.calcsize(form.link)
    length = behind + 4 * count * form.high_words
    body = file.read(length)
    if len(body) < length:
        raise _CutError(offset + count_bytes + length)
    entries: dict[int, _Entry] = {}
    for number, (code, kind, items, raw) in enumerate(struct.iter_unpack(form.entry, body[: count * step])):
        if form.high_words:
            raw += body[behind + 4 * number : behind + 4 * number + 4]
        entry = _Entry(kind, items, _TYPE_BYTES.get(kind, 0) * items, raw)
        if entry.length > form.inline and (end := _pointer(form, entry) + entry.length) > size:
            raise _CutError(end)
        entries.setdefault(code, entry)
    return entries, struct.unpack_from(form.link, body, count * step)[0]


def _summary(file: BinaryIO, form: _Form, offset: int, entries: dict[int, _Entry]) -> Directory:
    starts, lengths = (
        _numbers(file, form, next((entries[code] for code in codes if code in entries), None))
        for codes in (_OFFSETS, _BYTE_COUNTS)
    )
    listed = min(len(starts), len(lengths))
    layout: list[tuple[int, object]] = []
    for code in sorted(_LAYOUT & entries.keys()):
        entry = entries[code]
        # SHORT or LONG, one number is one number; longer lists lie anywhere and are not compared.
        layout.append((code, _numbers(file, form, entry) if entry.length <= form.inline else entry.items))
    reduced = _numbers(file, form, entries.get(_SUBFILE_TYPE))
    return Directory(
        offset,
        tuple(layout),
        bool(reduced and reduced[0] & 1),
        starts[0] if listed else 0,
        max(map(int.__add__, starts, lengths), default=0),
        sum(not (start and length) for start, length in zip(starts, lengths, strict=False)),
    )


def _pointer(form: _Form, entry: _Entry) -> int:
    return int(struct.unpack(form.pointer, entry.raw)[0])


def _value(file: BinaryIO, form: _Form, entry: _Entry | None) -> bytes:
    """Return the bytes of a tag's value; `_directory` made sure that they are there."""
    if entry is None:
        return b""
    if entry.length <= form.inline:
        return entry.raw[: entry.length]
    file.seek(_pointer(form, entry))
    return file.read(entry.length)


def _numbers(file: BinaryIO, form: _Form, entry: _Entry | None) -> tuple[int, ...]:
    """Return the whole numbers of a tag, none when it is absent or holds something else."""
    if entry is None or entry.kind not in _NUMBER_CODES:
        return ()
    if form.high_words and entry.items == 1 and entry.kind == _LONG:
        return (_pointer(form, entry),)
    return struct.unpack(f"{form.order}{entry.items}{_NUMBER_CODES[entry.kind]}", _value(file, form, entry))


def _declared_planes(file: BinaryIO, form: _Form, entries: dict[int, _Entry]) -> int | None:
    """Return how many planes the first directory's metadata say there are, for messages only."""
    text = _value(file, form, entries.get(_DESCRIPTION))
    if b"<OME" in text[:4_096] or b":OME " in text[:4_096]:
        sizes = [re.search(rb'\bSize%c="(\d{1,9})"' % axis, text) for axis in b"CZT"]
        samples = re.search(rb'\bSamplesPerPixel="(\d{1,9})"', text)
        planes = prod(int(size[1]) for size in sizes if size)
        return planes // max(1, int(samples[1]) if samples else 1)
    if images := re.match(rb"ImageJ=.*^images=(\d{1,9})$", text, re.MULTILINE | re.DOTALL):
        return int(images[1])
    if shape := re.match(rb'\{"shape": \[([\d, ]{1,200})\]', text):
        codes = (_IMAGE_WIDTH, _IMAGE_LENGTH, _SAMPLES)
        plane = [number for code in codes for number in _numbers(file, form, entries.get(code))]
        return prod(map(int, shape[1].split(b","))) // max(1, prod(plane))
    return None
