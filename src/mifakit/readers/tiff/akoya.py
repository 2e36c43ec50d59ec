"""What PerkinElmer's and Akoya's scanners write into each plane of a QPTIFF, as XML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.description import Description, known, phrase
from mifakit.sources.xml_text import parse_xml


def describe_qptiff(path: Path, descriptions: Sequence[str]) -> Description:
    """Read channels, scanner and objective; the pixel size is in the resolution tags.

    Parameters
    ----------
    path
        The file, for messages.
    descriptions
        One a plane.

    Raises
    ------
    MifaError
        MIFA202 when one is no XML.
    """
    roots = [parse_xml(path, text.strip("\0 \r\n\t").removeprefix("\ufeff"), "description") for text in descriptions]
    channels = (
        Channel(_text(root, "Biomarker") or _text(root, "Name"), _color(_text(root, "Color"))) for root in roots
    )
    first = roots[0]
    return Description(
        channels=known(*channels), acquisition=Acquisition(_text(first, "InstrumentType"), _text(first, "Objective"))
    )


def _text(root: ElementTree.Element, name: str) -> str | None:
    return phrase(root.findtext(name))


def _color(text: str | None) -> str | None:
    match = re.fullmatch(r"(\d{1,3}), ?(\d{1,3}), ?(\d{1,3})", text or "")
    parts = [int(part) for part in match.groups()] if match else [256]
    return "".join(f"{part:02X}" for part in parts) if max(parts) < 256 else None
