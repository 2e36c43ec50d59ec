"""What files say about light and lenses, in one form."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite

_WAVELENGTHS = (100, 10_000)


def wavelength(nanometres: float | str | None) -> float | None:
    """Return a wavelength in nanometres; None when there is none that light has."""
    try:
        value = float(nanometres) if nanometres is not None else 0.0
    except ValueError:
        return None
    return value if isfinite(value) and _WAVELENGTHS[0] < value < _WAVELENGTHS[1] else None


def hex_color(text: str | None) -> str | None:
    """Return `RRGGBB` of `#RRGGBB` or `#AARRGGBB`."""
    match = re.fullmatch(r"#(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})", (text or "").strip())
    return match[1].upper() if match else None


def objective_name(model: str | None, magnification: float | None, aperture: float | None) -> str | None:
    """Return an objective as its file names it, else by magnification and aperture: `63x/1.4`."""
    if name := " ".join((model or "").split()):
        return name
    if not magnification or not (isfinite(magnification) and magnification > 0):
        return None
    return f"{magnification:g}x" + (f"/{aperture:g}" if aperture and isfinite(aperture) and aperture > 0 else "")


def iso_date(text: str | None) -> str | None:
    """Return a date and time in ISO 8601, to the second; None when the text is something else."""
    try:
        return datetime.fromisoformat((text or "").strip()).isoformat(timespec="seconds")
    except ValueError:
        return None
