"""Label images: whole numbers on an image's pixel grid, 0 for background. The model of every mask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.readers.base import ImageFacts, Region

ReadRegion = Callable[[Region], npt.NDArray[Any]]

_PIXELS_AT_ONCE = 2**24


class LabelImage:
    """Label values on the pixel grid of an image, read lazily.

    Making one asks for every label once, to learn the ids and to refuse what is no label image.

    Parameters
    ----------
    axes
        The image's axes without c.
    shape
        One length an axis.
    read
        Returns a region as the file stores it.
    dtype
        As the file stores it.
    place
        The file, for messages.
    findings
        What was noticed while the annotation was put together.
    ids
        The sorted ids without background, where they are known; else all labels are read once.

    Raises
    ------
    MifaError
        MIFA303 when the labels are not integers, MIFA304 when some are negative.
    """

    def __init__(
        self,
        axes: str,
        shape: tuple[int, ...],
        read: ReadRegion,
        dtype: np.dtype,
        place: Place,
        findings: Iterable[Finding] = (),
        ids: npt.NDArray[np.integer] | None = None,
    ) -> None:
        self.axes, self.shape, self._read, self._place = axes, shape, read, place
        if dtype.kind not in "uib":
            raise MifaError("MIFA303", f"labels are stored as {dtype}", place)
        self.ids = self._collect_ids() if ids is None else ids
        self.dtype = smallest_label_dtype(int(self.ids.max(initial=0)))
        self.findings = tuple(findings)

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Return the label values of one region, in the smallest type that holds every id."""
        return self._read(region).astype(self.dtype, copy=False)

    def _collect_ids(self) -> npt.NDArray[np.int64]:
        """Return the sorted ids, without background."""
        values = np.unique(np.concatenate([_values_in(self._read(region)) for region in row_slabs(self.shape)]))
        if values.size and values[0] < 0:
            raise MifaError("MIFA304", f"the smallest label is {values[0]}", self._place)
        return values[values > 0]


def _values_in(block: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return what occurs; of neighbours of one value, which most are, only the last is looked at."""
    flat = block.reshape(-1)
    return np.unique(flat[np.append(np.flatnonzero(flat[1:] != flat[:-1]), flat.size - 1)])


def remarks(labels: LabelImage, place: Place) -> Iterator[Finding]:
    """Yield what its ids alone show."""
    if labels.ids.size == 0:
        yield Finding.of("MIFA309", "no pixel is labelled", place)
    elif labels.ids.size == 1 and labels.ids[0] in (1, 255):
        yield Finding.of("MIFA311", f"every labelled pixel has the value {labels.ids[0]}", place)


def smallest_label_dtype(largest: int) -> np.dtype:
    """Return the smallest unsigned type that holds `largest`."""
    return np.dtype(next(kind for kind in ("u1", "u2", "u4", "u8") if largest <= np.iinfo(kind).max))


def check_header(mask: ImageFacts, image: ImageFacts, place: Place) -> None:
    """Refuse what its header already shows to be no label image on the grid of its image.

    Raises
    ------
    MifaError
        MIFA302 another grid, MIFA303 not whole numbers, MIFA305 a colour picture.
    """
    if mask.size("c") != 1:
        raise MifaError("MIFA305", f"the mask has {mask.size('c')} channels ({mask.native_axes})", place)
    if mask.dtype.kind not in "uibf":
        raise MifaError("MIFA303", f"labels are stored as {mask.dtype}", place)
    check_size(mask, image, place)


def check_size(mask: ImageFacts, image: ImageFacts, place: Place) -> None:
    """Refuse a mask, of whatever pixels, that does not lie on its image's grid.

    Raises
    ------
    MifaError
        MIFA302.
    """
    axes = image.axes.replace("c", "")
    sizes = {axis: mask.size(axis) for axis in mask.axes if axis != "c"}
    check_grid(axes, sizes, {axis: image.size(axis) for axis in axes}, place)


def check_grid(axes: str, shape: Mapping[str, int], image: Mapping[str, int], place: Place) -> None:
    """Refuse a mask that does not lie on its image's grid, and say how it differs.

    Parameters
    ----------
    axes
        The image's axes without c.
    shape, image
        Length by axis of the mask and of its image; a missing axis counts 1.

    Raises
    ------
    MifaError
        MIFA302.
    """
    mask_size, image_size = (tuple(sizes.get(axis, 1) for axis in axes) for sizes in (shape, image))
    extra = [axis for axis in shape if axis not in axes and shape[axis] != 1]
    if mask_size == image_size and not extra:
        return
    written = "×".join(f"{shape[axis]}" for axis in shape)
    expected = "×".join(map(str, image_size))
    message = f"the mask is {written} ({''.join(shape)}), its image {expected} ({axes})"
    ratios = {large / small for large, small in zip(image_size, mask_size, strict=True)}
    only_planes = not extra and mask_size[:-2] == image_size[:-2]
    if mask_size[-2:] == image_size[-2:][::-1] != image_size[-2:]:
        message += ": x and y seem swapped"
    elif len(ratios) == 1 and not extra:
        message += f": it differs by a factor of {ratios.pop():g}"
    elif only_planes and min(ratios) >= 1:
        message += ": it may be of a crop of the image"
    elif only_planes and max(ratios) <= 1:
        message += ": the image may be a crop of what it was made on"
    raise MifaError("MIFA302", message, place)


def row_slabs(shape: tuple[int, ...], pixels: int | None = None) -> Iterator[Region]:
    """Yield regions of whole rows that cover an image, plane by plane, each of so many pixels or one row."""
    *leading, height, width = shape
    rows = max(1, (pixels or _PIXELS_AT_ONCE) // max(1, width))
    for corner in product(*(range(size) for size in leading)):
        planes = tuple(slice(index, index + 1) for index in corner)
        for y in range(0, height, rows):
            yield (*planes, slice(y, min(y + rows, height)), slice(0, width))
