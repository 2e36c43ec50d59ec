"""What Aperio scanners write into a slide's description: `Aperio Image Library ...|AppMag = 20|MPP = 0.499|...`."""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from mifakit.readers.base import Acquisition
from mifakit.readers.description import Description, phrase
from mifakit.readers.optics import objective_name
from mifakit.readers.units import length

_DATES = ("%m/%d/%y", "%m/%d/%Y")


def describe_aperio(text: str) -> Description:
    """Read pixel size, magnification, scanner and date; the scanner's number and its user stay behind."""
    pairs = (item.partition("=") for item in text.split("|")[1:])
    fields = {key.strip(): value.strip() for key, _, value in pairs}
    size, power = _number(fields.get("MPP")), _number(fields.get("AppMag"))
    reading = length(size, "µm") if "MPP" in fields else None
    return Description(
        {"x": reading, "y": reading},
        acquisition=Acquisition(
            phrase("Aperio", fields.get("ScannerType")),
            objective_name(None, power if isfinite(power) else None, None),
            _date(fields.get("Date", ""), fields.get("Time", ""), fields.get("Time Zone", "")),
        ),
    )


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _date(day: str, time: str, zone: str) -> str | None:
    """Join American dates, `12/29/09`, times and `GMT-0500`."""
    zone = zone.removeprefix("GMT")
    for form in _DATES:
        try:
            return datetime.strptime(f"{day} {time}{zone}", f"{form} %H:%M:%S{'%z' if zone else ''}").isoformat()
        except ValueError:
            continue
    return None
