"""OME-Zarr 0.1 to 0.5, and plain Zarr of versions 2 and 3: folders with one image or many."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.array_attributes import Described
from mifakit.readers.axes import AxisMap, map_axes
from mifakit.readers.base import Carries, Channel, Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.guard import guarded
from mifakit.readers.units import weigh
from mifakit.readers.zarr.chunked import ChunkedArray, ChunkedImage
from mifakit.readers.zarr.encoding import codecs_of, key_encoding
from mifakit.readers.zarr.images import ZarrImage, find_images, is_label, locate_image
from mifakit.readers.zarr.nodes import Node

_ONLY_IMAGE = "image"
"""What an image is called that is the folder itself, beside its labels."""
_CODECS = {"blosc", "bz2", "gzip", "zlib", "zstd", "bytes", "transpose", "crc32c", "sharding_indexed"}


class ZarrReader:
    """Opens Zarr folders: the finest level of each OME-Zarr image, and arrays of two or more dimensions.

    The images of a plate, a series (bioformats2raw) or a group are scenes, named by where they are: `A/1/0`.
    Labels come after them: `labels/nuclei`. An array that nothing is said about has rows and columns;
    what its other axes are is asked for.

    Chunks that are not there are counted in a finding, since they read as the fill value. They are an error
    when they must have been lost: their writer stores such chunks elsewhere in the array, there is no fill value,
    none is there at all, or coarser levels are gone as well.
    """

    name: ClassVar[str] = "zarr"
    formats: ClassVar[tuple[Format, ...]] = (
        Format(
            "OME-Zarr",
            (".ome.zarr",),
            frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP, Carries.CHANNELS, Carries.COLORS, Carries.SCENES}),
        ),
        Format("Zarr", (".zarr",), frozenset({Carries.PIXEL_SIZE, Carries.SCENES})),
    )
    reads_folders: ClassVar[bool] = True

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a Zarr folder; see `mifakit.readers.base.Reader.open`."""
        _check_folder(path)
        names = find_images(path)
        check_scene(scene, len(names))
        image = locate_image(path, names[scene])
        array = _open_array(image.array)
        described, chunk = image.described, array.chunk
        mapped = map_axes(image.array.path, described.native, array.shape, axes)
        spacing, doubts = weigh(image.array.path, described.readings, mapped)
        channel, row = mapped.dim("c"), mapped.dim("x")
        facts = ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=array.dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=_channels(image.described, mapped),
            interleaved=channel is not None and chunk[channel] > 1,
            whole_rows=row is not None and chunk[row] >= array.shape[row],
            whole=all(size >= length for size, length in zip(chunk, array.shape, strict=True)),
            scenes=tuple(name or _ONLY_IMAGE for name in names) if len(names) > 1 else (),
            findings=(*doubts, *_several(image), *_missing_chunks(image, array, names[scene])),
        )
        return ChunkedImage(array, facts, mapped)


def _check_folder(path: Path) -> None:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        hint = "check that it exists and may be read"
        raise MifaError("MIFA202", f"cannot be opened: {error.strerror}", str(path), hint) from error
    if not is_folder:
        raise MifaError(
            "MIFA204", "is a file, and a Zarr is a folder", str(path), "unpack it, or copy the whole folder"
        )


def _open_array(node: Node) -> ChunkedArray:
    document = node.array or {}
    with guarded(node.path, "its metadata cannot be read"):
        unread = [name for name in codecs_of(document) if name not in _CODECS]
        if unread:
            hint = "save it again with Blosc or Zstandard"
            raise MifaError(
                "MIFA202", f"its chunks are encoded as {unread[0]}, which is not read", str(node.path), hint
            )
        prefix, separator = key_encoding(node)
    driver = "zarr" if node.version == 2 else "zarr3"
    return ChunkedArray(node.root, node.path, driver, prefix, separator)


def _channels(described: Described, mapped: AxisMap) -> tuple[Channel, ...]:
    """Return the channels, if the image has that many along the axis that the file calls channels."""
    dim = mapped.dim("c")
    fits = len(described.channels) == mapped.shape[mapped.axes.index("c")]
    return described.channels if fits and (dim is None or described.native[dim] == "C") else ()


def _several(image: ZarrImage) -> Iterator[Finding]:
    if image.several > 1:
        message = f"is described as {image.several} images; only the first is read"
        yield Finding.of("MIFA215", message, str(image.array.path.parent))


def _missing_chunks(image: ZarrImage, array: ChunkedArray, name: str) -> Iterator[Finding]:
    """Yield one finding when chunks are missing.

    Raises
    ------
    MifaError
        MIFA203 when they must have been lost.
    """
    if not array.missing:
        return
    place = str(image.array.path)
    first = next(array.files.missing(), "")
    message = f"{array.missing:,} of {array.files.total:,} chunks are missing, the first is {first}"
    lost = None
    if array.missing == array.files.total and not is_label(name):
        lost = "an image without any pixels was not stored"
    elif (image.array.array or {}).get("fill_value") is None:
        lost = "what their pixels should be is not said"
    elif image.absent:
        lost = f"{image.absent[0]} is gone as well"
    elif array.stores_fill():
        lost = "others are stored that hold nothing either"
    if lost:
        raise MifaError("MIFA203", f"{message}; they were lost: {lost}", place)
    yield Finding.of("MIFA218", f"{message}; they read as {array.fill_value}", place)
