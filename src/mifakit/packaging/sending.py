"""Copying files of a dataset into what is sent: each is compared with its checksum on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from mifakit.dataset import layout
from mifakit.dataset.checksums import read_checksums
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError

_BLOCK = 4 * 1024**2
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name: the time of packing would make other bytes each time."""
_UNIX, _READABLE = 3, 0o100644 << 16


@dataclass(frozen=True)
class Source:
    """A dataset that is read to be sent.

    Attributes
    ----------
    folder
        Where it lies.
    checksums
        The sha256 that it states of each of its files.
    """

    folder: Path
    checksums: Mapping[str, str]

    @classmethod
    def of(cls, dataset: Dataset) -> Source:
        """Return a dataset as a source.

        Raises
        ------
        MifaError
            MIFA405 when it has no checksums.
        """
        try:
            return cls(dataset.path, read_checksums(dataset.path))
        except (OSError, UnicodeDecodeError) as error:
            place = str(dataset.path / layout.CHECKSUMS)
            raise MifaError("MIFA405", f"cannot be read: {error}", place) from error

    def copy(self, path: str, folder: Path) -> None:
        """Copy a file to the same place in a folder.

        Raises
        ------
        MifaError
            MIFA406 when it is not what its checksum says.
        """
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            self._pour(path, stream)

    def add(self, archive: ZipFile, path: str, name: str) -> None:
        """Copy a file into a zip, as it is: what is in a Zarr is compressed already.

        Raises
        ------
        MifaError
            MIFA406 when it is not what its checksum says.
        """
        with archive.open(member(name, (self.folder / path).stat().st_size), "w") as stream:
            self._pour(path, stream)

    def _pour(self, path: str, into: IO[bytes]) -> None:
        digest = hashlib.sha256()
        with (self.folder / path).open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                into.write(block)
        stated = self.checksums.get(path)
        if stated and stated != digest.hexdigest():
            message = f"is {digest.hexdigest()[:12]}…, was {stated[:12]}…: a damaged file is not sent"
            hint = (
                "run mifa describe: the records do not say yet what the sheet says now"
                if path == layout.SHEET
                else None
            )
            raise MifaError("MIFA406", message, path, hint)


def new_zip(path: Path) -> ZipFile:
    """Return a zip to fill: members are stored, and zip64 is used for what needs it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return ZipFile(path, "x", ZIP_STORED)


def member(name: str, size: int) -> ZipInfo:
    """Return a member's head: the same whenever, wherever and by whom it is packed."""
    info = ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr, info.file_size = _UNIX, _READABLE, size
    return info
