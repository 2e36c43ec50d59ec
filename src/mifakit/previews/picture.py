"""Pictures: channels in colours, objects tinted and outlined."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.ngff.metadata import label_color

LONGEST_SIDE = 512
"""Pixels."""
_OUTLINE = 0.9
_FILL = 0.25
_FEW = 2**16
_QUALITY = 85
"""JPEG: noise makes a PNG six times as large, and twenty times as slow to write."""

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
    picture = np.zeros((3, *plane.shape[1:]), np.float32)
    for pixels, channel in zip(plane, channels, strict=True):
        start, end = channel["window"]["start"], channel["window"]["end"]
        number = np.float32 if pixels.dtype.kind in "ui" and pixels.dtype.itemsize < 4 else np.float64
        with np.errstate(over="ignore", invalid="ignore"):
            shown = pixels.astype(number)
            if pixels.dtype.kind == "f":
                shown = np.nan_to_num(shown)
            shown -= number(start)
            shown *= number(255 / (end - start))
        shown = shown.clip(0, 255).astype(np.float32, copy=False)
        for primary, offset in zip(picture, (0, 2, 4), strict=True):
            primary += shown * np.float32(int(channel["color"][offset : offset + 2], 16) / 255)
    return np.ascontiguousarray(np.moveaxis(picture.clip(0, 255).round().astype(np.uint8), 0, -1))


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
    inside = np.flatnonzero(labels)
    ids, places = _numbered(labels.ravel()[inside])
    palette = np.array([label_color(int(value))[:3] for value in ids], np.float32).reshape(-1, 3)
    weight = np.where(edge.ravel()[inside], np.float32(_OUTLINE), np.float32(_FILL))[:, None]
    outlined = picture.reshape(-1, 3).copy()
    outlined[inside] = (outlined[inside] * (1 - weight) + palette[places] * weight).round()
    return outlined.reshape(picture.shape)


def _numbered(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the different values, sorted, and which of them each one is; small ones without sorting."""
    if not values.size or values.max() >= _FEW:
        return np.unique(values, return_inverse=True)
    ids = np.flatnonzero(np.bincount(values.astype(np.intp)))
    numbers = np.zeros(_FEW, np.intp)
    numbers[ids] = np.arange(len(ids))
    return ids, numbers[values]


def save(path: Path, picture: Picture) -> None:
    """Save a picture, made smaller if it is large."""
    from PIL import Image

    image = Image.fromarray(picture)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, format="JPEG", quality=_QUALITY, subsampling=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
