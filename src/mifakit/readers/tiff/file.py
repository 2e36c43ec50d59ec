"""A TIFF file that is open, after its directories were found to be whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tifffile import FileHandle, TiffFile

from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.tiff.directories import Directory, read_directories
from mifakit.readers.tiff.tifffile_log import listening
from mifakit.sources.xml_text import check_xml

_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Contents:
    """A file whose directories are whole, open or not.

    Attributes
    ----------
    path
        The file.
    size
        Its bytes.
    directories
        Its directories by their positions, in order.
    handle
        What it is open in; None when it is opened for each read, as the many files of one image are.
    lock
        Held while `handle` seeks and reads.
    """

    path: Path
    size: int
    directories: Mapping[int, Directory]
    handle: FileHandle | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def opened(self) -> Iterator[tuple[FileHandle, threading.RLock]]:
        """Give a handle to read from, and the lock to hold meanwhile."""
        if self.handle is not None:
            yield self.handle, self.lock
            return
        with FileHandle(self.path) as handle:
            yield handle, threading.RLock()


def check_contents(path: Path) -> Contents:
    """Walk a file's directories and close it again.

    Raises
    ------
    MifaError
        As `read_directories`.
    """
    with open_image_file(path, "TIFF", _STARTS) as raw:
        return Contents(path, *_walk(path, raw))


def open_tiff(path: Path, stack: ExitStack, xml: str | None = None) -> tuple[TiffFile, Contents]:
    """Open a file, walk its directories, and hand it to tifffile, if its description is safe to hand on.

    Parameters
    ----------
    path
        The file.
    stack
        Closes it.
    xml
        OME-XML to go by instead of its own.

    Raises
    ------
    MifaError
        As `open_image_file` and `read_directories`; MIFA202 when tifffile cannot read it.
    """
    raw = stack.enter_context(open_image_file(path, "TIFF", _STARTS))
    size, directories = _walk(path, raw)
    raw.seek(0)
    with listening(path, "cannot be opened"):
        # Micro-Manager and NDTiff files are read as what they are besides, without their
        # sibling files; ScanImage files without the frames that tifffile would guess.
        file = TiffFile(raw, is_mmstack=False, is_ndtiff=False, is_scanimage=False, omexml=xml)
        stack.callback(file.close)  # those that tifffile opened itself
        check_xml(path, str(file.pages.first.description), "description")
    return file, Contents(path, size, directories, file.filehandle)


def _walk(path: Path, raw: BinaryIO) -> tuple[int, dict[int, Directory]]:
    with guarded(path, "its directories cannot be read"):
        size = path.stat().st_size
        return size, {directory.offset: directory for directory in read_directories(path, raw)}
