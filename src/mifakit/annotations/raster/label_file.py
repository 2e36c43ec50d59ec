"""One label image in one image file: TIFF or PNG, one value an object."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.raster.label_image import LabelImage, check_header, remarks
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.readers.base import ImageFacts, ImageSource, Region, full_region
from mifakit.sources.limits import SMALL_IMAGE_BYTES

_LARGEST_LABEL = 2.0**53
"""Beyond it, neighbouring whole numbers are one decimal number."""


def read_label_file(source: ImageSource, image: ImageFacts, place: Place) -> LabelImage:
    """Return the label image that an open file holds; it reads from `source`, which must stay open.

    Parameters
    ----------
    source
        The mask.
    image
        The image it belongs to.
    place
        The mask's path, for messages.

    Raises
    ------
    MifaError
        As `check_header` and `LabelImage`.
    """
    mask = source.facts
    check_header(mask, image, place)
    axes = image.axes.replace("c", "")
    # Ids come first, pixels after: what is small is decoded once for both.
    whole = source.read(full_region(mask.shape)) if mask.nbytes <= SMALL_IMAGE_BYTES else None

    def read(region: Region) -> npt.NDArray[Any]:
        wanted = dict(zip(axes, region, strict=True))
        place = tuple(wanted.get(axis, slice(0, 1)) for axis in mask.axes)
        block = source.read(place) if whole is None else whole[place]
        # The mask may lack axes of length 1 that its image has; c always has length 1 here.
        block = np.asarray(block).reshape([part.stop - part.start for part in region])
        return _whole_numbers(block, origin) if decimal else block

    origin, decimal = place, mask.dtype.kind == "f"
    shape = tuple(image.size(axis) for axis in axes)
    labels = LabelImage(axes, shape, read, np.dtype(np.int64) if decimal else mask.dtype, place)
    stored = [Finding.of("MIFA362", f"labels are stored as {mask.dtype}", place)] if decimal else []
    labels.findings = (*stored, *remarks(labels, place))
    return labels


def _whole_numbers(block: npt.NDArray[Any], place: Place) -> npt.NDArray[np.int64]:
    """Return decimal numbers as whole ones.

    Raises
    ------
    MifaError
        MIFA303 when some are not.
    """
    values = block.astype(np.float64)
    whole = np.isfinite(values) & (np.abs(values) < _LARGEST_LABEL) & (values == np.rint(values))
    if not whole.all():
        first = values[~whole][0]
        message = f"labels are stored as {block.dtype}, and {first:g} is no whole number"
        raise MifaError("MIFA303", message, place)
    return block.astype(np.int64)
