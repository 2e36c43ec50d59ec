"""NIfTI of one file, plain or with gzip, its header read by nibabel."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.base import Carries, Channel, Format, ImageSource, check_scene
from mifakit.readers.extras import needing
from mifakit.readers.guard import guarded, looks_like, open_image_file
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.stored_array import Codec, Step, StoredArray, open_array

_GZIP = b"\x1f\x8b"
# The length of the header is its first number, in the byte order of the file.
_LENGTHS = {b"\x5c\x01\0\0": 348, b"\0\0\x01\x5c": 348, b"\x1c\x02\0\0": 540, b"\0\0\x02\x1c": 540}
_LONGEST = max(_LENGTHS.values())
_AXES = "XYZTCQQ"
"""Fastest first: the standard keeps dimensions 1 to 3 for space, 4 for time and 5 for values at one place."""
_COLOURS = {("R", "G", "B"): RGB, ("R", "G", "B", "A"): (*RGB, ALPHA)}
_UNITS = {"meter": "m", "mm": "mm", "micron": "um", "sec": "s", "msec": "ms", "usec": "us"}


class NiftiReader:
    """Opens NIfTI-1 and NIfTI-2 images of one file.

    Pixels are as stored: a slope and an intercept in the header are not applied. Pairs of `.hdr` and
    `.img` are not read.
    """

    name: ClassVar[str] = "nifti"
    formats: ClassVar[tuple[Format, ...]] = (
        Format("NIfTI", (".nii", ".nii.gz"), frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP}), "medical"),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a NIfTI image; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "NIfTI", (_GZIP, *_LENGTHS)) as file:
            head, codec = _head(path, file)
        with needing("medical", path, "nibabel"):
            import nibabel
        with guarded(path, "its header cannot be read"):
            kind: Any = nibabel.Nifti1Header if len(head) == 348 else nibabel.Nifti2Header
            header = kind(head, check=False)
            stored, native, names = _locate(path, header, codec)
            steps = _steps(header, stored)
        return open_array(path, stored, native, axes, steps=steps, channels=names)


def _head(path: Path, file: BinaryIO) -> tuple[bytes, Codec]:
    """Return the header's bytes.

    Raises
    ------
    MifaError
        MIFA203 when the file ends before, MIFA204 when gzip holds something else, MIFA202 when it is damaged.
    """
    head, codec = file.read(64 * 1024), Codec.NONE
    if head.startswith(_GZIP):
        codec = Codec.GZIP
        with guarded(path, "its gzip stream cannot be read"):
            head = zlib.decompressobj(wbits=31).decompress(head, _LONGEST)
        if len(head) >= 4 and head[:4] not in _LENGTHS:
            raise MifaError("MIFA204", f"is no compressed NIfTI image: it holds {looks_like(head)}", str(path))
    wanted = _LENGTHS.get(head[:4], _LONGEST)
    if len(head) < wanted:
        raise MifaError("MIFA203", "ends within its header", str(path))
    return head[:wanted], codec


def _locate(path: Path, header: Any, codec: Codec) -> tuple[StoredArray, str, tuple[Channel, ...]]:
    """Return where the pixels are, their axes, slowest first, and the names of colours."""
    magic = bytes(header["magic"])[:3]
    if magic not in (b"n+1", b"n+2"):
        raise MifaError("MIFA202", "is one half of a NIfTI pair, or no NIfTI", str(path), "save it as one .nii file")
    start = int(header["vox_offset"])
    if start < header.sizeof_hdr:
        raise MifaError("MIFA202", f"its pixels begin at byte {start}, within its header", str(path))
    sizes = [int(size) for size in header.get_data_shape()]
    native, shape = _AXES[: len(sizes)][::-1], tuple(reversed(sizes))
    dtype = header.get_data_dtype()
    names: tuple[Channel, ...] = ()
    if dtype.fields:
        names = _COLOURS.get(dtype.names, ())
        native, shape, dtype = f"{native}S", (*shape, len(dtype.names)), np.dtype(np.uint8) if names else dtype
    pixels = pixel_dtype(dtype)
    if pixels is None:
        raise MifaError("MIFA202", f"its pixels are {dtype}, which is not read", str(path))
    if codec is Codec.NONE:
        return StoredArray(path, shape, pixels, start), native, names
    return StoredArray(path, shape, pixels, 0, codec, skip=start), native, names


def _steps(header: Any, stored: StoredArray) -> list[Step | None]:
    space, time = header.get_xyzt_units()
    units = [_UNITS.get(space, "")] * 3 + [_UNITS.get(time, "")]
    found: list[Step | None] = [(float(zoom), unit) for zoom, unit in zip(header.get_zooms(), units, strict=False)]
    slower = len(header.get_data_shape()) - len(found)
    samples = len(stored.shape) - slower - len(found)
    return [None] * slower + found[::-1] + [None] * samples
