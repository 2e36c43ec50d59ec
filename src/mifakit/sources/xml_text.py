"""XML from strangers: no document type, so no entity that grows and none that reads other files."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from mifakit.errors import MifaError


def check_xml(path: Path, text: str, what: str) -> None:
    """Refuse XML that declares a document type or entities.

    Raises
    ------
    MifaError
        MIFA202.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MifaError("MIFA202", f"its {what} declares a document type, which is not read", str(path))


def parse_xml(path: Path, text: str, what: str) -> ElementTree.Element:
    """Parse XML.

    Parameters
    ----------
    path
        The file that holds it, for messages.
    text
        All of it.
    what
        What it is called in messages: `XML header`.

    Raises
    ------
    MifaError
        MIFA202 when it declares a document type or entities, or is malformed.
    """
    check_xml(path, text, what)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no document type is let through
    except (ElementTree.ParseError, ValueError) as error:
        raise MifaError("MIFA202", f"its {what} cannot be read: {error}", str(path)) from error
