"""What Hamamatsu's scanners write into the tags of NDPI slides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mifakit.readers.base import Acquisition
from mifakit.readers.description import Description, phrase
from mifakit.readers.optics import iso_date, objective_name

_MAKE, _MODEL, _DATE_TIME, _SOURCE_LENS = 271, 272, 306, 65421


def describe_ndpi(tag: Callable[[int], Any]) -> Description:
    """Read magnification, scanner and date; the pixel size is in the resolution tags.

    Parameters
    ----------
    tag
        Returns the value of a tag, or None.
    """
    power = tag(_SOURCE_LENS)
    date = re.sub(r"^(\d{4})[:/](\d\d)[:/](\d\d) ", r"\1-\2-\3 ", str(tag(_DATE_TIME) or ""))
    return Description(
        acquisition=Acquisition(
            phrase(tag(_MAKE), tag(_MODEL)),
            objective_name(None, float(power), None) if isinstance(power, int | float) else None,
            iso_date(date),
        )
    )
