"""All checks of the layers of one image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mifakit.annotations.base import Grid
from mifakit.annotations.inspection.coordinates import not_in_pixels, off_by_one, swapped
from mifakit.annotations.inspection.objects import older_than_image
from mifakit.annotations.inspection.places import crossing_themselves, outside, without_extent
from mifakit.annotations.inspection.repetition import repeated
from mifakit.annotations.inspection.tracks import odd_descent, odd_links
from mifakit.annotations.model import Classes, Counts, Graph, Labels, Layer, Lineage, Masks, Points, Shapes
from mifakit.findings import Finding, Place


def inspect(layers: Sequence[Layer], grid: Grid, acquired: str | None, place: Place) -> Iterator[Finding]:
    """Yield what looks wrong about the annotations of an image; what needs label images or other images is apart.

    Parameters
    ----------
    layers
        All their coordinates are numbers: see `coordinates.without_nonfinite`.
    grid
        The image.
    acquired
        When it was taken, ISO 8601.
    place
        The annotation file.
    """
    yield from swapped(layers, grid, place)
    yield from not_in_pixels(layers, grid, place)
    for layer in layers:
        match layer:
            case Shapes() | Masks() | Points():
                yield from outside(layer, grid, place)
                yield from repeated(layer, place)
                yield from older_than_image(layer.objects, acquired, place)
                if not isinstance(layer, Points):
                    yield from without_extent(layer, place)
                if isinstance(layer, Shapes):
                    yield from crossing_themselves(layer, place)
                    yield from off_by_one(layer, grid, place)
            case Graph():
                yield from outside(layer.nodes, grid, place)
                yield from odd_links(layer, place)
            case Lineage():
                yield from odd_descent(layer, place)
            case Labels() | Classes() | Counts():
                yield from older_than_image(layer.objects, acquired, place)
