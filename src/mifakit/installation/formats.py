"""The formats that readers open, and what it takes to open them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from mifakit.findings import Finding
from mifakit.installation.needs import Need, extras_of, needs_of
from mifakit.plugins import Plugin
from mifakit.readers.base import Format


@dataclass(frozen=True)
class KnownFormat:
    """A format of a reader.

    Attributes
    ----------
    format
        As the reader states it.
    reader
        The plugin.
    needs
        What its extra adds to the distribution.
    finding
        MIFA005 when there is no such extra.
    """

    format: Format
    reader: Plugin
    needs: tuple[Need, ...] = ()
    finding: Finding | None = None

    @property
    def missing(self) -> tuple[Need, ...]:
        """What it needs and is not there."""
        return tuple(need for need in self.needs if not need.met)

    @property
    def ready(self) -> bool:
        """Whether all that it needs is installed."""
        return not self.missing and not self.finding

    @property
    def install(self) -> str | None:
        """The command that installs what is missing, if it can be installed here at all."""
        if self.missing and not any(need.only for need in self.missing):
            return f'pip install "{self.reader.distribution}[{self.format.extra}]"'
        return None

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "name": self.format.name,
            "suffixes": list(self.format.suffixes),
            "carries": sorted(self.format.carries),
            "extra": self.format.extra or None,
            "needs": [need.to_record() for need in self.needs],
            "ready": self.ready,
            "install": self.install,
        }


def formats_of(reader: Plugin) -> tuple[KnownFormat, ...]:
    """Return the formats of a reader, in its order; none when it is broken."""
    return () if reader.finding else tuple(_known(reader, one) for one in reader.loaded.formats)


def _known(reader: Plugin, one: Format) -> KnownFormat:
    if not one.extra:
        return KnownFormat(one, reader)
    if canonicalize_name(one.extra) not in extras_of(reader.distribution):
        message = f"{reader.name!r}: {one.name} names the extra {one.extra!r}, which {reader.package} does not have"
        return KnownFormat(one, reader, finding=Finding.of("MIFA005", message))
    return KnownFormat(one, reader, needs_of(reader.distribution, one.extra))
