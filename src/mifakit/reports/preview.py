"""Previews: small PNGs of each sample, as people would look at it, with and without its annotation."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zarr
from PIL import Image

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.ngff.metadata import label_color

LONGEST_SIDE = 512
"""Pixels."""
_OUTLINE = 0.9
_FILL = 0.25

Picture = npt.NDArray[np.uint8]
"""(y, x, 3)"""


def write_previews(dataset: Dataset) -> list[str]:
    """Write the previews of every sample.

    Returns
    -------
    list
        Paths in the dataset.
    """
    with ThreadPoolExecutor() as pool:
        return [path for paths in pool.map(_write_preview, dataset) for path in paths]


def _write_preview(sample: Sample) -> list[str]:
    folder, row = sample.folder, sample.row
    ome: Any = zarr.open_group(folder / row.image, mode="r").attrs["ome"]
    levels = [
        zarr.open_array(folder / row.image / entry["path"], mode="r") for entry in ome["multiscales"][0]["datasets"]
    ]
    level = _preview_level([array.shape for array in levels])
    index = _middle(levels[level].shape, row.axes)
    plane = np.asarray(levels[level][tuple(index[axis] for axis in row.axes)])
    picture = render(plane, ome["omero"]["channels"])
    written = [_save(folder, layout.preview_path(sample.id), picture)]
    for name, label in row.labels.items():
        array = zarr.open_array(folder / label.label / str(level), mode="r")
        labels = np.asarray(array[tuple(index[axis] for axis in row.axes if axis != "c")])
        written.append(_save(folder, layout.preview_path(sample.id, name), outline(picture, labels)))
    return written


def _preview_level(shapes: Sequence[tuple[int, ...]]) -> int:
    """Return the coarsest level that still fills the preview."""
    fitting = [level for level, shape in enumerate(shapes) if max(shape[-2:]) >= LONGEST_SIDE]
    return fitting[-1] if fitting else 0


def _middle(shape: tuple[int, ...], axes: str) -> dict[str, Any]:
    """Return where the middle plane of the first time point is: (c, y, x) of it."""
    sizes = dict(zip(axes, shape, strict=True))
    return {axis: {"t": 0, "z": sizes.get("z", 1) // 2}.get(axis, slice(None)) for axis in axes}


def render(plane: npt.NDArray[Any], channels: Sequence[dict[str, Any]]) -> Picture:
    """Return a plane as a colour picture.

    Parameters
    ----------
    plane
        (c, y, x)
    channels
        OME-Zarr's `omero` channels: colour and display window of each.
    """
    picture = np.zeros((*plane.shape[1:], 3))
    for pixels, channel in zip(plane, channels, strict=True):
        start, end = channel["window"]["start"], channel["window"]["end"]
        with np.errstate(over="ignore"):
            shown = np.clip((np.nan_to_num(pixels.astype(np.float64)) - start) / (end - start), 0, 1)
        color = np.array([int(channel["color"][i : i + 2], 16) for i in (0, 2, 4)]) / 255
        picture += shown[..., None] * color
    return np.asarray(np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def outline(picture: Picture, labels: npt.NDArray[Any]) -> Picture:
    """Return the picture with each object tinted and outlined in its own colour.

    Parameters
    ----------
    picture
        (y, x, 3)
    labels
        (y, x), 0 is background.
    """
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    edge[:-1] |= labels[1:] != labels[:-1]
    ids, places = np.unique(labels, return_inverse=True)
    palette = np.array([label_color(int(value))[:3] for value in ids], dtype=np.float64)
    weight = np.where(edge, _OUTLINE, _FILL) * (labels > 0)
    colors = palette[places.reshape(labels.shape)]
    mixed = picture * (1 - weight[..., None]) + colors * weight[..., None]
    return np.asarray(mixed.round().astype(np.uint8))


def _save(folder: Path, path: str, picture: Picture) -> str:
    image = Image.fromarray(picture)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, format="PNG", compress_level=4)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(buffer.getvalue())
    return path
