"""What is said of a code: title, severity, hint, level, and the rule that it stands on."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is: an error makes the command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """Which promise a finding breaks. Integrity findings, such as a bad checksum, have none."""

    MIFA_REQUIRED = "MIFA-required"
    MIFA_RECOMMENDED = "MIFA-recommended"
    ARCHIVE = "archive"
    AI_READY = "AI-ready"


class Entry(NamedTuple):
    """A row of the catalogue. `basis` is the sentence of MIFA, of the archive or of another rule it stands on."""

    title: str
    severity: Severity
    hint: str | None = None
    level: Level | None = None
    basis: str | None = None


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
