"""The files of a lab folder, in a stable order, without following links out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from mifakit.errors import MifaError

_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "ehthumbs.db"}


def walk_files(folder: Path, is_image: Callable[[str], bool] = lambda name: False) -> Iterator[str]:
    """Yield the files below `folder`, relative, with forward slashes, folder by folder.

    A folder whose name `is_image` is one item: what is in it belongs to its format.

    Hidden files, what operating systems leave behind, and links to folders are left out: a link to
    a folder could lead in a circle or out of the lab folder.

    Raises
    ------
    MifaError
        MIFA202 when a folder cannot be listed.
    """
    yield from _walk(folder, "", is_image)


def _walk(folder: Path, prefix: str, is_image: Callable[[str], bool]) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise MifaError("MIFA202", f"the folder cannot be listed: {error.strerror}", str(folder)) from error
    folders = []
    for entry in ordered:
        if entry.name.startswith(".") or entry.name.lower() in _SYSTEM_FILES:
            continue
        if entry.is_dir(follow_symlinks=False) and not is_image(entry.name):
            folders.append(entry)
        elif entry.is_dir(follow_symlinks=False) or _is_file(entry):
            yield f"{prefix}{entry.name}"
    for entry in folders:
        yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", is_image)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether this is a file, or a link that leads nowhere: that one is told, not passed over."""
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return entry.is_symlink()
