"""Objects of a file that are not taken over: said once for each reason, not once for each object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.findings import Finding

_FIRST = 3
_ID_LENGTH = 40
_MOST_REASONS = 20
"""Some reasons quote the file, which may say something else each time."""


class UnusableError(ValueError):
    """One object of a file makes no sense; the others may.

    Parameters
    ----------
    reason
        Goes on after `3 objects`: `without a box`. Many objects share it.
    code
        MIFA359, or MIFA361 for what is not a number.
    """

    def __init__(self, reason: str, code: str = "MIFA359") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class LeftOut:
    """Counts what is left out of a file.

    Parameters
    ----------
    path
        The file.
    noun
        What one of them is called: `object`.
    """

    def __init__(self, path: Path, noun: str) -> None:
        self._path, self._noun = path, noun
        self._counts: dict[tuple[str, str], int] = {}
        self._first: dict[tuple[str, str], list[str]] = {}

    def add(self, code: str, reason: str, which: object) -> None:
        """Leave one out; `which` is how people find it in the file."""
        key = code, reason
        if key not in self._counts and len(self._counts) >= _MOST_REASONS:
            key = code, "for other reasons"
        self._counts[key] = self._counts.get(key, 0) + 1
        first = self._first.setdefault(key, [])
        if len(first) < _FIRST:
            first.append(str(which)[:_ID_LENGTH])

    @contextmanager
    def unless_usable(self, which: object) -> Iterator[None]:
        """Leave out what turns out to be unusable."""
        try:
            yield
        except UnusableError as error:
            self.add(error.code, error.reason, which)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each reason, with the first few of them."""
        return tuple(
            Finding.of(code, f"{self._count(count)} {reason}: {self._some(code, reason, count)}", str(self._path))
            for (code, reason), count in self._counts.items()
        )

    def _count(self, count: int) -> str:
        return f"1 {self._noun}" if count == 1 else f"{count:,} {self._noun}s"

    def _some(self, code: str, reason: str, count: int) -> str:
        first = self._first[code, reason]
        more = f" and {count - len(first):,} more" if count > len(first) else ""
        return ", ".join(first) + more
