"""Collect what a file says of one image, object by object, within budgets -> layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.model import Classes, Counts, Layer, Masks, Numbers, Objects, Points, ShapeKind, Shapes
from mifakit.annotations.raster.runs import Runs
from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_OBJECTS, MAX_RUNS

_PIXELS_AT_ONCE = 16 * 1024**2


class ShapeCollector:
    """Collects shapes one by one. Each may be told what `Objects.of` takes."""

    def __init__(self) -> None:
        self._kinds: list[int] = []
        self._offsets, self._parts, self._rings = [0], [0], [0]
        self._vertices: list[Numbers] = []
        self._records: list[Mapping[str, Any]] = []

    def __len__(self) -> int:
        return len(self._kinds)

    def polygon(self, outside: Any, holes: Iterable[Any] = (), **said: Any) -> None:
        """Add a polygon: (n, 2) vertices of its outside, and of each hole; closed or not."""
        self.multipolygon([[outside, *holes]], **said)

    def multipolygon(self, parts: Iterable[Sequence[Any]], **said: Any) -> None:
        """Add a shape of several parts, each an outside and its holes."""
        self._add(ShapeKind.POLYGON, parts, said)

    def box(self, left: float, top: float, right: float, bottom: float, **said: Any) -> None:
        """Add a box with sides along the axes: the corners as they are on the corner grid."""
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self._add(ShapeKind.BOX, [[corners]], said)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, angle: float = 0.0, **said: Any) -> None:
        """Add an ellipse as a polygon of equal area; `angle` turns it, in degrees, from x towards y.

        Its own numbers stay among its properties.
        """
        vertices = ellipse_vertices(x, y, radius_x, radius_y, angle)
        numbers = {"ellipse_x": x, "ellipse_y": y, "ellipse_rx": radius_x, "ellipse_ry": radius_y}
        properties = {**(said.get("properties") or {}), **numbers, "ellipse_angle": angle}
        self._add(ShapeKind.ELLIPSE, [[vertices]], {**said, "properties": properties})

    def line(self, vertices: Any, **said: Any) -> None:
        """Add a line of two vertices or more."""
        self._add(ShapeKind.LINE, [[vertices]], said)

    def collected(self) -> Shapes:
        """Return all that was added."""
        vertices = np.concatenate(self._vertices) if self._vertices else np.empty((0, 2))
        offsets, parts, rings = (np.array(one, np.int64) for one in (self._offsets, self._parts, self._rings))
        return Shapes(np.array(self._kinds, np.uint8), offsets, parts, rings, vertices, Objects.of(self._records))

    def _add(self, kind: ShapeKind, parts: Iterable[Sequence[Any]], said: Mapping[str, Any]) -> None:
        for part in parts:
            for ring in part:
                vertices = np.asarray(ring, np.float64).reshape(-1, 2)
                if kind is not ShapeKind.LINE and len(vertices) > 1 and (vertices[0] == vertices[-1]).all():
                    vertices = vertices[:-1]
                self._vertices.append(vertices)
                self._rings.append(self._rings[-1] + len(vertices))
            self._parts.append(len(self._rings) - 1)
        self._offsets.append(len(self._parts) - 1)
        self._kinds.append(kind)
        self._records.append(said)


_ELLIPSE_SIDES = 72


def ellipse_vertices(x: float, y: float, radius_x: float, radius_y: float, angle: float = 0.0) -> Numbers:
    """Return the polygon that stands for an ellipse, of the same area; `angle` in degrees, from x towards y."""
    turn = np.linspace(0, 2 * np.pi, _ELLIPSE_SIDES, endpoint=False)
    # A polygon inside an ellipse is smaller; this much larger, it has the same area.
    wider = np.sqrt(2 * np.pi / (_ELLIPSE_SIDES * np.sin(2 * np.pi / _ELLIPSE_SIDES)))
    along, across = wider * radius_x * np.cos(turn), wider * radius_y * np.sin(turn)
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.stack([x + along * cosine - across * sine, y + along * sine + across * cosine], axis=1)


class PointCollector:
    """Collects points. Each may be told what `Objects.of` takes.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._xy: list[Numbers] = []
        self._records: list[Mapping[str, Any]] = []

    def __len__(self) -> int:
        return len(self._records)

    def add(self, xy: Numbers, **said: Any) -> None:
        """Add (n, 2) points of which the same is said.

        Raises
        ------
        MifaError
            MIFA226 when there are too many.
        """
        if len(self) + len(xy) > MAX_OBJECTS:
            raise MifaError("MIFA226", f"has more than {MAX_OBJECTS:,} points", str(self._path))
        self._xy.append(xy)
        self._records += [said] * len(xy)

    def collected(self) -> Points:
        """Return all that was added."""
        return Points(np.concatenate(self._xy) if self._xy else np.empty((0, 2)), Objects.of(self._records))


class MaskCollector:
    """Collects masks; what adds some raises MIFA226 when they come to too many runs of pixels.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._runs: list[Runs] = []
        self._records: list[Mapping[str, Any]] = []

    def __len__(self) -> int:
        return len(self._records)

    def add(self, runs: Runs, **said: Any) -> None:
        """Add the runs of one mask; it may be told what `Objects.of` takes."""
        self.extend(runs, [said])

    def extend(self, runs: Runs, records: Sequence[Mapping[str, Any]]) -> None:
        """Add the runs of several masks, and what is said of each."""
        self._count += len(runs.rows)
        if self._count > MAX_RUNS:
            raise MifaError("MIFA226", f"has masks of more than {MAX_RUNS:,} runs of pixels", str(self._path))
        self._runs.append(runs._replace(owners=runs.owners + len(self._records)))
        self._records += records

    def pixels(self, inside: npt.NDArray[np.bool_], left: int, top: int, **said: Any) -> None:
        """Add a mask that is given as a picture; `left` and `top` say where its first pixel lies."""
        height, width = inside.shape
        rows_at_once = max(1, _PIXELS_AT_ONCE // max(1, width))
        for first in range(0, height, rows_at_once):
            # All but the last belong to the mask that the last brings.
            records = [said] if first + rows_at_once >= height else []
            self.extend(Runs.of_pixels(inside[first : first + rows_at_once], left, top + first), records)

    def collected(self) -> Masks:
        """Return all that was added."""
        return Masks(*Runs.joined(self._runs), Objects.of(self._records))


class LayerCollector:
    """Collects all that may be said of an image.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self.shapes = ShapeCollector()
        self.masks = MaskCollector(path)
        self.points = PointCollector(path)
        self._classes: list[Mapping[str, Any]] = []
        self._values: list[float] = []
        self._counts: list[Mapping[str, Any]] = []

    def image_class(self, name: str | None, **said: Any) -> None:
        """Add a class of the image as a whole."""
        self._classes.append({**said, "name": name})

    def count(self, value: float, **said: Any) -> None:
        """Add a number of things."""
        self._values.append(value)
        self._counts.append(said)

    def collected(self) -> tuple[Layer, ...]:
        """Return the layers that hold something."""
        drawn = tuple(one.collected() for one in (self.shapes, self.masks, self.points) if len(one))
        classes = (Classes(Objects.of(self._classes)),) if self._classes else ()
        counts = (Counts(np.array(self._values, np.float64), Objects.of(self._counts)),) if self._counts else ()
        return (*drawn, *classes, *counts)
