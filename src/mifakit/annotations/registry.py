"""The annotation formats that are installed, found through the entry point group `mifakit.annotations`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mifakit.annotations.base import AnnotationFormat
from mifakit.findings import Finding
from mifakit.plugins import load_plugins

GROUP = "mifakit.annotations"
_HEAD = 64 * 1024


@cache
def load_formats() -> tuple[tuple[AnnotationFormat, ...], tuple[Finding, ...]]:
    """Load every registered format; a plugin that fails to load becomes a finding."""
    formats, findings = load_plugins(GROUP, protocol=AnnotationFormat)
    return tuple(formats.values()), findings


def format_named(name: str) -> AnnotationFormat | None:
    """Return the format of a name, however it is spelt: `coco`, `COCO`."""
    wanted = _plain(name)
    return next((one for one in load_formats()[0] if _plain(one.name) == wanted), None)


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def is_annotation_folder(name: str) -> bool:
    """Whether a folder of this name is an annotation, not a folder of such."""
    return name.lower().endswith(
        tuple(suffix for one in load_formats()[0] if one.reads_folders for suffix in one.suffixes)
    )


def suffix_of(name: str) -> str:
    """Return the longest suffix of a name that some format has; empty when none has."""
    known = (suffix for one in load_formats()[0] for suffix in one.suffixes)
    return max((suffix for suffix in known if name.lower().endswith(suffix)), key=len, default="")


def recognise(path: Path) -> AnnotationFormat | None:
    """Return the format that a file shows to be of, or None. Reads its first 64 kB.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    name = path.name.lower()
    candidates = [one for one in load_formats()[0] if name.endswith(one.suffixes)]
    if not candidates:
        return None
    head = b""  # of a folder
    if path.is_file():
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    return next((one for one in candidates if one.recognises(path, head)), None)
