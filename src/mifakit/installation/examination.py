"""The machine, what is installed, and what works of it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import Any

from mifakit._version import __version__
from mifakit.annotations.base import AnnotationFormat
from mifakit.annotations.registry import GROUP as ANNOTATIONS
from mifakit.checks.registry import GROUP as CHECKS
from mifakit.conversion.machine import available_cores, available_memory
from mifakit.conversion.resources import Resources
from mifakit.documents.base import DocumentFormat
from mifakit.documents.registry import GROUP as DOCUMENTS
from mifakit.exports.base import Export
from mifakit.exports.registry import GROUP as EXPORTS
from mifakit.findings import Finding
from mifakit.installation.formats import KnownFormat, formats_of
from mifakit.installation.needs import CORE, Need, needs_of
from mifakit.plugins import Plugin, find_plugins
from mifakit.readers.base import Reader
from mifakit.readers.registry import GROUP as READERS
from mifakit.records.base import Record
from mifakit.records.registry import GROUP as RECORDS


@dataclass(frozen=True)
class Machine:
    """What a build has to work with; the limits of a container are its own.

    Attributes
    ----------
    system
        Operating system and processor.
    cores, memory
        How many, and bytes.
    workers
        Processes that a build starts when nobody says how many.
    """

    system: str
    cores: int
    memory: int
    workers: int


@dataclass(frozen=True)
class Installation:
    """What is installed, and what works of it.

    Attributes
    ----------
    mifakit, python
        Versions.
    machine
        What it runs on.
    core
        What mifakit itself needs.
    readers, annotations, documents, exports, records, checks
        Plugins, in the order of names.
    formats
        Of all readers that work.
    """

    mifakit: str
    python: str
    machine: Machine
    core: tuple[Need, ...]
    readers: tuple[Plugin, ...]
    annotations: tuple[Plugin, ...]
    documents: tuple[Plugin, ...]
    exports: tuple[Plugin, ...]
    records: tuple[Plugin, ...]
    checks: tuple[Plugin, ...]
    formats: tuple[KnownFormat, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is broken. A package of an extra that nobody asked for is not."""
        core = tuple(
            Finding.of("MIFA217", f"mifakit needs {need}", hint=f"pip install --upgrade {CORE}")
            for need in self.core
            if not (need.met or need.only)
        )
        others = (*self.annotations, *self.documents, *self.exports, *self.records, *self.checks)
        plugins = tuple(one.finding for one in (*self.readers, *others) if one.finding)
        return (*core, *plugins, *(known.finding for known in self.formats if known.finding))

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        formats = [(known.reader, known.to_record()) for known in self.formats]
        return {
            "mifakit": self.mifakit,
            "python": self.python,
            "machine": vars(self.machine),
            "core": [need.to_record() for need in self.core],
            "readers": [
                {**one.to_record(), "formats": [record for reader, record in formats if reader is one]}
                for one in self.readers
            ],
            "annotations": [one.to_record() for one in self.annotations],
            "documents": [one.to_record() for one in self.documents],
            "exports": [one.to_record() for one in self.exports],
            "records": [one.to_record() for one in self.records],
            "checks": [one.to_record() for one in self.checks],
            "findings": [finding.to_record() for finding in self.findings],
        }


def examine() -> Installation:
    """Look at this machine and at all that is installed; every plugin is loaded."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    readers = find_plugins(READERS, protocol=Reader)
    return Installation(
        __version__,
        platform.python_version(),
        Machine(system, available_cores(), available_memory(), Resources().count),
        needs_of(CORE),
        readers,
        find_plugins(ANNOTATIONS, protocol=AnnotationFormat),
        find_plugins(DOCUMENTS, protocol=DocumentFormat),
        find_plugins(EXPORTS, protocol=Export),
        find_plugins(RECORDS, protocol=Record),
        find_plugins(CHECKS),
        tuple(known for reader in readers for known in formats_of(reader)),
    )
