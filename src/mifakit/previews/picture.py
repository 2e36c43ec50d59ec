"""Pictures: channels in colours, objects tinted and outlined."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mifakit.ngff.metadata import label_color

LONGEST_SIDE = 512
"""Pixels."""
_OUTLINE = 0.9
_FILL = 0.25
_COMPRESSION = 4

Picture = npt.NDArray[np.uint8]
"""(y, x, 3)"""


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


def save_png(path: Path, picture: Picture) -> None:
    """Save a picture, made smaller if it is large."""
    image = Image.fromarray(picture)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, format="PNG", compress_level=_COMPRESSION)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
