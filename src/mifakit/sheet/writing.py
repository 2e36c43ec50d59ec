"""Writing a sheet over itself: whole or not at all, in the encoding that it has."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
"""Encodings by the mark at a file's beginning."""

_NEW = 0o666


def write_over(path: Path, text: str) -> None:
    """Write a text in place of a file's own; its mark, its permissions and links to it stay.

    Raises
    ------
    OSError
        When the disk refuses; the file is then as it was.
    """
    before = path.read_bytes()
    mark = next((mark for mark in _MARKS if before.startswith(mark)), b"")
    replace_content(path, mark + text.encode(_MARKS.get(mark, "utf-8")))


def replace_content(path: Path, content: bytes) -> None:
    """Write a file, new or in place of its own content; its permissions and links to it stay.

    Raises
    ------
    OSError
        When the disk refuses; the file is then as it was.
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o7777 if target.exists() else _NEW & ~_umask()
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(mode)
            Path(file.name).replace(target)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
