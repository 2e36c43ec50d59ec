"""The readers that are installed, found through the entry point group `mifakit.readers`."""

from __future__ import annotations

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
    return _by_suffix().get(reading_suffix(name))


def reading_suffix(name: str) -> str:
    """Return the longest suffix of a name that some reader knows; empty when none does."""
    name = name.lower()
    return max((suffix for suffix in _by_suffix() if name.endswith(suffix)), key=len, default="")


@cache
def _by_suffix() -> dict[str, Reader]:
    """Return the reader of each suffix; of two that know it, the first by name."""
    pairs = [(suffix, one) for one in load_readers()[0] for known in one.formats for suffix in known.suffixes]
    return dict(reversed(pairs))


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
