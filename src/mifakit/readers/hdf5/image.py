"""An image in an HDF5 file, read chunk by chunk with h5py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import lru_cache, partial
from itertools import product
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.axes import map_axes
from mifakit.readers.base import ImageFacts, ImageSource, Region, check_scene
from mifakit.readers.guard import guarded
from mifakit.readers.hdf5.bigdataviewer import bigdataviewer_layouts
from mifakit.readers.hdf5.imaris import imaris_layouts
from mifakit.readers.hdf5.layout import Hdf5Layout
from mifakit.readers.hdf5.objects import check_storage, missing_chunks
from mifakit.readers.hdf5.plain import plain_layouts
from mifakit.readers.sliced import SlicedImage
from mifakit.readers.units import weigh
from mifakit.sources.limits import check_pixel_budget

# Neighbouring blocks share chunks, which are decompressed once as long as they are kept.
_CHUNK_CACHE = {"rdcc_nbytes": 64 * 1024**2, "rdcc_nslots": 100_003}


def open_hdf5(path: Path, axes: str | None, scene: int) -> ImageSource:
    """Open one image of an HDF5 file; see `mifakit.readers.base.Reader.open`."""
    with ExitStack() as stack:
        with guarded(path, "cannot be opened"):
            file = _opened(path)
            stack.callback(file.close)
            layouts = _layouts(path, file)
        check_scene(scene, len(layouts))
        layout = layouts[scene]
        with guarded(path, "its datasets cannot be read"):
            missing = 0
            for name in layout.datasets:
                check_storage(path, file[name])
                missing += missing_chunks(file[name])
        names = tuple(one.name for one in layouts) if len(layouts) > 1 else ()
        image = _image(path, file, layout, names, axes, missing)
        stack.pop_all()
        return image


def _opened(path: Path) -> h5py.File:
    """Open a file; locks that a read-only or network file system does not have are done without.

    Raises
    ------
    MifaError
        MIFA203 when it is shorter than it says.
    """
    try:
        return h5py.File(path, "r", locking="best-effort", **_CHUNK_CACHE)
    except OSError as error:
        if "truncated file" in str(error):
            raise MifaError("MIFA203", "is shorter than its header says", str(path)) from error
        raise


def _layouts(path: Path, file: h5py.File) -> tuple[Hdf5Layout, ...]:
    """Return the images of a file, by the first layout that fits it.

    Raises
    ------
    MifaError
        MIFA202 when there is none.
    """
    for find in (imaris_layouts, bigdataviewer_layouts, plain_layouts):
        if found := find(path, file):
            return found
    raise MifaError("MIFA202", "holds no dataset of 2 to 5 dimensions that is an image", str(path))


def _image(
    path: Path, file: h5py.File, layout: Hdf5Layout, names: tuple[str, ...], axes: str | None, missing: int
) -> ImageSource:
    mapped = map_axes(path, layout.native, layout.shape, axes)
    check_pixel_budget(path, mapped.shape, layout.dtype)
    spacing, findings = weigh(path, layout.readings, mapped)
    if missing:
        message = f"{missing:,} chunks of {layout.name} are not stored; their pixels read as the fill value"
        findings += (Finding.of("MIFA203", message, str(path)),)
    channel, last = mapped.dim("c"), len(layout.shape) - 1
    facts = ImageFacts(
        axes=mapped.axes,
        shape=mapped.shape,
        dtype=layout.dtype,
        native_axes=mapped.native,
        spacing=spacing,
        channels=layout.channels if channel is not None and layout.native[channel] == "C" else (),
        interleaved=channel == last and layout.shape[last] > 1,
        acquisition=layout.acquisition,
        scenes=names,
        files=layout.files,
        findings=findings,
    )

    take = partial(_take, lru_cache(maxsize=1)(file.__getitem__), layout)
    return SlicedImage(path, facts, mapped, take, file.close)


def _take(dataset: Callable[[str], h5py.Dataset], layout: Hdf5Layout, region: Region) -> npt.NDArray[np.generic]:
    """Read a region; `dataset` keeps the last one open, since its chunks are forgotten when it closes."""
    outer, inner = region[: len(layout.outer)], region[len(layout.outer) :]
    stored = dataset(layout.datasets[0]).dtype.newbyteorder("=")
    lengths = [part.stop - part.start for part in region]
    block: npt.NDArray[np.generic] = np.empty(lengths, stored)
    planes = block.reshape(-1, *lengths[len(outer) :])
    places = product(*(range(part.start, part.stop) for part in outer))
    for place, plane in zip(places, planes, strict=True):
        index = int(np.ravel_multi_index(place, layout.outer)) if place else 0
        dataset(layout.datasets[index]).read_direct(plane, source_sel=inner)
    return block.view(layout.dtype)
