"""Zeiss CZI, whose tiles libCZI decodes and stitches."""

from __future__ import annotations

from contextlib import ExitStack
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NamedTuple

import numpy as np

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.axes import AxisMap
from mifakit.readers.base import Carries, Format, ImageFacts, ImageSource, Region, check_scene
from mifakit.readers.czi.directory import PLANE_DIMENSIONS, CziDirectory, Scene, Tile, check_tile, read_directory
from mifakit.readers.czi.metadata import CziMetadata, read_metadata
from mifakit.readers.extras import needing
from mifakit.readers.frames import Frames, ReadFrame
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.named_channels import named_channels
from mifakit.readers.odd_axes import map_vendor_axes
from mifakit.readers.scene_names import scene_names
from mifakit.readers.sliced import Pixels, SlicedImage
from mifakit.readers.time_steps import measured_step
from mifakit.readers.units import weigh
from mifakit.sources.limits import check_pixel_budget

_SIGNATURE = b"ZISRAWFILE\0\0\0\0\0\0"
_NATIVE = f"{PLANE_DIMENSIONS}YXS"
_ODD_AXES = {
    "V": "views of a light sheet",
    "H": "phases, as of SIM or raw Airyscan",
    "I": "directions of illumination",
    "R": "rotations",
    "B": "blocks of an experiment",
}
_CACHE_BYTES = 64 * 1024**2  # of decoded tiles: neighbouring regions share them
_COMPRESSIONS = {0, 4, 5, 6}
_COMPRESSION_NAMES = {1: "JPEG", 2: "LZW"}


class _PixelType(NamedTuple):
    """How libCZI calls it, and what it is."""

    name: str
    dtype: np.dtype
    samples: int = 1


_PIXEL_TYPES = {
    0: _PixelType("Gray8", np.dtype(np.uint8)),
    1: _PixelType("Gray16", np.dtype(np.uint16)),
    2: _PixelType("Gray32Float", np.dtype(np.float32)),
    3: _PixelType("Bgr24", np.dtype(np.uint8), 3),
    4: _PixelType("Bgr48", np.dtype(np.uint16), 3),
}


class CziReader:
    """Opens Zeiss CZI files.

    The tiles of a mosaic are one image, at their places; where two overlap, the later one is seen. What no tile
    covers is 0, and a finding says how much that is.
    """

    name: ClassVar[str] = "czi"
    formats: ClassVar[tuple[Format, ...]] = (Format("Zeiss CZI", (".czi",), frozenset(Carries), extra="czi"),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a CZI; see `mifakit.readers.base.Reader.open`."""
        with ExitStack() as stack:
            file = stack.enter_context(open_image_file(path, "CZI", (_SIGNATURE,)))
            with guarded(path, "its directory cannot be read"):
                directory = read_directory(path, file)
            check_scene(scene, len(directory.tiles))
            number = list(directory.tiles)[scene]
            found = Scene.of(path, number, directory.tiles[number])
            pixel = _pixel_type(path, found)
            shape = (*found.lengths, found.box[3], found.box[2], pixel.samples)
            mapped = map_vendor_axes(path, _NATIVE, shape, axes, _ODD_AXES)
            check_pixel_budget(path, mapped.shape, pixel.dtype)
            with needing("czi", path, "pylibCZIrw.czi"):
                from pylibCZIrw.czi import CacheOptions, ReaderOptions
                from pylibCZIrw.czi import CziReader as LibCzi
            with guarded(path, "cannot be opened"):
                library = LibCzi(
                    str(path),
                    cache_options=CacheOptions(max_memory_usage=_CACHE_BYTES),
                    # What a camera did not see of a tile must not hide what another tile shows there.
                    reader_options=ReaderOptions(enable_mask_awareness=True),
                )
                stack.callback(library.close)
                metadata = read_metadata(path, library.raw_metadata)
            facts = _facts(path, directory, found, pixel, mapped, metadata)
            read_plane = _planes(path, file, library, found, pixel)
            frames = Frames(len(PLANE_DIMENSIONS), pixel.dtype, read_plane, stack.pop_all().close)
            return SlicedImage(path, facts, mapped, frames.take, frames.release)


def _pixel_type(path: Path, scene: Scene) -> _PixelType:
    """Return the pixel type that all tiles of a scene share.

    Raises
    ------
    MifaError
        MIFA215 when they have several, MIFA202 when it, or how they are compressed, is not read.
    """
    tiles = [tile for tiles in scene.tiles.values() for tile in tiles]
    if odd := {tile.compression for tile in tiles} - _COMPRESSIONS:
        kind = _COMPRESSION_NAMES.get(min(odd), f"a method of its own ({min(odd)})")
        hint = "save it with ZEN without compression, or with JPEG XR or Zstandard"
        raise MifaError("MIFA202", f"is compressed with {kind}, which is not read", str(path), hint)
    numbers = sorted({tile.pixel_type for tile in tiles})
    names = [_PIXEL_TYPES[number].name if number in _PIXEL_TYPES else f"type {number}" for number in numbers]
    if len(numbers) > 1:
        hint = "export the channels of each kind to a file of their own"
        raise MifaError("MIFA215", f"its channels are of several kinds: {', '.join(names)}", str(path), hint)
    if numbers[0] not in _PIXEL_TYPES:
        raise MifaError("MIFA202", f"its pixels are of {names[0]}, which is not read", str(path))
    return _PIXEL_TYPES[numbers[0]]


def _facts(
    path: Path, directory: CziDirectory, scene: Scene, pixel: _PixelType, mapped: AxisMap, metadata: CziMetadata
) -> ImageFacts:
    readings = dict(metadata.readings)
    first, last = scene.along("T")
    if len(directory.time_stamps) == last - first:
        readings.setdefault("t", measured_step(directory.time_stamps))
    spacing, findings = weigh(path, readings, mapped)
    if bare := scene.uncovered():
        share = f"{max(bare, 0.0001):.2%}"
        message = f"its tiles leave holes: {share} of its pixels were never imaged, and are 0"
        findings += (Finding.of("MIFA225", message, str(path)),)
    return ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=pixel.dtype,
        native_axes=mapped.native,
        spacing=spacing,
        channels=named_channels(metadata.channels[slice(*scene.along("C"))], mapped, _NATIVE),
        interleaved=pixel.samples > 1,
        acquisition=metadata.acquisition,
        scenes=scene_names(list(map(metadata.name_of, directory.tiles)), "Scene"),
        findings=findings,
    )


def _planes(path: Path, file: BinaryIO, library: Any, scene: Scene, pixel: _PixelType) -> ReadFrame:
    """Return what reads a part of a plane: libCZI, once the tiles in it have been found whole."""
    left, top = scene.box[:2]
    whole: set[Tile] = set()

    def read(index: tuple[int, ...], region: Region) -> Pixels:
        plane = tuple(start + at for start, at in zip(scene.starts, index, strict=True))
        rows, columns, samples = region
        roi = (left + columns.start, top + rows.start, columns.stop - columns.start, rows.stop - rows.start)
        for tile in scene.tiles[plane]:
            if tile not in whole and _meet(tile.box, roi):
                check_tile(path, file, tile, prod(tile.box[2:]) * pixel.samples * pixel.dtype.itemsize)
                whole.add(tile)
        found: Pixels = library.read(
            roi=roi, plane=dict(zip(PLANE_DIMENSIONS, plane, strict=True)), scene=scene.index, pixel_type=pixel.name
        )
        return found[..., ::-1][..., samples]  # libCZI gives blue first

    return read


def _meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two boxes share a pixel."""
    return all(one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2] for axis in (0, 1))
