"""Plain text from strangers, within budgets."""

from __future__ import annotations

from pathlib import Path

from mifakit.errors import MifaError
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_ANNOTATION_BYTES


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read or is no text, MIFA226 when it is over budget.
    """
    data = read_bounded(path, MAX_ANNOTATION_BYTES)
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise MifaError("MIFA202", "is not UTF-8 text", str(path)) from error
    return text.splitlines()
