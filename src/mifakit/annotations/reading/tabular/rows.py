"""Rows of a table -> a layer of an image."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.base import Grid, Options
from mifakit.annotations.model import (
    Classes,
    Counts,
    Graph,
    Kind,
    Layer,
    Numbers,
    Objects,
    Offsets,
    Points,
    ShapeKind,
    Shapes,
    Table,
)
from mifakit.annotations.reading.left_out import LeftOut
from mifakit.annotations.reading.lengths import in_pixels
from mifakit.annotations.reading.properties import person
from mifakit.annotations.reading.tabular.contents import Contents
from mifakit.annotations.reading.tabular.roles import AXIS, PLACES, Meaning
from mifakit.annotations.reading.track_edges import track_edges

_MAX_LABEL = 2**53
_NO_PARENT = (0, -1, "0", "-1")


class Rows:
    """The rows of one image.

    Parameters
    ----------
    path
        The file, for messages.
    contents
        The table.
    options
        What the sheet says.
    grid
        The image.
    rows
        Which rows.
    left_out
        Collects those that make no sense.
    """

    def __init__(
        self, path: Path, contents: Contents, options: Options, grid: Grid, rows: Offsets, left_out: LeftOut
    ) -> None:
        self._path, self._contents, self._options, self._grid = path, contents, options, grid
        self._rows, self._left_out = rows, left_out
        self._first = options.first_pixel

    def layer(self, meaning: Meaning) -> Layer | None:
        """Return what the rows are; None when none is left.

        Raises
        ------
        MifaError
            MIFA227 when coordinates are lengths, and the distance between pixels is not known.
        """
        numbers = self._contents.numbers
        for role, odd in self._contents.odd.items():
            self._leave_out(odd, f"whose {role} is not a number", _code(role))
        for role in meaning.needs:
            self._leave_out(np.isnan(numbers[role]), f"without {role}", _code(role))
        if "label" in numbers:
            labels = np.nan_to_num(numbers["label"])
            self._leave_out((labels % 1 != 0) | (abs(labels) > _MAX_LABEL), "whose label is not a whole number")
        if meaning.kind is Kind.BOXES:
            for low, high in (("left", "right"), ("top", "bottom")):
                if high in numbers:
                    self._leave_out(numbers[high] < numbers[low], "whose box ends before it begins")
            for side in ("width", "height"):
                if side in numbers:
                    self._leave_out(numbers[side] < 0, f"of negative {side}")
        if not self._rows.size:
            return None
        match meaning.kind:
            case Kind.BOXES:
                return self._boxes()
            case Kind.POINTS:
                return self._points()
            case Kind.TRACKS | Kind.GRAPHS:
                return self._graph(meaning.kind)
            case Kind.COUNTS:
                return Counts(numbers["count"][self._rows], self._objects())
            case Kind.TABLE:
                return Table(self._objects())
            case _:
                return Classes(self._objects())

    def _leave_out(self, odd: npt.NDArray[np.bool_], reason: str, code: str = "MIFA359") -> None:
        """Leave out rows; `odd` is of all rows of the table."""
        bad = odd[self._rows]
        for row in self._rows[bad].tolist():
            self._left_out.add(code, reason, row + 1)
        self._rows = self._rows[~bad]

    def _points(self) -> Points:
        shift = 0.0 if self._first is None else 0.5 - self._first
        return Points(self._pixels("x", "y") + shift, self._objects())

    def _boxes(self) -> Shapes:
        first = self._first or 0
        low = self._pixels("left", "top") - first
        if "width" in self._contents.roles:
            high = low + self._pixels("width", "height")
        else:  # the last pixel is of the box, if sides are called by their pixels
            high = self._pixels("right", "bottom") - first + (0 if self._first is None else 1)
        count = len(self._rows)
        corners = [low, np.stack([high[:, 0], low[:, 1]], 1), high, np.stack([low[:, 0], high[:, 1]], 1)]
        vertices = np.stack(corners, axis=1).reshape(-1, 2)
        ones = np.arange(count + 1)
        return Shapes(np.full(count, ShapeKind.BOX, np.uint8), ones, ones, 4 * ones, vertices, self._objects())

    def _graph(self, kind: Kind) -> Graph:
        contents, rows = self._contents, self._rows.tolist()
        of = "track" if "track" in contents.keys else "id"
        keys = [contents.keys[of][row] for row in rows]
        t = contents.numbers["t"][self._rows] if kind is Kind.TRACKS else np.zeros(len(rows))
        found = track_edges(keys, t, self._parents(keys))
        for place in found.repeated.tolist():
            self._left_out.add(
                "MIFA359", f"at a time at which their {of} is elsewhere: no edge leads there", rows[place] + 1
            )
        for child in found.orphans:
            self._left_out.add("MIFA359", "whose parent is not there: no edge leads there", f"{of} {child}")
        return Graph(self._points(), found.edges, tracks=kind is Kind.TRACKS)

    def _parents(self, keys: Sequence[Hashable]) -> dict[Hashable, Hashable]:
        known = set(keys)
        parents: dict[Hashable, Hashable] = {}
        stated = self._contents.keys.get("parent", ())
        for key, row in zip(keys, self._rows.tolist() if stated else (), strict=False):
            parent = stated[row]
            if parent not in (None, key) and (parent in known or parent not in _NO_PARENT):
                parents.setdefault(key, parent)
        return parents

    def _pixels(self, *roles: str) -> Numbers:
        """Return places or lengths in pixels, a column each."""
        numbers, unit = self._contents.numbers, self._options.unit
        columns = [in_pixels(numbers[role][self._rows], AXIS[role], unit, self._grid, self._path) for role in roles]
        return np.stack(columns, axis=1)

    def _objects(self) -> Objects:
        contents, rows = self._contents, self._rows
        numbers, first, places = contents.numbers, self._first or 0, rows.tolist()
        said: dict[str, Any] = {axis: numbers[axis][rows] - first for axis in "tc" if axis in numbers}
        if "z" in numbers:
            said["z"] = self._pixels("z")[:, 0] - first
        if "confidence" in numbers:
            said["confidence"] = numbers["confidence"][rows]
        if "label" in numbers:
            said["label"] = np.nan_to_num(numbers["label"][rows]).astype(np.int64)
        properties = {
            name: column[rows] if isinstance(column, np.ndarray) else [column[place] for place in places]
            for name, column in contents.properties.items()
        }
        for role in {"track", "parent"} & contents.keys.keys():
            properties[role] = [contents.keys[role][place] for place in places]
        annotators = contents.texts("annotator", rows)
        return Objects(
            len(rows),
            source_id=contents.texts("id", rows),
            name=self._classes(),
            annotator=annotators and [person(name) for name in annotators],
            properties=properties,
            **said,
        )

    def _classes(self) -> list[str | None] | None:
        names = self._contents.texts("class", self._rows)
        if not names or not self._options.classes:
            return names
        numbers = {str(number): name for number, name in self._options.classes.items()}
        return [name and numbers.get(name.removesuffix(".0"), name) for name in names]


def _code(role: str) -> str:
    return "MIFA361" if role in PLACES else "MIFA359"
