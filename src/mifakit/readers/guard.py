"""The boundary to strangers' image files: how they open, and what a decoder's failure becomes."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mifakit.errors import MifaError

_HEAD_BYTES = 512

# Enough to name what people mistake for an image: a failed download, a renamed export, an archive.
_LOOKS = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"II+\0", "a BigTIFF image"),
    (b"MM\0+", "a BigTIFF image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (b"RIFF", "a RIFF file (WebP or AVI)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x0e\x03\x13\x01", "an HDF4 file"),
    (b"NRRD000", "an NRRD image"),
    (b"ObjectType", "a MetaImage header"),
    (b"ZISRAWFILE", "a CZI image"),
    (b"\xda\xce\xbe\x0a", "an ND2 image"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file it stands for"),
)


def open_image_file(path: Path, kind: str, starts: tuple[bytes, ...]) -> BinaryIO:
    """Open a file that should be an image of one kind, at its first byte.

    Parameters
    ----------
    path
        The file; opened read-only.
    kind
        What it should be, for messages: `TIFF`.
    starts
        The first bytes that files of this kind may have.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be opened, MIFA203 when it is empty or ends within its first
        bytes, MIFA204 when it starts like something else.
    """
    place = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MifaError("MIFA202", "is not a file", place, "give the file itself, not a folder or device")
        file = path.open("rb")
    except OSError as error:
        raise MifaError(
            "MIFA202", f"cannot be opened: {error.strerror}", place, "check that it exists and may be read"
        ) from error
    try:
        with guarded(path, "cannot be read"):
            head = file.read(_HEAD_BYTES)
            file.seek(0)
        if not head:
            raise MifaError("MIFA203", "is empty", place)
        if not head.startswith(starts):
            if any(start.startswith(head) for start in starts):
                raise MifaError("MIFA203", f"ends after {len(head)} bytes", place)
            raise MifaError("MIFA204", f"is not a {kind} image: it looks like {looks_like(head)}", place)
    except BaseException:
        file.close()
        raise
    return file


def looks_like(head: bytes) -> str:
    """Say what a file looks like, from its first bytes: `an HTML page`."""
    for start, name in _LOOKS:
        if head.startswith(start):
            return name
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "an HTML page"
    if text.startswith((b"<?xml", b"<ome")):
        return "an XML document"
    if not head.strip(b"\0"):
        return "a file of zeros, as an unfinished copy leaves it"
    if not any(byte < 9 or 13 < byte < 32 or byte == 127 for byte in head):
        return "plain text"
    return "no format that is known here"


@contextmanager
def guarded(path: Path, problem: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into a MifaError (MIFA202).

    Decoders answer fuzzed bytes with nearly every exception there is, so all of them are
    caught: keep the block that this guards to calls into the decoder.
    """
    try:
        yield
    except MifaError:
        raise
    except MemoryError as error:
        raise MifaError("MIFA202", f"{problem}: it asks for more memory than there is", str(path)) from error
    except Exception as error:
        reason = str(error).strip() or type(error).__name__
        raise MifaError("MIFA202", f"{problem}: {reason}", str(path)) from error


def check_inside(root: Path, path: Path) -> None:
    """Refuse what lies behind a link that leads out of a folder.

    Raises
    ------
    MifaError
        MIFA202
    """
    if not path.resolve().is_relative_to(root.resolve()):
        name = path.relative_to(root).as_posix()
        hint = "copy the folder with what its links lead to"
        raise MifaError("MIFA202", f"{name} is behind a link that leads out of the folder", str(root), hint)
