"""The previews of one sample: its image, and its image with each annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mifakit.dataset import layout
from mifakit.ngff.writing import Multiscale
from mifakit.previews.picture import LONGEST_SIDE, outline, render, save
from mifakit.readers.base import Region


def write_previews(
    dataset: Path, sample: str, image: Multiscale, channels: Sequence[dict[str, Any]], labels: Mapping[str, Multiscale]
) -> dict[str, str]:
    """Write a sample's previews: the middle plane of its first time point.

    Parameters
    ----------
    dataset
        Its folder.
    sample
        The sample's id.
    image, labels
        What was written, on one pyramid.
    channels
        OME-Zarr's `omero` channels.

    Returns
    -------
    dict
        The sha256 of each, by path in the dataset.
    """
    level = _level(image.pyramid.shapes)
    axes, shape = image.pyramid.axes, image.pyramid.shapes[level]
    picture = render(image.read(level, _middle(axes, shape)).reshape(-1, *shape[-2:]), channels)
    paths = {layout.preview_path(sample): picture}
    for name, label in labels.items():
        flat = label.pyramid.axes, label.pyramid.shapes[level]
        ids = label.read(level, _middle(*flat)).reshape(shape[-2:])
        paths[layout.preview_path(sample, name)] = outline(picture, ids)
    return {path: save(dataset / path, shown) for path, shown in paths.items()}


def _level(shapes: Sequence[tuple[int, ...]]) -> int:
    """Return the coarsest level that still fills the preview."""
    fitting = [level for level, shape in enumerate(shapes) if max(shape[-2:]) >= LONGEST_SIDE]
    return fitting[-1] if fitting else 0


def _middle(axes: str, shape: tuple[int, ...]) -> Region:
    """Return where the middle plane of the first time point is, all channels of it."""
    sizes = dict(zip(axes, shape, strict=True))
    middle = {"t": 0, "z": sizes.get("z", 1) // 2}
    return tuple(
        slice(middle[axis], middle[axis] + 1) if axis in middle else slice(0, size) for axis, size in sizes.items()
    )
