"""tifffile's log taken at its word: where it logs an error and goes on, the read fails."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.guard import guarded

_LOGGER = logging.getLogger("tifffile")

# tifffile warns about odd private tags, which do no harm, and about planes that it leaves out,
# shifts or fills with zeros, which do.
_HARMFUL = re.compile(r"series|zeroed|corrupt|missing|segments|reshape|incomplete|could not read", re.IGNORECASE)


class _Listener(logging.Handler):
    """Keeps what one thread hears: others may read other files meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self.harm: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if threading.get_ident() != self._thread:
            return
        message = record.getMessage()
        if record.levelno >= logging.ERROR or _HARMFUL.search(message):
            self.harm.append(re.sub(r"^(<[^>]*>\s*)+", "", message))


@contextmanager
def listening(path: Path, problem: str) -> Iterator[None]:
    """Guard calls into tifffile: what it raises, and what it only logs, becomes MIFA202.

    The log is the second line: what truncation can do is found by `read_directories`, also
    when somebody has silenced the log.
    """
    listener = _Listener()
    _LOGGER.addHandler(listener)
    try:
        with guarded(path, problem):
            yield
    finally:
        _LOGGER.removeHandler(listener)
    if listener.harm:
        raise MifaError("MIFA202", f"{problem}: {listener.harm[0]}", str(path))
