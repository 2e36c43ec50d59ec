"""ZIP archives from strangers: members are read one by one into memory, within budgets. Nothing is put on a disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.sources.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_MEMBERS,
    MAX_ARCHIVE_RATIO,
    SMALL_IMAGE_BYTES,
)

_CODECS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_MAX_DIRECTORY_BYTES = MAX_ARCHIVE_MEMBERS * 512
_PIECE_BYTES = 1024**2
_MAC_FOLDER = "__MACOSX/"


class Member:
    """A file in an archive.

    Attributes
    ----------
    name
        The last part of what the archive calls it, which may be `../` or a drive: never make a path of it.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self.name = info.filename.replace("\\", "/").rpartition("/")[2]
        self._path, self._archive, self._info = path, archive, info

    def read(self) -> bytes:
        """Return all of it.

        Raises
        ------
        MifaError
            MIFA202 when it is damaged, encrypted, or compressed in an unusual way.
        """
        if self._info.flag_bits & _ENCRYPTED or self._info.compress_type not in _CODECS:
            raise MifaError("MIFA202", f"{self.name!r} is encrypted, or compressed in an unusual way", str(self._path))
        try:
            with self._archive.open(self._info) as stream:
                # zipfile gives no more than the size that the budget saw, and compares the checksum at the end.
                return b"".join(iter(lambda: stream.read(_PIECE_BYTES), b""))
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise MifaError("MIFA202", f"{self.name!r} cannot be unpacked: {error}", str(self._path)) from error


@contextmanager
def open_archive(path: Path, budget: int = MAX_ARCHIVE_BYTES) -> Iterator[list[Member]]:
    """Open a ZIP archive and list its files, in its own order; without folders, and what macOS adds.

    Parameters
    ----------
    path
        The archive.
    budget
        The bytes that it may unpack to.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA226 when it holds too many files, or unpacks to too much.
    """
    if path.exists() and not path.is_file():
        raise MifaError("MIFA202", "is not a file", str(path))
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_Cautious(path))
            archive = stack.enter_context(zipfile.ZipFile(file))
        except (OSError, EOFError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise MifaError("MIFA202", f"cannot be read as a ZIP archive: {error}", str(path)) from error
        infos = archive.infolist()
        _check_budget(path, infos, budget)
        files = (info for info in infos if not info.is_dir() and not info.filename.startswith(_MAC_FOLDER))
        yield [Member(path, archive, info) for info in files]


class _Cautious(io.FileIO):
    """A file that gives no more at once than the directory of an archive within budget.

    `zipfile` reads the directory in one piece, as long as the archive says, and only then counts members.
    """

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _MAX_DIRECTORY_BYTES:
            raise _too_many(Path(str(self.name)))
        return super().read(size)


def _check_budget(path: Path, infos: list[zipfile.ZipInfo], budget: int) -> None:
    if len(infos) > MAX_ARCHIVE_MEMBERS:
        raise _too_many(path)
    unpacked = sum(info.file_size for info in infos)
    packed = path.stat().st_size
    if unpacked > budget or unpacked > max(SMALL_IMAGE_BYTES, packed * MAX_ARCHIVE_RATIO):
        raise MifaError("MIFA226", f"unpacks from {packed:,} to {unpacked:,} bytes", str(path))


def _too_many(path: Path) -> MifaError:
    return MifaError("MIFA226", f"holds more than {MAX_ARCHIVE_MEMBERS:,} files", str(path))
