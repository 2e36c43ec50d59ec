"""Paths as people give them, and what a disk refuses to write there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.conversion.staging import is_disk_full
from mifakit.errors import MifaError

PathLike = str | Path


@contextmanager
def writing_to(output: PathLike) -> Iterator[None]:
    """Say in our words what the disk refuses."""
    try:
        yield
    except OSError as error:
        code = "MIFA006" if is_disk_full(error) else "MIFA004"
        raise MifaError(code, error.strerror or str(error), str(output)) from error


def check_space(output: Path, needed: int) -> None:
    """Refuse an output that the disk has no room for."""
    free = shutil.disk_usage(output.resolve().parent).free
    if free < needed:
        raise MifaError("MIFA006", f"about {needed:,} bytes are needed, {free:,} are free", str(output))
