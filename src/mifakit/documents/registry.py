"""The formats of documents that are installed, found through the entry point group `mifakit.documents`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mifakit.documents.base import DocumentFormat
from mifakit.documents.content import open_document
from mifakit.documents.reading import Reading, settle
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.plugins import load_plugins

GROUP = "mifakit.documents"


@cache
def load_formats() -> tuple[tuple[DocumentFormat, ...], tuple[Finding, ...]]:
    """Load every registered format by name; a plugin that fails to load becomes a finding."""
    formats, findings = load_plugins(GROUP, protocol=DocumentFormat)
    return tuple(formats.values()), findings


def read_document(path: Path) -> Reading:
    """Read a document of whichever format.

    Raises
    ------
    MifaError
        MIFA001, MIFA008, MIFA202, MIFA226, MIFA106 to MIFA108 when it cannot be read at all, MIFA150 when no format
        knows it.
    """
    content = open_document(path)
    formats, _ = load_formats()
    for one in formats:
        if one.recognises(content):
            return settle(one.read(content), content, one.name)
    known = ", ".join(one.name for one in formats)
    raise MifaError("MIFA150", f"is none of {known}", str(path))
