"""yaozarrs: it writes what it is given, so the levels are made here."""

import numpy as np
from lab import axes_of, jobs, read
from yaozarrs import v05
from yaozarrs.write.v05 import write_image


def coarser(fine, labels):
    """Return 2 x 2 means, halves rounded up; of labels one in four."""
    if labels:
        return np.ascontiguousarray(fine[..., ::2, ::2])
    total = fine[..., ::2, ::2].astype(np.uint32)
    for y, x in ((0, 1), (1, 0), (1, 1)):
        total += fine[..., y::2, x::2]
    return ((total + 2) >> 2).astype(fine.dtype)


def describe(axes, levels):
    """Return the metadata of an image."""
    kinds = {"c": v05.ChannelAxis}
    scales = [[float(2**level) if axis in "yx" else 1.0 for axis in axes] for level in range(levels)]
    datasets = [
        v05.Dataset(path=str(level), coordinateTransformations=[v05.ScaleTransformation(scale=scale)])
        for level, scale in enumerate(scales)
    ]
    named = [kinds.get(axis, v05.SpaceAxis)(name=axis) for axis in axes]
    return v05.Image(multiscales=[v05.Multiscale(axes=named, datasets=datasets)])


if __name__ == "__main__":
    for job in jobs():
        pyramid = [read(job.file)]
        while len(pyramid) < job.levels:
            pyramid.append(coarser(pyramid[-1], job.labels))
        write_image(job.target, describe(axes_of(job.file), job.levels), pyramid, writer="tensorstore")
