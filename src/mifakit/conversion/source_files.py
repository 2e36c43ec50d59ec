"""Files of the lab folder: their digests, whether they changed, and how errors name them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from mifakit.dataset.checksums import dataset_files, file_sha256
from mifakit.errors import MifaError
from mifakit.findings import Place

Stamp = tuple[int, int]
"""Size in bytes, and the time of the last change in nanoseconds; of a folder, of all that is in it."""


def stamp(lab_folder: Path, name: str) -> Stamp:
    """Return what tells that a file changed.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be looked at.
    """
    try:
        found = [(lab_folder / name / file).stat() for file in _files(lab_folder / name)]
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error
    return sum(one.st_size for one in found), max((one.st_mtime_ns for one in found), default=0)


def sha256(lab_folder: Path, name: str) -> str:
    """Return a file's sha256; of a folder, that of its files' names and sha256.

    A file of annotations may be a source of a thousand samples: while it does not change, it is hashed once.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read.
    """
    try:
        found = (lab_folder / name).stat()
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error
    # Dates can be set back; that a file was changed at all cannot, but on Windows.
    return _sha256(lab_folder, name, (*stamp(lab_folder, name), found.st_ctime_ns, found.st_ino))


@lru_cache(maxsize=64)
def _sha256(lab_folder: Path, name: str, as_of: tuple[int, ...]) -> str:
    path = lab_folder / name
    try:
        if not path.is_dir():
            return file_sha256(path)
        files = _files(path)
        return combined({file: file_sha256(path / file) for file in files}, files)
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error


def combined(digests: Mapping[str, str], names: Sequence[str]) -> str:
    """Return the digest that stands for files: of one file its own, of several that of their names and digests."""
    if len(names) == 1:
        return digests[names[0]]
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(names))
    return hashlib.sha256(lines.encode(errors="surrogateescape")).hexdigest()


def _files(path: Path) -> list[str]:
    """Return what is in a folder, relative to it; of a file, the file."""
    return list(dataset_files(path)) if path.is_dir() else [""]


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
