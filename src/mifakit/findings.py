"""A finding is one thing a check noticed: code, severity, level, place, message, hint."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mifakit.catalogue import CATALOGUE, Level, Severity

__all__ = ["Finding", "Level", "Place", "Severity"]


@dataclass(frozen=True, order=True)
class Place:
    """Where something was found.

    Attributes
    ----------
    path
        A file or folder; relative to the lab folder or the dataset where there is one.
    line
        1-based line, for text files.
    item
        What inside the file: a field (`study.license`), a sample, a level.
    cell
        For workbooks: sheet and cell, `Authors!C3`.
    """

    path: str
    line: int | None = None
    item: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        line += f":{self.cell}" if self.cell is not None else ""
        item = f" ({self.item})" if self.item else ""
        return _one_line(f"{self.path}{line}{item}")


@dataclass(frozen=True)
class Finding:
    """One thing a check noticed. Make one with `Finding.of`, which reads the catalogue."""

    code: str
    severity: Severity
    level: Level | None
    message: str
    place: Place | None = None
    hint: str | None = None

    @classmethod
    def of(cls, code: str, message: str, place: Place | str | None = None, hint: str | None = None) -> Finding:
        """Make the finding that the catalogue describes under `code`."""
        entry = CATALOGUE[code]
        where = Place(place) if isinstance(place, str) else place
        return cls(code, entry.severity, entry.level, message, where, hint or entry.hint)

    @property
    def is_error(self) -> bool:
        """Whether this finding makes a command exit with 1."""
        return self.severity is Severity.ERROR

    def to_record(self) -> dict[str, Any]:
        """Return a flat, JSON-ready record: the form that `--json` and `--jsonl` print."""
        record = {key: value for key, value in asdict(self).items() if key != "place"}
        place = asdict(self.place) if self.place else {"path": None, "line": None, "item": None, "cell": None}
        return {**record, **place}


def _one_line(text: str) -> str:
    """Return text that stays on its line, whatever a file is called."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
