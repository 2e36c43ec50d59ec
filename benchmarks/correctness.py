"""Is an output correct? Every pixel against its source, every level against the one above it, and validators.

Outputs are read through zarr-python and sources through tifffile: neither is what mifakit or the floor writes with.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
import yaozarrs
import zarr

from benchmarks.works import Work, name_of

Array = npt.NDArray[Any]
Region = tuple[slice, ...]

AXES = "tczyx"
MOST_BYTES = 64 * 2**20
"""Of an image, compared at once."""


@dataclass
class Verdict:
    """What was found in one run's output.

    Attributes
    ----------
    pixels
        Every pixel of every full-resolution array equals its source.
    levels
        Every image has as many levels as were asked for, each half as long in y and x.
    bias
        By how much coarser levels differ on average from the 2 x 2 mean of the level above, fractions and all, in grey
        values. Rounding halves up makes 0.125, halves to even nothing.
    rounded
        Share of the coarser pixels that are this mean, rounded either way.
    ids
        Coarser label images hold no id that the full one does not.
    valid
        What the validator says: empty if all is well.
    trouble
        Why the output could not be read, if so.
    """

    pixels: bool = True
    levels: bool = True
    bias: float = 0.0
    rounded: float = 1.0
    ids: bool = True
    valid: str = ""
    trouble: str = ""
    _coarse: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0], repr=False)

    @property
    def comparable(self) -> bool:
        """Whether the output is what was asked for: the right pixels and the same levels."""
        return self.pixels and self.levels and not self.trouble

    def count_coarse(self, quarters: Array) -> None:
        """Add what was seen of one part of a coarser level: differences from the mean, in quarters of a grey value."""
        seen = (quarters.size, float(quarters.sum()) / 4, int(np.count_nonzero(abs(quarters) <= 2)))
        self._coarse = [old + new for old, new in zip(self._coarse, seen, strict=True)]
        self.bias = self._coarse[1] / self._coarse[0]
        self.rounded = self._coarse[2] / self._coarse[0]


def check(work: Work, lab: Path, out: Path, masks_inside: bool) -> Verdict:
    """Compare an output with its sources, to the last pixel.

    Parameters
    ----------
    work
        What was converted.
    lab
        The source files' folder.
    out
        Where each image is `images/<name>...zarr`.
    masks_inside
        Whether masks are labels inside their image, as mifakit puts them, or at `masks/<name>...zarr`.
    """
    verdict, found = Verdict(), _images_by_name(out)
    for file in work.files(lab):
        name, labels = file.name.partition(".")[0], file.parent.name == "masks"
        home = "images" if masks_inside else file.parent.name
        try:
            (image,) = found[home, name]
            if labels and masks_inside:
                image = image / "labels" / "cells"
            _check_image(verdict, work, file, image, labels)
        except Exception as error:  # what cannot be opened is a verdict too
            verdict.trouble = f"{name}: {str(error).strip().splitlines()[0] if str(error) else type(error).__name__}"
            return verdict
        verdict.valid = verdict.valid or _complaint(image)
    return verdict


def _images_by_name(out: Path) -> dict[tuple[str, str], list[Path]]:
    """Return the images in each folder by their names; looked for one by one, many would take minutes."""
    found: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for image in out.glob("*/*zarr"):
        found[image.parent.name, image.name[: len(name_of(0))]].append(image)  # some put more behind it
    return found


def _check_image(verdict: Verdict, work: Work, file: Path, image: Path, labels: bool) -> None:
    levels = _open_levels(image)
    source = _open_source(file)
    # Ids may be kept in a narrower type, as long as all of them fit; grey values keep theirs.
    verdict.pixels &= levels[0].shape == source.shape and (labels or levels[0].dtype == source.dtype)
    verdict.pixels = verdict.pixels and all(
        np.array_equal(levels[0][region], source[region]) for region in _regions(source.shape, source.itemsize)
    )
    halved = [
        (*source.shape[:-2], source.shape[-2] >> level, source.shape[-1] >> level) for level in range(work.levels)
    ]
    verdict.levels &= [level.shape for level in levels] == halved
    if not verdict.levels:
        return
    ids = np.unique(source) if labels else None
    for fine, coarse in pairwise(levels):
        for region in _regions(coarse.shape, 4 * coarse.dtype.itemsize):
            here = coarse[region]
            if ids is not None:
                verdict.ids &= bool(np.isin(here, ids).all())
                continue
            above = fine[(*region[:-2], *(slice(2 * part.start, 2 * part.stop) for part in region[-2:]))]
            verdict.count_coarse(4 * here.astype(np.int32) - _sum(above))


class _Level:
    """An array whatever its axes are called and in which order: read as `tczyx`."""

    def __init__(self, array: zarr.Array[Any], axes: list[str]) -> None:
        self._array, self._order = array, sorted(range(len(axes)), key=lambda place: AXES.index(axes[place]))
        self._kept = [AXES.index(axes[place]) for place in self._order]
        self.dtype = array.dtype
        sizes = dict(zip(self._kept, (array.shape[place] for place in self._order), strict=True))
        self.shape = tuple(sizes.get(axis, 1) for axis in range(len(AXES)))

    def __getitem__(self, region: Region) -> Array:
        part = [slice(None)] * len(self._order)
        for place, axis in zip(self._order, self._kept, strict=True):
            part[place] = region[axis]
        block = np.asarray(self._array[tuple(part)]).transpose(self._order)
        return block.reshape([_length(side) for side in region])


def _open_levels(image: Path) -> list[_Level]:
    # bioformats2raw puts each series of a file into a group of its own.
    group = zarr.open_group(image if _attributes(image) else image / "0", mode="r")
    attributes = dict(group.attrs)
    scales: Any = dict(attributes.get("ome", attributes))["multiscales"]
    axes = [axis["name"].lower() for axis in scales[0]["axes"]]
    return [_Level(group[dataset["path"]], axes) for dataset in scales[0]["datasets"]]


def _attributes(image: Path) -> bool:
    attributes = dict(zarr.open_group(image, mode="r").attrs)
    return "multiscales" in attributes or "multiscales" in dict(attributes.get("ome", {}))


def _open_source(file: Path) -> Array:
    with tifffile.TiffFile(file) as tiff:
        axes = tiff.series[0].axes.lower().replace("s", "c")
        mapped = tiff.series[0].dataoffset is not None and not tiff.pages[0].is_tiled
        pixels = tifffile.memmap(file, mode="r") if mapped and tiff.pages[0].compression == 1 else tiff.asarray()
    order = sorted(range(len(axes)), key=lambda place: AXES.index(axes[place]))
    sizes = {axes[place]: pixels.shape[place] for place in order}
    return pixels.transpose(order).reshape([sizes.get(axis, 1) for axis in AXES])


def _regions(shape: tuple[int, ...], itemsize: int) -> Iterator[Region]:
    """Yield parts of about `MOST_BYTES`: as many whole planes as that holds, or bands of one plane."""
    *lead, depth, height, width = shape
    plane = height * width * itemsize
    deep, rows = max(1, MOST_BYTES // plane), min(height, max(1, MOST_BYTES // (width * itemsize)))
    deep, rows = min(deep, 16), height if deep > 1 else rows // 2 * 2 or 1
    for *start, z, y in product(*(range(size) for size in lead), range(0, depth, deep), range(0, height, rows)):
        first = tuple(slice(index, index + 1) for index in start)
        yield (*first, slice(z, min(z + deep, depth)), slice(y, min(y + rows, height)), slice(0, width))


def _length(part: slice) -> int:
    return int(part.stop - part.start)


def _sum(fine: Array) -> Array:
    """Return the sums of 2 x 2 pixels."""
    total = np.zeros((*fine.shape[:-2], fine.shape[-2] // 2, fine.shape[-1] // 2), np.int32)
    for y, x in product((0, 1), repeat=2):
        total += fine[..., y::2, x::2]
    return total


def _complaint(image: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yaozarrs.validate_zarr_store(str(image))
    except Exception as error:  # validators raise whatever their libraries do
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return " ".join(lines[:2]) or type(error).__name__
    return ""
