"""Objects of a file that are not taken over: said once for each reason, not once for each object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mifakit.annotations.mentions import SHOWN, listed, shortened
from mifakit.findings import Finding

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
        if len(first) < SHOWN:
            first.append(shortened(str(which)))

    @contextmanager
    def unless_usable(self, which: object) -> Iterator[None]:
        """Leave out what turns out to be unusable, or not to be read as what it should be: any ValueError says so."""
        try:
            yield
        except UnusableError as error:
            self.add(error.code, error.reason, which)
        except ValueError as error:
            self.add("MIFA359", f"that cannot be read ({error})", which)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each reason, with the first few of them."""
        return tuple(
            Finding.of(code, f"{self._of(count)} {reason}: {listed(self._first[code, reason], count)}", str(self._path))
            for (code, reason), count in self._counts.items()
        )

    def _of(self, count: int) -> str:
        if count == 1:
            return f"1 {self._noun}"
        return f"{count:,} {f'{self._noun[:-1]}ies' if self._noun.endswith('y') else f'{self._noun}s'}"
