"""Files from strangers that are read whole: up to a budget."""

from __future__ import annotations

from pathlib import Path

from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_ANNOTATION_BYTES


def read_bounded(path: Path, budget: int = MAX_ANNOTATION_BYTES) -> bytes:
    """Return all bytes of a file.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA226 when it is larger than the budget.
    """
    if path.exists() and not path.is_file():  # to open a pipe would wait for ever
        raise MifaError("MIFA202", "is not a file", str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(budget + 1)
    except OSError as error:
        raise MifaError("MIFA202", f"cannot be read: {error.strerror}", str(path)) from error
    if len(data) > budget:
        raise MifaError("MIFA226", f"is larger than {budget:,} bytes", str(path))
    return data
