"""One label image in one image file: TIFF or PNG, one value an object."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.label_image import LabelImage, check_header, remarks
from mifakit.findings import Place
from mifakit.readers.base import ImageFacts, ImageSource, Region, full_region
from mifakit.sources.limits import SMALL_IMAGE_BYTES


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
        return np.asarray(block).reshape([part.stop - part.start for part in region])

    shape = tuple(image.size(axis) for axis in axes)
    labels = LabelImage(axes, shape, read, mask.dtype, place)
    labels.findings = tuple(remarks(labels, place))
    return labels
