"""Plain text from strangers, within budgets."""

from __future__ import annotations

from pathlib import Path

from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_ANNOTATION_BYTES


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read or is no text, MIFA226 when it is over budget.
    """
    try:
        if not path.is_file():
            raise MifaError("MIFA202", "is not a file", str(path))
        with path.open("rb") as stream:
            data = stream.read(MAX_ANNOTATION_BYTES + 1)
    except OSError as error:
        raise MifaError("MIFA202", f"cannot be read: {error.strerror}", str(path)) from error
    if len(data) > MAX_ANNOTATION_BYTES:
        raise MifaError("MIFA226", f"is larger than {MAX_ANNOTATION_BYTES:,} bytes", str(path))
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise MifaError("MIFA202", "is not UTF-8 text", str(path)) from error
    return text.splitlines()
