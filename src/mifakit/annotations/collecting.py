"""Collects what a file says of one image, kind by kind, into layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Classes, Counts, Layer, Masks, Objects, Points, ShapeCollector, Shapes
from mifakit.annotations.runs import Runs, masks_of

_Layer = Shapes | Masks | Points | Classes | Counts


class LayerCollector:
    """Collects objects one by one. Each may be told what `Objects.of` takes.

    Attributes
    ----------
    shapes
        Collects shapes.
    """

    def __init__(self) -> None:
        self.shapes = ShapeCollector()
        self._places: list[npt.ArrayLike] = []
        self._points: list[Mapping[str, Any]] = []
        self._runs: list[Runs] = []
        self._masks: list[Mapping[str, Any]] = []
        self._classes: list[Mapping[str, Any]] = []
        self._values: list[float] = []
        self._counts: list[Mapping[str, Any]] = []

    def points(self, places: Iterable[npt.ArrayLike], **said: Any) -> None:
        """Add points, x and y each, of which the same is said."""
        for place in places:
            self._places.append(place)
            self._points.append(said)

    def mask(self, runs: Runs, **said: Any) -> None:
        """Add an object of pixels."""
        self._runs.append(runs)
        self._masks.append(said)

    def image_class(self, name: str, **said: Any) -> None:
        """Add a class of the image as a whole."""
        self._classes.append({**said, "name": name})

    def count(self, value: float, **said: Any) -> None:
        """Add a number of things."""
        self._values.append(value)
        self._counts.append(said)

    def layers(self, *more: Masks) -> tuple[Layer, ...]:
        """Return what was added, and masks that were collected elsewhere; without layers that say nothing."""
        points = Points(np.array(self._places, np.float64).reshape(-1, 2), Objects.of(self._points))
        classes = Classes(Objects.of(self._classes))
        counts = Counts(np.array(self._values, np.float64), Objects.of(self._counts))
        masks = (*more, masks_of(self._runs, self._masks))
        found: Iterable[_Layer] = (self.shapes.collected(), *masks, points, classes, counts)
        return tuple(layer for layer in found if layer.objects.count)
