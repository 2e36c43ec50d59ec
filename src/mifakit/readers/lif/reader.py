"""Leica LIF, whose layout liffile reads."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap
from mifakit.readers.base import Acquisition, Carries, Format, ImageFacts, ImageSource, Region, check_scene
from mifakit.readers.extras import needing
from mifakit.readers.frames import Frames, ReadFrame
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.lif.metadata import LifMetadata, read_metadata
from mifakit.readers.named_channels import named_channels, stored_channels
from mifakit.readers.odd_axes import map_vendor_axes
from mifakit.readers.scene_names import scene_names
from mifakit.readers.sliced import Pixels, SlicedImage
from mifakit.readers.units import weigh
from mifakit.sources.limits import check_pixel_budget
from mifakit.sources.xml_text import check_xml

_START = b"\x70\0\0\0"
_HEAD_BYTES = 13
_IMAGES = ("./Data/Image", "./Data/SingleMoleculeDetection[@IsImage='true']")
_ODD_AXES = {
    "M": "tiles of a mosaic that was not merged",
    "λ": "bands of emission",
    "Λ": "lines of excitation",
    "A": "rotations",
    "N": "a dimension of the microscope's own",
    "Q": "slices in time",
    "L": "a loop",
}


class LifReader:
    """Opens Leica LIF files; each series is an image of its own."""

    name: ClassVar[str] = "lif"
    formats: ClassVar[tuple[Format, ...]] = (
        Format("Leica LIF", (".lif",), frozenset(Carries) - {Carries.WAVELENGTHS}, extra="lif"),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a LIF; see `mifakit.readers.base.Reader.open`."""
        with open_image_file(path, "LIF", (_START,)) as file, guarded(path, "its header cannot be read"):
            _check_header(path, file)
        with needing("lif", path, "liffile"):
            from liffile import LifFile
        with ExitStack() as stack:
            with guarded(path, "its header cannot be read"):
                library = LifFile(path)
                stack.callback(library.close)
                images = _images(path, library)
                _check_blocks(path, library, images)
            check_scene(scene, len(images))
            with guarded(path, "its metadata cannot be read"):
                image = images[scene]
                metadata, sizes, dtype = _described(path, image)
                mapped = map_vendor_axes(path, "".join(sizes), tuple(sizes.values()), axes, _ODD_AXES)
                check_pixel_budget(path, mapped.shape, dtype)
                names = scene_names([one.path for one in images], "Series")
                facts = _facts(path, image, metadata, mapped, "".join(sizes), dtype, names)
            with guarded(path, "its pixels cannot be read"):
                counted, read_frame = _frames(image, sizes)
            frames = Frames(counted, dtype, read_frame, stack.pop_all().close)
            return SlicedImage(path, facts, mapped, frames.take, frames.release)


def _check_header(path: Path, file: BinaryIO) -> None:
    """Refuse a header that is cut off or not LIF's, before the library reads it."""
    head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES:
        raise MifaError("MIFA203", f"ends after {len(head)} bytes", str(path))
    length = 2 * int.from_bytes(head[9:], "little")
    if head[8] != 0x2A:
        raise MifaError("MIFA204", "is not a LIF image, or its header is damaged", str(path))
    header = file.read(length)
    if len(header) < length:
        raise MifaError("MIFA203", f"at least {length - len(header):,} bytes are missing", str(path))
    check_xml(path, header.decode("utf-16-le"), "header")


def _images(path: Path, library: Any) -> list[Any]:
    """Return all images; the library keeps the last one of those that share a name.

    Raises
    ------
    MifaError
        MIFA202 when there is none, or several share a name.
    """
    images = list(library.images)
    described = sum(
        any(element.find(kind) is not None for kind in _IMAGES) for element in library.xml_element.iter("Element")
    )
    if described > len(images):
        hint = "give each series a name of its own in LAS X, and save it again"
        raise MifaError("MIFA202", f"has {described - len(images)} series that share their names", str(path), hint)
    if not images:
        raise MifaError("MIFA202", "holds no image", str(path))
    return images


