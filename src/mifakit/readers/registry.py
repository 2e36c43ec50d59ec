"""The readers that are installed, found through the entry point group `mifakit.readers`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.plugins import load_plugins
from mifakit.readers.base import ImageSource, Reader

GROUP = "mifakit.readers"


@cache
def load_readers() -> tuple[tuple[Reader, ...], tuple[Finding, ...]]:
    """Load every registered reader; a plugin that fails to load becomes a finding."""
    readers, findings = load_plugins(GROUP, protocol=Reader)
    return tuple(readers.values()), findings


def find_reader(name: str) -> Reader | None:
    """Return the reader whose suffix matches most of an image's name, or None."""
    matches = list(_matches(name))
    return max(matches, key=lambda match: len(match[0]))[1] if matches else None


def reading_suffix(name: str) -> str:
    """Return the longest suffix of a name that some reader knows; empty when none does."""
    return max((suffix for suffix, _ in _matches(name)), key=len, default="")


def _matches(name: str) -> Iterator[tuple[str, Reader]]:
    name = name.lower()
    for reader in load_readers()[0]:
        for known in reader.formats:
            yield from ((suffix, reader) for suffix in known.suffixes if name.endswith(suffix))


def is_image_folder(name: str) -> bool:
    """Whether a folder of this name is an image, not a folder of images."""
    reader = find_reader(name)
    return reader is not None and reader.reads_folders


def open_image(path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
    """Open an image with the reader for its suffix.

    Raises
    ------
    MifaError
        MIFA211 when no reader knows the suffix; else as `Reader.open`.
    """
    reader = find_reader(path.name)
    if reader is None:
        raise MifaError("MIFA211", f"no reader for {path.suffix or 'a file without suffix'}", str(path))
    return reader.open(path, axes, scene)
