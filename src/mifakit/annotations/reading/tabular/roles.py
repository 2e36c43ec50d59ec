"""The roles that the study sheet gives to columns -> what the rows of a table are. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import NamedTuple

from mifakit.annotations.model import Kind
from mifakit.errors import MifaError
from mifakit.sources.columns import Columns

POINT = ("x", "y")
SIDES = ("left", "top", "right", "bottom")
CORNER = ("left", "top", "width", "height")
AXIS = {axis: axis for axis in "xyz"} | {
    "left": "x",
    "right": "x",
    "width": "x",
    "top": "y",
    "bottom": "y",
    "height": "y",
}
"""Along which axis lengths and places are."""
PLACES = {*AXIS, "t", "c"}
NUMBERS = {*PLACES, "count", "confidence", "label"}
_SHOWN = 50
_LENGTH = 900


class Meaning(NamedTuple):
    """What the rows of a table are.

    Attributes
    ----------
    kind
        Of the layer that they make.
    needs
        Roles of which each row must have a number.
    """

    kind: Kind
    needs: tuple[str, ...]


def find_roles(path: Path, columns: Columns, stated: Mapping[str, str]) -> dict[str, str]:
    """Return the header of each role, as the table spells it.

    Raises
    ------
    MifaError
        MIFA227 when the table has no such column.
    """
    spelt = {name.casefold(): name for name in columns.names}
    found = {
        role: name if name in columns.cells else spelt.get(name.strip().casefold()) for role, name in stated.items()
    }
    if missing := [repr(stated[role]) for role, name in found.items() if name is None]:
        raise _unclear(path, columns, f"has no column {', '.join(missing)}")
    return {role: name for role, name in found.items() if name is not None}


def meaning_of(path: Path, columns: Columns, roles: Set[str]) -> Meaning:
    """Return what the rows of a table are.

    Raises
    ------
    MifaError
        MIFA227 when the roles do not tell.
    """
    if roles & {*SIDES, *CORNER}:
        for sides in (SIDES, CORNER):
            if roles >= {*sides} and roles.isdisjoint(POINT):
                return Meaning(Kind.BOXES, sides)
        raise _unclear(path, columns, "has boxes: name left, top, and right, bottom or width, height, without x and y")
    if roles & {*POINT}:
        if not roles >= {*POINT}:
            raise _unclear(path, columns, "has points: name both x and y")
        return _meaning_of_points(path, columns, roles)
    if "count" in roles:
        return Meaning(Kind.COUNTS, ("count",))
    if "label" in roles:
        return Meaning(Kind.TABLE, ("label",))
    if "id" in roles:
        return Meaning(Kind.TABLE, ())
    if "class" in roles:
        return Meaning(Kind.CLASSES, ())
    raise _unclear(path, columns, "does not tell what it means")


def _meaning_of_points(path: Path, columns: Columns, roles: Set[str]) -> Meaning:
    if roles.isdisjoint(("track", "parent")):
        return Meaning(Kind.POINTS, POINT)
    if roles.isdisjoint(("track", "id")):
        raise _unclear(path, columns, "has parents: name track, or id, which they are of")
    if "t" in roles:
        return Meaning(Kind.TRACKS, (*POINT, "t"))
    if "track" in roles:
        raise _unclear(path, columns, "has tracks: name t")
    return Meaning(Kind.GRAPHS, POINT)


def _unclear(path: Path, columns: Columns, problem: str) -> MifaError:
    names = ", ".join(map(repr, columns.names[:_SHOWN])) + (" ..." if len(columns.names) > _SHOWN else "")
    hint = "under columns: in the sheet, say which column is x, y, image, class ..."
    return MifaError("MIFA227", f"{problem}; its columns are {names}"[:_LENGTH], str(path), hint)
