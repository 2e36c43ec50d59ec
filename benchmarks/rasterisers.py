"""Programs that draw polygons into a label image, one after the other; what each is given is made ready before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid
from mifakit.annotations.model import Objects, Shapes
from mifakit.annotations.raster.drawing import Drawing
from mifakit.annotations.raster.painting import paint
from mifakit.annotations.raster.raster_labels import Rule, rasterised
from mifakit.findings import Place

Polygons = npt.NDArray[np.float64]
"""(polygons, vertices, 2): x, y from the corner of the first pixel. They lie in the image."""
Plane = npt.NDArray[np.uint32]
Draw = Callable[[Plane], object]


def mifakit(polygons: Polygons, size: int) -> Draw:
    """Do what a label image of ours does when it is read."""
    drawing = Drawing([as_shapes(polygons)], Grid({"y": size, "x": size}))
    window = slice(0, size), slice(0, size)

    def draw(plane: Plane) -> None:
        for runs in drawing.runs(0, 0, window):
            paint(plane, runs, runs.owners + 1, window)

    return draw


def mifakit_survey(polygons: Polygons, size: int) -> Draw:
    """Do the same, and before it find out which objects overlap and which have no pixel."""
    shapes, grid, draw = as_shapes(polygons), Grid({"y": size, "x": size}), mifakit(polygons, size)

    def survey_and_draw(plane: Plane) -> None:
        rasterised([shapes], grid, "yx", Rule.ORDER, Place("polygons"))
        draw(plane)

    return survey_and_draw


def pycocotools(polygons: Polygons, _: int) -> Draw:
    """Take each polygon in its bounding box."""
    from pycocotools import mask

    corners = np.floor(polygons.min(axis=1)).astype(int)
    sizes = np.ceil(polygons.max(axis=1)).astype(int) - corners
    flat = (polygons - corners[:, None]).reshape(len(polygons), 1, -1).tolist()
    boxes = list(zip(flat, corners.tolist(), sizes.tolist(), strict=True))

    def draw(plane: Plane) -> None:
        for number, (polygon, (x, y), (width, height)) in enumerate(boxes, start=1):
            inside = mask.decode(mask.frPyObjects(polygon, height, width))[..., 0]
            plane[y : y + height, x : x + width][inside.view(bool)] = number

    return draw


def rasterio(polygons: Polygons, _: int) -> Draw:
    """Hand all polygons to GDAL in one call."""
    from rasterio.features import rasterize

    closed = np.concatenate([polygons, polygons[:, :1]], axis=1).tolist()
    shapes = [({"type": "Polygon", "coordinates": [ring]}, number) for number, ring in enumerate(closed, start=1)]
    return lambda plane: rasterize(shapes, out=plane)


def skimage(polygons: Polygons, size: int) -> Draw:
    """Move all by half a pixel: its coordinates are those of centres."""
    from skimage.draw import polygon

    moved = polygons - 0.5

    def draw(plane: Plane) -> None:
        for number, ring in enumerate(moved, start=1):
            plane[polygon(ring[:, 1], ring[:, 0], (size, size))] = number

    return draw


MIFAKIT = "mifakit"
PROGRAMS: dict[str, Callable[[Polygons, int], Draw]] = {
    MIFAKIT: mifakit,
    "mifakit, with its survey of overlaps": mifakit_survey,
    "pycocotools": pycocotools,
    "rasterio": rasterio,
    "skimage": skimage,
}


def as_shapes(polygons: Polygons) -> Shapes:
    """Return polygons as an annotation layer."""
    count, vertices, _ = polygons.shape
    one_each = np.arange(count + 1)
    kinds = np.zeros(count, np.uint8)
    return Shapes(kinds, one_each, one_each, one_each * vertices, polygons.reshape(-1, 2), Objects(count))
