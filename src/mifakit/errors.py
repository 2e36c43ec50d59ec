"""What stops the work: an error that is a finding or rests on findings, and the exit codes of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from mifakit.findings import Finding, Place


class ExitCode(IntEnum):
    """What the process tells the shell."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    PARTIAL = 3
    ENVIRONMENT = 4
    CANCELLED = 130


class MifaError(Exception):
    """A finding that stops the work.

    Parameters
    ----------
    code
        A code of the catalogue in `mifakit.catalogue`.
    message
        What is wrong, with the values that were found.
    place
        Where: a file, and a line or an item in it.
    hint
        How to mend it; the catalogue's own hint when left out.
    """

    def __init__(self, code: str, message: str, place: Place | str | None = None, hint: str | None = None) -> None:
        self.finding = Finding.of(code, message, place, hint)
        super().__init__(f"{code}: {message}")

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.finding.code

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way home from a worker process."""
        found = self.finding
        return type(self), (found.code, found.message, found.place, found.hint)


class NothingBuiltError(MifaError):
    """Nothing was written; `findings` says why."""

    def __init__(self, findings: Sequence[Finding], place: str, verb: str = "built") -> None:
        errors = sum(finding.is_error for finding in findings)
        super().__init__("MIFA310", f"nothing was {verb}: {errors} error{'s' if errors > 1 else ''}", place)
        self.findings = tuple(findings)
        self._made_of = (self.findings, place, verb)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a pickle, as any error should."""
        return type(self), self._made_of
