"""Pictures: channels in colours, objects tinted and outlined."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
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
_WHITE = "FFFFFF"
_QUALITY = 85
"""JPEG: noise makes a PNG six times as large, and twenty times as slow to write."""

Picture = npt.NDArray[np.uint8]
"""(y, x, 1) in grey, (y, x, 3) in colours"""


def render(plane: npt.NDArray[Any], channels: Sequence[dict[str, Any]]) -> Picture:
    """Return a plane as a picture: in grey when its only channel is white, else in colours.

    Parameters
    ----------
    plane
        (c, y, x)
    channels
        OME-Zarr's `omero` channels: colour and display window of each.
    """
    if [channel["color"] for channel in channels] == [_WHITE]:
        return np.rint(_shown(plane[0], channels[0])).astype(np.uint8)[..., None]
    picture = np.zeros((3, *plane.shape[1:]), np.float32)
    for pixels, channel in zip(plane, channels, strict=True):
        shown = _shown(pixels, channel)
        for primary, offset in zip(picture, (0, 2, 4), strict=True):
            if share := int(channel["color"][offset : offset + 2], 16):
                primary += shown * np.float32(share / 255)
    bounded = np.rint(np.minimum(picture, 255, out=picture), out=picture)
    return np.ascontiguousarray(np.moveaxis(bounded.astype(np.uint8), 0, -1))


def _shown(pixels: npt.NDArray[Any], channel: dict[str, Any]) -> npt.NDArray[np.float32]:
    """Return how bright each pixel is within its channel's window, from 0 to 255."""
    start, end = channel["window"]["start"], channel["window"]["end"]
    number: Any = np.float32 if pixels.dtype.kind in "ui" and pixels.dtype.itemsize < 4 else np.float64
    with np.errstate(over="ignore", invalid="ignore"):
        shown = pixels.astype(number)
        if pixels.dtype.kind == "f":
            shown = np.nan_to_num(shown)
        shown -= number(start)
        shown *= number(255 / (end - start))
    return np.clip(shown, 0, 255, out=shown).astype(np.float32, copy=False)


def outline(picture: Picture, labels: npt.NDArray[Any]) -> Picture:
    """Return the picture with each object tinted and outlined in its own colour.

    Parameters
    ----------
    picture
        (y, x, 1) or (y, x, 3)
    labels
        (y, x), 0 is background.
    """
    edge = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        along, beyond = edge.swapaxes(0, axis), labels.swapaxes(0, axis)
        differs = beyond[1:] != beyond[:-1]
        along[1:] |= differs
        along[:-1] |= differs
    inside = np.flatnonzero(labels)
    ids, places = _numbered(labels.ravel()[inside])
    # All that can happen to a pixel, by whether it is an edge and by its object: looked up, not computed anew.
    weights = np.repeat(np.array([[_FILL], [_OUTLINE]], np.float32), len(ids), axis=1)
    palette = np.array([label_color(int(value))[:3] for value in ids], np.float32).reshape(-1, 3)
    kept, paint = (1 - weights).ravel(), (weights * palette.T[:, None] + np.float32(0.5)).reshape(3, -1)
    case = edge.ravel()[inside] * np.intp(len(ids)) + places
    outlined = np.repeat(picture, 3 // picture.shape[-1], axis=-1)
    for primary, share in zip(outlined.reshape(-1, 3).T, paint, strict=True):
        primary[inside] = primary[inside] * kept.take(case) + share.take(case)
    return outlined


def _numbered(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the different values, sorted, and which of them each one is; small ones without sorting."""
    if not values.size or values.max() >= _FEW:
        return np.unique(values, return_inverse=True)
    ids = np.flatnonzero(np.bincount(values.astype(np.intp)))
    numbers = np.zeros(_FEW, np.intp)
    numbers[ids] = np.arange(len(ids))
    return ids, numbers[values]


def draw(
    picture: Picture,
    lines: Sequence[npt.NDArray[np.float64]],
    closed: Sequence[bool],
    points: npt.NDArray[np.float64],
    scale: tuple[float, ...],
) -> Picture:
    """Return the picture with outlines, lines and points on it, each in a colour of its own.

    Parameters
    ----------
    picture
        (y, x, 1) or (y, x, 3)
    lines, closed, points
        As of `previews.sample.Drawing`.
    scale
        Pixels of the picture in one of the full resolution, along y and x.
    """
    from PIL import Image, ImageDraw

    drawn = Image.fromarray(np.repeat(picture, 3 // picture.shape[-1], axis=-1))
    pen = ImageDraw.Draw(drawn)
    # A pixel's middle is at .5 on the corner grid, and a whole number for the pen.
    to_picture = np.array(scale[::-1], np.float64)
    for number, (line, is_closed) in enumerate(zip(lines, closed, strict=True), start=1):
        places = line * to_picture - 0.5
        ring = np.concatenate([places, places[:1]]) if is_closed else places
        pen.line([tuple(place) for place in ring.tolist()], fill=_rgb(number), width=1)
    radius = max(1, round(max(picture.shape[:2]) / 200))
    for number, (x, y) in enumerate((points * to_picture - 0.5).tolist(), start=1):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_rgb(number))
    return np.asarray(drawn)


def _rgb(number: int) -> tuple[int, ...]:
    return tuple(label_color(number)[:3])


def save(path: Path, picture: Picture) -> str:
    """Save a picture, made smaller if it is large.

    Returns
    -------
    str
        The sha256 of its file.
    """
    from imagecodecs import jpeg8_encode

    grey = picture.shape[-1] == 1
    encoded = jpeg8_encode(_small(picture[..., 0] if grey else picture), level=_QUALITY, subsampling="444")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded)
    return sha256(encoded).hexdigest()


def _small(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if max(picture.shape) <= LONGEST_SIDE:
        return np.ascontiguousarray(picture)
    from PIL import Image

    image = Image.fromarray(picture)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.asarray(image)
