"""What a format of documents is: the contract between a document and the study sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

from mifakit.documents.content import Content
from mifakit.documents.parts import Leaf
from mifakit.findings import Finding
from mifakit.sources.yaml_text import Location

Tree = dict[str, Any]
"""A part of a sheet: fields, and lists of them, down to leaves. What is None says nothing."""


def plain_kind(location: Location) -> str:
    """Return what kind of value stands somewhere: its names, without numbers of lists."""
    return ".".join(part for part in location if isinstance(part, str))


@dataclass
class Draft:
    """What a document says, in the sheet's words.

    Attributes
    ----------
    document
        All of it. What of it is neither in `sheet` nor in `structure` is reported as not taken over.
    sheet
        The sheet's fields, with the document's leaves as values.
    structure
        Where values stand that only give the document its form: names of attributes, ids that others refer to.
    bookkeeping
        Kinds of values (or the first of their names) that an archive keeps for itself.
    kind
        Names the kind of value at a place.
    findings
        What else was noticed.
    """

    document: Any
    sheet: Tree
    structure: set[Location] = field(default_factory=set)
    bookkeeping: tuple[str, ...] = ()
    kind: Callable[[Location], str] = plain_kind
    findings: list[Finding] = field(default_factory=list)

    def settle(self, *leaves: Leaf | None) -> None:
        """Note that values only give the document its form."""
        self.structure.update(origin for leaf in leaves if leaf for origin in leaf.origins)


@runtime_checkable
class DocumentFormat(Protocol):
    """A plugin that reads documents of one format.

    Third parties subclass it and register theirs under the entry point group `mifakit.documents`.
    """

    name: ClassVar[str]
    """What people call the format."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this format, by what it holds."""
        ...

    def read(self, content: Content) -> Draft:
        """Read a document.

        Raises
        ------
        MifaError
            When it cannot be read at all. Single values that are wrong are found later.
        """
        ...
