"""The previews of one sample: its image, and its image with each annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Graph, Layer, Objects, Points, ShapeKind, Shapes
from mifakit.dataset import layout
from mifakit.ngff.writing import Multiscale
from mifakit.previews.picture import LONGEST_SIDE, draw, outline, render, save
from mifakit.readers.base import Region

_MOST = 5000
"""Shapes or points in a picture."""
_HALF_PLANE = 0.5


@dataclass(frozen=True)
class Drawing:
    """What a set's preview shows besides label images; places in pixels of the full resolution, on the corner grid.

    Attributes
    ----------
    lines
        (n, 2) x, y of each outline or line.
    closed
        Whether each comes back to its beginning.
    points
        (n, 2) x, y
    """

    lines: tuple[npt.NDArray[np.float64], ...] = ()
    closed: tuple[bool, ...] = ()
    points: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    @classmethod
    def of(cls, layers: Sequence[Layer], plane: Mapping[str, int]) -> Drawing:
        """Return what lies on one plane, up to a number that still can be told apart.

        Parameters
        ----------
        layers
            What a set says of the image.
        plane
            The plane's place by axis, of t and z.
        """
        lines: list[npt.NDArray[np.float64]] = []
        closed: list[bool] = []
        points = []
        for layer in layers:
            if isinstance(layer, Shapes):
                shown = layer.take(np.flatnonzero(_on_plane(layer.objects, plane))[:_MOST])
                area = np.repeat(shown.kinds != ShapeKind.LINE, np.diff(shown.parts[shown.offsets]))
                lines += np.split(shown.vertices, shown.rings[1:-1]) if len(area) else []
                closed += area.tolist()
            if isinstance(layer, (Points, Graph)):
                nodes = layer if isinstance(layer, Points) else layer.nodes
                points.append(nodes.xy[_on_plane(nodes.objects, plane)][:_MOST])
        return cls(tuple(lines), tuple(closed), np.concatenate(points) if points else np.empty((0, 2)))

    def __bool__(self) -> bool:
        return bool(self.lines) or bool(len(self.points))


def _on_plane(objects: Objects, plane: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    """Return which objects are on a plane; one that does not say where it is, is on every one."""
    there = np.ones(objects.count, bool)
    for axis, place in plane.items():
        values = getattr(objects, axis)
        if values is not None:
            there &= np.isnan(values) | (np.abs(values - place) <= _HALF_PLANE)
    return there


def write_previews(
    dataset: Path,
    sample: str,
    image: Multiscale,
    channels: Sequence[dict[str, Any]],
    labels: Mapping[str, Sequence[Multiscale]],
    drawings: Mapping[str, Drawing],
) -> dict[str, str]:
    """Write a sample's previews: the middle plane of its first time point.

    Parameters
    ----------
    dataset
        Its folder.
    sample
        The sample's id.
    image
        What was written.
    channels
        OME-Zarr's `omero` channels.
    labels
        The label images of each annotation set, on the image's pyramid.
    drawings
        What else there is to see of each.

    Returns
    -------
    dict
        The sha256 of each, by path in the dataset.
    """
    level = _level(image.pyramid.shapes)
    axes, shape = image.pyramid.axes, image.pyramid.shapes[level]
    picture = render(image.read(level, _middle(axes, shape)).reshape(-1, *shape[-2:]), channels)
    paths = {layout.preview_path(sample): picture}
    scale = tuple(small / large for small, large in zip(shape[-2:], image.pyramid.shapes[0][-2:], strict=True))
    for name in {**labels, **drawings}:
        shown, of_set, drawing = picture, labels.get(name, ()), drawings.get(name, Drawing())
        if not of_set and not drawing:
            continue  # counts and classes are not seen
        for label in of_set:
            flat = label.pyramid.axes, label.pyramid.shapes[level]
            shown = outline(shown, label.read(level, _middle(*flat)).reshape(shape[-2:]))
        if drawing and not of_set:
            shown = draw(shown, drawing.lines, drawing.closed, drawing.points, scale)
        paths[layout.preview_path(sample, name)] = shown
    return {path: save(dataset / path, shown) for path, shown in paths.items()}


def middle_plane(axes: str, shape: Sequence[int]) -> dict[str, int]:
    """Return which plane of an image a preview shows: the middle one of its first time point."""
    sizes = dict(zip(axes, shape, strict=True))
    return {axis: 0 if axis == "t" else sizes[axis] // 2 for axis in "tz" if axis in sizes}


def _level(shapes: Sequence[tuple[int, ...]]) -> int:
    """Return the coarsest level that still fills the preview."""
    fitting = [level for level, shape in enumerate(shapes) if max(shape[-2:]) >= LONGEST_SIDE]
    return fitting[-1] if fitting else 0


def _middle(axes: str, shape: tuple[int, ...]) -> Region:
    """Return where the plane that is shown is, all channels of it."""
    middle = middle_plane(axes, shape)
    return tuple(
        slice(middle[axis], middle[axis] + 1) if axis in middle else slice(0, size)
        for axis, size in zip(axes, shape, strict=True)
    )
