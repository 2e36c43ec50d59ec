"""Files of the lab folder: their digests, whether they changed, and how errors name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mifakit.dataset.checksums import file_sha256
from mifakit.errors import MifaError
from mifakit.findings import Place

Stamp = tuple[int, int]
"""Size in bytes, and the time of the last change in nanoseconds."""


def stamp(lab_folder: Path, name: str) -> Stamp:
    """Return what tells that a file changed.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be looked at.
    """
    try:
        status = (lab_folder / name).stat()
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error
    return status.st_size, status.st_mtime_ns


def sha256(lab_folder: Path, name: str) -> str:
    """Return a file's sha256.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read.
    """
    try:
        return file_sha256(lab_folder / name)
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error


@contextmanager
def reading(lab_folder: Path, names: Sequence[str]) -> Iterator[dict[str, Stamp]]:
    """Give the stamps of files that are read in the block, and place what readers say in the lab folder.

    Raises
    ------
    MifaError
        MIFA312 when one of them changed meanwhile: what was made may be of two minds.
    """
    before = {name: stamp(lab_folder, name) for name in names}
    try:
        yield before
    except MifaError as error:
        place = error.finding.place
        if place and Path(place.path).is_relative_to(lab_folder):
            name = Path(place.path).relative_to(lab_folder).as_posix()
            raise MifaError(error.code, error.finding.message, Place(name), error.finding.hint) from error
        raise
    same_stamps(before, {name: stamp(lab_folder, name) for name in names})


def same_stamps(before: dict[str, Stamp], after: dict[str, Stamp]) -> None:
    """Refuse files that changed.

    Raises
    ------
    MifaError
        MIFA312.
    """
    for name in before.keys() & after.keys():
        if before[name] != after[name]:
            raise MifaError("MIFA312", "its size or date changed", Place(name))
