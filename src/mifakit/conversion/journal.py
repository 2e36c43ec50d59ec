"""The journal: which samples of an unfinished dataset are done, so that a build that was stopped goes on.

One JSON document a line, written after its sample has taken its name. A line is taken at its word only
once the sources and the files of the sample have been hashed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter, ValidationError

from mifakit._version import __version__
from mifakit.conversion.converted import Converted
from mifakit.conversion.plan import Job


@dataclass(frozen=True)
class Entry:
    """A line of the journal: the digest of a job, and what became of it."""

    job: str
    converted: Converted


_ENTRY = TypeAdapter(Entry)


def job_digest(job: Job) -> str:
    """Return a digest of all that decides a sample's bytes, but for those of its sources."""
    said = replace(job, facts=replace(job.facts, findings=()))  # remarks name paths of this machine
    text = json.dumps([__version__, said], default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return what JSON can hold; of a dataclass its fields, without the copies that `asdict` makes."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


class Journal:
    """The journal of one unfinished dataset; use it as a context manager.

    Parameters
    ----------
    path
        The file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        before = path.read_bytes() if path.is_file() else b""
        self._finished = {entry.job: entry.converted for entry in _entries(before)}
        self._digests: dict[str, str] = {}
        self._stream: TextIO = path.open("a", encoding="utf-8", newline="\n")
        if before and not before.endswith(b"\n"):
            self._stream.write("\n")

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def finished(self, job: Job) -> Converted | None:
        """Return what became of a job before, if it is known."""
        return self._finished.get(self._digest(job))

    def add(self, job: Job, converted: Converted) -> None:
        """Note that a job is done."""
        line = _ENTRY.dump_json(Entry(self._digest(job), converted)).decode()
        self._stream.write(line + "\n")
        self._stream.flush()

    def _digest(self, job: Job) -> str:
        if job.sample not in self._digests:
            self._digests[job.sample] = job_digest(job)
        return self._digests[job.sample]


def _entries(text: bytes) -> Iterator[Entry]:
    """Yield the lines that can be read: the last one may have been cut off."""
    for line in text.splitlines():
        with suppress(ValidationError):
            yield _ENTRY.validate_json(line)
