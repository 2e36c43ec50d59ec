"""Axes as people write them in a study sheet: letters of t c z y x."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers import refuse


def parse_axes(value: object) -> str | None:
    """Return axes in lower case: y and x, and t, c, z at most once each, outermost first."""
    axes = str(value or "").strip().lower()
    if not axes:
        return None
    if not re.fullmatch(r"[tczyx]+", axes) or len(set(axes)) != len(axes) or not {"x", "y"} <= set(axes):
        raise refuse("MIFA105", f"{value!r} must hold y and x, and t, c, z at most once each")
    return axes


def parse_series(value: object) -> str | None:
    """Return the axes that a series of files lies along, in canonical order."""
    axes = "".join(str(value or "").lower().replace(",", " ").split())
    if not axes:
        return None
    if len(set(axes)) != len(axes) or not set(axes) <= set("tczyx"):
        raise refuse("MIFA105", f"{value!r} must be letters of t c z y x, each at most once")
    return "".join(axis for axis in "tczyx" if axis in axes)


SeriesAxes = Annotated[str | None, BeforeValidator(parse_series)]
Axes = Annotated[str | None, BeforeValidator(parse_axes)]
