"""A submission and its lists as they are read back, ours or another's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from mifakit.records.pagetab.file_lists import FileList

T = TypeVar("T")


class Detail(msgspec.Struct):
    """What qualifies a value."""

    name: str
    value: str | None = None


class Attribute(msgspec.Struct):
    """A name and what is said; with `reference`, the accno of a section."""

    name: str
    value: str | None = None
    reference: bool = False
    valqual: list[Detail] = []

    @property
    def text(self) -> str:
        """The value without blanks around it; empty where nothing is said."""
        return (self.value or "").strip()


class Link(msgspec.Struct):
    """A link, by address or identifier."""

    url: str
    attributes: list[Attribute] = []


class Section(msgspec.Struct):
    """A section, with those in it."""

    type: str
    accno: str | None = None
    attributes: list[Attribute] = []
    links: list[Link | list[Link]] = []
    subsections: list[Section | list[Section]] = []

    @property
    def name(self) -> str:
        """How people find it."""
        return self.accno or self.type

    @property
    def sections(self) -> Iterator[Section]:
        """The sections in it, those in tables too."""
        return flat(self.subsections)

    def said(self, name: str) -> list[str]:
        """Return what attributes of a name say."""
        return [attribute.text for attribute in self.attributes if attribute.name == name and attribute.text]


class Submission(msgspec.Struct):
    """The whole."""

    type: str
    section: Section
    attributes: list[Attribute] = []
    accno: str | None = None

    def said(self, name: str) -> str:
        """Return what the first attribute of a name says, or nothing."""
        return next((attribute.text for attribute in self.attributes if attribute.name == name), "")


def flat(items: Sequence[T | list[T]]) -> Iterator[T]:
    """Yield items, and those of tables among them."""
    for item in items:
        if isinstance(item, list):
            yield from item
        else:
            yield item


def read_tsv(text: str) -> FileList:
    """Read a list of files in TSV, as BioStudies does: no quotes, blank lines are skipped."""
    lines = [tuple(line.split("\t")) for line in text.splitlines() if line.strip()]
    return FileList(lines[0], tuple(lines[1:])) if lines else FileList((), ())
