"""OME-Zarr metadata as plain data, by the letter of the specification, 0.5 or 0.4. Pure."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mifakit.ngff.levels import Factors
from mifakit.ngff.storage import NgffVersion
from mifakit.readers.base import Channel, Spacing

Json = dict[str, Any]

_AXIS_TYPES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
_PALETTE = ("00FFFF", "FF00FF", "FFFF00", "00FF00", "FF0000", "0000FF")


@dataclass(frozen=True)
class Window:
    """The display range of a channel, in pixel values."""

    start: float
    end: float


def multiscales(
    name: str, axes: str, spacing: Mapping[str, Spacing], steps: Sequence[Factors], method: str
) -> list[Json]:
    """Return the `multiscales` block.

    Coordinates are those of pixel centres, so a coarser level is shifted by half of what its
    pixels grew: the translation of level k is (factor - 1) / 2 full-resolution pixels.
    """
    factors = [1] * len(axes)
    datasets = []
    for level in range(len(steps) + 1):
        if level:
            factors = [factor * step for factor, step in zip(factors, steps[level - 1], strict=True)]
        unit = [spacing[axis].value if axis in spacing else 1.0 for axis in axes]
        transforms: list[Json] = [
            {
                "type": "scale",
                "scale": [length * factor for length, factor in zip(unit, factors, strict=True)],
            }
        ]
        if level:
            shift = [length * (factor - 1) / 2 for length, factor in zip(unit, factors, strict=True)]
            transforms.append({"type": "translation", "translation": shift})
        datasets.append({"path": str(level), "coordinateTransformations": transforms})
    return [{"name": name, "axes": _axes(axes, spacing), "datasets": datasets, "type": method}]


def _axes(axes: str, spacing: Mapping[str, Spacing]) -> list[Json]:
    block = []
    for axis in axes:
        entry = {"name": axis, "type": _AXIS_TYPES[axis]}
        if axis in spacing:
            entry["unit"] = spacing[axis].unit
        block.append(entry)
    return block


def omero(channels: Sequence[Channel], windows: Sequence[Window], dtype: np.dtype) -> Json:
    """Return the `omero` block: a name, colour and display range for each channel."""
    if dtype.kind in "ui":
        low, high = float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    else:
        low, high = min(w.start for w in windows), max(w.end for w in windows)
    entries = []
    for index, (channel, window) in enumerate(zip(channels, windows, strict=True)):
        default = "FFFFFF" if len(channels) == 1 else _PALETTE[index % len(_PALETTE)]
        entry = {
            "active": True,
            "color": channel.color or default,
            "label": channel.name or f"channel {index}",
            "window": {"min": low, "max": high, "start": window.start, "end": window.end},
        }
        if channel.emission is not None:
            entry["emissionWave"] = channel.emission  # as OMERO itself calls it
        entries.append(entry)
    return {"channels": entries}


def image_group(scales: list[Json], display: Json, ngff: NgffVersion) -> Json:
    """Return the attributes of an image's group."""
    return attributes({"multiscales": scales, "omero": display}, ngff)


def labels_group(names: Sequence[str], ngff: NgffVersion) -> Json:
    """Return the attributes of the `labels` group."""
    return attributes({"labels": list(names)}, ngff)


def label_group(scales: list[Json], ids: Sequence[int], classes: Mapping[int, str], ngff: NgffVersion) -> Json:
    """Return the attributes of one label image's group.

    Parameters
    ----------
    scales
        Its `multiscales`.
    ids
        The values in its pixels, without 0.
    classes
        What values mean, of the sheet; they need not all stand in this image.
    ngff
        The version of the specification.
    """
    label: Json = {"version": ngff, "source": {"image": "../../"}}
    values = sorted({*ids, *classes})
    if values:
        label["colors"] = [{"label-value": value, "rgba": label_color(value)} for value in values]
    if classes:
        # Validators ask for the same values in both lists.
        named = {value: {"class": name} for value, name in classes.items()}
        label["properties"] = [{"label-value": value, **named.get(value, {})} for value in values]
    return attributes({"multiscales": scales, "image-label": label}, ngff)


def attributes(content: Json, ngff: NgffVersion) -> Json:
    """Return a group's attributes: 0.5 keeps them in one place, 0.4 states the version in each block."""
    # Validators ask plates of 0.5 for it too.
    plates: Json = {name: {**content[name], "version": ngff} for name in ("plate", "well") if name in content}
    if ngff == "0.5":
        return {"ome": {"version": ngff, **content, **plates}}
    scales = [{**one, "version": ngff} for one in content.get("multiscales", [])]
    return {**content, **plates, "multiscales": scales} if scales else {**content, **plates}


def ome_attributes(attributes: Mapping[str, Any]) -> Json:
    """Return what a group's attributes say of OME-Zarr, of either version."""
    return dict(attributes.get("ome", attributes))


def label_color(value: int) -> list[int]:
    """Return a stable colour for a label value; neighbours in value differ in hue by the golden ratio."""
    hue = (value * 0.618033988749895) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0)
    return [round(255 * red), round(255 * green), round(255 * blue), 255]
