"""Arrays that lie in a file as one run of bytes, plain or compressed, as in NPY, NRRD, NIfTI and MetaImage."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import prod
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, map_axes
from mifakit.readers.base import Channel, ImageFacts, ImageSource, Region
from mifakit.readers.decoded import DecodedImage, Pixels
from mifakit.readers.guard import guarded
from mifakit.readers.samples import ALPHA
from mifakit.readers.sliced import SlicedImage
from mifakit.readers.units import Reading, duration, length, weigh
from mifakit.sources.limits import SMALL_IMAGE_BYTES, check_pixel_budget

Step = tuple[float, str]
"""A distance or a time, and its unit as the file spells it."""

_FOREIGN = set("\\:\0")
"""What makes a path on Windows, or on no system."""


class Codec(Enum):
    """How the bytes of an array are compressed."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    ZLIB = "zlib"


@dataclass(frozen=True)
class StoredArray:
    """Where and how an array lies in a file.

    Attributes
    ----------
    path
        The file that holds the bytes.
    shape
        Slowest dimension first, unless `order` is F.
    dtype
        As stored, in its byte order.
    offset
        Where the array, or its compressed stream, begins.
    codec
        How the stream is compressed.
    skip
        Bytes at the start of the decompressed stream that are no pixels.
    order
        C when the last dimension is the fastest, F when it is the first.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    offset: int
    codec: Codec = Codec.NONE
    skip: int = 0
    order: Literal["C", "F"] = "C"

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels, uncompressed."""
        return prod(self.shape) * self.dtype.itemsize

    def check(self) -> None:
        """Refuse an array that is not just what its file holds.

        Raises
        ------
        MifaError
            MIFA202 when it is no image or bytes are left over, MIFA203 when bytes are missing, MIFA214 when it is
            over budget.
        """
        if len(self.shape) < 2 or min(self.shape) < 1:
            sizes = "×".join(map(str, self.shape)) or "no dimensions"
            raise MifaError("MIFA202", f"holds an array of {sizes}, which is no image", str(self.path))
        check_pixel_budget(self.path, self.shape, self.dtype)
        if self.skip > SMALL_IMAGE_BYTES:
            raise MifaError("MIFA202", f"puts {self.skip:,} bytes before its pixels", str(self.path))
        missing = self.offset + self.nbytes - self.path.stat().st_size
        if self.codec is not Codec.NONE or not missing:
            return
        if missing > 0:
            raise MifaError("MIFA203", f"{missing:,} bytes are missing", str(self.path))
        raise MifaError("MIFA202", f"goes on for {-missing:,} bytes behind its array", str(self.path))

    def take(self, region: Region) -> Pixels:
        """Read a region of an array that is not compressed."""
        mapped: Pixels = np.memmap(self.path, self.dtype, "r", self.offset, self.shape, self.order)
        return np.array(mapped[region], self.dtype.newbyteorder("="))

    def decode(self) -> Pixels:
        """Read all of a compressed array.

        Raises
        ------
        MifaError
            MIFA202 when the stream is damaged or too long, MIFA203 when it breaks off.
        """
        wanted = self.skip + self.nbytes
        with guarded(self.path, "its pixels cannot be read"), self.path.open("rb") as file:
            file.seek(self.offset)
            try:
                data = _decompress(file, self.codec, wanted + 1)
            except EOFError as error:
                raise MifaError("MIFA203", "its compressed pixels break off", str(self.path)) from error
        if len(data) < wanted:
            raise MifaError("MIFA203", f"{wanted - len(data):,} bytes of its pixels are missing", str(self.path))
        if len(data) > wanted:
            raise MifaError("MIFA202", "holds more pixels than its header says", str(self.path))
        pixels = np.frombuffer(data, self.dtype, offset=self.skip).reshape(self.shape, order=self.order)
        return pixels.astype(self.dtype.newbyteorder("="), copy=False)


def open_array(
    path: Path,
    stored: StoredArray,
    native: str,
    axes: str | None,
    *,
    steps: Sequence[Step | None] = (),
    channels: tuple[Channel, ...] = (),
) -> ImageSource:
    """Make an image of a stored array.

    Parameters
    ----------
    path
        The file that was opened; `stored.path` may be another one beside it.
    native
        One letter a dimension of the array; see `map_axes`.
    axes
        What the sheet says instead.
    steps
        How far apart neighbours are, one a dimension of the array; None where nothing is said.
    channels
        What the samples of dimension S are called.

    Raises
    ------
    MifaError
        MIFA206 when the axes are not known, else as `StoredArray.check`.
    """
    stored.check()
    mapped = map_axes(path, native, stored.shape, axes)
    spacing, findings = weigh(path, _readings(mapped, steps), mapped)
    samples = native.find("S")
    sampled = samples >= 0 and mapped.dim("c") == samples
    named = channels if sampled and len(channels) == stored.shape[samples] else ()
    fastest = len(native) - 1 if stored.order == "C" else 0
    facts = ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=stored.dtype.newbyteorder("="),
        native_axes=mapped.native,
        spacing=spacing,
        channels=named,
        interleaved=mapped.dim("c") == fastest and stored.shape[fastest] > 1,
        whole=stored.codec is not Codec.NONE,
        has_alpha=ALPHA in named,
        files=() if stored.path == path else (stored.path.relative_to(path.parent).as_posix(),),
        findings=findings,
    )
    if facts.whole:
        return DecodedImage(path, facts, mapped, stored.decode)
    return SlicedImage(path, facts, mapped, stored.take)


def array_beside(path: Path, name: str, stored: StoredArray) -> StoredArray:
    """Put an array into the file that a header names, which must lie in the header's folder or below.

    Raises
    ------
    MifaError
        MIFA202 when the name leads elsewhere or is no file, MIFA203 when there is no such file.
    """
    folder = path.parent.resolve()
    with guarded(path, "the file of its pixels cannot be found"):
        found = (folder / name).resolve()
    if set(name) & _FOREIGN or not found.is_relative_to(folder):
        raise MifaError("MIFA202", f"its pixels are in {name!r}, which is not beside it", str(path))
    if not found.exists():
        hint = f"copy {name} to the same folder"
        raise MifaError("MIFA203", f"its pixels are in {name!r}, which is not there", str(path), hint)
    if not found.is_file():
        raise MifaError("MIFA202", f"its pixels are in {name!r}, which is not a file", str(path))
    return replace(stored, path=path.parent / found.relative_to(folder))


def _readings(mapped: AxisMap, steps: Sequence[Step | None]) -> dict[str, Reading]:
    found = {axis: steps[dim] for axis, dim in zip(mapped.axes, mapped.dims, strict=True) if dim is not None and steps}
    return {axis: (duration if axis == "t" else length)(*step) for axis, step in found.items() if step}


def _decompress(file: BinaryIO, codec: Codec, most: int) -> bytes:
    """Return at most so many bytes of a stream; its checksum is compared when it ends before.

    Raises
    ------
    EOFError
        When the stream breaks off.
    """
    if codec is Codec.GZIP:
        with gzip.GzipFile(fileobj=file) as gzipped:
            return gzipped.read(most)
    if codec is Codec.BZIP2:
        with bz2.BZ2File(file) as bzipped:
            return bzipped.read(most)
    deflated = zlib.decompressobj()
    data = deflated.decompress(file.read(), most)
    if not deflated.eof and len(data) < most:
        raise EOFError
    return data