def _check_blocks(path: Path, library: Any, images: list[Any]) -> None:
    """Refuse a file whose pixels are not all there; the library stops in silence at a block that is cut off.

    Raises
    ------
    MifaError
        MIFA203.
    """
    blocks = library.memory_blocks
    end = max((block.offset + block.size for block in blocks.values()), default=0)
    named = {
        memory.get("MemoryBlockID")
        for element in (image.xml_element for image in images)
        for memory in element.findall("./Memory")
    }
    if lost := named - set(blocks):
        raise MifaError("MIFA203", f"the pixels of {len(lost)} of its {len(images)} images are missing", str(path))
    if (missing := end - path.stat().st_size) > 0:
        raise MifaError("MIFA203", f"{missing:,} bytes are missing", str(path))


def _described(path: Path, image: Any) -> tuple[LifMetadata, dict[str, int], np.dtype]:
    """Return what describes an image, once its pixels are known to lie as described.

    Raises
    ------
    MifaError
        MIFA202 when they lie in another way, or are counts of photons in time; MIFA203 when they are too few.
    """
    if image.is_flim:
        hint = "export its intensity or lifetime with LAS X"
        raise MifaError("MIFA202", "is a histogram of photons in time (FLIM), which is not read", str(path), hint)
    sizes, dtype = dict(image.sizes), np.dtype(image.dtype)
    metadata = read_metadata(image.xml_element)
    if any(len(axis) > 1 for axis in sizes):
        raise MifaError("MIFA202", f"its dimensions {', '.join(sizes)} lie in a way that is not known", str(path))
    needed, there = prod(sizes.values()) * dtype.itemsize, image.memory_block.size
    if there < needed:
        raise MifaError("MIFA203", f"an image holds {there:,} of its {needed:,} bytes", str(path))
    if "S" not in sizes:
        lengths = list(sizes.values())
        strides = {axis: prod(lengths[at + 1 :]) * dtype.itemsize for at, axis in enumerate(sizes)}
        starts = tuple(at * strides.get("C", 0) for at in range(sizes.get("C", 1)))
        if metadata.channel_starts != starts or metadata.steps != tuple(strides[axis] for axis in sizes if axis != "C"):
            raise MifaError("MIFA202", "its pixels lie in a way that is not known", str(path))
    return metadata, sizes, dtype


def _facts(
    path: Path,
    image: Any,
    metadata: LifMetadata,
    mapped: AxisMap,
    native: str,
    dtype: np.dtype,
    names: tuple[str, ...],
) -> ImageFacts:
    spacing, findings = weigh(path, metadata.readings, mapped)
    return ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=dtype,
        native_axes=mapped.native,
        spacing=spacing,
        channels=named_channels(metadata.channels, mapped, native),
        interleaved=stored_channels(mapped, native) == "S",
        acquisition=_acquisition(image, metadata),
        scenes=names,
        findings=findings,
    )


def _acquisition(image: Any, metadata: LifMetadata) -> Acquisition:
    stamps = image.timestamps
    if stamps is None or not len(stamps) or np.isnat(stamps[0]):
        return metadata.acquisition
    return replace(metadata.acquisition, acquired=str(stamps[0].astype("datetime64[s]")))


def _frames(image: Any, sizes: dict[str, int]) -> tuple[int, ReadFrame]:
    """Return how many dimensions count frames, and what reads a part of one.

    Grey pixels are mapped from the file. Colours may lie in another order, which liffile mends frame by frame.
    """
    if "S" not in sizes:
        pixels = image.asarray(out="memmap")
        return 0, lambda _, region: pixels[region]
    frame = list(image.frames.frame_sizes)
    counted = [axis for axis in sizes if axis not in frame]
    if frame != list(sizes)[len(counted) :]:
        raise ValueError("its frames lie in a way that is not known")

    def read(index: tuple[int, ...], region: Region) -> Pixels:
        found: Pixels = image.frame(**dict(zip(counted, index, strict=True)))
        return found[region]

    return len(counted), read
