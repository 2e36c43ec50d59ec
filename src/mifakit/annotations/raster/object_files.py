"""One black and white image file an object: put together into one label image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mifakit.annotations.raster.label_image import LabelImage, check_header, smallest_label_dtype
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.readers.base import ImageFacts, ImageSource, full_region

OpenImage = Callable[[Path], ImageSource]


def read_object_files(files: Sequence[tuple[str, Path]], image: ImageFacts, open_image: OpenImage) -> LabelImage:
    """Return one label image: the first file's object has id 1, the second's id 2, and so on.

    A pixel that two objects claim stays with the earlier file, and is reported.

    Parameters
    ----------
    files
        Name for messages and path of each object's file; ids follow the order of names.
    image
        The image they belong to.
    open_image
        Opens one file.

    Raises
    ------
    MifaError
        As `check_header`; MIFA303 when a file holds more than two values.
    """
    ordered = sorted(files)
    axes = image.axes.replace("c", "")
    labels = np.zeros(tuple(image.size(axis) for axis in axes), smallest_label_dtype(len(ordered)))
    findings: list[Finding] = []
    for number, (name, path) in enumerate(ordered, start=1):
        place = Place(name)
        inside = _read_object(path, place, image, open_image).reshape(labels.shape)
        taken = inside & (labels > 0)
        overlap = int(np.count_nonzero(taken))
        if overlap:
            others = sorted(ordered[other - 1][0] for other in np.unique(labels[taken]))
            findings.append(
                Finding.of("MIFA307", f"{overlap} pixels also belong to {', '.join(others)}; they stay there", place)
            )
        visible = inside & ~taken
        if not visible.any():
            findings.append(Finding.of("MIFA309", "no pixel is left of this object", place))
        labels[visible] = number
    place = Place(str(Path(ordered[0][0]).parent))
    return LabelImage(axes, labels.shape, lambda region: labels[region], labels.dtype, place, findings)


def _read_object(
    path: Path, place: Place, image: ImageFacts, open_image: OpenImage
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with open_image(path) as source:
        facts = source.facts
        check_header(facts, image, place)
        pixels = source.read(full_region(facts.shape))
    values = np.unique(pixels)
    if values.size > 2 or (values.size == 2 and values[0] != 0):
        raise MifaError(
            "MIFA303",
            f"holds {values.size} different values, not one object on 0",
            place,
            "use format: label image if one file holds several objects",
        )
    return np.asarray(pixels != 0)
