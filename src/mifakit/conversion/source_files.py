"""Files of the lab folder: their digests, whether they changed, and how errors name them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR

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
    path = lab_folder / name
    with _placed(name):
        return _stamp(path, path.stat())


def _stamp(path: Path, found: os.stat_result) -> Stamp:
    if not S_ISDIR(found.st_mode):
        return found.st_size, found.st_mtime_ns
    inside = [(path / file).stat() for file in dataset_files(path)]
    return sum(one.st_size for one in inside), max((one.st_mtime_ns for one in inside), default=0)


def sha256(lab_folder: Path, name: str) -> str:
    """Return a file's sha256; of a folder, that of its files' names and sha256.

    A file of annotations may be a source of a thousand samples: while it does not change, it is hashed once.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read.
    """
    path = lab_folder / name
    with _placed(name):
        found = path.stat()
        # Dates can be set back; that a file was changed at all cannot, but on Windows.
        return _sha256(path, (*_stamp(path, found), found.st_ctime_ns, found.st_ino))


@lru_cache(maxsize=64)
def _sha256(path: Path, as_of: tuple[int, ...]) -> str:
    if not path.is_dir():
        return file_sha256(path)
    files = list(dataset_files(path))
    return combined({file: file_sha256(path / file) for file in files}, files)


def combined(digests: Mapping[str, str], names: Sequence[str]) -> str:
    """Return the digest that stands for files: of one file its own, of several that of their names and digests."""
    if len(names) == 1:
        return digests[names[0]]
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(names))
    return hashlib.sha256(lines.encode(errors="surrogateescape")).hexdigest()


@contextmanager
def _placed(name: str) -> Iterator[None]:
    try:
        yield
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


def same_stamps(before: Mapping[str, Stamp], after: Mapping[str, Stamp]) -> None:
    """Refuse files that changed.

    Raises
    ------
    MifaError
        MIFA312.
    """
    for name in before.keys() & after.keys():
        if before[name] != after[name]:
            raise MifaError("MIFA312", "its size or date changed", Place(name))
