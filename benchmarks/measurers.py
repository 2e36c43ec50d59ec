"""Programs that measure the objects of a mask and say how many they are: `python benchmarks/measurers.py NAME MASK`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint16]


def mifakit(mask: Mask) -> int:
    """Find ids, areas, bounds, centroids, and the pieces of each object."""
    from mifakit.annotations.raster.label_image import LabelImage
    from mifakit.annotations.raster.label_properties import properties_of
    from mifakit.findings import Place

    labels = LabelImage("yx", mask.shape, lambda region: mask[region], mask.dtype, Place("mask"))
    return len(properties_of(labels).labels)


def skimage(mask: Mask) -> int:
    """Find areas, bounds and centroids."""
    from skimage.measure import regionprops_table

    return len(regionprops_table(mask, properties=("label", "area", "bbox", "centroid"))["label"])


def scipy(mask: Mask) -> int:
    """Find areas, bounds and centroids."""
    from scipy import ndimage

    ids = np.arange(1, int(mask.max()) + 1)
    bounds = ndimage.find_objects(mask)
    areas = ndimage.sum_labels(np.broadcast_to(np.uint8(1), mask.shape), mask, ids)
    ndimage.center_of_mass(np.broadcast_to(np.uint8(1), mask.shape), mask, ids)
    return min(len(bounds), np.count_nonzero(areas))


PROGRAMS: dict[str, Callable[[Mask], int]] = {"mifakit": mifakit, "skimage": skimage, "scipy": scipy}

if __name__ == "__main__":
    print(PROGRAMS[sys.argv[1]](np.load(sys.argv[2], mmap_mode="r")))
