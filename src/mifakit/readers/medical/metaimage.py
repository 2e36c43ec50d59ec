"""MetaImage, the format of ITK: a text header, with the pixels behind it (.mha) or in a file beside it (.mhd).

The tags are those of https://docs.itk.org/en/latest/learn/metaio.html. The header is a few lines of text, so
that reading it here costs less than the 50 MB of SimpleITK, which would follow file names anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.base import Carries, Format, ImageSource, check_scene
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.stored_array import Codec, Step, StoredArray, array_beside, open_array
from mifakit.sources.limits import MAX_TEXT_HEADER_BYTES

_STARTS = (b"ObjectType", b"NDims", b"Comment")
_LAST_TAG = "ElementDataFile"
_LOCAL = "local"
_AXES = {2: "YX", 3: "ZYX", 4: "QZYX", 5: "QQZYX"}
_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


class MetaImageReader:
    """Opens MetaImages of one file, or of a header and one file of pixels.

    Spacings count only with `DistanceUnits`: most writers leave the unit out, and what ITK takes for
    millimetres is micrometres in many a microscopist's file.
    """

    name: ClassVar[str] = "metaimage"
    formats: ClassVar[tuple[Format, ...]] = (Format("MetaImage", (".mha", ".mhd"), frozenset({Carries.PIXEL_SIZE})),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a MetaImage; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "MetaImage", _STARTS) as file, guarded(path, "its header cannot be read"):
            tags, end = _read_header(path, file.read(MAX_TEXT_HEADER_BYTES))
            stored, native = _locate(path, tags, end)
            steps = _steps(tags, stored)
        return open_array(path, stored, native, axes, steps=steps)


def _read_header(path: Path, head: bytes) -> tuple[dict[str, str], int]:
    """Return the tags, and where the header ends."""
    tags: dict[str, str] = {}
    position = 0
    while _LAST_TAG not in tags:
        end = head.find(b"\n", position)
        if end < 0:
            end = len(head)
        name, equals, value = head[position:end].decode("latin-1").partition("=")
        if end >= len(head) and name.strip() != _LAST_TAG:
            code = "MIFA203" if len(head) < MAX_TEXT_HEADER_BYTES else "MIFA202"
            raise MifaError(code, f"its header has no end: {_LAST_TAG} is missing", str(path))
        if equals:
            tags[name.strip()] = value.strip()
        position = end + 1
    return tags, min(position, len(head))


def _locate(path: Path, tags: Mapping[str, str], end: int) -> tuple[StoredArray, str]:
    """Return where the pixels are, and their axes, slowest first.

    Raises
    ------
    MifaError
        MIFA202 when the tags describe no array that is read, else as `array_beside`.
    """
    if tags.get("ObjectType", "Image") != "Image" or _flag(tags, "BinaryData", "True") != "true":
        raise MifaError("MIFA202", "is no MetaImage of binary pixels", str(path))
    element = tags.get("ElementType", "").removesuffix("_ARRAY")
    if element not in _TYPES:
        raise MifaError("MIFA202", f"its pixels are {element or 'of no type'}, which is not read", str(path))
    sizes = [int(size) for size in tags.get("DimSize", "").split()]
    if len(sizes) != int(tags.get("NDims", "0")) or len(sizes) not in _AXES or min(sizes) < 1:
        raise MifaError("MIFA202", "its header gives no size of 2 to 5 dimensions", str(path))
    channels = int(tags.get("ElementNumberOfChannels", "1"))
    native, shape = _AXES[len(sizes)], tuple(reversed(sizes))
    if channels != 1:
        native, shape = f"{native}S", (*shape, channels)
    big = "true" in (_flag(tags, "BinaryDataByteOrderMSB"), _flag(tags, "ElementByteOrderMSB"))
    codec = Codec.ZLIB if _flag(tags, "CompressedData") == "true" else Codec.NONE
    stored = StoredArray(path, shape, np.dtype((">" if big else "<") + _TYPES[element]), end, codec)
    name = tags[_LAST_TAG]
    if name.lower() == _LOCAL:
        return stored, native
    if name.split(maxsplit=1)[0] == "LIST" or "%" in name:
        hint = "save it as one .mha file"
        raise MifaError("MIFA202", "its pixels are spread over several files", str(path), hint)
    stored = array_beside(path, name, stored)
    skip = int(tags.get("HeaderSize", "0"))
    if skip == -1:  # the pixels are at the end
        skip = max(0, stored.path.stat().st_size - prod(shape) * stored.dtype.itemsize)
    if skip < 0:
        raise MifaError("MIFA202", f"its HeaderSize is {skip}", str(path))
    return StoredArray(stored.path, shape, stored.dtype, skip, codec), native


def _flag(tags: Mapping[str, str], name: str, default: str = "False") -> str:
    return tags.get(name, default).lower()


def _steps(tags: Mapping[str, str], stored: StoredArray) -> list[Step | None]:
    spacing = (tags.get("ElementSpacing") or tags.get("ElementSize") or "").split()
    unit = tags.get("DistanceUnits", "").replace("?", "")
    found: list[Step | None] = [(float(value), unit) for value in reversed(spacing)]
    return (found + [None] * len(stored.shape))[: len(stored.shape)]
