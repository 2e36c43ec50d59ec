"""NRRD, its header read by pynrrd: pixels behind the header (.nrrd) or in a file beside it (.nhdr)."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from math import hypot, isnan, nan
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import unnamed_axes
from mifakit.readers.base import Carries, Channel, Format, ImageSource, check_scene
from mifakit.readers.extras import needing
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.stored_array import Codec, Step, StoredArray, array_beside, open_array
from mifakit.sources.limits import MAX_TEXT_HEADER_BYTES

_START = b"NRRD000"
_CODECS = {"raw": Codec.NONE, "gzip": Codec.GZIP, "gz": Codec.GZIP, "bzip2": Codec.BZIP2, "bz2": Codec.BZIP2}
_SPACE = {"space", "domain"}
_COLOURS = {"rgb-color": RGB, "rgba-color": (*RGB, ALPHA)}
_SAMPLES = {*_COLOURS, "3-color", "4-color", "hsv-color", "xyz-color", "vector", "3-vector", "2-vector", "4-vector"}
_TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("long long", "longlong", "int64"), "i8"),
    **dict.fromkeys(("ulong long", "ulonglong", "uint64"), "u8"),
    "float": "f4",
    "double": "f8",
}


class NrrdReader:
    """Opens NRRD images.

    `kinds` say what the dimensions mean, else `space directions`, else `labels`. Spacings count only with units.
    """

    name: ClassVar[str] = "nrrd"
    formats: ClassVar[tuple[Format, ...]] = (
        Format("NRRD", (".nrrd", ".nhdr"), frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP}), "medical"),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open an NRRD image; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "NRRD", (_START,)) as file:
            head = file.read(MAX_TEXT_HEADER_BYTES)
        with needing("medical", path, "nrrd"):
            import nrrd
        with guarded(path, "its header cannot be read"):
            text = BytesIO(head)
            header = nrrd.read_header(text)
            stored = _locate(path, header, text.tell())
            named = _axes(header)
            native = named[::-1] if named else unnamed_axes(stored.shape)
            steps, names = _steps(header), _channels(header)
        return open_array(path, stored, native, axes, steps=steps, channels=names)


def _locate(path: Path, header: Mapping[str, Any], end: int) -> StoredArray:
    """Return where the pixels are.

    Raises
    ------
    MifaError
        MIFA202 when the header describes no array that is read, else as `array_beside`.
    """
    missing = {"type", "dimension", "sizes", "encoding"} - header.keys()
    if missing:
        raise MifaError("MIFA203", f"its header ends without {', '.join(sorted(missing))}", str(path))
    codec = _CODECS.get(header["encoding"].lower())
    if codec is None:
        raise MifaError("MIFA202", f"its pixels are in {header['encoding']}, which is not read", str(path))
    if len(header["sizes"]) != header["dimension"]:
        raise MifaError("MIFA202", "its header gives another number of sizes than of dimensions", str(path))
    shape = tuple(int(size) for size in reversed(header["sizes"]))
    stored = StoredArray(path, shape, _dtype(path, header), end, codec)
    name = header.get("data file", header.get("datafile"))
    if name is not None:
        if name.split(maxsplit=1)[0] == "LIST" or "%" in name:
            hint = "save it as one .nrrd file"
            raise MifaError("MIFA202", "its pixels are spread over several files", str(path), hint)
        stored = array_beside(path, name, StoredArray(path, shape, stored.dtype, 0, codec))
    return _skipped(path, header, stored)


def _skipped(path: Path, header: Mapping[str, Any], stored: StoredArray) -> StoredArray:
    """Pass over what the header says is no pixels."""
    lines = header.get("line skip", header.get("lineskip", 0))
    skip = header.get("byte skip", header.get("byteskip", 0))
    if lines or skip < -1 or (skip == -1 and stored.codec is not Codec.NONE):
        raise MifaError("MIFA202", "skips lines or bytes in a way that is not read", str(path))
    if skip == -1:  # the pixels are at the end
        offset = max(stored.offset, stored.path.stat().st_size - stored.nbytes)
        return StoredArray(stored.path, stored.shape, stored.dtype, offset)
    if stored.codec is Codec.NONE:
        return StoredArray(stored.path, stored.shape, stored.dtype, stored.offset + skip)
    return StoredArray(stored.path, stored.shape, stored.dtype, stored.offset, stored.codec, skip)


def _dtype(path: Path, header: Mapping[str, Any]) -> np.dtype:
    """Return the type of pixels; each has several names: `unsigned short int`, `ushort`, `uint16_t`."""
    name = header["type"].lower().replace("unsigned ", "u").removeprefix("signed ")
    kind = _TYPES.get(name.removesuffix("_t").removesuffix(" int"))
    if kind is None:
        raise MifaError("MIFA202", f"its pixels are {header['type']}, which is not read", str(path))
    dtype = np.dtype(kind)
    if dtype.itemsize > 1 and header.get("endian") not in ("little", "big"):
        raise MifaError("MIFA202", "its header does not give the byte order", str(path))
    return dtype.newbyteorder(">" if header.get("endian") == "big" else "<")


def _axes(header: Mapping[str, Any]) -> str | None:
    """Return a letter a dimension, fastest first; None when the header does not tell."""
    dimensions = range(header["dimension"])
    space = iter("XYZ")
    kinds = [kind.lower() for kind in header.get("kinds", ())]
    if len(kinds) == len(dimensions):
        letters = {"time": "T", **dict.fromkeys(_SAMPLES, "S")}
        return "".join(next(space, "Q") if kind in _SPACE else letters.get(kind, "Q") for kind in kinds)
    sides = _sides(header)
    if any(sides):
        return "".join("Q" if side is None else next(space, "Q") for side in sides)
    labels = [label.strip().upper() for label in header.get("labels", ())]
    if len(labels) == len(dimensions) and all(len(label) == 1 and label in "XYZTC" for label in labels):
        return "".join(labels)
    return None


def _sides(header: Mapping[str, Any]) -> list[float | None]:
    """Return the length of a pixel's side along each dimension, fastest first, where it lies in space."""
    sides: list[float | None] = [None] * header["dimension"]
    for index, vector in enumerate(header.get("space directions", ())[: len(sides)]):
        side = hypot(*map(float, vector)) if vector is not None else nan
        sides[index] = None if isnan(side) else side
    return sides


def _steps(header: Mapping[str, Any]) -> list[Step | None]:
    """Return how far apart neighbours are along each dimension, slowest first."""
    steps: list[Step | None] = [None] * header["dimension"]
    units = header.get("units", ())
    for index, value in enumerate(header.get("spacings", ())[: len(steps)]):
        steps[index] = None if isnan(value) else (float(value), units[index] if index < len(units) else "")
    space_units = set(header.get("space units", ()))
    unit = space_units.pop() if len(space_units) == 1 else ""
    for index, side in enumerate(_sides(header)):
        steps[index] = steps[index] if side is None else (side, unit)
    return steps[::-1]


def _channels(header: Mapping[str, Any]) -> tuple[Channel, ...]:
    return next((_COLOURS[kind.lower()] for kind in header.get("kinds", ()) if kind.lower() in _COLOURS), ())
