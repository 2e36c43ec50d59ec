"""Arrays as NumPy saves them: NPY, and NPZ archives of several. Pickles are never loaded."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import prod
from pathlib import Path
from typing import IO, ClassVar, Literal

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import map_axes, unnamed_axes
from mifakit.readers.base import Carries, Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.decoded import DecodedImage, Pixels
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.readers.stored_array import StoredArray, open_array
from mifakit.readers.units import weigh
from mifakit.sources.limits import MAX_ARCHIVE_MEMBERS, check_pixel_budget

_MAGIC = b"\x93NUMPY"
_ZIP_STARTS = (b"PK\x03\x04",)
_CODECS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_HEAD_BYTES = 64 * 1024  # NumPy itself reads headers of at most 10,000 bytes


@dataclass(frozen=True)
class _Header:
    """What stands before the pixels of an NPY file."""

    shape: tuple[int, ...]
    order: Literal["C", "F"]
    stored: np.dtype
    length: int

    @property
    def dtype(self) -> np.dtype | None:
        return pixel_dtype(self.stored)

    @property
    def is_image(self) -> bool:
        return len(self.shape) > 1 and 0 not in self.shape and self.dtype is not None


class NpyReader:
    """Opens arrays saved with `numpy.save` and `numpy.savez`.

    They name no axes: two dimensions are a plane, for more the sheet must say. Each array of an
    NPZ that may be an image is a scene.
    """

    name: ClassVar[str] = "npy"
    formats: ClassVar[tuple[Format, ...]] = (
        Format("NumPy NPY", (".npy",)),
        Format("NumPy NPZ", (".npz",), frozenset({Carries.SCENES})),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open an NPY or NPZ file; see `mifakit.readers.base.Reader.open`."""
        if path.suffix.lower() == ".npz":
            return _open_npz(path, axes, scene)
        check_scene(scene)
        with open_image_file(path, "NPY", (_MAGIC,)) as file, guarded(path, "its header cannot be read"):
            header = _read_header(path, file.read(_HEAD_BYTES))
        dtype = header.dtype
        if dtype is None:
            raise _no_pixels(path, header.stored)
        stored = StoredArray(path, header.shape, dtype, header.length, order=header.order)
        return open_array(path, stored, unnamed_axes(header.shape), axes)


def _read_header(path: Path, head: bytes) -> _Header:
    file = BytesIO(head)
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:  # 3.0 is for field names beyond Latin-1, which no pixels have
        raise MifaError("MIFA202", f"is NPY of version {version[0]}.{version[1]}, which holds no pixels", str(path))
    try:
        shape, fortran, dtype = read(file)
    except ValueError as error:
        if str(error).startswith("EOF") and len(head) < _HEAD_BYTES:
            raise MifaError("MIFA203", "ends within its header", str(path)) from error
        raise
    return _Header(tuple(map(int, shape)), "F" if fortran else "C", dtype, file.tell())


def _no_pixels(path: Path, dtype: np.dtype) -> MifaError:
    if not dtype.hasobject:
        return MifaError("MIFA202", f"holds an array of {dtype}, which are no pixels", str(path))
    hint = "save the array itself with numpy.save"
    if path.name.lower().endswith("_seg.npy"):
        hint = "in Cellpose, save the masks as PNG or TIFF: File > Save masks as PNG/tif"
    return MifaError(
        "MIFA202", "holds pickled Python objects, which may run any code and are not read", str(path), hint
    )


def _open_npz(path: Path, axes: str | None, scene: int) -> ImageSource:
    with open_image_file(path, "NPZ", _ZIP_STARTS) as file:
        members = _members(path, file)
    check_scene(scene, len(members))
    names = tuple(members)
    name = names[scene]
    header = members[name]
    dtype = (header.dtype or header.stored).newbyteorder("=")
    check_pixel_budget(path, header.shape, dtype)
    mapped = map_axes(path, unnamed_axes(header.shape), header.shape, axes)
    spacing, findings = weigh(path, {}, mapped)
    facts = ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=dtype,
        native_axes=mapped.native,
        spacing=spacing,
        whole=True,
        scenes=names if len(names) > 1 else (),
        findings=findings,
    )
    return DecodedImage(path, facts, mapped, partial(_decode, path, name))


def _members(path: Path, file: IO[bytes]) -> dict[str, _Header]:
    """Return the headers of all arrays that may be images, by name, in the archive's order.

    Raises
    ------
    MifaError
        MIFA203 when the archive's directory is missing, MIFA202 when it holds no image.
    """
    found: dict[str, _Header] = {}
    others: list[MifaError] = []
    with guarded(path, "its arrays cannot be listed"), _opened(path, file) as archive:
        for info in archive.infolist():
            if not info.filename.endswith(".npy"):
                continue
            name = info.filename.removesuffix(".npy")
            if name in found:
                raise MifaError("MIFA202", f"holds two arrays called {name!r}", str(path))
            with _member(path, archive, name) as member:
                header = _read_header(path, member.read(_HEAD_BYTES))
            if header.is_image:
                _check_length(path, name, info, header)
                found[name] = header
            elif header.dtype is None:
                others.append(_no_pixels(path, header.stored))
    if not found:
        raise others[0] if others else MifaError("MIFA202", "holds no array that is an image", str(path))
    return found


def _opened(path: Path, file: IO[bytes]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise MifaError("MIFA203", "its directory, which is at its end, is missing", str(path)) from error
    if len(archive.infolist()) > MAX_ARCHIVE_MEMBERS:
        raise MifaError("MIFA202", f"holds more than {MAX_ARCHIVE_MEMBERS:,} arrays", str(path))
    return archive


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    info = archive.getinfo(f"{name}.npy")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _CODECS:
        raise MifaError("MIFA202", f"its array {name!r} is encrypted, or compressed in an unusual way", str(path))
    return archive.open(info)


def _check_length(path: Path, name: str, info: zipfile.ZipInfo, header: _Header) -> None:
    expected = header.length + prod(header.shape) * header.stored.itemsize
    if info.file_size < expected:
        missing = expected - info.file_size
        raise MifaError("MIFA203", f"{missing:,} bytes of its array {name!r} are missing", str(path))
    if info.file_size > expected:
        raise MifaError("MIFA202", f"its array {name!r} is longer than its header says", str(path))


def _decode(path: Path, name: str) -> Pixels:
    with (
        open_image_file(path, "NPZ", _ZIP_STARTS) as file,
        guarded(path, "its pixels cannot be read"),
        _opened(path, file) as archive,
        _member(path, archive, name) as member,
    ):
        data = member.read()  # to its end, where its checksum is compared
        header = _read_header(path, data[:_HEAD_BYTES])
        dtype = header.dtype or header.stored
        pixels = np.frombuffer(data, dtype, offset=header.length).reshape(header.shape, order=header.order)
        return pixels.astype(dtype.newbyteorder("="), copy=False)
